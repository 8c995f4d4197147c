"""What a day reads of 2,000 contacts: enough for changes to be searched for and not read from the list.

Each test is about one thing that, left out, would go unnoticed by every count.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from crmsnap.model import Choice, Refresh, Selection
from tests.builders.sandbox_process import A_QUIET_DAY, SandboxAccount, sandbox
from tests.builders.snapshot import rows
from tests.oracle.days import Copying, differences

HOUR_MS = 3_600_000
SELECTION = Selection(
    types=("0-1",),
    tables=("DELETED_OBJECTS", "OBJECTS", "OBJECT_PROPERTIES"),
    histories=Choice(never=("*",)),
)


@pytest.fixture
def large() -> Iterator[SandboxAccount]:
    with sandbox("--frozen", contacts=2000) as account:
        yield account


def test_every_change_is_found_by_search(large: SandboxAccount, tmp_path: Path) -> None:
    """More than one page of them: each is asked for behind the last id of the page before."""
    copying = Copying(large, tmp_path / "later", SELECTION, Refresh(overlap_minutes=15))
    copying.sync()
    large.post("/_sandbox/advance", {**A_QUIET_DAY, "changed": 0.15, "created": 0.01})
    report = copying.sync()
    assert report.calls["search"] > 1
    assert "sweeps" not in report.calls, "a sweep of ids would find what search did not"
    later = copying.day(report)
    first = Copying(large, tmp_path / "first", SELECTION)
    assert not differences(later, first.day(first.sync()))


def test_a_change_that_search_shows_late_is_found_by_the_next_run(
    large: SandboxAccount, tmp_path: Path
) -> None:
    """The index of search lags behind: the next run looks back by more than it may."""
    copying = Copying(large, tmp_path / "later", SELECTION, Refresh(overlap_minutes=26 * 60))
    copying.sync()
    large.post("/_sandbox/knobs", {"index_lag_ms": 24 * HOUR_MS})
    large.post("/_sandbox/advance", {**A_QUIET_DAY, "changed": 0.02})
    missed = copying.day(copying.sync())
    first = Copying(large, tmp_path / "first", SELECTION)
    assert differences(missed, first.day(first.sync())), "search knew of the change already"
    large.post("/_sandbox/clock", {"advance_ms": 24 * HOUR_MS})
    later = copying.day(copying.sync())
    second = Copying(large, tmp_path / "second", SELECTION)
    assert not differences(later, second.day(second.sync()))


def test_a_change_that_search_shows_an_hour_late_is_there_the_next_day(
    large: SandboxAccount, tmp_path: Path
) -> None:
    """HubSpot names no number for the lag: the default looks back a day."""
    copying = Copying(large, tmp_path / "later", SELECTION)
    copying.sync()
    large.post("/_sandbox/knobs", {"index_lag_ms": 2 * HOUR_MS})
    large.post("/_sandbox/advance", {**A_QUIET_DAY, "days": 0.95})
    large.post("/_sandbox/advance", {**A_QUIET_DAY, "days": 0.005, "changed": 0.02})
    large.post("/_sandbox/clock", {"advance_ms": HOUR_MS})
    missed = copying.day(copying.sync())
    first = Copying(large, tmp_path / "first", SELECTION)
    assert differences(missed, first.day(first.sync())), "search knew of the change already"
    large.post("/_sandbox/advance", A_QUIET_DAY)
    later = copying.day(copying.sync())
    second = Copying(large, tmp_path / "second", SELECTION)
    assert not differences(later, second.day(second.sync()))


def test_what_search_finds_again_is_not_read_again(large: SandboxAccount, tmp_path: Path) -> None:
    """A day is looked back, so yesterday's changes are found: they have the times that the state knows."""
    copying = Copying(large, tmp_path, SELECTION)
    copying.sync()
    large.post("/_sandbox/advance", {**A_QUIET_DAY, "changed": 0.15})
    copying.sync()
    large.post("/_sandbox/advance", A_QUIET_DAY)
    large.post("/_sandbox/stats/reset", {})
    copying.sync()
    requests = large.get("/_sandbox/stats")["requests"]
    assert requests["search"]["200"] > 1, requests
    # The probe and the archive; 300 records would be three batches.
    assert requests["objects"] == {"200": 2}, requests


def test_who_went_is_told_with_the_reason(large: SandboxAccount, tmp_path: Path) -> None:
    """Counts would only tell that some are fewer: the archive and the survivors of merges say who, and why."""
    copying = Copying(large, tmp_path, SELECTION)
    copying.sync()
    large.post(
        "/_sandbox/advance",
        {"days": 1, "changed": 0.0, "archived": 0.01, "merged": 0.005, "gdpr_deleted": 0.0},
    )
    report = copying.sync()
    assert "sweeps" not in report.calls, "it took a sweep"
    day = copying.day(report)
    found = rows(day, "DELETED_OBJECTS")
    assert Counter(row["REASON"] for row in found) == {"ARCHIVED": 20, "MERGED": 10}
    live = {row["OBJECTID"] for row in rows(day, "OBJECTS")}
    assert not live & {row["OBJECTID"] for row in found}
    assert {row["MERGEDINTOOBJECTID"] for row in found if row["REASON"] == "MERGED"} <= live


def test_who_was_archived_goes_although_as_many_came_back(
    large: SandboxAccount, tmp_path: Path
) -> None:
    """The count stays as it was, and neither moves the time of a record: only the archive tells."""
    copying = Copying(large, tmp_path / "later", SELECTION)
    large.post("/_sandbox/advance", {**A_QUIET_DAY, "archived": 0.5})
    copying.sync()
    before = large.get("/_sandbox/truth")["types"]["0-1"]
    large.post("/_sandbox/advance", {**A_QUIET_DAY, "archived": 0.01, "restored": 0.01})
    report = copying.sync()
    assert large.get("/_sandbox/truth")["types"]["0-1"] == before
    assert "sweeps" not in report.calls
    first = Copying(large, tmp_path / "first", SELECTION)
    assert not differences(copying.day(report), first.day(first.sync()))
