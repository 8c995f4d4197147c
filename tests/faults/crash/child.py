"""Runs in processes that are forked from one that has loaded everything: a fraction of a second each.

What runs is what the command runs: the settings of a connection, `open_tools`, `run_sync`.
"""

import os
import resource
from collections.abc import Mapping
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from tests.faults.crash.effects import Effects

KILLED = -9
LOADED = [
    "crmsnap.bootstrap",
    "crmsnap.sync",
    "crmsnap.publish.worker",
    "tests.faults.crash.child",
    "tests.faults.crash.hurried",
]


@dataclass(frozen=True)
class Job:
    """One run of one connection."""

    folder: Path
    """Holds the state in `home` and the snapshots in `snapshots`."""
    url: str
    token: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Of the connection, beside its place and host."""
    request: Mapping[str, Any] = field(default_factory=dict)
    """Of the run, where it is to differ from what the settings ask for."""
    place: Path | None = None
    """Where the days go, if not into the folder."""
    kill_at: int | None = None
    """The effect at which the process kills itself, counted from 1."""
    hurry: float = 1.0
    """How many times as fast as here its clock runs."""

    @property
    def home(self) -> Path:
        """Where the state is."""
        return self.folder / "home"

    @property
    def snapshots(self) -> Path:
        """Where the days go."""
        return self.place or self.folder / "snapshots"


@dataclass(frozen=True)
class Ended:
    """How a process ended."""

    status: int
    """0, or minus the signal."""
    outcome: str = ""
    """What the report says; empty if there is none."""
    resumed: bool = False
    error: str = ""
    """Code and text of what ended the run."""
    effects: tuple[str, ...] = ()
    """Names of the effects, in order; none of a process that was killed."""
    gaps: tuple[str, ...] = ()
    """Streams that the snapshot does not hold."""
    calls: Mapping[str, int] = field(default_factory=dict)
    """By family."""
    peak_kib: int = 0
    """The most memory that the process had."""

    @property
    def code(self) -> str:
        """Of the error; empty if there is none."""
        return self.error.partition(":")[0]


def run(job: Job) -> Ended:
    """Run it in a process of its own, and wait for its end."""
    context = get_context("forkserver")
    context.set_forkserver_preload(LOADED)
    reader, writer = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(job, writer))
    process.start()
    writer.close()
    try:
        told = reader.recv()
    except EOFError:
        told = {}
    finally:
        reader.close()
    process.join()
    status = process.exitcode
    process.close()
    assert status is not None
    return Ended(status, **told)


def _run(job: Job, writer: Connection) -> None:
    from crmsnap.config import ConnectionSettings

    os.environ["HUBSPOT_TOKEN"] = job.token
    os.environ["CRMSNAP_HOME"] = str(job.home)
    settings = ConnectionSettings(
        to=str(job.snapshots),
        base_url=job.url,
        allow_other_host=True,
        workers=1,  # so that effects come in one order
        **job.settings,
    )
    effects = Effects(job.home, job.snapshots, kill_at=job.kill_at)
    effects.install()
    told = _synced(settings, job)
    peak_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    writer.send({**told, "effects": tuple(effects.names), "peak_kib": peak_kib})
    writer.close()


def _synced(settings: Any, job: Job) -> dict[str, Any]:
    from dataclasses import replace

    from crmsnap import bootstrap
    from crmsnap.errors import CrmsnapError
    from crmsnap.sync import run_sync
    from tests.faults.crash.hurried import HurriedClock

    known = bootstrap.Known("acme", settings)
    clock = HurriedClock(job.hurry)
    try:
        with bootstrap.open_tools(known, job.home, clock, lambda _: None) as tools:
            report = run_sync(replace(bootstrap.request_of(known), **job.request), tools)
    except CrmsnapError as error:
        return {"error": f"{error.code}: {error.message} ({error.cause})"}
    gaps = tuple(gap.stream for gap in report.gaps)
    return {
        "outcome": report.outcome,
        "resumed": report.resumed,
        "gaps": gaps,
        "calls": dict(report.calls),
    }
