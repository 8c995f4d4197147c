"""A scope that is lost while a run reads: the day is withheld once, and a declared gap from then on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders.command import Crmsnap, assert_refused
from tests.builders.sandbox_process import DAY, SandboxAccount, sandbox
from tests.builders.snapshot import manifest, rows

SELECTION = ("--types", "contacts,companies", "--tables", "OBJECTS,ASSOCIATIONS,OWNERS")


@pytest.fixture
def own_account() -> Iterator[SandboxAccount]:
    """An account whose faults no other test meets."""
    with sandbox("--frozen") as running:
        yield running


def forbid(account: SandboxAccount, family: str, nth: int) -> None:
    """Answer 403 to every request of a family from this one on."""
    rule = {"family": family, "from": nth, "to": 1_000_000, "effect": {"kind": "forbid"}}
    account.post("/_sandbox/faults", [rule])


def fired(account: SandboxAccount) -> int:
    """How often the fault was met."""
    count: int = account.get("/_sandbox/faults")["rules"][0]["fired"]
    return count


def test_the_day_is_withheld_and_the_next_sync_declares_the_gap(
    tmp_path: Path, own_account: SandboxAccount
):
    """Nobody can try beforehand whether associations may be read; a refusal must not block for ever."""
    crmsnap = Crmsnap(tmp_path, own_account)
    forbid(own_account, "associations", 1)
    ended = crmsnap.sync(*SELECTION)
    assert_refused(ended, "gap-appeared", 1, "associations/", "--allow-gaps")
    assert fired(own_account) > 0
    assert not (crmsnap.snapshots / DAY / "_MANIFEST.json").exists()
    for _ in range(4):  # one pair of types after the other turns out to be refused
        ended = crmsnap.sync(*SELECTION)
        if ended.exit_code == 3:
            break
    assert ended.exit_code == 3, ended.stderr
    gaps = {gap["stream"] for gap in manifest(crmsnap.snapshots / DAY)["crmsnap"]["gaps"]}
    assert {"associations/0-1__0-2", "associations/0-2__0-1"} <= gaps
    assert len(rows(crmsnap.snapshots / DAY, "OBJECTS")) > 200


def test_a_scope_that_came_back_leaves_no_gap(tmp_path: Path, own_account: SandboxAccount):
    """The operator has mended it between the two runs: the day is whole."""
    crmsnap = Crmsnap(tmp_path, own_account)
    forbid(own_account, "associations", 1)
    assert crmsnap.sync(*SELECTION).exit_code == 1
    own_account.delete("/_sandbox/faults")
    ended = crmsnap.sync(*SELECTION)
    assert ended.exit_code == 0, ended.stderr
    assert manifest(crmsnap.snapshots / DAY)["crmsnap"]["gaps"] == []


def test_refused_pipelines_are_small_gaps(tmp_path: Path, own_account: SandboxAccount):
    """The pipelines of the types that were asked about before are there."""
    crmsnap = Crmsnap(tmp_path, own_account)
    forbid(own_account, "pipelines", 25)
    ended = crmsnap.sync("--tables", "PIPELINES")
    assert ended.exit_code == 3, ended.stderr
    gaps = manifest(crmsnap.snapshots / DAY)["crmsnap"]["gaps"]
    refused = [gap["stream"] for gap in gaps if gap["reason"] == "missing-scope"]
    assert len(refused) == fired(own_account)
    assert all(stream.startswith("pipelines/") for stream in refused)
    assert len(rows(crmsnap.snapshots / DAY, "PIPELINES")) > 0


def test_an_unfinished_run_whose_day_was_published_otherwise_gives_way(
    tmp_path: Path, own_account: SandboxAccount
):
    """Another machine has published that day: the next sync copies today, and is not stuck for ever."""
    crmsnap = Crmsnap(tmp_path, own_account)
    forbid(own_account, "associations", 1)
    assert crmsnap.sync(*SELECTION).exit_code == 1
    own_account.delete("/_sandbox/faults")
    other = crmsnap.sync("--tables", "OWNERS", CRMSNAP_HOME=str(tmp_path / "other"))
    assert other.exit_code == 0, other.stderr
    own_account.post("/_sandbox/advance", {"days": 1})
    ended = crmsnap.sync(*SELECTION, "--json")
    assert ended.exit_code == 0, ended.stderr
    report = ended.json_lines[-1]
    assert (report["outcome"], report["resumed"]) == ("published", False)
    assert report["day"] > DAY
