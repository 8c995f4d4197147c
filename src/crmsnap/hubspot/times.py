"""HubSpot's times as text: the published form, and milliseconds since the epoch.

Most times come as `2026-11-20T08:15:30.123Z`; some have no fraction, some an offset, and dates stand
alone. Python's ISO parser takes more than that: it reads `1712120830123`, which is milliseconds, as the
night of 8 December 1712. So the form is checked first.
"""

import re
from datetime import UTC, datetime, timedelta

from crmsnap.errors import UnexpectedAnswer

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def published(text: str) -> str:
    """An ISO time as `YYYY-MM-DD HH:MM:SS.mmm` in UTC; `UnexpectedAnswer` for any other text.

    Digits after the milliseconds are cut off, never rounded: no time moves into the next second.
    """
    if len(text) == 24 and text[23] == "Z" and text[19] == "." and text[10] == "T":
        return f"{text[:10]} {text[11:23]}"
    try:
        return published_at(_parsed(text))
    except (ValueError, OverflowError) as error:
        raise UnexpectedAnswer(
            "HubSpot gave a time that cannot be read",
            cause=f"a text of {len(text)} characters is no ISO 8601 time",
            remedy="sync again; if it stays, report this with the name of the stream",
        ) from error


def held(text: str) -> str | None:
    """An ISO time as `published` gives it; None for one that is no time of the years 1 to 9999.

    A time beyond them is real to HubSpot, whose times are milliseconds in 64 bits: it comes as
    `+12345-01-01T00:00:00Z` (ISO 8601's expanded form), and no TIMESTAMP of a warehouse can hold it.
    """
    try:
        return published(text)
    except UnexpectedAnswer as error:
        if _BEYOND.fullmatch(text) or isinstance(error.__cause__, OverflowError):
            return None
        raise


def held_ms(milliseconds: int) -> str | None:
    """Milliseconds since the epoch in the published form; None outside the years 1 to 9999."""
    try:
        return published_ms(milliseconds)
    except UnexpectedAnswer:
        return None


def published_at(time: datetime) -> str:
    """A time in UTC in its published form."""
    # `%Y` leaves out leading zeros: year 1 would become `1`.
    return f"{time.year:04d}-{time:%m-%d %H:%M:%S}.{time.microsecond // 1000:03d}"


def published_ms(milliseconds: int) -> str:
    """Milliseconds since the epoch in the published form; `UnexpectedAnswer` outside the years 1 to 9999."""
    try:
        return published_at(_EPOCH + milliseconds * _MILLISECOND)
    except OverflowError as error:
        raise UnexpectedAnswer(
            "HubSpot gave a time that cannot be read",
            cause="it is a number of milliseconds beyond the years 1 to 9999",
            remedy="sync again; if it stays, report this with the name of the stream",
        ) from error


def earlier(published: str, *, minutes: int) -> str:
    """A published time, so many minutes before."""
    return published_at(_parsed(published) - timedelta(minutes=minutes))


def milliseconds(time: datetime) -> int:
    """Whole milliseconds since the epoch, cut off and never rounded."""
    return (time - _EPOCH) // _MILLISECOND


def seconds_between(now: datetime, then: str) -> float | None:
    """How long it is until an ISO time, never below 0; None for any other text."""
    try:
        return max(0.0, (_parsed(then) - now).total_seconds())
    except (ValueError, OverflowError):
        return None


def epoch_ms(text: str) -> str | None:
    """An ISO date or time as milliseconds since the epoch; None for any other text.

    A plain date is its midnight in UTC, a time without zone counts as UTC.
    """
    try:
        time = _parsed(text)
    except (ValueError, OverflowError):
        return None
    return str(milliseconds(time))


def _parsed(text: str) -> datetime:
    if text[4:5] != "-" or text[7:8] != "-" or text[10:11] not in _SEPARATORS:
        raise ValueError("neither a date nor a time")
    time = datetime.fromisoformat(text)
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


_BEYOND = re.compile(r"(?:[+-]\d{4,}|\d{5,}|0000)-\d\d-\d\d(?:[T ][\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?")
_SEPARATORS = ("", "T", " ")
