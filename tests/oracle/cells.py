"""How values are published, written down a second time: what a cell of a typed column must hold.

A cell is text as it stands in the file, or None where the file has nothing.
"""

import json
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Cell = str | None


def plain(value: Any) -> Cell:
    """A value of an answer as a cell."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def moment(text: str | None) -> Cell:
    """An ISO time as published."""
    return None if text is None else stamp(_iso(text))


def stamp(time: datetime) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S.").rjust(20, "0") + f"{time.microsecond // 1000:03d}"


def compact(value: Any) -> Cell:
    """JSON as published: compact, keys sorted, non-ASCII kept."""
    if value is None:
        return None
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def kept(text: str, kind: str) -> str:
    """The text that the long tables hold: ISO dates of date properties as epoch milliseconds."""
    if kind not in ("date", "datetime") or not re.match(r"\d{4}-\d\d-\d\d", text):
        return text
    try:
        return str((_iso(text) - EPOCH) // timedelta(milliseconds=1))
    except ValueError:
        return text


def typed(text: str, kind: str) -> Cell:
    """A kept text in the column of its property's type; None where it is not of that type."""
    if kind == "number":
        return _number(text)
    if kind == "datetime":
        time = _time(text)
        return None if time is None else stamp(time)
    if kind == "date":
        time = _time(text)
        if time is None or time - time.replace(hour=0, minute=0, second=0, microsecond=0):
            return None
        return f"{time.year:04d}-{time.month:02d}-{time.day:02d}"
    if kind == "bool":
        return text if text in ("true", "false") else None
    return text


def has_unparsed(kind: str) -> bool:
    return kind in ("number", "date", "datetime")


def _number(text: str) -> Cell:
    if re.fullmatch(r"-?\d+(\.\d+)?", text, re.ASCII):
        return text
    if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", text, re.ASCII):
        return f"{Decimal(text):f}"
    return None


def _time(text: str) -> datetime | None:
    try:
        if re.fullmatch(r"-?\d{1,15}", text, re.ASCII):
            return EPOCH + timedelta(milliseconds=int(text))
        if re.match(r"\d{4}-\d\d-\d\d($|[T ]\d)", text):
            return _iso(text)
    except (ValueError, OverflowError):
        pass
    return None


def _iso(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
