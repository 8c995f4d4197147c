"""HubSpot's own counts are held against what was copied, before anything is published.

A difference is explained, repaired by a sweep, or withholds the day: never published in silence.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from crmsnap.errors import CountsDisagree, Interrupted
from crmsnap.model import (
    Choice,
    Progress,
    Refresh,
    Selection,
    StreamAdvanced,
    StreamBegan,
    StreamEnded,
)
from crmsnap.publish.manifest import TypeCount
from crmsnap.report import Report
from crmsnap.streams.other_types import OTHER_TYPES
from tests.builders.command import Crmsnap, assert_refused
from tests.builders.sandbox_process import A_QUIET_DAY, DAY, SandboxAccount, sandbox
from tests.builders.snapshot import rows
from tests.oracle.days import Copying, differences

CONTACTS, DEALS = "0-1", "0-3"
HOUR_MS = 3_600_000
SELECTION = Selection(types=(CONTACTS, DEALS), tables=("OBJECTS",))
NO_SEARCH = {"family": "search", "effect": {"kind": "status", "status": 400}}


@pytest.fixture
def own_account() -> Iterator[SandboxAccount]:
    """An account that one test may change, with faults of its own."""
    with sandbox("--frozen") as running:
        yield running


@pytest.fixture
def copying(own_account: SandboxAccount, tmp_path: Path) -> Copying:
    """A connection that copies contacts and deals."""
    # A short overlap: everything here was made the day before, and would be found again.
    return Copying(own_account, tmp_path, SELECTION, Refresh(overlap_minutes=15))


def count_of(report: Report, object_type: str) -> TypeCount:
    return next(count for count in report.manifest.facts.counts if count.type == object_type)


def ids(copying: Copying, report: Report) -> set[str]:
    found = rows(copying.day(report), "OBJECTS")
    return {row["OBJECTID"] for row in found if row["OBJECTTYPEID"] == CONTACTS}


def short_pages(account: SandboxAccount, every: int | None = None) -> None:
    """Let the list of contacts lose records: those at the end of one page, or of many."""
    rule: dict[str, Any] = {
        "family": "objects",
        "path": "/0-1",
        "query": "archived=false",
        "effect": {"kind": "missing", "records": 3},
    }
    # The probe of a type is a page of one record.
    account.post("/_sandbox/faults", [rule | ({"every": every} if every else {"nth": 2})])


def miscounted(account: SandboxAccount, by: int, *types: str) -> dict[str, Any]:
    """A fault: HubSpot's counts say so many more contacts, or records of these types, than there are."""
    truth = account.get("/_sandbox/truth")
    used = [
        {"objectTypeId": type_, "usage": number + by * (type_ in (types or (CONTACTS,)))}
        for type_, number in (truth["types"] | truth["other_types"]).items()
        if not type_.startswith("2-")
    ]
    body = {"hubspotDefinedObjectTypes": used, "customObjectTypes": {"byObjectType": []}}
    return {"family": "limits-records", "effect": {"kind": "body", "value": body}}


def vanished(account: SandboxAccount) -> set[str]:
    """Let a day pass on which contacts are deleted without a trace; return their ids."""
    account.post("/_sandbox/advance", {**A_QUIET_DAY, "gdpr_deleted": 0.01})
    return {entry["objectId"] for entry in account.get("/_sandbox/journal")["entries"]}


@dataclass
class Arrivals:
    """Contacts that come while contacts are read, once: at the first event of a kind."""

    account: SandboxAccount
    moment: type[StreamBegan | StreamAdvanced | StreamEnded]
    came: bool = False

    def observe(self, event: Progress) -> None:
        """Let them come if this is the moment."""
        if isinstance(event, self.moment) and event.stream == "objects/0-1" and not self.came:
            few = {**A_QUIET_DAY, "days": 0.0001, "created": 0.01}
            self.account.post("/_sandbox/advance", few)
            self.came = True


def test_an_account_that_stands_still_has_equal_counts(copying: Copying):
    """And a type that HubSpot does not count is said to be that, not taken for good."""
    report = copying.sync()
    assert {count.verdict for count in report.manifest.facts.counts} == {"equal"}
    assert report.differences == ()


def test_a_record_that_a_page_left_out_is_found_by_a_sweep(copying: Copying):
    """Pages were seen to leave records out (airbyte pull request 80745); no cursor shows it."""
    short_pages(copying.account)
    report = copying.sync()
    count = count_of(report, CONTACTS)
    assert (count.verdict, count.missing, count.vanished) == ("repaired", 3, 0)
    assert count.hubspot == count.ours == len(ids(copying, report))
    assert [known.type for known in report.differences] == [CONTACTS]


def test_what_hangs_on_a_record_that_was_missing_is_read_too(copying: Copying, tmp_path: Path):
    """Associations had been asked for without it, from its side and from the other."""
    tables = ("OBJECTS", "ASSOCIATIONS", "EVENTS_EMAIL_*")
    selection = Selection(types=("0-1", "0-3", "0-72"), tables=tables)
    first = Copying(copying.account, tmp_path / "first", selection)
    expected = first.sync()
    short_pages(copying.account)
    later = replace(copying, selection=selection)
    report = later.sync()
    assert count_of(report, CONTACTS).verdict == "repaired"
    assert differences(later.day(report), first.day(expected)) == []


def test_a_day_that_reads_changes_alone_has_a_window_that_begins_before_it(copying: Copying):
    """Search may not know yet what changed a moment before the run."""
    facts = copying.sync().manifest.facts
    assert (facts.window_start, facts.window_end) == (f"{DAY} 05:00:00.000", f"{DAY} 05:00:00.999")
    copying.account.post("/_sandbox/advance", A_QUIET_DAY)
    assert copying.sync().manifest.facts.window_start == "2026-11-21 04:45:00.000"


def test_a_record_that_was_deleted_without_a_trace_is_missed_by_its_count(copying: Copying):
    """No list, search or archive tells of a deletion for privacy; the pass itself counts, and asks for all ids."""
    before = ids(copying, copying.sync())
    gone = vanished(copying.account)
    report = copying.sync()
    assert count_of(report, CONTACTS).verdict == "equal"
    assert report.calls["sweeps"] > 0
    assert len(gone) == 2
    assert before - ids(copying, report) == gone


@pytest.mark.parametrize("moment", [StreamBegan, StreamAdvanced, StreamEnded])
def test_records_that_come_meanwhile_do_not_hide_one_that_went_without_a_trace(
    moment: type[StreamBegan | StreamAdvanced | StreamEnded], copying: Copying
):
    """As many come as went, so that HubSpot's count and ours are equal at the end of the day."""
    before = ids(copying, copying.sync())
    gone = vanished(copying.account)
    coming = Arrivals(copying.account, moment)
    report = replace(copying, observe=coming.observe).sync()
    assert coming.came
    assert gone
    assert not gone & ids(copying, report)
    assert before - gone <= ids(copying, report)


@pytest.mark.parametrize("refresh", [Refresh(full=True), Refresh(overlap_minutes=15)])
def test_a_property_that_leaves_the_rows_does_not_keep_who_went_without_a_trace(
    refresh: Refresh, copying: Copying
):
    """Rows lose it before HubSpot is asked, and that does not say that HubSpot still has them."""
    wide = replace(SELECTION, tables=("OBJECTS", "OBJECT_PROPERTIES"))
    before = ids(copying, replace(copying, selection=wide).sync())
    gone = vanished(copying.account)
    coming = Arrivals(copying.account, StreamEnded)
    narrower = replace(wide, properties=Choice(never=("lastname",)))
    changed = replace(copying, selection=narrower, refresh=refresh)
    report = replace(changed, observe=coming.observe).sync()
    assert coming.came
    assert gone
    assert before - gone == ids(copying, report)


def test_a_record_that_search_does_not_know_yet_is_read_the_same_day(copying: Copying):
    """Search counts it no more than it finds it, so both of its answers agree: the list tells."""
    before = ids(copying, copying.sync())
    account = copying.account
    account.post("/_sandbox/knobs", {"index_lag_ms": 2 * HOUR_MS})
    account.post("/_sandbox/advance", {**A_QUIET_DAY, "days": 0.95})
    account.post("/_sandbox/advance", {**A_QUIET_DAY, "days": 0.005, "created": 0.01})
    account.post("/_sandbox/clock", {"advance_ms": HOUR_MS})
    report = copying.sync()
    count = count_of(report, CONTACTS)
    assert (count.verdict, count.ours, count.missing) == ("repaired", 202, 2)
    assert len(ids(copying, report) - before) == 2


def test_a_record_that_a_later_list_leaves_out_is_not_taken_for_gone(copying: Copying):
    """Even where HubSpot's count agrees with the loss: who vanished is asked for by id."""
    before = ids(copying, copying.sync())
    account = copying.account
    account.post("/_sandbox/advance", A_QUIET_DAY)
    short_pages(account)
    plan = account.get("/_sandbox/faults")["rules"]
    lists = [
        {name: rule[name] for name in ("family", "path", "query", "nth", "effect")} for rule in plan
    ]
    # The second call is that of reconciling, and agrees with the loss.
    account.post("/_sandbox/faults", [*lists, {**miscounted(account, -3), "nth": 2}])
    report = replace(copying, refresh=Refresh(full=True)).sync()
    # The pass itself has asked for them, and search counts them.
    assert count_of(report, CONTACTS).verdict == "equal"
    assert ids(copying, report) == before


def test_what_nothing_explains_withholds_the_day(own_account: SandboxAccount, tmp_path: Path):
    """The error names the type and both numbers; the same in JSON, with ids."""
    crmsnap = Crmsnap(tmp_path, own_account)
    own_account.post("/_sandbox/faults", [miscounted(own_account, 5), NO_SEARCH])
    ended = crmsnap.sync("--types", "0-1", "--tables", "OBJECTS", "--json")
    assert_refused(ended, "counts-disagree", 1, "0-1: HubSpot 205, copied 200")
    assert not list(crmsnap.snapshots.rglob("_MANIFEST.json"))
    (different,) = ended.json_lines[-1]["error"]["types"]
    assert different == {"object_type": CONTACTS, "hubspot": 205, "ours": 200, "in_doubt": []}


def test_the_operator_may_publish_with_a_difference(own_account: SandboxAccount, tmp_path: Path):
    """Named in the manifest, the report and the terminal."""
    crmsnap = Crmsnap(tmp_path, own_account)
    own_account.post("/_sandbox/faults", [miscounted(own_account, 5), NO_SEARCH])
    ended = crmsnap.sync("--types", "0-1", "--tables", "OBJECTS", "--allow-differences")
    assert ended.exit_code == 0, ended.stderr
    assert "different" in ended.stdout
    assert "warning: HubSpot counts 205 records of type 0-1, and 200 were copied" in ended.stderr
    assert (crmsnap.snapshots / DAY / "_MANIFEST.json").exists()


def test_an_ordinary_day_with_deals_that_went_is_published(
    own_account: SandboxAccount, tmp_path: Path
):
    """HubSpot goes on to count the splits of a deal that is gone; they are no part of the copy."""
    crmsnap = Crmsnap(tmp_path, own_account)
    chosen = ("--types", "0-3,0-72", "--tables", "OBJECTS")
    crmsnap.sync(*chosen)
    own_account.post("/_sandbox/advance", {**A_QUIET_DAY, "merged": 0.2})
    ended = crmsnap.sync(*chosen, "--json")
    assert ended.exit_code == 0, ended.stderr
    (split,) = ended.json_lines[-1]["differences"]
    truth = own_account.get("/_sandbox/truth")
    assert (split["type"], split["verdict"]) == ("0-72", "not comparable")
    assert split["hubspot"] == truth["types"]["0-72"] > split["ours"]
    assert split["ours"] == truth["other_types"]["0-72"]
    assert "deals that are gone" in split["reason"]


def test_no_count_of_another_source_withholds_a_day(own_account: SandboxAccount, tmp_path: Path):
    """Usage counts speak of the CRM; a type with an API of its own is counted there, or cannot be compared."""
    others = {other.id: other.says_total for other in OTHER_TYPES}
    selection = Selection(types=tuple(others), tables=("OBJECTS",))
    own_account.post("/_sandbox/faults", [miscounted(own_account, 5, *others)])
    report = Copying(own_account, tmp_path, selection).sync()
    verdicts = {count.type: count.verdict for count in report.manifest.facts.counts}
    assert verdicts == {
        id_: "equal" if says_total else "not comparable" for id_, says_total in others.items()
    }


def test_search_is_asked_where_the_usage_counts_differ(copying: Copying):
    """HubSpot does not say how fresh its usage counts are."""
    copying.account.post("/_sandbox/faults", [miscounted(copying.account, 5)])
    count = count_of(copying.sync(), CONTACTS)
    assert (count.verdict, count.hubspot, count.search) == ("equal", count.ours + 5, count.ours)


def test_where_nobody_counts_that_is_said(copying: Copying):
    """Without usage counts and without search."""
    no_usage = {"family": "limits-records", "effect": {"kind": "forbid"}}
    copying.account.post("/_sandbox/faults", [no_usage, NO_SEARCH])
    assert count_of(copying.sync(), CONTACTS).verdict == "not counted"


def test_a_run_that_is_stopped_in_a_sweep_is_finished_by_the_next_one(copying: Copying):
    """What was read stays, and the sweep goes on."""
    begun: list[str] = []

    def stop(event: Progress) -> None:
        if isinstance(event, StreamBegan):
            begun.append(event.stream)
        if isinstance(event, StreamAdvanced) and begun.count("objects/0-1") == 2:
            raise Interrupted("stopped in the sweep")

    short_pages(copying.account)
    with pytest.raises(Interrupted):
        replace(copying, observe=stop).sync()
    report = copying.sync()
    assert report.resumed
    assert len(ids(copying, report)) == copying.account.get("/_sandbox/truth")["types"][CONTACTS]


@pytest.mark.parametrize("pages", [0, 1])
def test_what_hangs_on_who_was_missing_is_read_behind_a_kill_in_the_sweep(
    pages: int, copying: Copying, tmp_path: Path
):
    """Stopped before the page that has them: reading goes on with the sweep, and does not look for them."""
    selection = Selection(types=(CONTACTS, DEALS), tables=("OBJECTS", "ASSOCIATIONS"))
    first = Copying(copying.account, tmp_path / "first", selection)
    expected = first.sync()
    told: list[Progress] = []

    def stop(event: Progress) -> None:
        if not isinstance(event, StreamBegan | StreamAdvanced) or event.stream != "objects/0-1":
            return
        told.append(event)
        sweep = [at for at, one in enumerate(told) if isinstance(one, StreamBegan)][1:]
        if sweep and len(told) - 1 - sweep[0] == pages:
            raise Interrupted("stopped in the sweep")

    short_pages(copying.account)
    later = replace(copying, selection=selection)
    with pytest.raises(Interrupted):
        replace(later, observe=stop).sync()
    report = later.sync()
    assert report.resumed
    assert (count_of(report, CONTACTS).verdict, count_of(report, CONTACTS).missing) == (
        "repaired",
        3,
    )
    assert differences(later.day(report), first.day(expected)) == []


def test_a_list_that_never_gives_all_withholds_every_day(copying: Copying):
    """Two sweeps are enough to know; the run ends."""
    copying.account.post("/_sandbox/faults", [NO_SEARCH])
    short_pages(copying.account, every=1)
    with pytest.raises(CountsDisagree) as raised:
        copying.sync()
    (one,) = raised.value.types
    assert (one.object_type, one.hubspot) == (CONTACTS, 200)
    assert one.ours < 200
