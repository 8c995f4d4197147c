"""The sandbox's own clock: where it starts, whether it runs, and how far it was pushed ahead.

Everything an answer says about time comes from here, the `Date` header too, so that a reader that
takes the day from HubSpot's clock can be shown any day. Rate windows do not: they are real time.
"""

import time
from datetime import UTC, datetime
from email.utils import formatdate


class Clock:
    """Milliseconds since the epoch, as the sandbox account sees them."""

    def __init__(self, start_ms: int | None = None, *, frozen: bool = False) -> None:
        self._start_ms = time.time_ns() // 1_000_000 if start_ms is None else start_ms
        self._started_ns = time.monotonic_ns()
        self._frozen = frozen
        self._ahead_ms = 0

    def now_ms(self) -> int:
        """The time, standing still between two `advance` when the clock is frozen."""
        elapsed_ms = 0 if self._frozen else (time.monotonic_ns() - self._started_ns) // 1_000_000
        return self._start_ms + elapsed_ms + self._ahead_ms

    def advance(self, ms: int) -> None:
        """Push the clock ahead; it never goes back."""
        if ms < 0:
            raise ValueError(f"the clock never goes back, asked for {ms} ms")
        self._ahead_ms += ms


def milliseconds(iso_time: str) -> int:
    """An ISO 8601 time as milliseconds since the epoch; UTC when it names no zone."""
    moment = datetime.fromisoformat(iso_time)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return round(moment.timestamp() * 1000)


def iso_text(ms: int) -> str:
    """`2026-11-22T05:34:00.000Z`, the way HubSpot writes times."""
    moment = datetime.fromtimestamp(ms / 1000, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{ms % 1000:03d}Z"


def http_date(ms: int) -> bytes:
    """The value of a `Date` header."""
    return formatdate(ms // 1000, usegmt=True).encode()
