"""Records change between any two requests, and a snapshot still holds what it promises.

On a first day, and on later ones. Of small accounts twenty records change before every request, and lists are
read; larger ones change more slowly, and their later days read changes alone, or find by counting that this is
not enough. Seeds vary what HubSpot may do meanwhile. The journal of the account says what was true.
"""

import random
from pathlib import Path

import pytest

from crmsnap.model import Selection
from tests.builders.sandbox_process import SandboxAccount, sandbox
from tests.oracle.days import Copying
from tests.oracle.interval import (
    Life,
    Witness,
    judged,
    milliseconds,
    published_records,
    repeated_keys,
)

MODIFIED = {
    "0-1": "lastmodifieddate",
    "0-2": "hs_lastmodifieddate",
    "0-3": "hs_lastmodifieddate",
}
SELECTION = Selection(
    types=tuple(MODIFIED), tables=("OBJECTS", "OBJECT_WITH_OBJECT_PROPERTIES"), iso_dates=True
)
DAYS = 2
EVERY_SEED = (1, *(pytest.param(seed, marks=pytest.mark.full) for seed in range(2, 51)))
SOME_SEEDS = (5, *(pytest.param(n, marks=pytest.mark.full) for n in range(1, 51) if n != 5))

A_DAY = {"days": 0.98, "changed": 0.05, "created": 0.03, "archived": 0.02, "merged": 0.01}
HALF_AN_HOUR = {"days": 0.02, "changed": 0.01, "created": 0.01, "archived": 0.005, "merged": 0.005}
"""Before each run: its window begins as long before it as search may lag behind."""


def vary(account: SandboxAccount, chance: random.Random) -> None:
    """Turn the knobs of an account."""
    knobs = {
        "search_id_order": chance.choice(("number", "text")),
        "search_cap": chance.choice((50, 10_000)),
        "short_pages": chance.random() < 0.5,
        "index_lag_ms": chance.choice((0, 0, 500, 20_000, 300_000)),
        "numeric_after": chance.random() < 0.3,
    }
    account.post("/_sandbox/knobs", knobs)


@pytest.mark.parametrize("seed", EVERY_SEED)
def test_nothing_is_lost_doubled_or_torn_while_a_small_account_changes(seed: int, tmp_path: Path):
    """Promises 3 to 5: what was there all the time is there once, as it was at some instant."""
    with sandbox("--seed", str(seed), contacts=300) as account:
        vary(account, random.Random(seed))
        days_are_good(account, tmp_path, changes_per_request=20)


@pytest.mark.parametrize("seed", SOME_SEEDS)
def test_nothing_is_lost_doubled_or_torn_where_changes_alone_are_read(seed: int, tmp_path: Path):
    """The same; and who was deleted for privacy on the day before is no longer there."""
    with sandbox("--seed", str(seed), contacts=1200) as account:
        vary(account, random.Random(seed))
        days_are_good(account, tmp_path, changes_per_request=1 + seed % 3)


def days_are_good(account: SandboxAccount, folder: Path, changes_per_request: int) -> None:
    """Copy a first day and those behind it, and hold each against the lives of its records."""
    copying = Copying(account, folder, SELECTION)
    for day in range(DAYS + 1):
        if day:
            account.post("/_sandbox/advance", A_DAY)
        witness = Witness(account, MODIFIED)
        if day:
            account.post("/_sandbox/advance", HALF_AN_HOUR)
        account.post("/_sandbox/churn", {"changes_per_request": changes_per_request})
        witness.knock(3)  # changes that search may not know of when the run begins
        report = copying.sync()
        account.post("/_sandbox/churn", {"changes_per_request": 0})
        facts = report.manifest.facts
        window = milliseconds(facts.window_start), milliseconds(facts.window_end)
        copied = copying.day(report)
        # A later day does not learn what HubSpot calculates without telling.
        without = witness.calculated if day else frozenset()
        lives = witness.lives()
        verdict = judged(published_records(copied), lives, window, without)
        assert verdict.is_good, f"day {day}: {verdict}"
        assert not repeated_keys(copied, "OBJECTS", ("OBJECTTYPEID", "OBJECTID"))
        assert sum(len(life.versions or ()) > 1 for life in lives.values()) > 20
        assert not day or "search" in report.calls


LIVES = {
    ("0-1", "1"): Life([(0, 10**12)], [(0, {"a": "1", "b": "1"}), (500, {"a": "2", "b": "2"})]),
    ("0-1", "2"): Life([(0, 100)], [(0, {"a": "1"})]),
    ("0-1", "3"): Life([(300, 10**12)], [(300, {"a": "1"})]),
}
WHOLE = [(("0-1", "1"), {"a": "1", "b": "1"}), (("0-1", "3"), {"a": "1"})]
WINDOW = (200, 400)


@pytest.mark.parametrize(
    ("rows", "wrong"),
    [
        (WHOLE, ""),
        (WHOLE[:1], ""),
        (WHOLE[1:], "lost"),
        ([*WHOLE, WHOLE[0]], "duplicated"),
        ([*WHOLE, (("0-1", "2"), {"a": "1"})], "ghosts"),
        ([*WHOLE, (("0-1", "9"), {})], "ghosts"),
        ([(("0-1", "1"), {"a": "1", "b": "2"})], "torn"),
        ([(("0-1", "1"), {"a": "2", "b": "2"})], "torn"),
    ],
)
def test_the_oracle_finds_what_is_planted(rows, wrong):
    """A record that is lost, doubled, gone before, never heard of, half old and half new, or too new."""
    verdict = judged(rows, LIVES, WINDOW)
    found = [name for name in ("lost", "ghosts", "duplicated", "torn") if getattr(verdict, name)]
    assert found == ([wrong] if wrong else [])
