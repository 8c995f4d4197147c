"""Whether texts read from CSV are what their column's kind promises."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime

import orjson

from crmsnap.publish.empty_texts import EMPTY
from crmsnap.publish.order import is_digits
from crmsnap.tables.table import Column, Kind

_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")


def misfit(column: Column, values: Iterable[str]) -> bool:
    """Whether any value of a column does not parse; NULL counts where the column never holds it."""
    check = _CHECKS.get(column.kind)
    if check is None:
        return False
    distinct = set(values)
    if EMPTY in distinct:
        return True  # quoted, so it is no NULL, and of no kind but text
    if "" in distinct:
        if not column.nullable:
            return True
        distinct.remove("")
    return not check(distinct)


def _ids(values: set[str]) -> bool:
    return True  # a GUID is an id too


def _numbers(values: set[str]) -> bool:
    return is_digits("".join(values)) or all(_NUMBER.fullmatch(value) for value in values)


def _booleans(values: set[str]) -> bool:
    return values <= {"true", "false"}


def _timestamps(values: set[str]) -> bool:
    try:
        # Only the one published form is equal to what it parses to.
        return all(
            datetime.fromisoformat(value).isoformat(" ", "milliseconds") == value
            for value in values
        )
    except ValueError:
        return False


def _dates(values: set[str]) -> bool:
    try:
        return all(date.fromisoformat(value).isoformat() == value for value in values)
    except ValueError:
        return False


def _json(values: set[str]) -> bool:
    try:
        for value in values:
            orjson.loads(value)
    except orjson.JSONDecodeError:
        return False
    return True


_CHECKS: Mapping[Kind, Callable[[set[str]], bool]] = {
    "ID": _ids,
    "NUMBER": _numbers,
    "BOOLEAN": _booleans,
    "TIMESTAMP": _timestamps,
    "DATE": _dates,
    "JSON": _json,
}
