"""HubSpot's text as numbers, dates, times and booleans.

Nothing is rounded and nothing is guessed: what is not surely of its type is None, and its text stands in
the UNPARSED column beside, a boolean's in OBJECT_PROPERTIES.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType

from crmsnap.tables.table import Kind

_PLAIN = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
"""A double reaches 1e308. Longer exponents would be columns of zeros when written out."""
_MILLISECONDS = re.compile(r"-?[0-9]{1,15}")
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9].*)?")
"""`fromisoformat` also takes weeks and bare digits, which HubSpot never means."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MIDNIGHT = "00:00:00.000"
_BOOLEANS = {"true": True, "false": False}


def number(text: str) -> str | None:
    """A plain decimal: as it came, or written out exactly where it has an exponent."""
    if _PLAIN.fullmatch(text):
        return text
    return format(Decimal(text), "f") if _NUMBER.fullmatch(text) else None


def timestamp(text: str) -> str | None:
    """`YYYY-MM-DD HH:MM:SS.mmm` from milliseconds since the epoch or ISO 8601; UTC where none is said."""
    try:
        if _MILLISECONDS.fullmatch(text):
            time = _EPOCH + timedelta(milliseconds=int(text))
        elif _ISO.fullmatch(text):
            time = datetime.fromisoformat(text)
            time = time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
        else:
            return None
    except (ValueError, OverflowError):  # no such day, or none that a date can say
        return None
    return time.replace(tzinfo=None).isoformat(" ", "milliseconds")


def date(text: str) -> str | None:
    """`YYYY-MM-DD` from a date or from its midnight UTC; a moment within a day is no date."""
    day, _, time = (timestamp(text) or "").partition(" ")
    return day if time == _MIDNIGHT else None


def boolean(text: str) -> bool | None:
    """Only HubSpot's own two words: `1` or `yes` may mean anything."""
    return _BOOLEANS.get(text)


PARSERS: Mapping[Kind, Callable[[str], str | None]] = MappingProxyType(
    {"NUMBER": number, "TIMESTAMP": timestamp, "DATE": date}
)
"""The kinds beside whose columns stands the text: what does not parse would be lost in a typed one alone."""
