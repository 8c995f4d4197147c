"""HubSpot's times as text: the published form, and milliseconds since the epoch.

Most times come as `2026-11-20T08:15:30.123Z`; some have no fraction, some an offset, and dates stand
alone.
"""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def published(text: str) -> str:
    """An ISO time as `YYYY-MM-DD HH:MM:SS.mmm` in UTC; `ValueError` for any other text.

    Digits after the milliseconds are cut off, never rounded: no time moves into the next second.
    """
    if len(text) == 24 and text[23] == "Z" and text[10] == "T" and text[19] == ".":
        return f"{text[:10]} {text[11:23]}"
    return published_at(_parsed(text))


def published_at(time: datetime) -> str:
    """A time in UTC in its published form."""
    return f"{time:%Y-%m-%d %H:%M:%S}.{time.microsecond // 1000:03d}".zfill(23)


def epoch_ms(text: str) -> str | None:
    """An ISO date or time as milliseconds since the epoch; None for any other text.

    A plain date is its midnight in UTC, a time without zone counts as UTC.
    """
    if "-" not in text:  # `20261120` is ISO 8601 too, but as a value it is a number
        return None
    try:
        time = _parsed(text)
    except (ValueError, OverflowError):
        return None
    return str((time - _EPOCH) // _MILLISECOND)


def _parsed(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
