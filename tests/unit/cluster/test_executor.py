"""A Dask cluster behind the seam of every executor, with real workers over loopback."""

import os
import signal
import socket
import sqlite3
from pathlib import Path

import pytest

from crmsnap.cluster.executor import open_cluster
from crmsnap.cluster.marks import NAME
from crmsnap.destinations.folder import Folder
from crmsnap.errors import ConfigError, ExecutorError, StateDamaged
from crmsnap.state.reader import StateReader
from crmsnap.state.written import RememberPuts, Written
from tests.builders.cluster import PATHS, DaskCluster, dask_cluster
from tests.unit.cluster import made_up_tasks as tasks

pytestmark = (
    pytest.mark.full
)  # minutes of CPU together; what they find is also looked at by smaller tests

ELSEWHERE = "s3://bucket/prefix"


def nothing_is_secret(_: bytes) -> None:
    """No secret is known."""


def test_a_task_is_done_by_a_worker(cluster: DaskCluster) -> None:
    """The first proof that anything travels at all."""
    with open_cluster(cluster.address, nothing_is_secret) as executor:
        assert executor.submit(tasks.add, 1, two=2).result() == 3
        assert executor.submit(os.getpid).result() in {one.pid for one in cluster.workers}


def test_two_equal_tasks_are_both_done(cluster: DaskCluster, tmp_path: Path) -> None:
    """By default Dask takes tasks for pure, and answers the second from what it holds of the first."""
    with open_cluster(cluster.address, nothing_is_secret) as executor:
        first = executor.submit(tasks.count_up, tmp_path / "calls")
        assert first.result() == 1
        assert executor.submit(tasks.count_up, tmp_path / "calls").result() == 2


def test_an_error_of_ours_comes_back_whole(cluster: DaskCluster) -> None:
    """Its code, cause and remedy are what the user reads."""
    with open_cluster(cluster.address, nothing_is_secret) as executor:
        failed = executor.submit(tasks.refuse)
        with pytest.raises(StateDamaged, match="a file is damaged") as raised:
            failed.result()
    assert (raised.value.cause, raised.value.remedy) == ("a bit", "delete it")


def test_a_mistake_of_ours_is_not_taken_for_a_fault_of_the_cluster(cluster: DaskCluster) -> None:
    """It has to be seen as the bug that it is."""
    with open_cluster(cluster.address, nothing_is_secret) as executor:
        failed = executor.submit(tasks.fail)
        with pytest.raises(ZeroDivisionError):
            failed.result()


def test_what_is_remembered_is_remembered_by_the_run(cluster: DaskCluster, tmp_path: Path) -> None:
    """The record is a SQLite file that no other machine may write; the key is there before the task goes on."""
    with open_cluster(cluster.address, nothing_is_secret) as executor:
        done = executor.submit(tasks.remember, RememberPuts(tmp_path, ELSEWHERE), "2026-11-20/T/p")
        assert done.result() in {one.pid for one in cluster.workers}
        with Written(tmp_path, ELSEWHERE) as written:
            assert written.keys("2026-11-20") == {"2026-11-20/T/p"}


def test_a_record_that_cannot_be_kept_fails_the_task(cluster: DaskCluster, tmp_path: Path) -> None:
    """A file that nobody remembers could never be swept."""
    (tmp_path / "runs.sqlite").mkdir()
    with open_cluster(cluster.address, nothing_is_secret) as executor:
        failed = executor.submit(
            tasks.remember, RememberPuts(tmp_path, ELSEWHERE), "2026-11-20/T/p"
        )
        with pytest.raises(ExecutorError, match=r"could not remember .* runs\.sqlite"):
            failed.result()


def test_the_folders_of_a_task_are_marked_while_the_cluster_is_open(
    cluster: DaskCluster, tmp_path: Path
) -> None:
    """A worker that does not find the mark would read another state, or write where nobody looks."""
    state, place = tmp_path / "state", tmp_path / "place"
    state.mkdir()
    with open_cluster(cluster.address, nothing_is_secret) as executor:
        assert executor.submit(tasks.folder_of, StateReader(state, ())).result() == state
        assert executor.submit(tasks.root_of, Folder(place)).result() == place
        assert (state / NAME).exists()
    assert sorted(tmp_path.rglob("*")) == [place, state]


def test_a_worker_with_another_folder_of_that_name_is_refused(
    cluster: DaskCluster, tmp_path: Path
) -> None:
    """Its own older state would be published as today's."""
    with open_cluster(cluster.address, nothing_is_secret) as executor:
        executor.submit(tasks.folder_of, StateReader(tmp_path, ())).result()
        (tmp_path / NAME).write_text("of another machine")
        failed = executor.submit(tasks.folder_of, StateReader(tmp_path, ()))
        with pytest.raises(ExecutorError, match="does not see") as raised:
            failed.result()
        assert raised.value.cause == "it has another folder of that name"
        (tmp_path / NAME).unlink()
        failed = executor.submit(tasks.folder_of, StateReader(tmp_path, ()))
        with pytest.raises(ExecutorError, match="does not see") as raised:
            failed.result()
        assert "No such file" in raised.value.cause


def test_a_task_with_a_secret_does_not_leave(cluster: DaskCluster, tmp_path: Path) -> None:
    """Workers are other machines; they find their own secrets."""

    def refuse(task: bytes) -> None:
        if b"hunter2" in task:
            raise ConfigError("a secret would be sent")

    calls = tmp_path / "hunter2"
    with open_cluster(cluster.address, refuse) as executor:
        with pytest.raises(ConfigError, match="a secret would be sent"):
            executor.submit(tasks.count_up, calls)
        executor.submit(tasks.count_up, tmp_path / "other").result()
    assert not calls.exists()


def test_a_package_that_a_worker_lacks_is_named(cluster: DaskCluster) -> None:
    """A traceback of Dask's says nothing to whoever runs a sync."""
    with open_cluster(cluster.address, nothing_is_secret) as executor:
        failed = executor.submit(tasks.import_missing)
        with pytest.raises(ExecutorError, match="cannot import not_installed_here"):
            failed.result()


def test_a_scheduler_that_is_not_there_is_named() -> None:
    """The port is taken and closed again, so nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
    with (
        pytest.raises(ExecutorError, match=f"{address} cannot be reached") as raised,
        open_cluster(address, nothing_is_secret, connect_seconds=0.5),
    ):
        pass
    assert "dask scheduler" in raised.value.remedy


def test_a_cluster_without_workers_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    """Dask itself would wait for the first worker until somebody notices."""
    with (
        dask_cluster(tmp_path, workers=0) as empty,
        pytest.raises(ExecutorError, match="no worker for 1 seconds") as raised,
        open_cluster(empty.address, nothing_is_secret, patience_seconds=1),
    ):
        pass
    assert f"dask worker {empty.address}" in raised.value.remedy


def test_a_worker_of_another_version_is_refused(tmp_path: Path) -> None:
    """It might write other bytes under the same rows."""
    shim = tmp_path / "shim"
    shim.mkdir()
    (shim / "sitecustomize.py").write_text("import crmsnap\ncrmsnap.__version__ = '9.9'\n")
    with (
        dask_cluster(tmp_path, workers=0) as cluster,
        cluster.worker(PYTHONPATH=f"{shim}:{PATHS}"),
        open_cluster(cluster.address, nothing_is_secret) as executor,
    ):
        failed = executor.submit(tasks.add, 1, 2)
        with pytest.raises(ExecutorError, match="other versions than the run") as raised:
            failed.result()
    assert "crmsnap 9.9" in raised.value.cause


def test_a_task_that_kills_its_workers_fails_with_a_name_for_it(tmp_path: Path) -> None:
    """Dask gives it to another worker, but not for ever: usually the memory is too small for it."""
    with (
        dask_cluster(tmp_path, workers=4) as cluster,
        open_cluster(cluster.address, nothing_is_secret) as executor,
    ):
        failed = executor.submit(tasks.die)
        with pytest.raises(ExecutorError, match="died one after the other"):
            failed.result()
        assert all(one.wait() == -signal.SIGKILL for one in cluster.workers)


def test_tasks_fail_when_the_last_worker_is_gone(tmp_path: Path) -> None:
    """A run ends, or goes on; it does not hang."""
    with dask_cluster(tmp_path, workers=1) as cluster:
        with open_cluster(cluster.address, nothing_is_secret):
            pass  # the worker is there
        with open_cluster(cluster.address, nothing_is_secret, patience_seconds=1) as executor:
            waiting = executor.submit(signal.pause)
            cluster.workers[0].kill()
            with pytest.raises(ExecutorError, match="no worker for 1 seconds"):
                waiting.result()


def test_the_record_was_never_opened_by_a_worker(cluster: DaskCluster, tmp_path: Path) -> None:
    """Where the folder is not shared, a worker would make a record of its own, and nobody would read it."""
    puts = RememberPuts(tmp_path, ELSEWHERE)
    with open_cluster(cluster.address, nothing_is_secret) as executor:
        keys = [f"2026-11-20/T/{number}" for number in range(20)]
        for done in [executor.submit(tasks.remember, puts, key) for key in keys]:
            done.result()
    with sqlite3.connect(tmp_path / "runs.sqlite") as db:
        assert {row[0] for row in db.execute("SELECT key FROM puts")} == set(keys)
    db.close()
