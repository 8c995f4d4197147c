"""Rows of a query for people, for programs, and as CSV that keeps NULL apart from the empty string."""

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from crmsnap.cli.text import columns as aligned
from crmsnap.cli.text import escaped

ROWS_SHOWN = 1000
"""On a terminal nobody reads more; `--csv` and `--json` give every row."""

_TIME_DIGITS = "milliseconds"
_encoded = json.JSONEncoder(ensure_ascii=False).encode


def table_lines(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> tuple[str, bool]:
    """The first rows with aligned cells, and whether there are more."""
    shown = list(islice(rows, ROWS_SHOWN + 1))
    cells = [[escaped(name) for name in names]]
    cells += [[_shown(value) for value in row] for row in shown[:ROWS_SHOWN]]
    numbers = [
        at
        for at in range(len(names))
        if {type(row[at]) for row in shown} - {type(None)} <= {int, float, Decimal}
        and any(row[at] is not None for row in shown)
    ]
    return aligned(cells, right=numbers), len(shown) > ROWS_SHOWN


def json_lines(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """A JSON array of objects, a line each; columns of the same name get a number behind theirs."""
    keys = _distinct(names)
    before = "["
    for row in rows:
        cells = dict(zip(keys, row, strict=True))
        yield before + _json(cells)
        before = ",\n "
    yield "]\n" if before != "[" else "[]\n"


def csv_lines(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """CSV as snapshots have it: text is quoted, NULL is nothing, the empty string is `""`."""
    yield ",".join(_quoted(name) for name in names) + "\n"
    for row in rows:
        yield ",".join(_cell(value) for value in row) + "\n"


def _shown(value: Any) -> str:
    if value is None:
        return "NULL"
    plain = _plain(value)
    return escaped(plain if isinstance(plain, str) else _json(plain))


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | Decimal):
        return str(value)
    plain = _plain(value)
    if isinstance(value, date):  # times, too
        return str(plain)
    return _quoted(plain if isinstance(plain, str) else _json(plain))


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _json(value: Any) -> str:
    """A value in JSON, with every digit of an exact number: the json module would need it as a float."""
    match _plain(value):
        case dict() as members:
            inner = (f"{_encoded(name)}: {_json(one)}" for name, one in members.items())
            return f"{{{', '.join(inner)}}}"
        case list() as elements:
            return f"[{', '.join(map(_json, elements))}]"
        case Decimal() as exact:
            return format(exact, "f")
        case plain:
            return _encoded(plain)


def _plain(value: Any) -> Any:
    """A value as JSON has it: times as in snapshots, bytes in hex, what JSON has no number for as text."""
    match value:
        case None | bool() | int() | str():
            return value
        case float() | Decimal():
            return value if math.isfinite(value) else str(value)
        case datetime():
            return value.isoformat(" ", _TIME_DIGITS)
        case bytes():
            return value.hex()
        case list() | tuple():
            return list(value)
        case dict():
            return {str(key): one for key, one in value.items()}
    return str(value)


def _distinct(names: Sequence[str]) -> list[str]:
    found: list[str] = []
    for name in names:
        key, number = name, 1
        while key in found:
            key, number = f"{name}_{number}", number + 1
        found.append(key)
    return found
