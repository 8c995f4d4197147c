"""Rows as CSV, fast: whole columns are looked at, and whole rows written by one format string.

VARCHAR and JSON are always quoted, an ID unless it is all digits; everything else is bare. NULL is
nothing, the empty string is `""`. Python's csv writer cannot tell those two apart, and writes a
bare CR so that readers see two lines (3.11). A record with many properties comes as one group, whose
first and last columns are formatted once.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from crmsnap.errors import SnapshotError
from crmsnap.publish.member_lines import MemberLines, member_lines
from crmsnap.publish.order import Ascending, is_digits
from crmsnap.tables.table import Column, Group, Kind, Members, Row, Rows, Table, Value

TEXT_MAX = 400_000
"""Characters that are encoded and compressed at once, unless a single row is longer."""

ROWS_AT_ONCE = 128

_SURROGATE = re.compile("[\ud800-\udfff]")
_BOOLEANS = {True: "true", False: "false"}
_BARE_SIGNS: dict[Kind, bytes] = {
    "NUMBER": b"0123456789-.",
    "TIMESTAMP": b"0123456789-:. ",
    "DATE": b"0123456789-",
}


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


def header(columns: Sequence[Column]) -> bytes:
    """The first line of every part."""
    return (",".join(column.name for column in columns) + "\n").encode()


def batches(table: Table, items: Iterable[Rows]) -> Iterator[Batch]:
    """The rows of a table as CSV. Raise `SnapshotError` for a row out of order or of a wrong kind."""
    ascending = Ascending(table)
    texts: list[str] = []
    size = rows = replaced = 0
    first: Row = ()
    last: Row = ()
    for piece in _pieces(table.columns, items):
        if texts and size + len(piece.text) > TEXT_MAX:
            yield Batch("".join(texts).encode(), rows, first, last, replaced)
            texts, size, rows, replaced = [], 0, 0, 0
        piece_first, last = ascending.follow(piece.group)
        if not texts:
            first = piece_first
        texts.append(piece.text)
        size += len(piece.text)
        rows += piece.rows
        replaced += piece.replaced
    if texts:
        yield Batch("".join(texts).encode(), rows, first, last, replaced)


class _Piece(NamedTuple):
    """Whole lines, and the rows that they stand for: all of them, or the first and the last."""

    text: str
    rows: int
    group: Group
    replaced: int


def _pieces(columns: Sequence[Column], items: Iterable[Rows]) -> Iterator[_Piece]:
    lines = _compile_group(columns)
    write_members = _compile_members(columns)
    for item in _grouped(items):
        if isinstance(item, Group):
            yield from _group_pieces(lines, item)
        elif (written := write_members(item)) is not None:
            yield _Piece(written.text, written.rows, written.ends, 0)
        else:
            group = item.group()
            if group.cells:
                yield from _group_pieces(lines, group)


def _grouped(items: Iterable[Rows]) -> Iterator[Group | Members]:
    """Everything as groups: rows that come one by one share nothing."""
    rows: list[Row] = []
    for item in items:
        if not isinstance(item, Group | Members):
            rows.append(item)
            if len(rows) < ROWS_AT_ONCE:
                continue
        if rows:
            yield Group((), rows, ())
            rows = []
        if isinstance(item, Members) or (isinstance(item, Group) and item.cells):
            yield item
    if rows:
        yield Group((), rows, ())


def _group_pieces(lines: Callable[[Group], str], group: Group) -> Iterator[_Piece]:
    """A group as lines, a long one in halves, signs that UTF-8 has no form for replaced and counted."""
    text = lines(group)
    if len(text) > TEXT_MAX and len(group.cells) > 1:
        middle = len(group.cells) // 2
        for half in (group.cells[:middle], group.cells[middle:]):
            yield from _group_pieces(lines, Group(group.before, half, group.after))
    elif _encodable(text):
        yield _Piece(text, len(group.cells), group, 0)
    else:
        clean = Group(
            _clean(group.before), [_clean(row) for row in group.cells], _clean(group.after)
        )
        yield _Piece(lines(clean), len(group.cells), clean, len(_SURROGATE.findall(text)))


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
            compiled[start, end] = _compile_cells(columns[start:end])
        before = _one_by_one(columns[:start], group.before)
        after = _one_by_one(columns[end:], group.after)
        lead = before + "," if start else ""
        tail = "," + after + "\n" if group.after else "\n"
        return lead + (tail + lead).join(compiled[start, end](group.cells)) + tail

    return lines


def _compile_members(columns: Sequence[Column]) -> Callable[[Members], MemberLines | None]:
    """A function that writes the members of an object as lines of these columns, if it can be done fast."""

    def lines(members: Members) -> MemberLines | None:
        start, end = len(members.before), len(columns) - len(members.after)
        if [column.kind for column in columns[start:end]] != ["VARCHAR", "VARCHAR"]:
            return None
        before = _one_by_one(columns[:start], members.before)
        after = _one_by_one(columns[end:], members.after)
        return member_lines(
            members, before + "," if before else "", "," + after if members.after else ""
        )

    return lines


def _one_by_one(columns: Sequence[Column], row: Row) -> str:
    return ",".join(
        [_WRITE[column.kind](column, value) for column, value in zip(columns, row, strict=True)]
    )


def _compile_cells(columns: Sequence[Column]) -> Callable[[Sequence[Row]], Iterator[str]]:
    """A function that writes rows of these columns, each without its line break."""

    def cells(rows: Sequence[Row]) -> Iterator[str]:
        forms: list[str] = []
        written: list[Sequence[Value]] = []
        as_they_are = True
        for column, values in zip(columns, zip(*rows, strict=True), strict=True):
            form = _FORM[column.kind](column, values)
            if form is None:
                write = _WRITE[column.kind]
                forms.append("%s")
                written.append([write(column, value) for value in values])
                as_they_are = False
            else:
                forms.append(form)
                written.append(values)
        return map(",".join(forms).__mod__, rows if as_they_are else zip(*written, strict=True))

    return cells


# How one value is written, by kind.


def _write_text(column: Column, value: Value) -> str:
    if value is None:
        return _null(column)
    if not isinstance(value, str):
        raise _refused(column)
    return '"' + value.replace('"', '""') + '"'


def _write_id(column: Column, value: Value) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str) and is_digits(value):
        return value
    return _write_text(column, value)


def _write_bare(column: Column, value: Value) -> str:
    if value is None:
        return _null(column)
    text = str(value)
    if not text or text.encode("utf-8", "replace").translate(None, _BARE_SIGNS[column.kind]):
        raise _refused(column)
    return text


def _write_boolean(column: Column, value: Value) -> str:
    if value is None:
        return _null(column)
    if not isinstance(value, bool):
        raise _refused(column)
    return _BOOLEANS[value]


def _null(column: Column) -> str:
    if not column.nullable:
        raise SnapshotError(
            f"column {column.name} got NULL, which it never holds",
            remedy="report this: the state or the table's declaration is wrong",
        )
    return ""


def _refused(column: Column) -> SnapshotError:
    return SnapshotError(
        f"column {column.name} got a value that is no {column.kind}",
        remedy="report this: the state or the table's declaration is wrong",
    )


# The form of a whole column of values, or None if they have to be written one by one.

_NOTHING = "%.0s"


def _form_text(column: Column, values: Sequence[Value]) -> str | None:
    try:
        joined = "".join(values)  # type: ignore[arg-type]  # tells at once whether all are texts
    except TypeError:
        return _form_null(column, values)
    return None if '"' in joined else '"%s"'


def _form_id(column: Column, values: Sequence[Value]) -> str | None:
    if set(map(type, values)) == {int}:
        return "%s"
    try:
        joined = "".join(values)  # type: ignore[arg-type]  # as in _form_text
    except TypeError:
        return _form_null(column, values)
    return "%s" if is_digits(joined) and all(values) else None


def _form_bare(column: Column, values: Sequence[Value]) -> str | None:
    distinct = set(values)
    if None in distinct:
        return _form_null(column, values)
    texts = [str(value) for value in distinct]
    signs = "".join(texts).encode("utf-8", "replace")
    if signs.translate(None, _BARE_SIGNS[column.kind]) or not all(texts):
        raise _refused(column)
    return "%s"


def _form_null(column: Column, values: Sequence[Value]) -> str | None:
    if column.nullable and set(values) == {None}:
        return _NOTHING
    return None


_WRITE: dict[Kind, Callable[[Column, Value], str]] = {
    "ID": _write_id,
    "VARCHAR": _write_text,
    "JSON": _write_text,
    "NUMBER": _write_bare,
    "TIMESTAMP": _write_bare,
    "DATE": _write_bare,
    "BOOLEAN": _write_boolean,
}
_FORM: dict[Kind, Callable[[Column, Sequence[Value]], str | None]] = {
    "ID": _form_id,
    "VARCHAR": _form_text,
    "JSON": _form_null,  # full of quotes, so never as it is
    "NUMBER": _form_bare,
    "TIMESTAMP": _form_bare,
    "DATE": _form_bare,
    "BOOLEAN": _form_null,
}
