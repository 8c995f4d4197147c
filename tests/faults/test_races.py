"""Several runs at once into one place: exactly one publishes the day, and none of them harms it.

Pairs share a state, where the lock decides; the others know nothing of each other, and the place decides.
"""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.builders.sandbox_process import sandbox
from tests.faults.crash.child import Ended, Job, run
from tests.faults.crash.days import strays, torn

CHOSEN = {"types": ("contacts",), "tables": ("OBJECTS", "OWNERS")}
PATIENT = pytest.mark.timeout(1200)


@pytest.mark.parametrize(
    ("runs", "rounds"),
    [
        (2, 2),
        (8, 1),
        pytest.param(2, 25, marks=[pytest.mark.full, PATIENT]),
        pytest.param(8, 25, marks=[pytest.mark.full, PATIENT]),
    ],
)
def test_of_many_runs_at_once_exactly_one_publishes(runs: int, rounds: int, tmp_path: Path) -> None:
    """The others find it published, or are told that somebody is at work."""
    with sandbox("--frozen", contacts=20) as account:
        for number in range(rounds):
            place = tmp_path / f"place-{number}"
            homes = [tmp_path / f"home-{number}-{home // 2}" for home in range(runs)]
            jobs = [Job(home, account.url, account.token, CHOSEN, place=place) for home in homes]
            with ThreadPoolExecutor(runs) as pool:
                ended = list(pool.map(run, jobs))
            assert [one.outcome for one in ended].count("published") == 1, ended
            assert [one for one in ended if not is_harmless(one)] == []
            assert len(list(place.glob("*/_MANIFEST.json"))) == 1
            assert not torn(place)
            assert not strays(place)


def is_harmless(ended: Ended) -> bool:
    """Whether a run ended as one of many may."""
    return ended.status == 0 and (bool(ended.outcome) or ended.code == "busy")
