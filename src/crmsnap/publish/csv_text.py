"""Rows as CSV, fast: whole columns are looked at, and whole rows written by one format string.

VARCHAR and JSON are always quoted, an ID unless it is all digits; everything else is bare. NULL is
nothing, the empty string is `""`. Python's csv writer cannot tell those two apart, and writes a
bare CR so that readers see two lines (3.11). A record with many properties comes as one group, whose
first and last columns are formatted once.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from crmsnap.errors import SnapshotError
from crmsnap.publish.order import Ascending, is_digits
from crmsnap.tables.table import Column, Group, Kind, Row, Table, Value

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


def batches(table: Table, items: Iterable[Row | Group]) -> Iterator[Batch]:
    """The rows of a table as CSV. Raise `SnapshotError` for a row out of order or of a wrong kind."""
    ascending = Ascending(table)
    lines = _compile_group(table.columns)
    texts: list[str] = []
    size = rows = replaced = 0
    first: Row = ()
    last: Row = ()
    for group, text, cleaned in _pieces(lines, _grouped(items)):
        if texts and size + len(text) > TEXT_MAX:
            yield Batch("".join(texts).encode(), rows, first, last, replaced)
            texts, size, rows, replaced = [], 0, 0, 0
        group_first, last = ascending.follow(group)
        if not texts:
            first = group_first
        texts.append(text)
        size += len(text)
        rows += len(group.cells)
        replaced += cleaned
    if texts:
        yield Batch("".join(texts).encode(), rows, first, last, replaced)


def _grouped(items: Iterable[Row | Group]) -> Iterator[Group]:
    """Everything as groups: rows that come one by one share nothing."""
    rows: list[Row] = []
    for item in items:
        if not isinstance(item, Group):
            rows.append(item)
            if len(rows) < ROWS_AT_ONCE:
                continue
        if rows:
            yield Group((), rows, ())
            rows = []
        if isinstance(item, Group) and item.cells:
            yield item
    if rows:
        yield Group((), rows, ())


def _pieces(
    lines: Callable[[Group], str], groups: Iterable[Group]
) -> Iterator[tuple[Group, str, int]]:
    """Groups with their lines and the number of signs replaced in them, long groups in halves."""
    for group in groups:
        text = lines(group)
        if len(text) > TEXT_MAX and len(group.cells) > 1:
            middle = len(group.cells) // 2
            halves = (group.cells[:middle], group.cells[middle:])
            yield from _pieces(lines, (Group(group.before, half, group.after) for half in halves))
        elif _encodable(text):
            yield group, text, 0
        else:
            clean = Group(
                _clean(group.before), [_clean(row) for row in group.cells], _clean(group.after)
            )
            yield clean, lines(clean), len(_SURROGATE.findall(text))


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
