"""A later day asks only for what the cheap answers say is new: labels, members, messages, submissions."""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from crmsnap.extract.left_behind import clear_left_behind
from crmsnap.state.folder import open_as_is, open_reader, open_stream
from crmsnap.state.shapes import DELETIONS
from crmsnap.state.stream_file import Entry, RunMark
from crmsnap.streams import labels, lists, memberships
from crmsnap.streams.documents import TypeDocument
from crmsnap.streams.other_types import CONVERSATIONS, DEAL_SPLITS, FORM_SUBMISSIONS
from tests.builders.account_state import RUN, UPDATED, AccountState
from tests.unit.extract.test_left_behind import reading
from tests.unit.hubspot.host import Reply
from tests.unit.streams.other_types.days import SECOND, WEEK_LATER, Days, asked
from tests.unit.streams.other_types.served import HubSpot, listed

NO_PAIR = Reply({"status": "error", "category": "VALIDATION_ERROR", "message": "no"}, 400)
LABELS = "/crm/associations/2026-09/{}/{}/labels"
LISTS = "/crm/lists/2026-09/search"
MEMBERS = "/crm/lists/2026-09/{}/memberships/join-order"
THREADS = "/conversations/conversations/2026-09/threads"
FORMS = "/marketing/forms/2026-09-beta"
SPLITS = "/deal-splits/2026-09/batch/read"
SUBMISSIONS = "/form-integrations/v1/submissions/forms/{}"


@pytest.fixture
def days(hubspot: HubSpot, tmp_path) -> Days:
    state = AccountState(tmp_path)
    state.documents("types", {id_: TypeDocument(id_, id_) for id_ in ("0-1", "0-2")})
    return Days(hubspot, state)


@pytest.fixture
def pairs(days: Days) -> Days:
    """Contacts are associated with companies and with nothing else."""
    for one in ("0-1", "0-2"):
        for other in ("0-1", "0-2"):
            days.hubspot.serve(LABELS.format(one, other), NO_PAIR)
    label = {"category": "HUBSPOT_DEFINED", "typeId": 279, "label": None}
    days.hubspot.serve(LABELS.format("0-1", "0-2"), {"results": [label]})
    days.read(next(labels.tasks(days.scope(RUN))), RUN)
    return days


def test_a_pair_that_cannot_be_associated_is_asked_for_labels_in_its_turn(pairs: Days):
    """Pairs are as many as types squared, and most of them are like that."""
    pairs.read(next(labels.tasks(pairs.scope(SECOND))), SECOND)
    assert [*asked(pairs)] == [LABELS.format("0-1", "0-2")]
    pairs.read(next(labels.tasks(pairs.scope(WEEK_LATER))), WEEK_LATER)
    assert len(asked(pairs)) == 2


def test_a_new_label_of_a_known_pair_shows_the_same_day(pairs: Days):
    """The pair has types of association already, so it is asked each day."""
    own = [{"category": "USER_DEFINED", "typeId": 7, "label": "Mentor"}]
    pairs.hubspot.serve(LABELS.format("0-1", "0-2"), {"results": own})
    pairs.read(next(labels.tasks(pairs.scope(SECOND))), SECOND)
    reader = open_reader(pairs.folder, ("association-labels/0-1",), SECOND.run_id)
    assert [found.key for found in reader.documents("association-labels/0-1")] == [
        "0-2 USER_DEFINED 7"
    ]


def test_a_pair_whose_scope_is_missing_is_asked_each_day(days: Days):
    """Its gap has to be declared each day, and closes on the day when the scope is there."""
    refused = Reply({"status": "error", "category": "MISSING_SCOPES", "message": "no"}, 403)
    for other in ("0-1", "0-2"):
        days.hubspot.serve(LABELS.format("0-1", other), refused)
    for run in (RUN, SECOND):
        pages = days.read(next(labels.tasks(days.scope(run))), run)
        assert [gap.reason for page in pages for gap in page.gaps] == ["missing-scope"] * 2


def a_list(id_: str, size: int, added: str = "1", removed: str = "1") -> dict[str, Any]:
    marks = {
        "hs_list_size": str(size),
        "hs_last_record_added_at": added,
        "hs_last_record_removed_at": removed,
    }
    base = {"listId": id_, "name": id_, "objectTypeId": "0-1", "processingType": "MANUAL"}
    return base | {"additionalProperties": marks}


def read_lists(
    days: Days,
    run: RunMark,
    *found: dict[str, Any],
    records: bool = False,
    vanished: Sequence[int] = (),
    **refresh: Any,
) -> Counter[str]:
    """One day of lists and members, perhaps behind the records; what was asked for the members.

    Who `vanished` is missed behind that.
    """
    days.hubspot.serve(LISTS, {"lists": [*found], "hasMore": False, "offset": len(found)})
    (task,) = lists.tasks(days.scope(run))
    days.read(task, run)
    scope = days.scope(run, "lists", *(["objects/0-1"] if records else []), **refresh)
    (task,) = memberships.tasks(scope)
    days.read(task, run)
    if vanished:
        went(days, *vanished, reason="VANISHED")
    behind = days.scope(run, "lists", "memberships", *(["objects/0-1"] if records else []))
    clear_left_behind(behind, reading(days.folder, run))
    late = memberships.late_task(behind)
    if late is not None:
        days.read(late, run, again=True)
    return asked(days)


def members(days: Days, list_id: str, *ids: int, page: int = 250) -> None:
    """Members in the order of joining, so many a page; a cursor says how many come before it."""
    found = [{"recordId": str(id_), "membershipTimestamp": None} for id_ in ids]

    def answer(query: dict[str, str]) -> dict[str, Any]:
        start = int(query.get("after", 0))
        end = start + page
        return listed(*found[start:end], after=str(end) if end < len(found) else None)

    days.hubspot.serve(MEMBERS.format(list_id), answer)


def kept(days: Days) -> list[tuple[int, int]]:
    reader = open_as_is(days.folder, "memberships")
    return [(one.list_id, one.object_id) for one in reader.memberships("memberships")]


@pytest.mark.parametrize(
    "marks", [{"size": 1}, {"size": 2, "added": "2"}, {"size": 2, "removed": "2"}]
)
def test_a_list_is_read_when_one_of_its_marks_moved(days: Days, marks: dict[str, Any]):
    """One in and one out leaves the size as it was, so the times count too. Who has left goes."""
    members(days, "3", 1, 2)
    members(days, "4", 5)
    read_lists(days, RUN, a_list("3", 2), a_list("4", 1))
    members(days, "3", 2)
    assert read_lists(days, SECOND, a_list("3", **marks), a_list("4", 1)) == {
        MEMBERS.format("3"): 1
    }
    assert kept(days) == [(3, 2), (4, 5)]


def test_members_of_a_deleted_list_go_without_a_call(days: Days):
    """Nothing names the list any more."""
    members(days, "3", 1)
    members(days, "4", 5)
    read_lists(days, RUN, a_list("3", 1), a_list("4", 1))
    assert read_lists(days, SECOND, a_list("4", 1)) == {}
    assert kept(days) == [(4, 5)]


def test_every_list_is_read_in_its_turn(days: Days):
    """HubSpot does not say when it moves the marks."""
    members(days, "3", 1)
    read_lists(days, RUN, a_list("3", 1))
    members(days, "3", 1, 9)
    assert read_lists(days, SECOND, a_list("3", 1)) == {}
    read_lists(days, WEEK_LATER, a_list("3", 1))
    assert kept(days) == [(3, 1), (3, 9)]


@pytest.fixture
def long_list(days: Days) -> Days:
    """A list of four pages that was read on the first day, and the records in it."""
    with open_stream(days.folder, "objects/0-1", RUN) as file:
        file.save([(id_, None, b"{}") for id_ in range(1, 8)], "end")
        file.finish()
    members(days, "3", *range(1, 8), page=2)
    assert read_lists(days, RUN, a_list("3", 7)).total() == 4
    return days


def went(days: Days, *ids: int, reason: str = "ARCHIVED") -> None:
    """These records are gone on the second day."""
    with open_stream(days.folder, "objects/0-1", SECOND) as file:
        deleted: list[Entry] = [(id_, reason, None, None) for id_ in ids]
        file.save([], "end", {DELETIONS: deleted}, removed=[(id_,) for id_ in ids])
        file.finish(keeps=True)


def test_a_list_that_only_lost_records_that_went_is_not_read(long_list: Days):
    """As many are left as HubSpot counts, so that nobody else can have left."""
    went(long_list, 2, 5)
    assert read_lists(long_list, SECOND, a_list("3", 5, removed="2"), records=True) == {}
    assert kept(long_list) == [(3, 1), (3, 3), (3, 4), (3, 6), (3, 7)]


def test_a_record_that_is_missed_behind_the_lists_explains_who_left(long_list: Days):
    """Deleted for privacy: only counts tell. Its membership goes with all else that hangs on it."""
    marks = a_list("3", 6, removed="2")
    assert read_lists(long_list, SECOND, marks, records=True, vanished=[2]) == {}
    assert kept(long_list) == [(3, 1), (3, 3), (3, 4), (3, 5), (3, 6), (3, 7)]
    third = RunMark("run-3", "2026-11-23 05:00:00.000")
    assert read_lists(long_list, third, marks, records=True) == {}


def test_one_restored_on_the_day_another_one_went_is_found_though_no_mark_moved(long_list: Days):
    """The list counts as many as before. Who went is known from the records, so somebody came."""
    days = long_list
    went(days, 2)
    members(days, "3", 1, 3, 4, 5, 6, 7, 8, page=2)
    assert read_lists(days, SECOND, a_list("3", 7), records=True).total() == 4
    assert kept(days) == [(3, id_) for id_ in (1, 3, 4, 5, 6, 7, 8)]


def test_a_list_that_leaves_the_selection_is_read_when_it_comes_back(long_list: Days):
    """Also where the narrower run was given up behind forgetting its members, and its marks rest."""
    days, third = long_list, RunMark("run-3", "2026-11-23 05:00:00.000")
    days.hubspot.serve(LISTS, {"lists": [], "hasMore": False, "offset": 0})
    (task,) = lists.tasks(days.scope(SECOND))
    days.read(task, SECOND)
    (task,) = memberships.tasks(days.scope(SECOND, "lists"))
    with open_stream(days.folder, "memberships", SECOND) as file:
        page = next(iter(task.read(days.hubspot.client, None)))
        file.save(page.rows, page.position, page.beside, whole=page.whole)
    assert kept(days) == []
    assert read_lists(days, third, a_list("3", 7)).total() == 4
    assert len(kept(days)) == 7


def test_a_list_is_read_again_when_something_else_took_a_member_out(long_list: Days):
    """An erasure of a record that HubSpot still has: its marks do not move."""
    with open_stream(long_list.folder, "memberships", RUN) as file:
        file.leave([(3, 4)], [])
    assert read_lists(long_list, SECOND, a_list("3", 7)).total() == 4
    assert len(kept(long_list)) == 7


def test_a_list_is_read_whole_when_a_run_was_killed_in_the_middle_of_it(long_list: Days):
    """Its marks move, and move back before the next run: they are not those of the rows any more."""
    days, third = long_list, RunMark("run-3", "2026-11-23 05:00:00.000")
    members(days, "3", *range(1, 9), page=2)
    with open_stream(days.folder, "memberships", SECOND) as file:
        file.save([(3, 8, None)], "3 8")
    members(days, "3", *range(1, 8), page=2)
    assert read_lists(days, third, a_list("3", 7)).total() == 4
    assert kept(days) == [(3, id_) for id_ in range(1, 8)]


def test_how_far_a_list_was_read_changes_no_published_row(long_list: Days):
    """Marks that move alone make no part of its table anew."""
    before = open_as_is(long_list.folder, "memberships").stretches("memberships")
    read_lists(long_list, SECOND, a_list("3", 7, added="2"))
    assert open_as_is(long_list.folder, "memberships").stretches("memberships") == before


def test_a_list_that_a_run_left_in_doubt_is_read_by_the_next(long_list: Days):
    """It was given up before it came to look at the list again, whose marks rest from then on."""
    third = RunMark("run-3", "2026-11-23 05:00:00.000")
    days, marks = long_list, a_list("3", 6, removed="2")
    members(days, "3", 1, 2, 3, 5, 6, 7, page=2)
    days.hubspot.serve(LISTS, {"lists": [marks], "hasMore": False, "offset": 1})
    (task,) = lists.tasks(days.scope(SECOND))
    days.read(task, SECOND)
    (task,) = memberships.tasks(days.scope(SECOND, "lists"))
    days.read(task, SECOND)
    assert (len(kept(days)), asked(days).total()) == (7, 0)
    assert read_lists(days, third, marks).total() == 3
    assert kept(days) == [(3, id_) for id_ in (1, 2, 3, 5, 6, 7)]


def test_who_joined_a_list_is_read_from_its_last_page_on(long_list: Days):
    """The newest come last. The next day goes on from there again."""
    members(long_list, "3", *range(1, 9), page=2)
    assert read_lists(long_list, SECOND, a_list("3", 8, added="2")).total() == 1
    assert kept(long_list)[-1] == (3, 8)
    members(long_list, "3", *range(1, 11), page=2)
    third = RunMark("run-3", "2026-11-23 05:00:00.000")
    assert read_lists(long_list, third, a_list("3", 10, added="3")).total() == 2
    assert len(kept(long_list)) == 10


@pytest.mark.parametrize(
    ("left", "marks"),
    [
        pytest.param([1, 2, 3, 5, 6, 7], {"size": 6}, id="counted as fewer"),
        pytest.param([1, 2, 3, 5, 6, 7, 8], {"size": 7, "added": "2"}, id="one came, too"),
        pytest.param([1, 2, 3, 5, 6, 7, 8], {"size": 7}, id="one came who does not count as new"),
    ],
)
def test_a_list_that_somebody_else_has_left_is_read_whole(
    long_list: Days, left: list[int], marks: dict[str, Any]
):
    """Member 4 is a record as before, and does not fit the list any more."""
    members(long_list, "3", *left, page=2)
    asked_for = read_lists(long_list, SECOND, a_list("3", removed="2", **marks))
    assert asked_for.total() >= len(left) // 2
    assert kept(long_list) == [(3, id_) for id_ in left]


def test_a_list_whose_last_page_is_not_found_again_is_read_whole(long_list: Days):
    """HubSpot does not say how long a cursor lasts."""

    def answer(query: dict[str, str]) -> Any:
        return NO_PAIR if "after" in query else listed({"recordId": "9"})

    long_list.hubspot.serve(MEMBERS.format("3"), answer)
    read_lists(long_list, SECOND, a_list("3", 1, added="2"))
    assert kept(long_list) == [(3, 9)]


def thread(id_: str, latest: str) -> dict[str, Any]:
    return {"id": id_, "status": "OPEN", "latestMessageTimestamp": latest}


def test_messages_are_asked_for_of_threads_that_say_something_new(days: Days):
    """The others keep theirs, and a thread that is not listed any more goes."""
    for id_ in "123":
        days.hubspot.serve(f"{THREADS}/{id_}/messages", listed({"id": "m1"}))
    days.hubspot.serve(THREADS, listed(*(thread(id_, "2026-11-20T08:00:00Z") for id_ in "123")))
    days.read_other(CONVERSATIONS, RUN)
    now = thread("2", "2026-11-22T09:00:00Z")
    days.hubspot.serve(THREADS, listed(thread("1", "2026-11-20T08:00:00Z"), now))
    days.hubspot.serve(f"{THREADS}/2/messages", listed({"id": "m2"}, {"id": "m1"}))
    days.read_other(CONVERSATIONS, SECOND)
    assert asked(days) == {THREADS: 1, f"{THREADS}/2/messages": 1}
    rows = {one.id: json.loads(one.body) for one in open_as_is(days.folder).records("objects/0-11")}
    assert {id_: len(json.loads(row["messages"])) for id_, row in rows.items()} == {1: 1, 2: 2}
    days.read_other(CONVERSATIONS, WEEK_LATER)
    assert len(asked(days)) == 3


def sent(id_: str) -> dict[str, Any]:
    return {"submittedAt": 1795162530123, "values": [], "conversionId": id_}


def splits_of(days: Days, deals: dict[int, list[int]]) -> None:
    """Deals with the ids of their splits, and no other."""

    def answer(query: dict[str, str]) -> Reply:
        ids = [one["id"] for one in json.loads(query["body"])["inputs"]]
        results = [
            {"id": id_, "splits": [{"id": str(one), "properties": {}} for one in deals[int(id_)]]}
            for id_ in ids
        ]
        return Reply({"status": "COMPLETE", "results": results})

    days.hubspot.serve(SPLITS, answer)


def read_splits(days: Days, run: RunMark, deals: list[int], changed: list[int]) -> int:
    """One day of deals and their splits; the calls for the latter, less the one that tries."""
    with open_stream(days.folder, "objects/0-3", run) as file:
        body = b'{"run":"%s"}' % run.run_id.encode()
        rows: list[Entry] = [(id_, UPDATED, body) for id_ in changed]
        file.save(rows, "end", met=[(id_,) for id_ in deals if id_ not in changed])
        file.finish()
    days.read_other(DEAL_SPLITS, run, streams=("objects/0-3",))
    return asked(days)[SPLITS] - 1


def test_splits_are_asked_for_of_deals_that_changed_or_had_some(days: Days):
    """Most deals have none. What a deal has no more goes, and so does what went with its deal."""
    deals = {id_: [] for id_ in range(1, 302)} | {7: [70, 71], 9: [90], 150: [1500]}
    splits_of(days, deals)
    assert read_splits(days, RUN, [*deals], [*deals]) == 4
    assert days.ids(DEAL_SPLITS) == [70, 71, 90, 1500]
    deals |= {7: [71], 8: [80], 9: [90, 91]}
    splits_of(days, deals | {150: []})
    assert read_splits(days, SECOND, [id_ for id_ in deals if id_ != 150], [8]) == 1
    assert days.ids(DEAL_SPLITS) == [71, 80, 90, 91]


def test_splits_of_a_deal_that_did_not_change_show_in_their_turn(days: Days):
    """Nobody says that HubSpot moves a deal's time when it is split."""
    deals: dict[int, list[int]] = {7: [], 8: [80]}
    splits_of(days, deals)
    read_splits(days, RUN, [7, 8], [7, 8])
    splits_of(days, deals | {7: [70]})
    read_splits(days, SECOND, [7, 8], [])
    assert days.ids(DEAL_SPLITS) == [80]
    read_splits(days, WEEK_LATER, [7, 8], [])
    assert days.ids(DEAL_SPLITS) == [70, 80]


@pytest.fixture
def site(days: Days) -> Days:
    """Two forms; the first has three pages of submissions, the newest first."""
    days.hubspot.serve(FORMS, listed({"id": "a"}, {"id": "b"}))
    pages = {
        None: listed(sent("a6"), sent("a5"), after="2"),
        "2": listed(sent("a4"), sent("a3"), after="3"),
        "3": listed(sent("a2"), sent("a1")),
    }
    days.hubspot.serve(SUBMISSIONS.format("a"), lambda query: pages[query.get("after")])
    days.hubspot.serve(SUBMISSIONS.format("b"), listed(sent("b1")))
    days.read_other(FORM_SUBMISSIONS, RUN)
    return days


ALL = ["a1", "a2", "a3", "a4", "a5", "a6", "b1"]


def test_a_form_is_read_until_a_page_brings_nothing_new(site: Days):
    """Nothing is edited after it was sent, and the newest comes first."""
    newer = {
        None: listed(sent("a7"), sent("a6"), after="2"),
        "2": listed(sent("a5"), sent("a4"), after="3"),
    }
    site.hubspot.serve(SUBMISSIONS.format("a"), lambda query: newer[query.get("after")])
    site.read_other(FORM_SUBMISSIONS, SECOND)
    assert asked(site) == {FORMS: 1, SUBMISSIONS.format("a"): 2, SUBMISSIONS.format("b"): 1}
    assert site.ids(FORM_SUBMISSIONS) == sorted([*ALL, "a7"])


def test_what_a_run_that_was_given_up_has_read_does_not_count_as_known(site: Days):
    """It saved the newest page of a form and never came to the ones behind it."""
    newer = {
        None: listed(sent("a9"), sent("a8"), after="2"),
        "2": listed(sent("a7"), sent("a6"), after="3"),
        "3": listed(sent("a5"), sent("a4"), after="4"),
    }
    site.hubspot.serve(SUBMISSIONS.format("a"), lambda query: newer[query.get("after")])
    first = open_as_is(site.folder).finished("objects/0-15")
    assert first is not None
    with open_stream(site.folder, "objects/0-15", SECOND, text_ids=True) as file:
        file.asks(first.asked, keeps=True)
        file.save([("a9", None, b"{}"), ("a8", None, b"{}")], "given up")
    site.read_other(FORM_SUBMISSIONS, RunMark("run-3", "2026-11-23 05:00:00.000"))
    assert site.ids(FORM_SUBMISSIONS) == sorted([*ALL, "a7", "a8", "a9"])


def test_submissions_of_a_deleted_form_go(site: Days):
    """No list names it any more, and no call brings it back."""
    site.hubspot.serve(FORMS, listed({"id": "a"}))
    site.read_other(FORM_SUBMISSIONS, SECOND)
    assert site.ids(FORM_SUBMISSIONS) == ALL[:-1]


def test_a_submission_that_was_deleted_goes_in_its_turn(site: Days):
    """It leaves no sign, so every form is read to its end now and then."""
    site.hubspot.serve(SUBMISSIONS.format("a"), listed(sent("a6")))
    site.read_other(FORM_SUBMISSIONS, SECOND)
    assert site.ids(FORM_SUBMISSIONS) == ALL
    site.read_other(FORM_SUBMISSIONS, WEEK_LATER)
    assert site.ids(FORM_SUBMISSIONS) == ["a6", "b1"]
