"""`kill -9` at any moment: the next sync goes on and ends with the bytes of an undisturbed run.

The account's clock stands still, so two runs over one state may differ in nothing. Each kill comes at a known moment: the run waits
for an answer that the sandbox or the store withholds.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.builders.command import Crmsnap, Ended, wait_until
from tests.builders.other_hosts import Store, s3_like_store
from tests.builders.sandbox_process import DAY, SandboxAccount, sandbox
from tests.builders.snapshot import comparable

MANIFEST = f"crm/{DAY}/_MANIFEST.json"
KEYS = {"AWS_ACCESS_KEY_ID": "AKIATEST", "AWS_SECRET_ACCESS_KEY": "not-a-secret"}


@dataclass(frozen=True)
class AtRequest:
    """HubSpot answers no request from the nth one of a run on."""

    nth: int


@dataclass(frozen=True)
class AtPut:
    """The store answers no PUT once it holds so many objects."""

    objects: int


class Copying:
    """One connection, from an account to a store of its own."""

    def __init__(self, folder: Path, account: SandboxAccount, store: Store) -> None:
        self._crmsnap = Crmsnap(folder, account)
        self._account = account
        self.store = store
        self._crmsnap.write_config(
            f'[connections.acme]\nto = "s3://bucket/crm"\nbase_url = "{account.url}"\nallow_other_host = true\n'
            'types = ["contacts", "deals"]\n'
            f'[connections.acme.s3]\nendpoint_url = "{store.url}"\nallow_http = true\n'
        )

    def run(self) -> Ended:
        """Sync to the end."""
        return self._crmsnap("sync", "--json", **KEYS)

    def kill(self, moment: AtRequest | AtPut) -> None:
        """Start a sync and kill it at this moment."""
        with self._withheld(moment) as is_waiting:
            with self._crmsnap.start("sync", "--quiet", **KEYS) as process:
                wait_until(is_waiting, process)
                process.kill()
                process.communicate()
            assert process.returncode == -9

    def pretend_version(self, reading: int) -> None:
        """Make the state say that its runs were begun by a version that read by other rules."""
        (runs,) = self._crmsnap.home.rglob("runs.sqlite")
        with sqlite3.connect(runs) as db:
            db.execute("UPDATE runs SET reading = ?", (reading,))
        db.close()

    @contextmanager
    def _withheld(self, moment: AtRequest | AtPut):
        if isinstance(moment, AtPut):
            self.store.holding.clear()
            self.store.hold_after = moment.objects
            yield self.store.holding.is_set
            self.store.hold_after = None
            return
        rule = {"from": moment.nth, "to": 1_000_000, "effect": {"kind": "hang"}}
        self._account.post("/_sandbox/faults", [rule])
        yield lambda: self._account.get("/_sandbox/faults")["rules"][0]["fired"]
        self._account.delete("/_sandbox/faults")


@pytest.fixture(scope="module")
def own_account() -> Iterator[SandboxAccount]:
    """Faults and statistics of this file touch no other test."""
    with sandbox("--frozen") as running:
        yield running


@pytest.fixture
def copying(tmp_path: Path, own_account: SandboxAccount) -> Iterator[Copying]:
    """A connection that has not been synced."""
    with s3_like_store() as store:
        yield Copying(tmp_path, own_account, store)


@dataclass(frozen=True)
class Run:
    """What a run left behind, and what it cost."""

    files: dict[str, bytes]
    requests: int


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, own_account: SandboxAccount) -> Run:
    """A run that was never killed."""
    own_account.post("/_sandbox/stats/reset", {})
    with s3_like_store() as store:
        ended = Copying(tmp_path_factory.mktemp("undisturbed"), own_account, store).run()
        assert ended.exit_code == 0, ended.stderr
        return Run(comparable(store.files), requests_of(own_account))


@pytest.mark.parametrize(
    "moment", [AtRequest(30), AtRequest(100), AtRequest(220), AtPut(0), AtPut(5)], ids=str
)
def test_a_killed_run_is_finished_by_the_next_one(
    moment: AtRequest | AtPut, copying: Copying, undisturbed: Run
):
    """Nothing has to be cleaned up or repaired by hand, and no half day looks like a whole one."""
    copying.kill(moment)
    assert MANIFEST not in copying.store.files
    report = copying.run().json_lines[-1]
    assert (report["outcome"], report["resumed"]) == ("published", True)
    assert comparable(copying.store.files) == undisturbed.files


def test_a_run_that_another_version_began_is_not_gone_on_with(copying: Copying, undisturbed: Run):
    """Its half was read by other rules: what they kept may be what the new ones would leave out."""
    copying.kill(AtRequest(220))
    copying.pretend_version(0)
    report = copying.run().json_lines[-1]
    assert (report["outcome"], report["resumed"]) == ("published", False)
    assert comparable(copying.store.files) == undisturbed.files


@pytest.mark.full
def test_a_run_that_is_killed_again_and_again_still_gets_done(
    copying: Copying, own_account: SandboxAccount, undisturbed: Run
):
    """Each attempt keeps what it read: beside checks and probes, hardly a page is read twice."""
    own_account.post("/_sandbox/stats/reset", {})
    for nth in (5, 50, 50, 50):
        copying.kill(AtRequest(nth))
    copying.kill(AtPut(3))
    ended = copying.run()
    assert ended.exit_code == 0, ended.stderr
    assert comparable(copying.store.files) == undisturbed.files
    assert requests_of(own_account) < 1.5 * undisturbed.requests


def requests_of(account: SandboxAccount) -> int:
    """All requests since the statistics were reset."""
    families = account.get("/_sandbox/stats")["requests"].values()
    return sum(sum(by_status.values()) for by_status in families)
