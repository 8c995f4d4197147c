"""Which tables the families of the catalogue may come to have in this account, listed once for a plan.

Of 300 object types there are 90,000 ordered pairs, whose names take seconds and a hundred megabytes: they
are made at most once, and only where somebody chose by name.
"""

from crmsnap.extract.wanted import with_earlier
from crmsnap.model import Choice
from crmsnap.state.reader import StateReader
from crmsnap.streams.event_types import EVENT_TYPES
from crmsnap.streams.stream import Scope, Stream
from crmsnap.streams.types import TYPES
from crmsnap.tables.chosen import covers, may_be_of
from crmsnap.tables.table import Possible, TableFamily


class PossibleTables:
    """Lists the tables of families, those that are about object types once."""

    def __init__(self) -> None:
        self._listed: dict[str, tuple[Possible, ...]] = {}

    def of(self, family: TableFamily, reader: StateReader) -> tuple[Possible, ...]:
        """The tables that a family may come to have, by what was read until now."""
        if TYPES.name not in reader.streams or EVENT_TYPES in _lists_behind(family):
            return tuple(family.possible(reader))  # more may be known later
        if family.name not in self._listed:
            self._listed[family.name] = tuple(family.possible(reader))
        return self._listed[family.name]


def is_chosen_by_name(family: TableFamily, choice: Choice) -> bool:
    """Whether a word speaks of some tables of a family, and not of all: else it need not be listed."""
    return any(may_be_of(word, family) and not covers(word, family) for word in choice.words)


def is_known(family: TableFamily, scope: Scope) -> bool:
    """Whether it could be found out which tables a family has here."""
    return not any(stream.name in scope.gaps for stream in _lists_behind(family))


def _lists_behind(family: TableFamily) -> set[Stream]:
    """The streams that tell how many tables a family has."""
    return {TYPES, EVENT_TYPES}.intersection(with_earlier(family.streams))
