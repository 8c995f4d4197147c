"""Cells as CSV: one by one, by whole columns, or only those of a row that are not NULL.

VARCHAR and JSON are always quoted, an ID unless it is all digits; everything else is bare. NULL is
nothing, the empty string is `""`; so is a text that did not parse, in its typed column.
"""

from collections.abc import Callable, Iterator, Sequence

from crmsnap.errors import SnapshotError
from crmsnap.publish.order import is_digits
from crmsnap.tables.table import UNPARSED, Column, Kind, Row, Sparse, Value

_QUOTE, _QUOTES = '"', '""'
_BOOLEANS = {True: "true", False: "false"}
_BARE_SIGNS: dict[Kind, bytes] = {
    "NUMBER": b"0123456789-.",
    "TIMESTAMP": b"0123456789-:. ",
    "DATE": b"0123456789-",
}


def write_row(columns: Sequence[Column], row: Row) -> str:
    """A row of these columns without its line break; also some neighbouring cells of one."""
    return ",".join(
        [_WRITE[column.kind](column, value) for column, value in zip(columns, row, strict=True)]
    )


def compile_cells(columns: Sequence[Column]) -> Callable[[Sequence[Row]], Iterator[str]]:
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
        if as_they_are:
            return map(",".join(forms).__mod__, rows)
        # Of many columns most are NULL in every row: those cost nothing.
        shown = [of for form, of in zip(forms, written, strict=True) if form != _NOTHING]
        form = ",".join(["" if form == _NOTHING else form for form in forms])
        return map(form.__mod__, zip(*shown, strict=True))

    return cells


def compile_sparse(columns: Sequence[Column]) -> Callable[[Sparse], str]:
    """A function that writes one sparse row of these columns, without its line break."""
    writes = [(_WRITE[column.kind], column) for column in columns]
    are_texts = [column.kind == "VARCHAR" for column in columns]
    commas = ["," * count for count in range(len(columns) + 1)]
    end = len(columns) - 1
    never_null = max((at for at, column in enumerate(columns) if not column.nullable), default=-1)

    def line(row: Sparse) -> str:
        last = len(row.before) - 1
        if never_null > last:
            _null(columns[never_null])  # which might be left out
        texts = [
            ",".join(
                [
                    write(column, value)
                    for (write, column), value in zip(writes[: last + 1], row.before, strict=True)
                ]
            )
        ]
        for position, value in row.cells:
            if position <= last:
                raise _stepped_back(columns[position])
            # Most cells are texts, and a call for each would be most of the time.
            if are_texts[position] and type(value) is str:
                texts.append(f'{commas[position - last]}"{value.replace(_QUOTE, _QUOTES)}"')
            else:
                write, column = writes[position]
                texts.append(commas[position - last] + write(column, value))
            last = position
        texts.append(commas[end - last])
        return "".join(texts)

    return line


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
    if value is None or value is UNPARSED:
        return _null(column)
    text = str(value)
    if not text or text.encode("utf-8", "replace").translate(None, _BARE_SIGNS[column.kind]):
        raise _refused(column)
    return text


def _write_boolean(column: Column, value: Value) -> str:
    if value is None or value is UNPARSED:
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


def _stepped_back(column: Column) -> SnapshotError:
    return SnapshotError(
        f"column {column.name} came twice or too late in a row",
        remedy="report this: the table's declaration is wrong",
    )


def _refused(column: Column) -> SnapshotError:
    return SnapshotError(
        f"column {column.name} got a value that is no {column.kind}",
        remedy="report this: the state or the table's declaration is wrong",
    )


# The form of a whole column of values, or None if they have to be written one by one.

_NOTHING = "%.0s"
_NULLS: frozenset[Value] = frozenset({None, UNPARSED})


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
    if not distinct.isdisjoint(_NULLS):
        return _form_null(column, values)
    texts = [str(value) for value in distinct]
    signs = "".join(texts).encode("utf-8", "replace")
    if signs.translate(None, _BARE_SIGNS[column.kind]) or not all(texts):
        raise _refused(column)
    return "%s"


def _form_null(column: Column, values: Sequence[Value]) -> str | None:
    if column.nullable and set(values) <= _NULLS:
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
