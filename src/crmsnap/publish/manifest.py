"""What a snapshot holds: the values behind `_MANIFEST.json`.

`manifest_json.py` turns them into a Data Package and back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from crmsnap.model import Gap, Part, Selection
from crmsnap.publish.changes import Changes
from crmsnap.publish.gzip_parts import Compression, Engine
from crmsnap.tables.table import Column


@dataclass(frozen=True, slots=True)
class TypeCount:
    """How many live records of one type HubSpot counts, and how many the snapshot holds."""

    type: str
    hubspot: int | None
    """None where HubSpot gives no count."""
    ours: int
    verdict: str = ""
    """What was made of it: equal, explained, repaired, different, not comparable or not counted; empty in
    manifests of older versions."""
    search: int | None = None
    """How many search counts, where it was asked for a second opinion."""
    came: int = 0
    """Records, not in the snapshot, that are seen to have come while the type was read: as many as explain
    a difference."""
    went: int = 0
    """Records of the snapshot that are seen to have gone meanwhile."""
    missing: int = 0
    """Records that only a sweep of all ids has found."""
    vanished: int = 0
    """Records that a sweep has not found any more."""
    reason: str = ""
    """Why the two numbers are not comparable, where they differ and are not."""


@dataclass(frozen=True, slots=True)
class SensitiveProperties:
    """Properties of one type that HubSpot calls sensitive, and that are therefore left out."""

    type: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What the caller knows about a snapshot, and publishing does not."""

    run: str
    connection: str
    account: str
    day: str
    """The sync day: `2026-11-22`."""
    window_start: str
    """When the scan began, as published: `2026-11-22 02:00:00.000`. Rows are valid at an instant
    between the two."""
    window_end: str
    selection: Selection = field(default_factory=Selection)
    counts: tuple[TypeCount, ...] = ()
    gaps: tuple[Gap, ...] = ()
    sensitive: tuple[SensitiveProperties, ...] = ()
    unmatched: tuple[str, ...] = ()
    """Patterns of the selection that fitted nothing: `exclude_properties: salery_*`."""
    compression: Compression = "fast"
    revision: int = 1
    """Of the day: each that takes the place of another one has the next number."""
    erased: Mapping[str, int] = field(default_factory=dict)
    """Object type -> records that were erased from the day after it was published."""
    changes: Changes | None = None
    """What differs from the snapshot before; None: no snapshot is known before it."""
    replaced_on_reading: int = 0
    """Lone surrogates in HubSpot's answers that became U+FFFD, as far as the publishing process read them."""

    @property
    def unexplained(self) -> tuple[str, ...]:
        """A warning for each type whose count nothing explains: the operator allowed that."""
        return tuple(
            f"HubSpot counts {count.hubspot} records of type {count.type}, and {count.ours} were copied:"
            " nothing explains it"
            for count in self.counts
            if count.verdict == "different"
        )


@dataclass(frozen=True, slots=True)
class About:
    """What a table of a family is about: its name may change with a label, the id never does."""

    family: str
    """`OBJECTS_<PLURAL>`."""
    id: str
    """An object type's or event type's id, or `<from>__<to>` for a pair."""
    wanted: str
    """The name that its label asks for; it has another one where that was taken."""


@dataclass(frozen=True, slots=True)
class PublishedTable:
    """A table as it lies in a snapshot: enough to read it, and to check it, without its declaration."""

    name: str
    grain: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    sorted_by: tuple[str, ...]
    parts: tuple[Part, ...]
    """In the order of the rows; their `first_key` and `last_key` are values of `sorted_by`."""
    about: About | None = None
    """For a table of a family; None also in manifests of older versions."""
    unparsed: Mapping[str, int] = field(default_factory=dict)
    """Column -> how many texts were not of its kind, for those that had any."""

    @property
    def rows(self) -> int:
        """Rows of all parts."""
        return sum(part.rows for part in self.parts)

    @property
    def bytes(self) -> int:
        """Size of all parts, compressed."""
        return sum(part.bytes for part in self.parts)


@dataclass(frozen=True, slots=True)
class Manifest:
    """A whole snapshot."""

    facts: RunFacts
    tables: tuple[PublishedTable, ...]
    engine: Engine
    crmsnap: str
    """The version that wrote it."""
    replaced_surrogates: int = 0

    @property
    def next_revision(self) -> int:
        """The number of the revision that takes its place."""
        return self.facts.revision + 1

    @property
    def parts(self) -> tuple[Part, ...]:
        """Every part of every table."""
        return tuple(part for table in self.tables for part in table.parts)

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(table.rows for table in self.tables)

    @property
    def bytes(self) -> int:
        """Size of all parts, compressed."""
        return sum(table.bytes for table in self.tables)
