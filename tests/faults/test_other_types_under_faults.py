"""Types that take a call for each thread or form: killed in the middle, refused, or gone from HubSpot."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders.command import Crmsnap, assert_refused, wait_until
from tests.builders.sandbox_process import DAY, SandboxAccount, sandbox
from tests.builders.snapshot import comparable, files, manifest, rows

TABLES = "OBJECTS,OBJECT_WITH_OBJECT_PROPERTIES"


@pytest.fixture
def own_account() -> Iterator[SandboxAccount]:
    """An account whose faults no other test meets; its clock stands still, so equal runs give equal bytes."""
    with sandbox("--frozen", contacts=60) as running:
        yield running


def inject(account: SandboxAccount, family: str, nth: int, **effect: object) -> None:
    """Treat every request of a family from this one on so."""
    rule = {"family": family, "from": nth, "to": 1_000_000, "effect": effect}
    account.post("/_sandbox/faults", [rule])


def calls(account: SandboxAccount, family: str) -> int:
    """How many requests of a family were answered well."""
    found: int = account.get("/_sandbox/stats")["requests"].get(family, {}).get("200", 0)
    return found


@pytest.mark.parametrize(
    ("object_type", "family"), [("0-11", "conversations"), ("0-15", "form-submissions")]
)
def test_a_run_that_is_killed_in_the_middle_goes_on_there(
    tmp_path: Path, own_account: SandboxAccount, object_type: str, family: str
):
    """No thread and no page of a form is asked for twice, and the bytes are those of a quiet run."""
    selection = ("--types", object_type, "--tables", TABLES)
    (tmp_path / "quiet").mkdir()
    quiet = Crmsnap(tmp_path / "quiet", own_account)
    assert quiet.sync(*selection).exit_code == 0
    whole = calls(own_account, family)

    (tmp_path / "killed").mkdir()
    crmsnap = Crmsnap(tmp_path / "killed", own_account)
    inject(own_account, family, whole // 2, kind="hang")
    with crmsnap.start_sync(*selection) as process:
        wait_until(lambda: own_account.get("/_sandbox/faults")["rules"][0]["fired"], process)
        process.kill()
        process.communicate()
    own_account.delete("/_sandbox/faults")
    before = calls(own_account, family) - whole
    ended = crmsnap.sync(*selection, "--json")
    assert ended.exit_code == 0, ended.stderr
    assert ended.json_lines[-1]["resumed"] is True
    # What is asked again is the probe, and the page of the list in which the run stopped.
    assert calls(own_account, family) - whole - before <= whole - before + 2
    assert before > 5
    assert comparable(files(crmsnap.snapshots)) == comparable(files(quiet.snapshots))


def test_a_token_that_may_not_read_them_leaves_a_gap_that_names_the_scope(
    tmp_path: Path, own_account: SandboxAccount
):
    """Known before anything is read; everything else is copied."""
    inject(own_account, "conversations", 1, kind="forbid")
    crmsnap = Crmsnap(tmp_path, own_account)
    ended = crmsnap.sync("--types", "0-11,0-28", "--tables", TABLES)
    assert ended.exit_code == 3, ended.stderr
    (gap,) = manifest(crmsnap.snapshots / DAY)["crmsnap"]["gaps"]
    assert (gap["stream"], gap["reason"]) == ("objects/0-11", "missing-scope")
    assert {row["OBJECTTYPEID"] for row in rows(crmsnap.snapshots / DAY, "OBJECTS")} == {"0-28"}


def test_an_api_that_hubspot_has_switched_off_is_a_gap(tmp_path: Path, own_account: SandboxAccount):
    """The submissions live on a path of the first version, which HubSpot will not keep for ever."""
    inject(own_account, "form-submissions", 1, kind="status", status=404, html=True)
    crmsnap = Crmsnap(tmp_path, own_account)
    ended = crmsnap.sync("--types", "0-15,0-28", "--tables", TABLES)
    assert ended.exit_code == 0, ended.stderr
    (gap,) = manifest(crmsnap.snapshots / DAY)["crmsnap"]["gaps"]
    assert (gap["stream"], gap["reason"]) == ("objects/0-15", "not-available")
    assert "form-integrations/v1" in gap["detail"]


def test_a_scope_that_is_lost_between_two_threads_withholds_the_day(
    tmp_path: Path, own_account: SandboxAccount
):
    """And the next sync declares the gap, as for any other stream."""
    inject(own_account, "conversations", 12, kind="forbid")
    crmsnap = Crmsnap(tmp_path, own_account)
    selection = ("--types", "0-11,0-28", "--tables", TABLES)
    assert_refused(crmsnap.sync(*selection), "gap-appeared", 1, "objects/0-11")
    assert not (crmsnap.snapshots / DAY / "_MANIFEST.json").exists()
    assert crmsnap.sync(*selection).exit_code == 3


def test_engagements_are_a_gap_where_one_of_their_types_is(
    tmp_path: Path, own_account: SandboxAccount
):
    """Their union would be short of them: the gap names the types and the scopes that close it."""
    rule = {"path": "/0-48", "from": 1, "to": 1_000_000, "effect": {"kind": "forbid"}}
    own_account.post("/_sandbox/faults", [rule])
    crmsnap = Crmsnap(tmp_path, own_account)
    ended = crmsnap.sync("--types", "0-4,0-46,0-48", "--tables", TABLES)
    assert ended.exit_code == 3, ended.stderr
    gaps = {gap["stream"]: gap for gap in manifest(crmsnap.snapshots / DAY)["crmsnap"]["gaps"]}
    assert gaps.keys() == {"objects/0-4", "objects/0-48"}
    assert "0-48" in gaps["objects/0-4"]["detail"]
    assert gaps["objects/0-4"]["scopes"] == gaps["objects/0-48"]["scopes"]
