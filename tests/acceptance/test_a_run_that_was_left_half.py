"""A run that was stopped half way, and whatever somebody does next: the next whole snapshot is a first one's.

It may be gone on with as it was, or with `--full`; a smaller copy may be made with the same state in between, or be
given up as well; a stream may be rebuilt. None of this may show in the day that is published at the end.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crmsnap.errors import Interrupted
from crmsnap.model import NOTHING, Choice, Progress, Refresh, Selection, StreamAdvanced
from crmsnap.report import Report
from crmsnap.state.files import chosen_files, forget, state_files
from tests.builders.sandbox_process import A_QUIET_DAY, SandboxAccount, sandbox
from tests.oracle.days import Copying, differences

pytestmark = (
    pytest.mark.full
)  # minutes of CPU together; what they find is also looked at by smaller tests

LISTS = Selection(
    types=("contacts",), tables=("LISTS", "LIST_MEMBERSHIPS", "OBJECTS", "OBJECT_PROPERTIES")
)
TYPES = ("contacts", "companies", "deals", "notes", "forms", "pets")
NARROWER = (
    Selection(types=("contacts",)),
    Selection(types=TYPES, histories=NOTHING),
    Selection(types=TYPES, properties=Choice(never=("hs_*",))),
    Selection(types=TYPES, tables=("OBJECTS", "LIST_MEMBERSHIPS")),
)
BUSY = {
    "days": 1,
    "changed": 0.05,
    "created": 0.03,
    "archived": 0.02,
    "merged": 0.01,
    "gdpr_deleted": 0.005,
    "restored": 0.01,
    "associated": 0.05,
}
SEEDS = (1, *(pytest.param(seed, marks=pytest.mark.full) for seed in range(2, 26)))


def stopped(copying: Copying, page: int, stream: str = "") -> bool:
    """Stop a run at that page of its streams, or of one; False where it has ended before."""
    left = page

    def stop(told: Progress) -> None:
        nonlocal left
        if isinstance(told, StreamAdvanced) and told.stream.startswith(stream):
            left -= 1
            if left <= 0:
                raise Interrupted("stopped by the test")

    try:
        replace(copying, observe=stop).sync()
    except Interrupted:
        return True
    return False


def assert_as_first(copying: Copying, report: Report, why: str = "") -> None:
    """The day is what a copy from nothing holds."""
    first = Copying(copying.account, copying.folder / f"first-{report.manifest.facts.run}")
    first = replace(first, selection=copying.selection)
    found = differences(copying.day(report), first.day(first.sync()))
    assert not found, why + "\n" + "\n".join(found)


@pytest.mark.parametrize("page", [1, 3])
def test_a_run_that_read_moved_lists_is_followed_by_a_full_one(page: int, tmp_path: Path):
    """It does not go on with the half run, whose position says nothing of the lists that had not moved."""
    with sandbox("--frozen", contacts=200) as account:
        copying = Copying(account, tmp_path, LISTS)
        copying.sync()
        account.post("/_sandbox/advance", {**A_QUIET_DAY, "archived": 0.02})
        assert stopped(copying, page, "memberships")
        report = replace(copying, refresh=Refresh(full=True)).sync()
        assert not report.resumed
        assert_as_first(copying, report)


def test_a_full_run_stays_full_when_it_is_gone_on_with(tmp_path: Path):
    """Calculated values that changed in silence come with it, also in what was read by the plain command."""
    with sandbox("--frozen", contacts=200) as account:
        copying = Copying(account, tmp_path, LISTS)
        copying.sync()
        account.post("/_sandbox/advance", {**A_QUIET_DAY, "recalculated": 0.5})
        full = replace(copying, refresh=Refresh(full=True))
        assert stopped(full, 1, "properties/")
        report = copying.sync()
        assert report.resumed
        assert_as_first(copying, report)


def test_an_earlier_day_is_published_before_a_full_one_begins(tmp_path: Path):
    """Else that day would never be there."""
    with sandbox("--frozen", contacts=20) as account:
        copying = Copying(account, tmp_path, LISTS)
        assert stopped(copying, 1, "lists")
        account.post("/_sandbox/advance", A_QUIET_DAY)
        full = replace(copying, refresh=Refresh(full=True))
        days = [full.sync() for _ in range(2)]
        assert [report.resumed for report in days] == [True, False]
        assert days[0].manifest.facts.day < days[1].manifest.facts.day


class Walk:
    """What somebody does with the state of a run that was stopped, by chance."""

    def __init__(self, copying: Copying, chance: random.Random) -> None:
        self._copying = copying
        self._chance = chance
        self._doings: dict[str, Callable[[], str]] = {
            "stopped again": self._again,
            "full": self._full,
            "narrower": self._narrower,
            "rebuilt": self._rebuilt,
            "later": self._later,
        }
        self.done: list[str] = []
        """What was done, for the message of a test that fails."""

    def stop(self) -> None:
        """Stop a run of the day somewhere in the middle."""
        self._note("run", self._stop(self._copying))

    def step(self) -> None:
        """Do one thing by chance."""
        what = self._chance.choice(sorted(self._doings))
        self._note(what, self._doings[what]())

    def _note(self, what: str, how: str) -> None:
        self.done.append(f"{what} ({how})")

    def _stop(self, copying: Copying) -> str:
        page = self._chance.randrange(1, 120)
        return f"stopped at page {page}" if stopped(copying, page) else "ended"

    def _later(self) -> str:
        seconds = self._chance.choice((30, 1_800))
        self._copying.account.post("/_sandbox/clock", {"advance_ms": seconds * 1_000})
        return f"{seconds} seconds"

    def _again(self) -> str:
        return self._stop(self._copying)

    def _full(self) -> str:
        return self._stop(replace(self._copying, refresh=Refresh(full=True)))

    def _narrower(self) -> str:
        selection = self._chance.choice(NARROWER)
        narrower = replace(self._copying, selection=selection, snapshots="narrower")
        if self._chance.random() < 0.5:
            return f"{selection}, {self._stop(narrower)}"
        narrower.sync()
        return f"{selection}, ended"

    def _rebuilt(self) -> str:
        homes = [path.parent for path in (self._copying.folder / "home").glob("*/runs.sqlite")]
        names = sorted(
            one.stream for one in state_files(homes[0]) if one.stream.startswith(REBUILT)
        )
        name = self._chance.choice(names)
        forget(chosen_files(homes[0], [name]))
        return name


REBUILT = ("lists", "memberships", "events/", "email-events", "associations/", "properties/")


def lived(account: SandboxAccount, chance: random.Random) -> Mapping[str, Any]:
    """Let a day pass."""
    day = {name: amount if chance.random() < 0.7 else 0 for name, amount in BUSY.items()} | {
        "days": 1
    }
    account.post("/_sandbox/advance", day)
    return day


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_is_done_with_a_half_run_the_whole_day_is_a_first_one(seed: int, tmp_path: Path):
    """Two days, each stopped in the middle and meddled with: at most two things, by chance."""
    chance = random.Random(seed)
    with sandbox("--frozen", "--seed", str(seed), contacts=100) as account:
        copying = Copying(account, tmp_path, Selection(types=TYPES))
        copying.sync()
        for number in range(1 if seed == 1 else 2):
            day = lived(account, chance)
            walk = Walk(copying, chance)
            walk.stop()
            for _ in range(chance.randrange(1, 3)):
                walk.step()
            report = copying.sync()
            assert_as_first(copying, report, f"seed {seed}, day {number}, {day}: {walk.done}")
