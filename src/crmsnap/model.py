"""The nouns of a run: frozen values without input or output, shared by every layer above."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
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
    """`missing-scope` can be closed by the operator; `not-available` by no scope: the account's plan,
    HubSpot's API or the selection does not have it."""
    detail: str
    """One sentence for people."""
    scopes: tuple[str, ...] = ()
    """Any one of these would close it."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which of many names are taken, by words that may be patterns: `hs_*`, `deals.amount`."""

    only: tuple[str, ...] = ()
    """Sorted; empty: every name."""
    never: tuple[str, ...] = ()
    """Sorted. It wins over `only`."""

    def takes(self, *names: str) -> bool:
        """Whether something is taken that goes by these names; case does not matter."""
        return (not self.only or fits(self.only, names)) and not fits(self.never, names)

    @property
    def words(self) -> tuple[str, ...]:
        """Every word of it, `only` before `never`."""
        return (*self.only, *self.never)

    def within(self, *owners: str) -> "Choice":
        """The choice among the names that one owner has, who goes by these names.

        `deals.amount` speaks of the owner `deals` alone, `amount` of every owner. So `only` narrows an
        owner when it has a word for it, and leaves the others whole.
        """
        return Choice(_within(self.only, owners), _within(self.never, owners))


EVERY = Choice()
"""The choice that takes every name."""

NOTHING = Choice(never=("*",))
"""The choice that takes no name."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What a run was asked to copy; a published day keeps the selection that it was made with."""

    types: tuple[str, ...] = ()
    """Object types as they were asked for, those that are no pattern by id, sorted; empty: all."""
    tables: tuple[str, ...] = ()
    """Table names or patterns, sorted; empty: all."""
    iso_dates: bool = False
    """Whether date values are the API's own text instead of milliseconds since the epoch."""
    exclude_types: tuple[str, ...] = ()
    exclude_tables: tuple[str, ...] = ()
    properties: Choice = EVERY
    """Of object types, by internal name; an owner is a type by id, name or path."""
    events: Choice = EVERY
    """Event types, by the API's name with or without its prefix."""
    histories: Choice = EVERY
    """Object types whose property histories are copied, by id, name or path."""
    calculated_histories: bool = True
    """Whether histories of properties that HubSpot computes are copied."""

    @property
    def of_types(self) -> Choice:
        """Which object types are copied."""
        return Choice(self.types, self.exclude_types)

    @property
    def of_tables(self) -> Choice:
        """Which tables are published."""
        return Choice(self.tables, self.exclude_tables)


@dataclass(frozen=True, slots=True)
class Refresh:
    """How a copy is kept fresh from day to day: what is read of what did not change."""

    full: bool = False
    """Read everything again, as on the first day."""
    sweep_days: int = 7
    """Within so many days the ids of a type are read whole: that finds what no count shows."""
    overlap_minutes: int = 1440
    """How far before the last run's start changes are searched: HubSpot's search index lags behind."""
    associations: Literal["auto", "all", "rotate"] = "auto"
    """Whether all associations are read each day, or those of changed records and the others in rotation;
    `auto`: all, while that takes no more than `association_share` of the calls that a day may use."""
    association_share: float = 0.2
    association_days: int = 7
    """Days within which the rotation comes to every record."""
    late_event_hours: int = 48
    """How late events may arrive: so much of what was read is read again."""

    @property
    def lag_minutes(self) -> int:
        """By how much search is taken to lag behind, where a window has to begin somewhere.

        HubSpot says "a few moments", and no number. What lags more is found all the same: a record that is
        missing by its count, a change by the overlap of the next run.
        """
        return min(self.overlap_minutes, 15)


EACH_DAY = Refresh()
"""What is right for most accounts."""


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

    step: Literal["check", "discover", "extract", "reconcile", "publish"]


@dataclass(frozen=True, slots=True)
class TableEnded:
    """All parts of a table are in the destination."""

    table: str
    rows: int
    bytes: int
    parts: int


Progress = StreamBegan | StreamAdvanced | StreamEnded | StepBegan | TableEnded
"""What a run tells whoever watches it."""


def is_pattern(word: str) -> bool:
    """Whether a word may stand for several names, or for none: with `*`, `?` or `[...]`."""
    return not {"*", "?", "["}.isdisjoint(word)


def fits(words: Iterable[str], names: Collection[str]) -> bool:
    """Whether any of these words means something that goes by these names; case does not matter."""
    return any(fnmatchcase(name.lower(), word.lower()) for word in words for name in names)


def _within(words: Iterable[str], owners: Collection[str]) -> tuple[str, ...]:
    return tuple(
        name
        for word in words
        for owner, dot, name in (word.rpartition("."),)
        if not dot or fits((owner,), owners)
    )
