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


def test_counts_that_are_refused_cost_nothing_but_the_counts(
    tmp_path: Path, own_account: SandboxAccount
):
    """Which types there are is known from elsewhere: an empty day must not come out as proven."""
    crmsnap = Crmsnap(tmp_path, own_account)
    forbid(own_account, "limits-records", 1)
    ended = crmsnap.sync("--types", "contacts,deals", "--tables", "OBJECTS")
    assert fired(own_account) > 0
    assert ended.exit_code == 0, ended.stderr
    assert len(rows(crmsnap.snapshots / DAY, "OBJECTS")) > 200
    counts = manifest(crmsnap.snapshots / DAY)["crmsnap"]["counts"]
    assert {count["hubspot"] for count in counts} == {None}


def test_a_type_that_hubspot_calls_wrong_is_a_gap_of_its_own(
    tmp_path: Path, own_account: SandboxAccount
):
    """A type that usage counts name and the objects API does not know: the others are copied."""
    crmsnap = Crmsnap(tmp_path, own_account)
    wrong = {"kind": "status", "status": 400, "body": {"message": "Unable to infer object type"}}
    own_account.post("/_sandbox/faults", [{"family": "properties", "nth": 1, "effect": wrong}])
    ended = crmsnap.sync("--types", "contacts,deals", "--tables", "OBJECTS")
    assert ended.exit_code == 0, ended.stderr
    gaps = manifest(crmsnap.snapshots / DAY)["crmsnap"]["gaps"]
    (gap,) = [gap for gap in gaps if gap["stream"] in ("objects/0-1", "objects/0-3")]
    assert gap["reason"] == "not-available"
    assert len(rows(crmsnap.snapshots / DAY, "OBJECTS")) > 20


def test_another_form_of_dates_is_another_copy(tmp_path: Path, own_account: SandboxAccount):
    """A day never mixes milliseconds and ISO text, and a published one is not silently the other."""
    crmsnap = Crmsnap(tmp_path, own_account)
    config = (
        f'[connections.acme]\nto = "{crmsnap.snapshots}"\nbase_url = "{own_account.url}"\nallow_other_host = true\n'
        'types = ["contacts"]\ntables = ["OBJECT_PROPERTIES"]\n'
    )
    crmsnap.write_config(config)
    assert crmsnap("sync").exit_code == 0
    crmsnap.write_config(config + "iso_dates = true\n")
    assert_refused(crmsnap("sync"), "snapshot", 1, "another selection")
