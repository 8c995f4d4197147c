"""Slices of time: how streams of events are read, so that cursors stay shallow and a killed run goes on.

The first slice reaches back to the beginning of time. The end of the last one is the start of the run:
what happens later belongs to the next day. A run that builds on an earlier one reads from a time on.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, TypeVar

from crmsnap.hubspot.paging import follow
from crmsnap.state.reader import Finished
from crmsnap.streams.earlier import time_of
from crmsnap.streams.stream import Scope

SLICE_DAYS = 90
SLICES = 8
"""Two years in slices, and what lies before as one."""

ALL, SINCE = "all", "since"

P = TypeVar("P")


class Slice(NamedTuple):
    """A stretch of time, both ends included; neighbours share their border."""

    start: datetime | None
    """None: the beginning of time."""
    end: datetime


class Times(NamedTuple):
    """Which slices a run reads, and how it came to them: a position belongs to one way of reading."""

    way: str
    """`ALL`, or `SINCE` and the time: slices of another time have other numbers."""
    slices: tuple[Slice, ...]

    def within(self, position: str | None) -> str | None:
        """What `walk` goes on from; None, the beginning, for a position of another way."""
        way, _, rest = (position or "").partition(" ")
        return rest if way == self.way else None


def times_of(scope: Scope, since: datetime | None) -> Times:
    """All slices of a run, or what of them lies behind a time."""
    if since is None:
        return Times(ALL, slices(scope.started_at))
    return Times(f"{SINCE}{since:%Y-%m-%dT%H:%M:%S.%f}", slices_since(since, scope.started_at))


def late_since(scope: Scope, earlier: Finished) -> datetime:
    """From when on a run reads that builds on an earlier one: events may have arrived late."""
    return time_of(earlier.started_at) - timedelta(hours=scope.refresh.late_event_hours)


def slices(started_at: str) -> tuple[Slice, ...]:
    """The slices of a run by its start as published, ascending."""
    end = datetime.fromisoformat(started_at).replace(tzinfo=UTC)
    borders = [end - timedelta(days=SLICE_DAYS * back) for back in range(SLICES, -1, -1)]
    return tuple(
        Slice(start, end) for start, end in zip([None, *borders[:-1]], borders, strict=True)
    )


def slices_since(since: datetime, started_at: str) -> tuple[Slice, ...]:
    """What of these slices lies behind a time."""
    return tuple(
        Slice(since if one.start is None else max(one.start, since), one.end)
        for one in slices(started_at)
        if one.end > since
    )


def walk(
    times: tuple[Slice, ...],
    fetch: Callable[[Slice, str | None], P],
    cursor_of: Callable[[P], str | None],
    position: str | None,
) -> Iterator[tuple[P, str]]:
    """Every page from a position (`<slice> <cursor>`) on, with the position behind it."""
    first, _, cursor = (position or "0 ").partition(" ")
    for number in range(int(first), len(times)):
        of_slice = times[number]

        def fetch_page(after: str | None, of_slice: Slice = of_slice) -> P:
            return fetch(of_slice, after)

        for page in follow(fetch_page, cursor_of, cursor or None):
            after = cursor_of(page)
            yield page, f"{number} {after}" if after else f"{number + 1} "
        cursor = ""
