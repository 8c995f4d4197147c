"""A run whose every effect can be tried as its last: what lies before it, and what it has to end in."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

from tests.builders.sandbox_process import SandboxAccount, sandbox
from tests.builders.snapshot import comparable, files
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


@dataclass(frozen=True)
class Scenario:
    """A job in a folder that is copied for each of its kills."""

    job: Job
    effects: tuple[str, ...]
    """Of the undisturbed run."""
    wanted: dict[str, bytes]
    """The files that the undisturbed run left, comparable."""
    copies: Iterator[int]

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
        again = run(job)
        assert (again.status, again.error) == (0, ""), f"{where}: {again.error}"
        assert not torn(job.snapshots), where
        assert not strays(job.snapshots), where
        left = comparable(files(job.snapshots))
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
    return Scenario(job, ended.effects, comparable(files(whole.snapshots)), count())
