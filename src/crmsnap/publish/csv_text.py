"""Rows as CSV, fast: whole columns are looked at, and whole rows written by one format string.

Python's csv writer cannot tell NULL from the empty string, and writes a bare CR so that readers see two
lines (3.11). A record with many properties comes as one group, whose first and last columns are formatted
once; a row of which most cells are NULL is put together from the others.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from crmsnap.publish.csv_cells import compile_cells, compile_sparse, write_row
from crmsnap.publish.order import Ascending
from crmsnap.tables.table import UNPARSED, Column, Group, Row, Sparse, Table

TEXT_MAX = 400_000
"""Characters that are encoded and compressed at once, unless a single row is longer."""

ROWS_AT_ONCE = 128

_SURROGATE = re.compile("[\ud800-\udfff]")
_NONE: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Batch:
    """Some whole lines of a table."""

    data: bytes
    rows: int
    first: Row
    """The sort key of the first row, as `Ascending` gives it."""
    last: Row
    replaced: int
    """Lone surrogates that became U+FFFD, since UTF-8 has no form for them."""
    unparsed: Mapping[str, int] = field(default_factory=dict)
    """Column -> texts that were not of its kind."""


def header(columns: Sequence[Column]) -> bytes:
    """The first line of every part."""
    return (",".join(column.name for column in columns) + "\n").encode()


def batches(table: Table, items: Iterable[Row | Group | Sparse]) -> Iterator[Batch]:
    """The rows of a table as CSV. Raise `SnapshotError` for a row out of order or of a wrong kind."""
    ascending = Ascending(table)
    pieces: list[_Piece] = []
    size = 0
    first: Row = ()
    last: Row = ()
    for piece in _pieces(table.columns, items):
        if pieces and size + len(piece.text) > TEXT_MAX:
            yield _batch(pieces, first, last)
            pieces, size = [], 0
        piece_first, last = ascending.follow(piece.group)
        if not pieces:
            first = piece_first
        pieces.append(piece)
        size += len(piece.text)
    if pieces:
        yield _batch(pieces, first, last)


class _Piece(NamedTuple):
    """Rows that were written together."""

    group: Group
    """As far as their order goes."""
    text: str
    replaced: int
    unparsed: Mapping[str, int]


def _batch(pieces: Sequence[_Piece], first: Row, last: Row) -> Batch:
    unparsed: Counter[str] = Counter()
    for piece in pieces:
        if piece.unparsed:
            unparsed.update(piece.unparsed)
    return Batch(
        "".join([piece.text for piece in pieces]).encode(),
        sum(len(piece.group.cells) for piece in pieces),
        first,
        last,
        sum(piece.replaced for piece in pieces),
        unparsed,
    )


def _pieces(columns: Sequence[Column], items: Iterable[Row | Group | Sparse]) -> Iterator[_Piece]:
    lines = _compile_group(columns)
    line = compile_sparse(columns)
    unparsed = _unparsed_of(columns)
    for item in _grouped(items):
        if isinstance(item, Sparse):
            yield _sparse_piece(columns, line, item)
        else:
            for group, text, replaced in _in_halves(lines, item):
                yield _Piece(group, text, replaced, unparsed(group))


def _grouped(items: Iterable[Row | Group | Sparse]) -> Iterator[Group | Sparse]:
    """Rows that come one by one as groups that share nothing; the rest as it is."""
    rows: list[Row] = []
    for item in items:
        if not isinstance(item, Group | Sparse):
            rows.append(item)
            if len(rows) < ROWS_AT_ONCE:
                continue
        if rows:
            yield Group((), rows, ())
            rows = []
        if isinstance(item, Sparse) or (isinstance(item, Group) and item.cells):
            yield item
    if rows:
        yield Group((), rows, ())


def _sparse_piece(columns: Sequence[Column], line: Callable[[Sparse], str], row: Sparse) -> _Piece:
    text = line(row) + "\n"
    failed = [columns[position].name for position, value in row.cells if value is UNPARSED]
    unparsed = dict.fromkeys(failed, 1) if failed else _NONE
    if _encodable(text):
        return _Piece(Group((), [row.before], ()), text, 0, unparsed)
    clean = Group((), [_clean(row.before)], ())
    return _Piece(clean, _SURROGATE.sub("\ufffd", text), len(_SURROGATE.findall(text)), unparsed)


def _in_halves(lines: Callable[[Group], str], group: Group) -> Iterator[tuple[Group, str, int]]:
    """A group with its lines and the number of signs replaced in them, a long one in halves."""
    text = lines(group)
    if len(text) > TEXT_MAX and len(group.cells) > 1:
        middle = len(group.cells) // 2
        for half in (group.cells[:middle], group.cells[middle:]):
            yield from _in_halves(lines, Group(group.before, half, group.after))
    elif _encodable(text):
        yield group, text, 0
    else:
        clean = Group(
            _clean(group.before), [_clean(row) for row in group.cells], _clean(group.after)
        )
        yield clean, lines(clean), len(_SURROGATE.findall(text))


def _unparsed_of(columns: Sequence[Column]) -> Callable[[Group], Mapping[str, int]]:
    """A function that counts the texts of a group's rows that were not of their column's kind."""
    if not any(column.property for column in columns):
        return lambda _: _NONE

    def count(group: Group) -> Mapping[str, int]:
        if not any(UNPARSED in row for row in group.cells):
            return _NONE
        own = columns[len(group.before) :]
        return Counter(
            column.name
            for row in group.cells
            for column, value in zip(own, row, strict=False)
            if value is UNPARSED
        )

    return count


def _encodable(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _clean(row: Row) -> Row:
    return tuple(
        _SURROGATE.sub("\ufffd", value) if isinstance(value, str) else value for value in row
    )


def _compile_group(columns: Sequence[Column]) -> Callable[[Group], str]:
    """A function that writes the lines of a group of these columns."""
    compiled: dict[tuple[int, int], Callable[[Sequence[Row]], Iterator[str]]] = {}

    def lines(group: Group) -> str:
        start = len(group.before)
        end = len(columns) - len(group.after)
        if (start, end) not in compiled:
            compiled[start, end] = compile_cells(columns[start:end])
        before = write_row(columns[:start], group.before)
        after = write_row(columns[end:], group.after)
        lead = before + "," if start else ""
        tail = "," + after + "\n" if group.after else "\n"
        return lead + (tail + lead).join(compiled[start, end](group.cells)) + tail

    return lines
