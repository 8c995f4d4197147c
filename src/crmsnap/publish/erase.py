"""Erasing records from published days: what holds them, day by day, and new revisions without them.

Every part that could hold a row is read. A day is rewritten whole or not at all: its tables agree with each
other before and behind it, and its manifest says how many records were erased, and of which type.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Literal

import orjson

from crmsnap.destinations.interface import Destination
from crmsnap.errors import SnapshotError
from crmsnap.model import Clock, Part
from crmsnap.publish.erase_rows import (
    RecordId,
    header_only,
    may_hold,
    named_in,
    number_of,
    parts_without,
    record_of,
    references,
    rows_about,
)
from crmsnap.publish.gzip_parts import Compression, GzipPart
from crmsnap.publish.layout import part_key
from crmsnap.publish.manifest import Manifest, PublishedTable
from crmsnap.publish.order import sort_columns
from crmsnap.publish.prune_days import OurDays, WholeDay
from crmsnap.publish.range_task import key_text
from crmsnap.publish.revise import revise
from crmsnap.publish.strays import remove_strays
from crmsnap.state.written import Written
from crmsnap.tables.property_columns import present_cells_of
from crmsnap.tables.table import UNPARSED
from crmsnap.tables.type_names import OBJECTS_OF_TYPE

_LONG, _WIDE = "OBJECT_PROPERTIES", "OBJECT_WITH_OBJECT_PROPERTIES"
_ONE_A_RECORD = frozenset({"OBJECTS", _WIDE, _LONG, "OBJECT_PROPERTIES_HISTORY"})


@dataclass(frozen=True, slots=True)
class TableHolds:
    """The rows about records in one table of one day."""

    name: str
    rows: int
    parts: tuple[str, ...]
    """The keys of the parts that hold them."""
    ids: tuple[str, ...]
    """Of the records that they are about."""


@dataclass(frozen=True, slots=True)
class DayErased:
    """What a day holds of the records, or what became of it."""

    day: str
    verdict: Literal["clean", "holds", "rewritten", "left"]
    """`left`: it may not be touched, so nobody knows what it holds."""
    reason: str = ""
    tables: tuple[TableHolds, ...] = ()
    revision: int = 1
    keeps_versions: bool = False
    """Whether the bucket keeps the parts that were replaced, as versions."""

    def as_dict(self) -> dict[str, object]:
        """As `--json` prints it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Erasing:
    """What erasing works with."""

    days: OurDays
    written: Written
    clock: Clock
    assure: Callable[[], None]
    """Raises `Busy` when another machine has taken the connection over."""
    tag: str
    """Tells the parts of this erasure from those of any other and of runs, as `revision.run_tag` makes it:
    so that nobody who removes strays late meets one that a newer revision lists."""


def holding(days: OurDays, records: Collection[RecordId], clock: Clock) -> Iterator[DayErased]:
    """What each day holds of the records, oldest first; nothing is changed."""
    looked = _Looked(days.destination, records, clock)
    for day in days.names():
        try:
            whole = days.whole(day)
        except SnapshotError as error:
            yield DayErased(day, "left", error.message)
        else:
            yield _held(day, whole, looked)


def rewrite(records: Collection[RecordId], tools: Erasing) -> Iterator[DayErased]:
    """Rewrite each day that holds any of the records, oldest first, and tell of every day.

    Killed at any moment, a day has its old or its new revision, whole; doing it again goes on.
    """
    looked = _Looked(tools.days.destination, records, tools.clock)
    for day in tools.days.names():
        try:
            whole = tools.days.whole(day)
        except SnapshotError as error:
            yield DayErased(day, "left", error.message)
            continue
        if remembered := tools.written.keys(day):
            # Of who was killed behind a swap.
            remove_strays(tools.days.destination, day, remembered)
        held = _held(day, whole, looked)
        yield _rewritten(whole, held, looked, tools) if held.tables else held


def _held(day: str, whole: WholeDay, looked: "_Looked") -> DayErased:
    tables = []
    for table in whole.manifest.tables:
        keys = tuple(part.key for part in table.parts if looked.rows(table, part))
        if keys:
            rows = looked.of_table(table)
            ids = tuple(sorted(named_in(table, rows, looked.records)))
            tables.append(TableHolds(table.name, len(rows), keys, ids))
    revision = whole.manifest.facts.revision
    return DayErased(day, "holds" if tables else "clean", "", tuple(tables), revision)


class _Looked:
    """Parts that were read for rows about the records; equal parts of several days are read once."""

    def __init__(
        self, destination: Destination, records: Collection[RecordId], clock: Clock
    ) -> None:
        self.destination = destination
        self.records = records
        self._clock = clock
        self._found: dict[tuple[str, str], list[list[str]]] = {}

    def rows(self, table: PublishedTable, part: Part) -> list[list[str]]:
        """The rows of a part that are about the records."""
        if not references(table) or not may_hold(table, part, self.records):
            return []
        known = table.name, part.sha256
        if known not in self._found:
            self._clock.sleep(0)
            data = self.destination.get(part.key)
            self._found[known] = rows_about(table, data, self.records)
        return self._found[known]

    def of_table(self, table: PublishedTable) -> list[list[str]]:
        """The rows of all its parts."""
        return [line for part in table.parts for line in self.rows(table, part)]


def _rewritten(whole: WholeDay, held: DayErased, looked: _Looked, tools: Erasing) -> DayErased:
    tools.assure()
    old = whole.manifest
    removed = {table.name: looked.of_table(table) for table in old.tables}
    values = _values(old, removed)
    writer = _Writer(old.facts.day, old.facts.compression, looked, tools)
    tables = tuple(
        writer.without(table, _unparsed(table, removed[table.name], values))
        if removed[table.name]
        else table
        for table in old.tables
    )
    gone = _gone(old, removed)
    facts = replace(
        old.facts,
        revision=old.next_revision,
        counts=tuple(
            replace(count, ours=count.ours - gone[count.type]) for count in old.facts.counts
        ),
        erased=dict(sorted((Counter(old.facts.erased) + gone).items())),
    )
    new = replace(old, facts=facts, tables=tables)
    revised = revise(tools.days.destination, whole, new, tools.written, tools.assure)
    return replace(
        held,
        verdict="rewritten",
        revision=facts.revision,
        keeps_versions=revised.keeps_versions,
    )


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes tables of one day without the rows about the records."""

    day: str
    compression: Compression
    looked: _Looked
    tools: Erasing

    def without(self, table: PublishedTable, unparsed: Mapping[str, int]) -> PublishedTable:
        parts = [new for part in table.parts for new in self._parts(table, part)]
        if not parts:
            parts = [self._write(table, 0, header_only(table, self.compression))]
        return replace(table, parts=tuple(parts), unparsed=unparsed)

    def _parts(self, table: PublishedTable, part: Part) -> Iterator[Part]:
        if not self.looked.rows(table, part):
            yield part
            return
        data = self.looked.destination.get(part.key)
        for new in parts_without(table, data, self.looked.records, self.compression):
            yield self._write(table, number_of(part), new)

    def _write(self, table: PublishedTable, number: int, part: GzipPart) -> Part:
        self.tools.clock.sleep(0)
        key = part_key(self.day, table.name, number, part.sha256, self.tools.tag)
        self.tools.written.remember((key,))
        self.looked.destination.create(key, part.data, sha256=part.sha256)
        columns = sort_columns(table)
        first, last = (key_text(columns, end) for end in (part.first, part.last))
        return Part(key, part.rows, len(part.data), part.sha256, first, last)


def _gone(manifest: Manifest, removed: Mapping[str, list[list[str]]]) -> Counter[str]:
    """How many records the day loses, by type."""
    found: set[RecordId] = set()
    for table in manifest.tables:
        if table.name in _ONE_A_RECORD or _is_of_type(table):
            records = (record_of(table, line) for line in removed[table.name])
            found.update(record for record in records if record is not None)
    return Counter(type_ for type_, _ in found)


def _is_of_type(table: PublishedTable) -> bool:
    return table.about is not None and table.about.family == OBJECTS_OF_TYPE


def _values(
    manifest: Manifest, removed: Mapping[str, list[list[str]]]
) -> dict[RecordId, dict[str, str]]:
    """The values of the records as the day's tables of all types hold them."""
    found: dict[RecordId, dict[str, str]] = {}
    for table in manifest.tables:
        names = [column.name for column in table.columns]
        for line in removed[table.name] if table.name in (_LONG, _WIDE) else ():
            record = record_of(table, line)
            if record is not None and table.name == _WIDE:
                found[record] = orjson.loads(line[names.index("PROPERTIES")])
            elif record is not None:
                values = found.setdefault(record, {})
                values[line[names.index("NAME")]] = line[names.index("VALUE")]
    return found


def _unparsed(
    table: PublishedTable,
    removed: Iterable[list[str]],
    values: Mapping[RecordId, Mapping[str, str]],
) -> dict[str, int]:
    """What is left of the numbers of texts that were not of their column's kind."""
    if not table.unparsed:
        return {}
    cells = present_cells_of(table.columns)
    gone: Counter[str] = Counter()
    for line in removed:
        record = record_of(table, line) if _is_of_type(table) else None
        own = {} if record is None else values.get(record, {})
        beside = {
            column.property: line[at]
            for at, column in enumerate(table.columns)
            if column.property is not None and line[at]
        }
        gone.update(
            table.columns[at].name for at, value in cells({**beside, **own}) if value is UNPARSED
        )
    return {name: left for name, count in table.unparsed.items() if (left := count - gone[name])}
