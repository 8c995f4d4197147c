"""Two machines copy one account into one place: exactly one publishes, and nothing is damaged.

A machine is a home of its own and processes of its own. Where both share a registry, the lease sends
the second one away; where they do not, the manifest that comes first decides.
"""

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from crmsnap.registry.opening import open_registry
from tests.builders.command import Crmsnap, Ended, assert_refused, wait_until
from tests.builders.sandbox_process import DAY, SandboxAccount, sandbox
from tests.builders.snapshot import manifest
from tests.servers.postgres import Postgres, postgres

CONFIG = """
[connections.acme]
to = "{to}"
base_url = "{url}"
allow_other_host = true
types = ["contacts"]
tables = ["OWNERS", "OBJECTS", "PIPELINES"]
"""
PAUSE_SECONDS = 3
"""How long a run waits where a test wants it to: enough to stop it there."""


class Machines:
    """Two machines, one account, one place."""

    def __init__(self, folder: Path, account: SandboxAccount, *registries: str) -> None:
        self.account = account
        self.place = folder / "snapshots"
        self.registries = registries
        self.first, self.second = (self._machine(folder / name) for name in ("a", "b"))

    def _machine(self, folder: Path) -> Crmsnap:
        folder.mkdir()
        machine = Crmsnap(folder, self.account)
        machine.write_config(CONFIG.format(to=self.place, url=self.account.url))
        return machine

    def variables(self, machine: Crmsnap) -> dict[str, str]:
        """Which registry a machine has: both the same, or each its own."""
        return {"CRMSNAP_REGISTRY": self.registries[-1 if machine is self.second else 0]}

    def start(self, machine: Crmsnap) -> "subprocess.Popen[str]":
        """Start a sync and leave it running."""
        return machine.start("sync", "acme", "--json", **self.variables(machine))

    def run(self, machine: Crmsnap) -> Ended:
        """A sync to its end."""
        return machine("sync", "acme", "--json", **self.variables(machine))

    def runs(self, machine: Crmsnap) -> list[str]:
        """How the runs ended that a machine knows of, sorted."""
        return sorted(
            run["status"] for run in machine("runs", "--json", **self.variables(machine)).json
        )

    def make_wait(self) -> None:
        """The next run is asked to come back a little later, in the middle of its reading."""
        effect = {"kind": "status", "status": 429, "headers": {"Retry-After": str(PAUSE_SECONDS)}}
        self.account.post("/_sandbox/faults", [{"nth": 6, "effect": effect}])

    def waits(self) -> bool:
        """Whether it was asked to."""
        return bool(self.account.get("/_sandbox/faults")["rules"][0]["fired"])

    def publishes(self) -> bool:
        """Whether somebody has begun to publish the day."""
        return any((self.place / DAY).glob("*/part-*"))

    def pass_time(self) -> None:
        """What is left of every lease passes."""
        with open_registry(self.registries[0]) as registry, registry.begin() as db:
            db.execute(text("UPDATE leases SET until = '2000-01-01 00:00:00.000'"))

    def verify(self) -> None:
        """What is published is whole, and nothing lies beside it."""
        ended = self.first("verify", "acme", "--json", **self.variables(self.first))
        assert ended.exit_code == 0, ended.stdout + ended.stderr
        listed = {
            path for table in manifest(self.place / DAY)["resources"] for path in _parts(table)
        }
        there = {path.relative_to(self.place / DAY) for path in (self.place / DAY).glob("*/*")}
        assert {path.as_posix() for path in there} == listed


def _parts(table: dict[str, list[str] | str]) -> list[str]:
    path = table["path"]
    return [path] if isinstance(path, str) else path


@pytest.fixture
def own_account() -> Iterator[SandboxAccount]:
    """Faults of one test touch no other."""
    with sandbox("--frozen") as running:
        yield running


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with postgres() as running:
        yield running


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.full)])
def machines(
    request: pytest.FixtureRequest, tmp_path: Path, own_account: SandboxAccount
) -> Machines:
    """Two machines that share a registry."""
    if request.param == "sqlite":
        registry = f"sqlite:///{tmp_path / 'registry' / 'registry.sqlite'}"
    else:
        registry = request.getfixturevalue("server").make_database()
    return Machines(tmp_path, own_account, registry)


def ended(process: "subprocess.Popen[str]") -> Ended:
    stdout, stderr = process.communicate(timeout=180)
    return Ended(process.returncode, stdout, stderr)


def outcomes(*all_ended: Ended) -> list[str]:
    """How runs ended, sorted."""
    return sorted(one.json_lines[-1]["outcome"] for one in all_ended)


def test_the_second_machine_is_told_who_works_already(machines: Machines):
    """75 for its scheduler; later it finds the day published. Both know of both runs."""
    machines.make_wait()
    with machines.start(machines.first) as first:
        wait_until(machines.waits, first)
        first.send_signal(signal.SIGSTOP)
        refused = machines.run(machines.second)
        first.send_signal(signal.SIGCONT)
        assert_refused(refused, "busy", 75, "acme", f":{first.pid}:")
        assert outcomes(ended(first)) == ["published"]
    assert outcomes(machines.run(machines.second)) == ["already published"]
    machines.verify()
    for machine in (machines.first, machines.second):
        assert machines.runs(machine) == ["published", "published"]


def test_a_killed_run_is_taken_over_by_its_own_machine_at_once(machines: Machines):
    """The other one cannot know that it is dead, and waits for the lease to end."""
    machines.make_wait()
    with machines.start(machines.first) as first:
        wait_until(machines.waits, first)
        first.kill()
    assert machines.run(machines.second).exit_code == 75
    again = machines.run(machines.first)
    assert outcomes(again) == ["published"], again.stderr
    assert again.json_lines[-1]["resumed"]
    machines.verify()


@pytest.mark.parametrize("moment", ["reading", pytest.param("publishing", marks=pytest.mark.full)])
def test_a_run_that_was_paused_past_its_lease_is_harmless(machines: Machines, moment: str):
    """A laptop that slept, a machine that was moved: it wakes up and believes that it is the only one."""
    if moment == "reading":
        machines.make_wait()
    with machines.start(machines.first) as zombie:
        wait_until(machines.waits if moment == "reading" else machines.publishes, zombie)
        zombie.send_signal(signal.SIGSTOP)
        machines.pass_time()
        second = machines.run(machines.second)
        assert second.exit_code == 0, second.stderr
        published = (machines.place / DAY / "_MANIFEST.json").read_bytes()
        zombie.send_signal(signal.SIGCONT)
        woken = ended(zombie)
    assert outcomes(woken, second) == ["already published", "published"]
    assert (machines.place / DAY / "_MANIFEST.json").read_bytes() == published
    machines.verify()


@pytest.mark.full
def test_a_paused_run_stops_while_the_other_one_works(machines: Machines):
    """Nothing is gained by two of them; its scheduler tries again."""
    machines.make_wait()
    with machines.start(machines.first) as zombie:
        wait_until(machines.waits, zombie)
        zombie.send_signal(signal.SIGSTOP)
        machines.pass_time()
        machines.account.delete("/_sandbox/faults")
        machines.make_wait()
        with machines.start(machines.second) as second:
            wait_until(machines.waits, second)
            second.send_signal(signal.SIGSTOP)
            zombie.send_signal(signal.SIGCONT)
            woken = ended(zombie)
            assert not (machines.place / DAY).exists()
            second.send_signal(signal.SIGCONT)
            assert outcomes(ended(second)) == ["published"]
    assert_refused(woken, "busy", 75, "acme", f":{second.pid}:")
    assert outcomes(machines.run(machines.first)) == ["already published"]
    machines.verify()


@pytest.mark.parametrize("shared", [True, False], ids=["one registry", "two registries"])
def test_of_two_that_begin_at_once_exactly_one_publishes(
    tmp_path: Path, own_account: SandboxAccount, shared: bool
):
    """Two installations may share a bucket and nothing else: then the store decides."""
    urls = [f"sqlite:///{tmp_path / name / 'registry.sqlite'}" for name in "cd"]
    machines = Machines(tmp_path, own_account, *(urls[:1] if shared else urls))
    with machines.start(machines.first) as first, machines.start(machines.second) as second:
        both = [ended(first), ended(second)]
    codes = [one.exit_code for one in both]
    published = [one for one in both if one.exit_code == 0]
    assert sorted(codes) in ([[0, 0], [0, 75]] if shared else [[0, 0]]), both
    assert outcomes(*published).count("published") == 1
    machines.verify()


def test_a_registry_that_fails_meanwhile_costs_a_warning_and_not_the_snapshot(
    tmp_path: Path, own_account: SandboxAccount
):
    """What it missed, the next run tells it."""
    file = tmp_path / "registry" / "registry.sqlite"
    machines = Machines(tmp_path, own_account, f"sqlite:///{file}")
    machines.make_wait()
    with machines.start(machines.first) as first:
        wait_until(machines.waits, first)
        file.write_text("no database any more")
        done = ended(first)
    assert done.exit_code == 0, done.stderr
    assert "warning: the registry does not know of this run yet" in done.stderr
    (warning,) = done.json_lines[-1]["warnings"]
    assert "registry" in warning
    file.unlink()
    machines.verify()
    assert machines.run(machines.first).json_lines[-1]["warnings"] == []
    assert machines.runs(machines.second) == ["published", "published"]
