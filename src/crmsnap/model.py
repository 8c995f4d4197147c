"""The nouns of a run: frozen values without input or output, shared by every layer above."""

from dataclasses import dataclass
from typing import Literal, Protocol


class Clock(Protocol):
    """Time as the run sees it; passed in, so that tests own it."""

    def monotonic(self) -> float:
        """Seconds that never go back, for durations and deadlines."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait. Raise `Interrupted` at once when the run was asked to stop, also for `sleep(0)`."""
        ...


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that a snapshot does not hold, and why: declared, never silent."""

    stream: str
    """What could not be read: `objects/0-136`, `teams`."""
    reason: Literal["missing-scope", "not-available"]
    """`missing-scope` can be closed by the operator; `not-available` by nobody with this account's plan or API."""
    detail: str
    """One sentence for people."""
    scopes: tuple[str, ...] = ()
    """Any one of these would close it."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What a run was asked to copy; a published day keeps the selection that it was made with."""

    types: tuple[str, ...] = ()
    """Object type ids, sorted; empty: all."""
    tables: tuple[str, ...] = ()
    """Table names, sorted; empty: all."""
    iso_dates: bool = False
    """Whether date values are the API's own text instead of milliseconds since the epoch."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a table, as published."""

    key: str
    """Below the destination's prefix: `2026-11-22/OWNERS/part-00000-<16 of sha256>.csv.gz`."""
    rows: int
    bytes: int
    """Size of the gzip file."""
    sha256: str
    """Of the gzip file, 64 hex digits."""
    first_key: tuple[str, ...]
    last_key: tuple[str, ...]
    """Sort key of the first and the last row, as text, blank for columns that may be NULL; empty in a
    header-only part."""


@dataclass(frozen=True, slots=True)
class StreamBegan:
    """A run starts to read a stream, or goes on with it."""

    stream: str
    rows: int
    """Read before, by the run that this one goes on with."""
    expected: int | None
    """About how many rows there will be; None when nobody knows."""


@dataclass(frozen=True, slots=True)
class StreamAdvanced:
    """A page of a stream is in the state."""

    stream: str
    rows: int
    """Read so far, the page included."""


@dataclass(frozen=True, slots=True)
class StreamEnded:
    """A stream was read to its end."""

    stream: str
    rows: int


@dataclass(frozen=True, slots=True)
class StepBegan:
    """The run comes to its next step."""

    step: Literal["check", "discover", "extract", "publish"]


@dataclass(frozen=True, slots=True)
class TableEnded:
    """All parts of a table are in the destination."""

    table: str
    rows: int
    bytes: int
    parts: int


Progress = StreamBegan | StreamAdvanced | StreamEnded | StepBegan | TableEnded
"""What a run tells whoever watches it."""
