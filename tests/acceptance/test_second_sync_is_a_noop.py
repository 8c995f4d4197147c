"""A scheduler may call `sync` as often as it likes: a published day stays as it is."""

from tests.builders.command import Crmsnap, assert_refused
from tests.builders.sandbox_process import DAY
from tests.builders.snapshot import files

OWNERS = ("--tables", "OWNERS")


def test_a_published_day_is_left_alone_and_this_is_said(crmsnap: Crmsnap):
    """Exit 0: for a scheduler the day is done."""
    crmsnap.sync(*OWNERS)
    before = {path: path.stat().st_mtime_ns for path in crmsnap.snapshots.rglob("*")}
    ended = crmsnap.sync(*OWNERS)
    assert ended.exit_code == 0
    assert f"{DAY} is published already" in ended.stdout
    assert {path: path.stat().st_mtime_ns for path in crmsnap.snapshots.rglob("*")} == before


def test_another_selection_for_a_published_day_is_refused(crmsnap: Crmsnap):
    """It would be silently ignored otherwise: the day holds what was selected first."""
    crmsnap.sync(*OWNERS)
    before = files(crmsnap.snapshots)
    ended = crmsnap.sync("--tables", "OWNERS,TEAMS")
    assert_refused(ended, "snapshot", 1, "another selection", "never rewritten")
    assert files(crmsnap.snapshots) == before


def test_the_next_day_is_published_beside_the_first(crmsnap: Crmsnap):
    """A day never touches another one. (The clock here is this test's own account's.)"""
    from tests.builders.sandbox_process import sandbox

    with sandbox() as own:
        mine = Crmsnap(crmsnap.folder, own)
        mine.sync(*OWNERS)
        before = files(mine.snapshots)
        own.post("/_sandbox/advance", {"days": 1})
        ended = mine.sync(*OWNERS)
        assert ended.exit_code == 0, ended.stderr
    after = files(mine.snapshots)
    assert {name.split("/")[0] for name in after} == {DAY, "2026-11-21"}
    assert {name: data for name, data in after.items() if name.startswith(DAY)} == before
