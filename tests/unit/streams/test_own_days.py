"""On which day a stream is read whole again."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pytest

from crmsnap.model import Refresh
from crmsnap.streams.earlier import is_due
from tests.builders.account_state import AccountState, scope_of

FIRST = date(2026, 11, 1)
STREAMS = [f"objects/0-{number}" for number in range(1, 41)]


@pytest.fixture
def due(tmp_path):
    """Whether a stream is due on a day, by the day on which it was read whole, some minutes later than today."""
    reader = AccountState(tmp_path).reader

    def is_it(stream: str, day: date, swept_on: date, sweep_days: int) -> bool:
        refresh = Refresh(sweep_days=sweep_days)
        scope = scope_of(reader, started_at=f"{day} 02:00:00.000", refresh=refresh)
        return is_due(scope, stream, f"{swept_on} 02:07:00.000")

    return is_it


def lived(due, sweep_days, days):
    """The days on which each stream was read whole, of an account that is copied daily."""
    found = {}
    for stream in STREAMS:
        swept = [FIRST]
        for number in range(1, days):
            day = FIRST + timedelta(days=number)
            if due(stream, day, swept[-1], sweep_days):
                swept.append(day)
        found[stream] = swept
    return found


@pytest.mark.parametrize("sweep_days", [1, 2, 7, 30])
def test_none_waits_longer_than_its_days(due, sweep_days):
    """However the run's minute moves."""
    for swept in lived(due, sweep_days, days=100).values():
        gaps = [later - one for one, later in pairwise(swept)]
        assert gaps
        assert max(gaps) == timedelta(days=sweep_days)


def test_they_do_not_all_come_on_one_day(due):
    """A week after the first run no day has more than a third of them."""
    swept = lived(due, 7, days=22)
    days = Counter(day for one in swept.values() for day in one if day > FIRST + timedelta(days=14))
    assert sum(days.values()) == len(STREAMS)
    assert max(days.values()) <= len(STREAMS) / 3


def test_what_was_read_whole_yesterday_is_not_read_again_today(due):
    """A first run has just done it."""
    assert not any(due(stream, FIRST + timedelta(days=1), FIRST, 7) for stream in STREAMS)


def test_a_day_that_was_missed_is_made_up_for(due):
    """Who copies rarely sweeps each time."""
    assert all(due(stream, FIRST + timedelta(days=9), FIRST, 7) for stream in STREAMS)
