"""`kill -9` at any moment: the next sync goes on and ends with the bytes of an undisturbed run.

The account's clock stands still, so that two runs of one state may differ in nothing.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.builders.command import Crmsnap
from tests.builders.sandbox_process import DAY, SandboxAccount, sandbox
from tests.builders.snapshot import files

SELECTION = ("--types", "contacts,deals")

MOMENTS = {
    "in discover": lambda event: event.get("stream") == "types",
    "when the first stream is done": lambda event: event["event"] == "stream-ended",
    "in the records": lambda event: event.get("stream") == "objects/0-1",
    "in the associations": lambda event: event.get("stream", "").startswith("associations/"),
    "in the events": lambda event: event.get("stream", "").startswith("events/"),
    "when publishing begins": lambda event: event.get("step") == "publish",
    "between two tables": lambda event: event["event"] == "table-ended",
}


@pytest.fixture(scope="module")
def slow_account() -> Iterator[SandboxAccount]:
    """Each answer takes a moment, so that a kill lands in the middle."""
    with sandbox("--frozen", "--latency-ms", "2") as running:
        yield running


@dataclass(frozen=True)
class Run:
    """What a run left behind, and what it cost."""

    files: dict[str, bytes]
    requests: int


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, slow_account: SandboxAccount) -> Run:
    """A run that was never killed."""
    crmsnap = Crmsnap(tmp_path_factory.mktemp("undisturbed"), slow_account)
    slow_account.post("/_sandbox/stats/reset", {})
    ended = crmsnap.sync(*SELECTION)
    assert ended.exit_code == 0, ended.stderr
    return Run(files(crmsnap.snapshots), requests_of(slow_account))


@pytest.mark.parametrize("moment", ["in the records", "in the associations", "between two tables"])
def test_a_killed_run_is_finished_by_the_next_one(
    moment: str, tmp_path: Path, slow_account: SandboxAccount, undisturbed: Run
):
    """Nothing has to be cleaned up or repaired by hand."""
    crmsnap = Crmsnap(tmp_path, slow_account)
    kill_at(crmsnap, moment)
    assert not (crmsnap.snapshots / DAY / "_MANIFEST.json").exists()
    report = crmsnap.sync(*SELECTION, "--json").json_lines[-1]
    assert report["outcome"] == "published"
    assert report["resumed"] is True
    assert files(crmsnap.snapshots) == undisturbed.files


def test_a_run_that_is_killed_again_and_again_still_gets_done(
    tmp_path: Path, slow_account: SandboxAccount, undisturbed: Run
):
    """Each attempt keeps what it read: beside checks and probes, hardly a page is read twice."""
    crmsnap = Crmsnap(tmp_path, slow_account)
    slow_account.post("/_sandbox/stats/reset", {})
    for moment in MOMENTS:
        kill_at(crmsnap, moment)
    ended = crmsnap.sync(*SELECTION)
    assert ended.exit_code == 0, ended.stderr
    assert files(crmsnap.snapshots) == undisturbed.files
    assert requests_of(slow_account) < 1.5 * undisturbed.requests


def requests_of(account: SandboxAccount) -> int:
    """All requests since the statistics were reset."""
    families = account.get("/_sandbox/stats")["requests"].values()
    return sum(sum(by_status.values()) for by_status in families)


def kill_at(crmsnap: Crmsnap, moment: str) -> None:
    """Run until an event shows the moment, then SIGKILL; a run past the moment is killed later."""
    with crmsnap.start_sync(*SELECTION, "--json") as process:
        assert process.stdout is not None
        for line in process.stdout:
            event = json.loads(line)
            if MOMENTS[moment](event) or event["event"] == "table-ended":
                process.kill()
                break
        process.stdout.read()
        assert process.wait() == -9
