"""A Dask cluster of this machine, as users start it: a scheduler and workers, each a process of its own."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.builders.command import PATIENCE_SECONDS, SOURCE, environment

Process = subprocess.Popen[bytes]
PATHS = f"{SOURCE}:{SOURCE.parent}"
"""Where workers find the product, and the tasks of tests."""


@dataclass
class DaskCluster:
    """Where the scheduler is, and the processes of the workers."""

    address: str
    """`tcp://127.0.0.1:<port>`."""
    folder: Path
    workers: list[Process] = field(default_factory=list)

    @property
    def setting(self) -> str:
        """The address as `executor` takes it."""
        return self.address.replace("tcp://", "dask://")

    @contextmanager
    def worker(self, **variables: str) -> Iterator[Process]:
        """One more worker for as long as the block lasts."""
        options = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory"]
        command = ["worker", self.address, *options, str(self.folder / "scratch")]
        with _dask(*command, log=self.folder / "workers.log", **variables) as process:
            self.workers.append(process)
            yield process


@contextmanager
def dask_cluster(folder: Path, workers: int = 2) -> Iterator[DaskCluster]:
    """A scheduler with so many workers; what they say goes into a file of the folder."""
    written = folder / "scheduler.json"
    options = ["--no-dashboard", "--host", "127.0.0.1", "--port", "0", "--scheduler-file"]
    with ExitStack() as stack:
        scheduler = stack.enter_context(
            _dask("scheduler", *options, str(written), log=folder / "scheduler.log")
        )
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (address := _address_in(written)) is None:
            assert scheduler.poll() is None, (folder / "scheduler.log").read_text()
            assert time.monotonic() < deadline, "the scheduler does not start"
            time.sleep(0.05)
        cluster = DaskCluster(address, folder)
        for _ in range(workers):
            stack.enter_context(cluster.worker())
        yield cluster


def _address_in(file: Path) -> str | None:
    """The scheduler's address, once its file is there as a whole."""
    try:
        return str(json.loads(file.read_text())["address"])
    except (FileNotFoundError, json.JSONDecodeError):
        return None


@contextmanager
def _dask(*arguments: str, log: Path, **variables: str) -> Iterator[Process]:
    with (
        log.open("ab") as output,
        subprocess.Popen(
            [sys.executable, "-m", "dask", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=environment(**{"PYTHONPATH": PATHS, **variables}),
        ) as process,
    ):
        try:
            yield process
        finally:
            process.kill()
