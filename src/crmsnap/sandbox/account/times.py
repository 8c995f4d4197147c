"""Milliseconds since the epoch to HubSpot's texts and back."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

DAY_MS = 86_400_000
EPOCH_DAY = date(1970, 1, 1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def iso(ms: int) -> str:
    """`2026-01-01T00:00:00.123Z`: always three digits of milliseconds, as in `createdAt`."""
    day, rest = divmod(ms, DAY_MS)
    seconds, milliseconds = divmod(rest, 1000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{iso_day(day)}T{hour:02d}:{minute:02d}:{second:02d}.{milliseconds:03d}Z"


@lru_cache(maxsize=4096)
def iso_day(day: int) -> str:
    """`2026-01-01` of a number of days since the epoch."""
    return (EPOCH_DAY + timedelta(days=day)).isoformat()


def to_ms(text: str) -> int | None:
    """The time that a property value or a filter means, None when it is no time: epoch milliseconds,
    ISO 8601 with or without a fraction, a plain date (midnight UTC)."""
    digits = text.removeprefix("-")
    if digits.isascii() and digits.isdigit():
        return int(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - EPOCH) // timedelta(milliseconds=1)
