"""Which properties a record stream reads: live, open and chosen, by one rule for all streams."""

from dataclasses import replace
from pathlib import Path

import pytest

from crmsnap.model import Choice
from crmsnap.streams.documents import PropertyDocument, TypeDocument
from crmsnap.streams.known_types import wanted_properties
from crmsnap.streams.stream import Scope
from tests.builders.account_state import AccountState

DEALS = TypeDocument("0-3", "DEAL", singular_label="Umsatz", plural_label="Umsätze")
PETS = TypeDocument("2-7", "pets", "p1_pets", "Pet", "Pets", custom=True, allows_sensitive=True)


@pytest.fixture
def scope(tmp_path: Path) -> Scope:
    state = AccountState(tmp_path)
    state.documents(
        "properties/0-3",
        {
            "amount": definition("0-3", "amount"),
            "hs_note": definition("0-3", "hs_note"),
            "old": definition("0-3", "old", archived=True),
            "secret": definition("0-3", "secret", data_sensitivity="sensitive"),
        },
    )
    state.documents(
        "properties/2-7",
        {
            "amount": definition("2-7", "amount"),
            "unclassified": definition("2-7", "unclassified", data_sensitivity=None),
        },
    )
    return Scope(state.reader, frozenset(), values=True, histories=False, started_at="")


def definition(owner: str, name: str, **changes: object) -> PropertyDocument:
    values = {"owner": owner, "name": name, "type": "string", "data_sensitivity": "non_sensitive"}
    return PropertyDocument(**(values | changes))  # type: ignore[arg-type]  # tests pass literals


def wanted(scope: Scope, known: TypeDocument, only: str = "", never: str = "") -> list[str]:
    choice = Choice(tuple(only.split()), tuple(never.split()))
    return [d.name for d in wanted_properties(replace(scope, properties=choice), known)]


def test_archived_and_sensitive_properties_are_never_wanted(scope):
    """And what has no class, where the type allows sensitive ones."""
    assert wanted(scope, DEALS) == ["amount", "hs_note"]
    assert wanted(scope, PETS) == ["amount"]


def test_choosing_a_sensitive_property_by_name_does_not_open_it(scope):
    assert wanted(scope, DEALS, only="secret amount") == ["amount"]


@pytest.mark.parametrize("owner", ["0-3", "deal", "deals", "DEAL", "umsatz", "Umsätze"])
def test_a_type_goes_by_its_id_its_names_and_both_of_its_labels(scope, owner):
    """The account relabelled deals: the documented name means them still."""
    assert wanted(scope, DEALS, only=f"{owner}.hs_*") == ["hs_note"]
    assert wanted(scope, PETS, only=f"{owner}.hs_*") == ["amount"]


def test_a_word_without_an_owner_speaks_of_every_type(scope):
    assert wanted(scope, DEALS, never="amount") == ["hs_note"]
    assert wanted(scope, PETS, never="amount") == []
