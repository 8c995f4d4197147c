"""The work of publishing, cut into tasks that any process can do.

A task is a pure function of small picklable values: doing it twice writes the same parts under the
same names, which changes nothing.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from crmsnap.destinations.interface import Destination
from crmsnap.errors import AlreadyThere, SnapshotError
from crmsnap.model import Part
from crmsnap.publish.csv_text import batches, header
from crmsnap.publish.gzip_parts import Compression, GzipPart, empty_part, gzip_parts
from crmsnap.publish.layout import part_key, part_number
from crmsnap.publish.order import sort_columns
from crmsnap.publish.ranges import Range
from crmsnap.state.needs import Need
from crmsnap.state.reader import StateReader
from crmsnap.tables.table import Column, Group, Row, Span, Sparse, Table, Value

KEY_TEXT_MAX = 64
"""Characters of a key's values in the manifest: enough to find a row, no place for a whole text."""

Remember = Callable[[Sequence[str]], None]
"""Told the keys that are about to be created, before they are: what may be removed as a stray later.
Called where the part is made, so it has to be picklable where processes are used."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where the parts of a snapshot go."""

    destination: Destination
    day: str
    compression: Compression
    remember: Remember
    tag: str = ""
    """Of the run, where it replaces a day."""
    listed: Mapping[str, str] = field(default_factory=dict)
    """Parts of the revision that it replaces, by their keys without a tag."""

    def key(self, table: str, number: int, sha256: str) -> str:
        """Where a part goes: where it lies, if the revision that is replaced has it at this place."""
        plain = part_key(self.day, table, number, sha256)
        return self.listed.get(plain) or part_key(self.day, table, number, sha256, self.tag)

    def create(self, table: str, number: int, data: bytes, sha256: str) -> str:
        """Write a part where it goes, and return its key; one that is damaged there gets another place."""
        own = part_key(self.day, table, number, sha256, self.tag)
        for key in dict.fromkeys((self.key(table, number, sha256), own)):
            self.remember((key,))
            try:
                self.destination.create(key, data, sha256=sha256)
            except AlreadyThere:
                if key == own:
                    raise
            else:
                return key
        raise AssertionError  # its own key is the last one


@dataclass(frozen=True, slots=True)
class RangeWritten:
    """What became of a range."""

    parts: tuple[Part, ...]
    first: Row
    """Sort key of the first row of all; empty if there was no row."""
    last: Row
    replaced: int
    unparsed: Mapping[str, int]
    """Column -> texts that were not of its kind."""
    needs: tuple[Need, ...] = ()
    """What was asked of the state for it, each question once."""


def for_tasks(table: Table) -> Table:
    """A table without its streams: they are known to each other, so that one would bring all of them."""
    return replace(table, streams=())


def write_range(table: Table, reader: StateReader, target: Target, rows_of: Range) -> RangeWritten:
    """Write one range of a table as parts; a range without rows gives none."""
    written: list[Part] = []
    first: Row = ()
    last: Row = ()
    replaced = 0
    unparsed: Counter[str] = Counter()
    needs: dict[Need, None] = {}
    noted = replace(reader, note=needs.setdefault)
    made = gzip_parts(
        batches(table, _rows(table, noted, rows_of.spans)),
        header(table.columns),
        target.compression,
    )
    for number, gzip_part in enumerate(made):
        written.append(_write(table, target, part_number(rows_of.number, number), gzip_part))
        first = first or gzip_part.first
        last = gzip_part.last
        replaced += gzip_part.replaced
        unparsed.update(gzip_part.unparsed)
        del gzip_part  # 15 MB that would live on while the next part is made
    return RangeWritten(tuple(written), first, last, replaced, unparsed, tuple(needs))


def write_empty(table: Table, target: Target) -> RangeWritten:
    """Write the header-only part of a table without rows."""
    part = _write(table, target, 0, empty_part(header(table.columns), target.compression))
    return RangeWritten((part,), (), (), 0, {})


def check_parts(destination: Destination, parts: Sequence[Part]) -> None:
    """Raise `SnapshotError` unless every part lies at the destination with its size and SHA-256."""
    for part in parts:
        found = destination.head(part.key)
        if found is None:
            raise SnapshotError(
                f"{part.key} is missing at {destination.url}",
                cause="the store lost it, or somebody removed it",
                remedy="run again: a day without a manifest is published anew",
            )
        if (found.bytes, found.sha256) != (part.bytes, part.sha256):
            raise SnapshotError(
                f"{part.key} at {destination.url} is not what was written",
                cause="the store or somebody else changed it",
                remedy="remove it, then run again",
            )


def _rows(
    table: Table, reader: StateReader, spans: Sequence[Span]
) -> Iterator[Row | Group | Sparse]:
    for span in spans:
        yield from table.rows(reader, span)


def _write(table: Table, target: Target, number: int, part: GzipPart) -> Part:
    columns = sort_columns(table)
    return Part(
        key=target.create(table.name, number, part.data, part.sha256),
        rows=part.rows,
        bytes=len(part.data),
        sha256=part.sha256,
        first_key=key_text(columns, part.first),
        last_key=key_text(columns, part.last),
    )


def key_text(columns: Sequence[Column], key: Sequence[Value]) -> tuple[str, ...]:
    """A sort key as the manifest shows it: long texts cut, columns that may be NULL left blank.

    What identifies a row is never NULL; what may be, like a value in a history, is content, and
    content does not belong into a manifest.
    """
    return tuple(
        "" if column.nullable else str(value)[:KEY_TEXT_MAX]
        for column, value in zip(columns, key, strict=False)
    )
