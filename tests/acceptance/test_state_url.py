"""`state_url`: each day runs on a machine with an empty disk, and goes on from what the last one left."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders.command import Crmsnap, assert_refused
from tests.builders.sandbox_process import SandboxAccount, sandbox
from tests.builders.snapshot import rows
from tests.contracts.s3_server import ACCESS_KEY_ID, REGION, SECRET_ACCESS_KEY, S3Server, s3_server

WHAT = 'types = ["contacts"]\ntables = ["OBJECTS", "OWNERS", "OBJECT_PROPERTIES", "PIPELINES"]\n'
KEYS = {
    "AWS_ACCESS_KEY_ID": ACCESS_KEY_ID,
    "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
    "AWS_REGION": REGION,
}


@pytest.fixture(scope="module")
def moving() -> Iterator[SandboxAccount]:
    """An account whose clock the tests here move."""
    with sandbox("--frozen") as own:
        yield own


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with s3_server(tmp_path_factory.mktemp("s3") / "log") as running:
        yield running


def configure(crmsnap: Crmsnap, state_url: str | None = None, s3: str = "") -> None:
    kept = "" if state_url is None else f'state_url = "{state_url}"\n'
    crmsnap.write_config(
        f'[connections.acme]\nto = "{crmsnap.snapshots}"\n{kept}'
        f'base_url = "{crmsnap.account.url}"\nallow_other_host = true\n{WHAT}{s3}'
    )


def a_fresh_machine(crmsnap: Crmsnap) -> None:
    """Nothing of the last one's disk is left."""
    shutil.rmtree(crmsnap.home)


@pytest.mark.parametrize(
    ("where", "machines"), [("folder", 2), pytest.param("s3", 4, marks=pytest.mark.full)]
)
def test_each_day_runs_on_an_empty_disk(
    tmp_path: Path,
    moving: SandboxAccount,
    where: str,
    machines: int,
    request: pytest.FixtureRequest,
):
    """Unchanged rows keep their INGESTEDAT, which only the state knows; the runs of every day are known, and
    what was published of it: parts of which nothing changed are copied."""
    crmsnap = Crmsnap(tmp_path, moving)
    if where == "s3":
        store: S3Server = request.getfixturevalue("store")
        s3 = f'[connections.acme.s3]\nendpoint_url = "{store.url}"\nallow_http = true\n'
        configure(crmsnap, f"s3://{store.make_bucket()}/state", s3)
    else:
        configure(crmsnap, "./carried")
    days = []
    for _ in range(machines):
        ended = crmsnap("sync", "--json", **KEYS)
        assert ended.exit_code == 0, ended.stderr
        report = ended.json_lines[-1]
        assert (report["copied"]["parts"] > 0) == bool(days)
        days.append(report["day"])
        moving.post("/_sandbox/advance", {"days": 1, "changed": 0.02})
        known = [run["day"] for run in crmsnap("runs", "--json").json]
        assert known == days[::-1]
        a_fresh_machine(crmsnap)
    first, *_, last = (rows(crmsnap.snapshots / day, "OBJECTS") for day in days)
    times = {row["OBJECTID"]: row["INGESTEDAT"] for row in first}
    unchanged = [row for row in last if row["INGESTEDAT"] == times.get(row["OBJECTID"])]
    assert len(unchanged) > 150
    assert crmsnap("verify", "acme", "--all").exit_code == 0


@pytest.mark.full
def test_a_killed_run_on_a_lost_disk_costs_nothing_but_its_reads(
    tmp_path: Path, moving: SandboxAccount
):
    """The next machine begins where the last whole send ended, and publishes the day."""
    crmsnap = Crmsnap(tmp_path, moving)
    configure(crmsnap, "./carried")
    assert crmsnap("sync").exit_code == 0
    moving.post("/_sandbox/advance", {"days": 1})
    rule = {"from": 20, "to": 1_000_000, "effect": {"kind": "hang"}}
    moving.post("/_sandbox/faults", [rule])
    with crmsnap.start("sync", "--quiet") as process:
        while not moving.get("/_sandbox/faults")["rules"][0]["fired"]:
            assert process.poll() is None
        process.kill()
        process.communicate()
    moving.delete("/_sandbox/faults")
    a_fresh_machine(crmsnap)
    ended = crmsnap("sync", "--json")
    assert ended.json_lines[-1]["outcome"] == "published"
    assert crmsnap("state", "check").exit_code == 0


@pytest.mark.full
def test_a_machine_that_went_on_by_itself_is_told_so(tmp_path: Path, moving: SandboxAccount):
    """Two machines without a shared registry: the second is refused before it reads anything."""
    crmsnap = Crmsnap(tmp_path, moving)
    configure(crmsnap, "./carried")
    assert crmsnap("sync").exit_code == 0
    stale = shutil.copytree(crmsnap.home, tmp_path / "stale")
    moving.post("/_sandbox/advance", {"days": 1})
    assert crmsnap("sync").exit_code == 0
    moving.post("/_sandbox/advance", {"days": 1})
    configure(crmsnap)
    assert crmsnap("sync", "--home", str(stale)).exit_code == 0  # it goes on by itself
    configure(crmsnap, "./carried")
    ended = crmsnap("sync", "--home", str(stale))
    assert_refused(ended, "state", 1, "both have gone on", "move ")


def test_a_state_may_not_lie_among_the_snapshots(tmp_path: Path, moving: SandboxAccount):
    """Whoever reads the snapshots would read all of the CRM's histories, too."""
    crmsnap = Crmsnap(tmp_path, moving)
    configure(crmsnap, "./snapshots/state")
    assert_refused(crmsnap("sync"), "configuration", 4, "overlap", "of its own")


@pytest.mark.full
def test_what_is_forgotten_here_does_not_come_back_from_there(
    tmp_path: Path, moving: SandboxAccount
):
    """A damaged stream that was forgotten by command is forgotten for every machine."""
    crmsnap = Crmsnap(tmp_path, moving)
    configure(crmsnap, "./carried")
    assert crmsnap("sync").exit_code == 0
    ended = crmsnap("state", "rebuild", "owners")
    assert ended.exit_code == 0, ended.stderr
    a_fresh_machine(crmsnap)
    moving.post("/_sandbox/advance", {"days": 1})
    assert crmsnap("sync").exit_code == 0
    assert len(rows(sorted(crmsnap.snapshots.iterdir())[-1], "OWNERS")) > 0
