"""Slices of time: nothing lies between them, and reading goes on in the middle of one."""

from dataclasses import dataclass
from itertools import pairwise

from crmsnap.streams.time_slices import slices, walk

STARTED = "2026-11-22 02:00:00.000"


@dataclass(frozen=True)
class Answer:
    """A page with the cursor of the next one."""

    name: str
    after: str | None


def pages(position):
    """Three pages in every slice."""
    times = slices(STARTED)
    number = {of_slice: n for n, of_slice in enumerate(times)}

    def fetch(of_slice, after):
        page = int(after or "0")
        return Answer(f"{number[of_slice]}/{page}", str(page + 1) if page < 2 else None)

    return [(page.name, behind) for page, behind in walk(times, fetch, lambda p: p.after, position)]


def test_slices_cover_all_time_up_to_the_start_of_the_run():
    """What happens later belongs to the next day."""
    times = slices(STARTED)
    assert times[0].start is None
    assert all(before.end == behind.start for before, behind in pairwise(times))
    assert times[-1].end.isoformat() == "2026-11-22T02:00:00+00:00"


def test_reading_goes_on_behind_any_page():
    """From each saved position exactly the pages come that were still missing."""
    every = pages(None)
    assert len(every) == 27
    for count, (_, behind) in enumerate(every, start=1):
        assert pages(behind) == every[count:]
