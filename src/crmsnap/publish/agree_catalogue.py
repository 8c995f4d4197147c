"""Is every table there that a snapshot of everything has? By the catalogue, and by the account's own types.

Which event types have ever occurred is said by no table: one of events that is gone is not missed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crmsnap import __version__
from crmsnap.publish.agree_individual import individual_tables
from crmsnap.publish.manifest import Manifest
from crmsnap.publish.problems import Problems
from crmsnap.publish.read_table import Line, ReadTable
from crmsnap.tables.table import Table, TableFamily
from crmsnap.tables.type_names import OBJECTS_OF_TYPE

Catalogue = Sequence[Table | TableFamily]

TYPES = "OBJECT_AND_EVENT_TYPE_DEFINITIONS"


@dataclass(frozen=True, slots=True)
class Expected:
    """What a snapshot's manifest lets one expect of its tables."""

    counts: Mapping[str, int]
    """Records by type."""
    is_whole: bool
    """Whether no table was left out."""
    of_all_types: bool
    """Whether no object type was left out."""
    tables: Catalogue
    """What was published; empty where that is not known."""

    def has(self, name: str) -> bool:
        """Whether a table, or every table of a family, is expected."""
        return any(declared.name == name for declared in self.tables)


def expected_of(manifest: Manifest, catalogue: Catalogue) -> Expected:
    """What to expect of a snapshot that this version wrote by this catalogue; less of another version's,
    which may have had other tables.
    """
    chosen = manifest.facts.selection
    is_whole = not chosen.tables and not chosen.exclude_tables
    return Expected(
        counts={count.type: count.ours for count in manifest.facts.counts},
        is_whole=is_whole,
        of_all_types=not chosen.types and not chosen.exclude_types,
        tables=catalogue if is_whole and manifest.crmsnap == __version__ else (),
    )


class TypesSeen:
    """Watches the definitions of types go by."""

    def __init__(self) -> None:
        self.live: set[str] = set()
        """Object types that are not archived."""

    def watch(self, read: ReadTable, batch: list[Line]) -> None:
        """Note the rows of this table, if they are definitions of types."""
        if read.table.name == TYPES:
            id_at, kind, archived = read.positions("OBJECTTYPEID", "METATYPE", "ARCHIVED")
            self.live |= {
                line[id_at]
                for line in batch
                if line[kind] == "OBJECT" and line[archived] == "false"
            }


def agree_catalogue(
    tables: Mapping[str, ReadTable], expected: Expected, seen: TypesSeen, problems: Problems
) -> None:
    """Note the tables that are expected and missing."""
    for declared in expected.tables:
        if isinstance(declared, Table):
            if not declared.optional and declared.name not in tables:
                problems.add("table-missing", "", f"{declared.name} is not in the manifest")
        elif declared.name == OBJECTS_OF_TYPE and expected.of_all_types:
            for type_id in sorted(seen.live - individual_tables(tables).keys()):
                problems.add(
                    "table-missing",
                    "",
                    f"the table of type {type_id}, one of {declared.name}, is not in the manifest",
                )
