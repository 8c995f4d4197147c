"""The tables that families may come to have: listed where somebody chose by name, and only once."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from crmsnap.extract.known_names import unmatched
from crmsnap.extract.possible_tables import PossibleTables, is_chosen_by_name
from crmsnap.extract.selection import left_tables, with_types
from crmsnap.model import Choice, Selection
from crmsnap.state.reader import StateReader
from crmsnap.streams.documents import TypeDocument
from crmsnap.streams.stream import Scope
from crmsnap.tables.associations_of_pair import ASSOCIATIONS_OF_PAIR, possible
from crmsnap.tables.table import Possible, TableFamily
from tests.builders.account_state import AccountState, scope_of


class Listing:
    """The family of pairs, which counts how often its tables are listed."""

    def __init__(self) -> None:
        self.times = 0
        self.family: TableFamily = replace(ASSOCIATIONS_OF_PAIR, possible=self._possible)

    def _possible(self, reader: StateReader) -> Iterator[Possible]:
        self.times += 1
        yield from possible(reader)


@pytest.fixture
def scope(tmp_path) -> Scope:
    """An account with two types of its own, whose definitions were read."""
    state = AccountState(tmp_path)
    pets = [TypeDocument(f"2-{n}", f"pet_{n}", plural_label=f"Pets {n}") for n in (1, 2)]
    state.documents("types", {pet.id: pet for pet in pets})
    return scope_of(state.reader)


def plan(selection: Selection, family: TableFamily, scope: Scope) -> None:
    """All that a plan asks about tables."""
    listed = PossibleTables()
    scope = with_types(selection, [family], scope, listed)
    unmatched(selection, [family], scope, listed)
    left_tables(selection, [family], scope, listed)


@pytest.mark.parametrize(
    "selection",
    [
        Selection(),
        Selection(types=("2-1",)),
        Selection(tables=("*",), exclude_tables=("OWNERS",)),
        Selection(exclude_tables=("OBJECTS_*", "EVENTS_<NAME>")),
    ],
)
def test_pairs_are_not_listed_where_no_word_speaks_of_some(selection, scope):
    """300 types have 90,000 pairs, and most people choose none of them by name."""
    listing = Listing()
    plan(selection, listing.family, scope)
    assert listing.times == 0


@pytest.mark.parametrize(
    "selection",
    [
        Selection(tables=("ASSOCIATIONS_PETS_1_TO_PETS_2",)),
        Selection(exclude_tables=("ASSOCIATIONS_*_TO_PETS_2",)),
        Selection(tables=("*_PETS_?",)),
    ],
)
def test_pairs_are_listed_once_for_a_plan(selection, scope):
    """Types, refusals, patterns and tables all ask for the same list."""
    listing = Listing()
    plan(selection, listing.family, scope)
    assert listing.times == 1


@pytest.mark.parametrize(
    ("word", "by_name"),
    [
        ("ASSOCIATIONS_<X>_TO_<Y>", False),
        ("ASSOC*", False),
        ("*", False),
        ("OBJECTS_PETS", False),
        ("ASSOCIATIONS_PETS_TO_DEALS", True),
        ("*PETS*", True),
        ("ASSOCIATIONS_P*", True),
    ],
)
def test_a_word_for_a_whole_family_chooses_none_by_name(word, by_name):
    """Whatever its tables are called, it means all of them, or none."""
    assert is_chosen_by_name(ASSOCIATIONS_OF_PAIR, Choice((word,))) == by_name
    assert is_chosen_by_name(ASSOCIATIONS_OF_PAIR, Choice(never=(word,))) == by_name
