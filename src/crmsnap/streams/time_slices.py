"""Slices of time: how streams of events are read, so that cursors stay shallow and a killed run goes on.

The first slice reaches back to the beginning of time. The end of the last one is the start of the run:
what happens later belongs to the next day. What arrives late is found because every slice is read again.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, TypeVar

from crmsnap.hubspot.paging import follow

SLICE_DAYS = 90
SLICES = 8
"""Two years in slices, and what lies before as one."""

P = TypeVar("P")


class Slice(NamedTuple):
    """A stretch of time, both ends included; neighbours share their border."""

    start: datetime | None
    """None: the beginning of time."""
    end: datetime


def slices(started_at: str) -> tuple[Slice, ...]:
    """The slices of a run by its start as published, ascending."""
    end = datetime.fromisoformat(started_at).replace(tzinfo=UTC)
    borders = [end - timedelta(days=SLICE_DAYS * back) for back in range(SLICES, -1, -1)]
    return tuple(
        Slice(start, end) for start, end in zip([None, *borders[:-1]], borders, strict=True)
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
