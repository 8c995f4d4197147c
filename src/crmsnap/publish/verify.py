"""Proving a snapshot from its files alone: no HubSpot, no state, one full read.

Every part is fetched once; tables that have to agree are read side by side in key order, so memory
does not grow with the account.
"""

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from itertools import pairwise

from crmsnap.destinations.answer import OddKey
from crmsnap.destinations.interface import Destination
from crmsnap.errors import SnapshotError
from crmsnap.publish.agree_associations import (
    ASSOCIATIONS,
    agree_associations,
    pair_tables,
)
from crmsnap.publish.agree_catalogue import (
    Catalogue,
    Expected,
    TypesSeen,
    agree_catalogue,
    expected_of,
)
from crmsnap.publish.agree_individual import individual_tables
from crmsnap.publish.agree_records import (
    HISTORY,
    LONG,
    OBJECTS,
    RECORD_TABLES,
    SOURCES,
    WIDE,
    RecordCounts,
    agree_records,
)
from crmsnap.publish.agree_references import (
    DEFINITIONS,
    RECORD_REFERENCES,
    REFERENCES,
    References,
)
from crmsnap.publish.agree_typed import TypedCells
from crmsnap.publish.layout import day_prefix, manifest_key
from crmsnap.publish.live_ids import LiveIds, live_ids
from crmsnap.publish.manifest import Manifest
from crmsnap.publish.problems import Problem, Problems
from crmsnap.publish.published import newer_revision, newest_complete_day, read_manifest
from crmsnap.publish.read_table import ReadTable
from crmsnap.tables.associations_of_pair import ASSOCIATIONS_OF_PAIR
from crmsnap.tables.type_names import OBJECTS_OF_TYPE


@dataclass(frozen=True, slots=True)
class TableVerified:
    """A table was read to its end."""

    name: str
    rows: int
    bytes: int
    whole: bool


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What a full read of a day found."""

    day: str
    problems: tuple[Problem, ...]
    strays: tuple[str, ...] = ()
    """Keys below the day that its manifest does not list: left by a crash, or foreign."""
    skipped: tuple[str, ...] = ()
    """Comparisons that could not be made because a table is not in the selection."""
    tables: int = 0
    parts: int = 0
    rows: int = 0
    bytes: int = 0
    records: int = 0
    dangling: tuple[tuple[str, int], ...] = ()
    """Per table: references to records that were gone when the records were read."""
    history_without_current: int = 0
    """Properties whose history ends with a value although they have none now."""
    complete: bool = True
    """Whether it has a manifest; without one it is no snapshot, and every file of it a stray."""

    @property
    def ok(self) -> bool:
        """Whether the day is complete and undamaged; strays do no harm."""
        return not self.problems


Observe = Callable[[TableVerified], None]


def verify(
    destination: Destination, day: str | None, observe: Observe, catalogue: Catalogue = ()
) -> VerifyReport:
    """Check every byte of a day, by default of the newest complete one, and its tables' agreement.

    What a run of this version publishes by its `catalogue` must be there, where nothing was left out.
    Raise `SnapshotError` if there is no such complete day. Damage raises nothing: it is reported.
    """
    day = day or newest_complete_day(destination)
    if day is None:
        raise SnapshotError(
            f"there is no complete day at {destination.url}",
            cause="a day is complete when it has its manifest",
            remedy="sync first, or check the folder or prefix",
        )
    try:
        manifest = read_manifest(destination, day)
    except SnapshotError as error:
        problem = Problem("manifest-damaged", manifest_key(day), f"{error}: {error.cause}")
        return VerifyReport(day, (problem,))
    if manifest is None:
        raise SnapshotError(
            f"{day} is no complete day at {destination.url}",
            cause=f"it has no {manifest_key(day)}",
            remedy="name another day, or run the sync of that day to its end",
        )
    report = _verify(destination, manifest, observe, catalogue)
    is_missing = any(problem.code == "part-missing" for problem in report.problems)
    if is_missing and newer_revision(destination, manifest) is not None:
        return verify(destination, day, observe, catalogue)
    return report


def incomplete(destination: Destination, day: str) -> VerifyReport:
    """What lies in the folder of a day without a manifest: of a run under way or broken off, or foreign."""
    return VerifyReport(day, (), strays=_others(destination, day, frozenset()), complete=False)


def _verify(
    destination: Destination, manifest: Manifest, observe: Observe, catalogue: Catalogue
) -> VerifyReport:
    problems = Problems()
    tables = {table.name: ReadTable(destination, table, problems) for table in manifest.tables}
    expected = expected_of(manifest, catalogue)
    types = TypesSeen()
    with live_ids() as live:
        references = References(tables, live if OBJECTS in tables else None)
        counts = _read_all(tables, expected, references, types, live, problems, observe)
        references.report(problems)
    agree_catalogue(tables, expected, types, problems)
    return VerifyReport(
        day=manifest.facts.day,
        problems=problems.all(),
        strays=_strays(destination, manifest),
        skipped=_skipped(tables),
        tables=len(manifest.tables),
        parts=len(manifest.parts),
        rows=manifest.rows,
        bytes=manifest.bytes,
        records=counts.records,
        dangling=tuple(sorted(references.dangling.items())),
        history_without_current=counts.history_without_current,
    )


def _read_all(
    tables: Mapping[str, ReadTable],
    expected: Expected,
    references: References,
    types: TypesSeen,
    live: LiveIds,
    problems: Problems,
    observe: Observe,
) -> RecordCounts:
    """Read every table once: what others refer to first, then what is compared, then the rest."""
    for name in [name for name in tables if name in DEFINITIONS]:
        for batch in tables[name].batches():
            references.learn(name, batch)
        observe(_verified(tables[name]))
    counts = agree_records(
        *(tables, problems, live.add), promised=expected.counts, of_all_types=expected.is_whole
    )
    individual = {read.table.name for read in individual_tables(tables).values()}
    compared = [name for name in tables if name in RECORD_TABLES or name in individual]
    if ASSOCIATIONS in tables:
        apart = pair_tables(tables)
        of_all_pairs = expected.has(ASSOCIATIONS_OF_PAIR.name) or (
            expected.is_whole and bool(apart)
        )
        agree_associations(tables, problems, references.watch, of_all_pairs=of_all_pairs)
        pairs = {read.table.name for read in apart.values()}
        compared += [name for name in tables if name == ASSOCIATIONS or name in pairs]
    for name in compared:
        observe(_verified(tables[name]))
    for name in [name for name in tables if name not in {*DEFINITIONS, *compared}]:
        typed = TypedCells(tables[name])
        for batch in tables[name].batches():
            references.watch(name, batch)
            types.watch(tables[name], batch)
            typed.watch(batch)
        if tables[name].whole:
            typed.report(problems)
        observe(_verified(tables[name]))
    return counts


def _verified(read: ReadTable) -> TableVerified:
    return TableVerified(read.table.name, read.table.rows, read.table.bytes, read.whole)


def _strays(destination: Destination, manifest: Manifest) -> tuple[str, ...]:
    day = manifest.facts.day
    return _others(destination, day, {part.key for part in manifest.parts} | {manifest_key(day)})


def _others(destination: Destination, day: str, listed: Set[str]) -> tuple[str, ...]:
    """What lies there beside `listed`; a key that ends the listing is the last that is known."""
    found: list[str] = []
    try:
        found.extend(one.key for one in destination.list(day_prefix(day)) if one.key not in listed)
    except OddKey as error:
        found.append(error.key)
    return tuple(found)


def _skipped(tables: Mapping[str, ReadTable]) -> tuple[str, ...]:
    history = SOURCES if SOURCES in tables and HISTORY not in tables else HISTORY
    pairs = [
        *pairwise((OBJECTS, WIDE, LONG, history)),
        *((reference.table, reference.to) for reference in REFERENCES),
        *((name, OBJECTS) for name in RECORD_REFERENCES),
        *((OBJECTS_OF_TYPE, name) for name in (OBJECTS, WIDE)),
        *((ASSOCIATIONS_OF_PAIR.name, name) for name in (ASSOCIATIONS, "ASSOCIATION_DEFINITIONS")),
    ]
    present = {*tables, *([OBJECTS_OF_TYPE] if individual_tables(tables) else [])}
    if pair_tables(tables) or (ASSOCIATIONS in tables and not tables[ASSOCIATIONS].table.rows):
        # Without any association there is no pair to have a table.
        present.add(ASSOCIATIONS_OF_PAIR.name)
    return tuple(
        f"{one} with {other}"
        for one, other in dict.fromkeys(pairs)
        if (one in present) != (other in present)
    )
