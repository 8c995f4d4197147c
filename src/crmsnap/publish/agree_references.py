"""Does what a table refers to exist? Definitions have to; records may have gone in the meantime.

Associations and memberships are read after the records they point to, so a few may point to a
record that was archived between the two: those are counted, not reported. What is said to be deleted must
not be live.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from crmsnap.publish.agree_associations import pair_tables, types_of
from crmsnap.publish.live_ids import LiveIds
from crmsnap.publish.problems import Problems
from crmsnap.publish.read_table import Line, ReadTable


@dataclass(frozen=True, slots=True)
class Reference:
    """Columns of one table whose values are a row of another."""

    table: str
    columns: tuple[str, ...]
    to: str
    to_columns: tuple[str, ...]
    before: tuple[str, ...] = ()
    """What its name says: the values of the first of `to_columns`, which it has no columns for."""


_ASSOCIATION_TYPE = ("FROMOBJECTTYPEID", "TOOBJECTTYPEID", "COMBINEDASSOCIATIONTYPEID")
_PIPELINE = ("OBJECTTYPEID", "PIPELINEID")

REFERENCES = (
    Reference("ASSOCIATIONS", _ASSOCIATION_TYPE, "ASSOCIATION_DEFINITIONS", _ASSOCIATION_TYPE),
    Reference("LIST_MEMBERSHIPS", ("LISTID",), "LISTS", ("LISTID",)),
    Reference("PIPELINE_STAGES", _PIPELINE, "PIPELINES", _PIPELINE),
    Reference("OWNER_TEAM", ("OWNERID",), "OWNERS", ("OWNERID",)),
    Reference("OWNER_TEAM", ("TEAMID",), "TEAMS", ("TEAMID",)),
)
DEFINITIONS = tuple(dict.fromkeys(reference.to for reference in REFERENCES))
"""Tables that others refer to: as long as the account's settings, so their keys fit into memory."""

RECORD_REFERENCES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "ASSOCIATIONS": (("FROMOBJECTTYPEID", "FROMOBJECTID"), ("TOOBJECTTYPEID", "TOOBJECTID")),
    "LIST_MEMBERSHIPS": (("OBJECTTYPEID", "OBJECTID"),),
}

DELETED = "DELETED_OBJECTS"

Key = tuple[str, ...]


class References:
    """Learns the keys of definitions, then watches the tables that refer to them."""

    def __init__(self, tables: Mapping[str, ReadTable], live: LiveIds | None) -> None:
        self._tables = tables
        self._live = live
        self._known: dict[Reference, set[Key]] = {
            reference: set()
            for reference in (*REFERENCES, *_references_of_pairs(tables))
            if reference.table in tables and reference.to in tables
        }
        self._unknown: dict[Reference, set[Key]] = {reference: set() for reference in self._known}
        self.dangling: Counter[str] = Counter()
        """Per table: references to records that are not live."""
        self._deleted_but_live = 0

    def learn(self, name: str, batch: list[Line]) -> None:
        """Note the rows of a definition table."""
        for reference, known in self._known.items():
            if reference.to == name:
                known |= self._keys(name, reference.to_columns, (), batch)

    def watch(self, name: str, batch: list[Line]) -> None:
        """Look up what the rows of a table refer to."""
        for reference, known in self._known.items():
            if reference.table == name:
                found = self._keys(name, reference.columns, reference.before, batch)
                self._unknown[reference] |= found - known
        if self._live is not None:
            for records in self._records(name, batch):
                self.dangling[name] += self._live.missing(records)
            if name == DELETED:
                type_at, id_at = self._tables[name].positions("OBJECTTYPEID", "OBJECTID")
                gone = self._live.missing((line[type_at], line[id_at]) for line in batch)
                self._deleted_but_live += len(batch) - gone

    def report(self, problems: Problems) -> None:
        """Note what was referred to and never learnt, unless damage explains it, and who cannot be deleted."""
        if self._deleted_but_live:
            problems.add(
                "records-disagree",
                "",
                f"{DELETED} has {self._deleted_but_live} records that OBJECTS has too",
            )
        for reference, unknown in self._unknown.items():
            if self._tables[reference.to].whole:
                for key in sorted(unknown):
                    named = ", ".join(
                        f"{column} {value}"
                        for column, value in zip(reference.to_columns, key, strict=True)
                    )
                    problems.add(
                        "reference",
                        "",
                        f"{reference.table} refers to {named}, which {reference.to} does not have",
                    )

    def _records(self, name: str, batch: list[Line]) -> Iterator[Iterable[tuple[str, str]]]:
        """(Type, id) of the records that these rows refer to, column by column."""
        read = self._tables[name]
        for type_id, column in zip(types_of(read) or (), read.table.key, strict=False):
            (id_at,) = read.positions(column)
            yield [(type_id, line[id_at]) for line in batch]
        for columns in RECORD_REFERENCES.get(name, ()):
            type_at, id_at = read.positions(*columns)
            yield [(line[type_at], line[id_at]) for line in batch]

    def _keys(
        self, name: str, columns: tuple[str, ...], before: Key, batch: list[Line]
    ) -> set[Key]:
        positions = self._tables[name].positions(*columns)
        return {(*before, *[line[position] for position in positions]) for line in batch}


def _references_of_pairs(tables: Mapping[str, ReadTable]) -> Iterator[Reference]:
    (kind,) = _ASSOCIATION_TYPE[2:]
    for pair, read in pair_tables(tables).items():
        yield Reference(
            read.table.name, (kind,), "ASSOCIATION_DEFINITIONS", _ASSOCIATION_TYPE, before=pair
        )
