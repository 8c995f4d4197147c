"""A run whose every effect can be tried as its last: what lies before it, and what it has to end in."""

import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from crmsnap.model import Refresh
from tests.builders.sandbox_process import A_QUIET_DAY, SandboxAccount, sandbox
from tests.builders.snapshot import comparable, files, manifest
from tests.faults.crash.child import KILLED, Job, run
from tests.faults.crash.days import strays, torn

CONTACTS = 20
CHOSEN: dict[str, Any] = {
    "types": ("contacts", "companies"),
    "tables": ("ASSOCIATIONS", "OBJECTS", "OBJECTS_CONTACTS", "OWNERS", "PIPELINES"),
}
"""Enough for every kind of stream and table that matters here, and some hundred effects."""

A_DAY: dict[str, Any] = {
    "days": 1,
    "changed": 0.2,
    "created": 0.1,
    "archived": 0.1,
    "merged": 0.1,
    "gdpr_deleted": 0.05,
    "associated": 0.1,
}
SEVERAL_PAGES = 200
"""Contacts that are not simply listed anew each day, so that only their count tells of the vanished."""

HOUR_MS = 3_600_000


@dataclass(frozen=True)
class Scenario:
    """A job in a folder that is copied for each of its kills."""

    job: Job
    effects: tuple[str, ...]
    """Of the undisturbed run."""
    calls: Mapping[str, int]
    """The same, by family."""
    wanted: dict[str, bytes]
    """The files that the undisturbed run left, alike."""
    copies: Iterator[int]
    next_job: Callable[[Job], Job] = lambda job: job
    """What is asked of the run after a kill, by what the kill has left; else the same."""

    def kill(self, number: int, then: Callable[[Path, Path], None] | None = None) -> None:
        """Kill a run at an effect, look at what it left, and let the next run end it.

        `then` may do something to the folder in between; it is given the one of before, too. Every assertion names the effect, so that a failure can be made again.
        """
        folder = self._copy()
        job = replace(self.job, folder=folder)
        where = f"effect {number} of {len(self.effects)}: {self.effects[number - 1]}"
        killed = run(replace(job, kill_at=number))
        assert killed.status == KILLED, f"{where} did not fire: {killed}"
        assert not torn(job.snapshots), where
        if then is not None:
            then(self.job.folder, folder)
            assert not torn(job.snapshots), where
        again = run(self.next_job(job))
        assert (again.status, again.error) == (0, ""), f"{where}: {again.error}"
        assert not torn(job.snapshots), where
        assert not strays(job.snapshots), where
        left = alike(files(job.snapshots))
        assert sorted(left) == sorted(self.wanted), where
        assert left == self.wanted, where
        shutil.rmtree(folder)

    def _copy(self) -> Path:
        folder = self.job.folder.with_name(f"{self.job.folder.name}-{next(self.copies)}")
        shutil.copytree(self.job.folder, folder)
        return folder


@contextmanager
def first_day(folder: Path, seed: int) -> Iterator[Scenario]:
    """The run that reads an account for the first time."""
    with sandbox("--frozen", "--seed", str(seed), contacts=CONTACTS) as account:
        yield _scenario(_job(folder, account))


@contextmanager
def second_day(folder: Path, seed: int) -> Iterator[Scenario]:
    """The run of the day after: records have changed, come and gone, and the state knows the others."""
    with sandbox("--frozen", "--seed", str(seed), contacts=CONTACTS) as account:
        job = _job(folder, account)
        assert run(job).outcome == "published"
        account.post("/_sandbox/advance", A_DAY)
        yield _scenario(job)


@contextmanager
def sweeping_day(folder: Path, seed: int) -> Iterator[Scenario]:
    """The run of a day on which contacts vanished: it finds out by counting, and goes on with all ids."""
    with sandbox("--frozen", "--seed", str(seed), contacts=SEVERAL_PAGES) as account:
        job = _searching(_job(folder, account))
        assert run(job).outcome == "published"
        account.post("/_sandbox/advance", {**A_QUIET_DAY, "gdpr_deleted": 0.02})
        scenario = _scenario(job)
        assert scenario.calls["sweeps"] > 0
        yield scenario


@contextmanager
def repairing_day(folder: Path, seed: int) -> Iterator[Scenario]:
    """The run of a day on which contacts came that search does not know yet: counts do not agree, and a sweep
    finds them."""
    with sandbox("--frozen", "--seed", str(seed), contacts=SEVERAL_PAGES) as account:
        job = _searching(_job(folder, account))
        assert run(job).outcome == "published"
        account.post("/_sandbox/knobs", {"index_lag_ms": 2 * HOUR_MS})
        account.post("/_sandbox/advance", {**A_QUIET_DAY, "days": 0.95})
        account.post("/_sandbox/advance", {**A_QUIET_DAY, "days": 0.005, "created": 0.01})
        account.post("/_sandbox/clock", {"advance_ms": HOUR_MS})
        scenario = _scenario(job)
        counts = manifest(folder / "undisturbed/snapshots/2026-11-21")["crmsnap"]["counts"]
        assert "repaired" in [count["verdict"] for count in counts]
        yield scenario


def _searching(job: Job) -> Job:
    """With a short overlap: all were made the day before, and a list of all would tell who vanished."""
    return replace(job, request={"refresh": Refresh(overlap_minutes=15)})


@contextmanager
def replacing(folder: Path, seed: int) -> Iterator[Scenario]:
    """The run that publishes a day again, in which records have changed, come and gone."""
    with sandbox("--frozen", "--seed", str(seed), contacts=CONTACTS) as account:
        job = _job(folder, account)
        assert run(job).outcome == "published"
        account.post("/_sandbox/advance", {**A_DAY, "days": 0.01})
        scenario = _scenario(replace(job, request={"replace": True}))
        yield replace(scenario, next_job=_replacing_once)


def _replacing_once(job: Job) -> Job:
    """Asked again, a run would publish what is there a third time."""
    (day,) = job.snapshots.glob("*-*-*")
    is_replaced = manifest(day)["crmsnap"]["revision"] == 2
    return replace(job, request={"replace": not is_replaced})


def _job(folder: Path, account: SandboxAccount) -> Job:
    before = folder / "before"
    before.mkdir()
    return Job(before, account.url, account.token, CHOSEN)


def _scenario(job: Job) -> Scenario:
    undisturbed = job.folder.with_name("undisturbed")
    shutil.copytree(job.folder, undisturbed)
    whole = replace(job, folder=undisturbed)
    ended = run(whole)
    assert ended.outcome == "published", ended.error
    assert not torn(whole.snapshots)
    return Scenario(job, ended.effects, ended.calls, alike(files(whole.snapshots)), count())


def alike(found: dict[str, bytes]) -> dict[str, bytes]:
    """The files of two runs, comparable: a replacing run puts a mark of its own into the names of its parts."""
    unmarked = partial(_MARKED.sub, rb"\1")
    return {
        unmarked(name.encode()).decode(): unmarked(data) if name.endswith(".json") else data
        for name, data in comparable(found).items()
    }


_MARKED = re.compile(rb"(part-\d{5}-[0-9a-f]{16})[^./]+(?=\.csv\.gz)")


Prepare = Callable[[Path, int], AbstractContextManager[Scenario]]

EFFECTS_AT_LEAST: Mapping[Prepare, int] = {
    first_day: 500,
    second_day: 400,
    sweeping_day: 400,
    repairing_day: 400,
    replacing: 400,
}
"""Fewer would mean that the hooks miss some: on the second day, the files of the state are there already."""
