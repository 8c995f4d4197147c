"""Events that may not be read are declared gaps, and a run that is killed among them goes on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders.command import Crmsnap, wait_until
from tests.builders.sandbox_process import DAY, SandboxAccount, sandbox
from tests.builders.snapshot import manifest, rows

SELECTION = ("--types", "contacts", "--tables", "EVENTS_*,OBJECT_PROPERTIES")


@pytest.fixture
def own_account() -> Iterator[SandboxAccount]:
    """An account whose faults no other test meets."""
    with sandbox("--frozen") as running:
        yield running


def gaps_of(crmsnap: Crmsnap) -> dict[str, dict[str, str]]:
    return {gap["stream"]: gap for gap in manifest(crmsnap.snapshots / DAY)["crmsnap"]["gaps"]}


def tables_of(crmsnap: Crmsnap) -> set[str]:
    return {path.name for path in (crmsnap.snapshots / DAY).iterdir() if path.is_dir()}


def test_without_the_content_scope_the_other_events_are_there(
    tmp_path: Path, own_account: SandboxAccount
):
    """Marketing mails have a scope of their own, which not every account can give."""
    crmsnap = Crmsnap(tmp_path, own_account)
    rule = {"family": "email-events", "from": 1, "to": 1_000_000, "effect": {"kind": "forbid"}}
    own_account.post("/_sandbox/faults", [rule])
    ended = crmsnap.sync(*SELECTION)
    assert ended.exit_code == 3, ended.stderr
    gap = gaps_of(crmsnap)["email-events"]
    assert (gap["reason"], gap["scopes"]) == ("missing-scope", ["content"])
    assert "EVENTS_VISITED_PAGE" in tables_of(crmsnap)
    assert "EVENTS_OPENED_EMAIL_V2" not in tables_of(crmsnap)


def test_without_the_definitions_own_properties_of_events_are_left_out(
    tmp_path: Path, own_account: SandboxAccount
):
    """Nobody can say which of them are sensitive; when and by whom an event was done is still copied."""
    crmsnap = Crmsnap(tmp_path, own_account)
    rule = {
        "family": "event-definitions",
        "from": 1,
        "to": 1_000_000,
        "effect": {"kind": "forbid"},
    }
    own_account.post("/_sandbox/faults", [rule])
    ended = crmsnap.sync(*SELECTION)
    assert ended.exit_code == 3, ended.stderr
    assert "are copied" in gaps_of(crmsnap)["event-properties"]["detail"]
    (login, *_) = rows(crmsnap.snapshots / DAY, "EVENTS_OAUTH_LOGIN")
    assert login["OBJECTID"]
    properties = {name for name in login if name.startswith("PROPERTY_")}
    assert properties == {"PROPERTY_HS_CITY", "PROPERTY_HS_STARTED_AT"}


def test_a_scope_that_is_lost_for_a_day_renames_no_event(
    tmp_path: Path, own_account: SandboxAccount
):
    """Ids come from the definitions; a loader's tables and keys must not change while those are away."""
    crmsnap = Crmsnap(tmp_path, own_account)
    assert crmsnap.sync(*SELECTION).exit_code == 0
    own_account.post("/_sandbox/advance", {"days": 1})
    rule = {"family": "event-definitions", "from": 1, "to": 9_999, "effect": {"kind": "forbid"}}
    own_account.post("/_sandbox/faults", [rule])
    assert crmsnap.sync(*SELECTION).exit_code == 3
    first, second = (_ids_by_table(crmsnap, day) for day in (DAY, "2026-11-21"))
    assert any(id_.startswith("6-") for id_ in first.values())
    assert {name: second.get(name) for name in first} == first


def _ids_by_table(crmsnap: Crmsnap, day: str) -> dict[str, str]:
    resources = manifest(crmsnap.snapshots / day)["resources"]
    return {
        one["title"]: one["crmsnap"]["about"]["id"]
        for one in resources
        if one["title"].startswith("EVENTS_")
    }


def test_a_run_that_is_killed_among_mail_events_goes_on(
    tmp_path: Path, own_account: SandboxAccount
):
    """What was read stays read, and the copy is the one of an undisturbed run."""
    undisturbed = Crmsnap(tmp_path / "undisturbed", own_account)
    killed = Crmsnap(tmp_path / "killed", own_account)
    for crmsnap in (undisturbed, killed):
        crmsnap.folder.mkdir()
    assert undisturbed.sync(*SELECTION).exit_code == 0
    rule = {"family": "email-events", "from": 6, "to": 1_000_000, "effect": {"kind": "hang"}}
    own_account.post("/_sandbox/faults", [rule])
    with killed.start_sync(*SELECTION) as process:
        wait_until(lambda: own_account.get("/_sandbox/faults")["rules"][0]["fired"], process)
        process.kill()
        process.communicate()
    own_account.delete("/_sandbox/faults")
    own_account.post("/_sandbox/stats/reset", {})
    ended = killed.sync(*SELECTION)
    assert ended.exit_code == 0, ended.stderr
    # One to try, then the slices of time that were still missing: a whole read takes ten.
    assert own_account.get("/_sandbox/stats")["requests"]["email-events"] == {"200": 6}
    tables = {name for name in tables_of(undisturbed) if name.startswith("EVENTS_")}
    assert len(tables) > 20
    for table in tables:
        assert rows(killed.snapshots / DAY, table) == rows(undisturbed.snapshots / DAY, table)
