"""`sync --executor dask://...` as users run it, against a scheduler and workers of this machine."""

import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.builders.cluster import PATHS, DaskCluster, dask_cluster
from tests.builders.command import Crmsnap, assert_refused
from tests.builders.sandbox_process import DAY, SandboxAccount, sandbox
from tests.builders.snapshot import comparable, files

TABLES = "OWNERS,OBJECTS,OBJECTS_*,OBJECT_PROPERTIES,OBJECT_WITH_OBJECT_PROPERTIES"
FEW = ("--types", "contacts,companies,deals", "--tables", TABLES)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskCluster]:
    with dask_cluster(tmp_path_factory.mktemp("cluster")) as running:
        yield running


@pytest.fixture(scope="module")
def still() -> Iterator[SandboxAccount]:
    """An account in which no time passes, so that two runs may be compared byte by byte."""
    with sandbox("--frozen") as account:
        yield account


def another(folder: Path, account: SandboxAccount) -> Crmsnap:
    folder.mkdir()
    return Crmsnap(folder, account)


def test_a_cluster_writes_the_bytes_of_one_machine(
    cluster: DaskCluster, still: SandboxAccount, tmp_path: Path
) -> None:
    """Else it would depend on the machines what a customer's bucket holds."""
    alone, together = another(tmp_path / "one", still), another(tmp_path / "two", still)
    assert alone.sync(*FEW).exit_code == 0
    ended = together.sync(*FEW, "--executor", cluster.setting)
    assert ended.exit_code == 0, ended.stderr
    written = files(together.snapshots)
    assert len(written) > 6
    assert comparable(written) == comparable(files(alone.snapshots))
    assert together("verify", str(together.snapshots)).exit_code == 0


@pytest.mark.full
def test_the_executor_is_a_setting_of_a_connection(
    cluster: DaskCluster, still: SandboxAccount, tmp_path: Path
) -> None:
    """It is not given each day by hand; `--executor local` does without the cluster for once."""
    crmsnap = Crmsnap(tmp_path, still)
    crmsnap.write_config(
        f"""
        [connections.acme]
        to = "{crmsnap.snapshots}"
        base_url = "{still.url}"
        allow_other_host = true
        types = "companies"
        tables = "OBJECTS"
        executor = "dask://127.0.0.1:1"
        """
    )
    refused = crmsnap("sync", "acme")
    assert_refused(refused, "executor", 1, "127.0.0.1:1 cannot be reached", "dask scheduler")
    state = crmsnap.home / "acme"
    assert [path.name for path in state.glob("**/*.sqlite")] == ["runs.sqlite"]  # nothing was read
    assert crmsnap("sync", "acme", "--executor", "local").exit_code == 0


def test_what_is_no_executor_is_refused_at_once(still: SandboxAccount, tmp_path: Path) -> None:
    """Before anything is read, and with the forms that there are."""
    for wrong in ("dask", "http://127.0.0.1:8786", "dask://host", "dask://user:secret@host:8786"):
        ended = Crmsnap(tmp_path, still).sync("--executor", wrong)
        assert ended.exit_code == 2, ended.stderr
        assert "executor" in ended.stderr
        assert "say local, or dask://host:port" in ended.stderr
        assert "Traceback" not in ended.stderr


def test_without_the_extra_its_name_is_told(still: SandboxAccount, tmp_path: Path) -> None:
    """The package is large, so it comes with an extra."""
    shim = tmp_path / "shim"
    shim.mkdir()
    (shim / "distributed.py").write_text(
        "raise ModuleNotFoundError('No module named distributed', name='distributed')\n"
    )
    ended = Crmsnap(tmp_path, still).sync(
        *FEW, "--executor", "dask://127.0.0.1:1", PYTHONPATH=f"{shim}:{PATHS}"
    )
    assert_refused(ended, "configuration", 4, "needs distributed", "pip install 'crmsnap[dask]'")


@pytest.mark.full
@pytest.mark.parametrize("how_far", [1, 60])
def test_a_worker_that_is_killed_half_way_changes_nothing(tmp_path: Path, how_far: int) -> None:
    """Its tasks are done again by the other one, under the same names. There is one for each of 180 tables."""
    with sandbox("--frozen", contacts=600) as account, dask_cluster(tmp_path) as cluster:
        alone, together = another(tmp_path / "one", account), another(tmp_path / "two", account)
        assert alone.sync().exit_code == 0
        with together.start_sync("--quiet", "--executor", cluster.setting) as process:
            killed = _kill_when_written(cluster, together.snapshots / DAY, how_far, process.poll)
            _, stderr = process.communicate()
        assert killed, "the run had ended before"
        assert process.returncode == 0, stderr
        assert comparable(files(together.snapshots)) == comparable(files(alone.snapshots))
        assert together("verify", str(together.snapshots)).exit_code == 0


@pytest.mark.full
def test_a_run_that_is_killed_leaves_nothing_to_its_workers(tmp_path: Path) -> None:
    """They end what they are at, and the next run publishes the same bytes, with or without them."""
    with sandbox("--frozen", contacts=600) as account, dask_cluster(tmp_path) as cluster:
        alone, together = another(tmp_path / "one", account), another(tmp_path / "two", account)
        assert alone.sync().exit_code == 0
        with together.start_sync("--quiet", "--executor", cluster.setting) as process:
            _wait_for_parts(together.snapshots / DAY, 20, process.poll)
            process.kill()
            process.communicate()
        assert process.returncode == -signal.SIGKILL
        ended = together.sync("--quiet", "--executor", cluster.setting)
        assert ended.exit_code == 0, ended.stderr
        assert comparable(files(together.snapshots)) == comparable(files(alone.snapshots))


def _kill_when_written(
    cluster: DaskCluster, day: Path, parts: int, ended: Callable[[], int | None]
) -> bool:
    """Kill one worker as soon as so many parts lie there; whether the run was still going on."""
    _wait_for_parts(day, parts, ended)
    cluster.workers[0].kill()
    cluster.workers[0].wait()
    return ended() is None


def _wait_for_parts(day: Path, parts: int, ended: Callable[[], int | None]) -> None:
    while ended() is None and len(list(day.rglob("*.csv.gz"))) < parts:
        time.sleep(0.01)
