"""A later day asks only for what the cheap answers say is new: labels, members, messages, submissions."""

import json
from collections import Counter
from typing import Any

import pytest

from crmsnap.model import Refresh
from crmsnap.state.folder import open_as_is, open_reader, open_stream
from crmsnap.state.stream_file import RunMark
from crmsnap.streams import labels, lists, memberships
from crmsnap.streams.documents import TypeDocument
from crmsnap.streams.other_types import CONVERSATIONS, FORM_SUBMISSIONS
from crmsnap.streams.other_types.keeping import keeping_of
from crmsnap.streams.other_types.other_type import OtherType
from crmsnap.streams.stream import Page, Scope, Task
from tests.builders.account_state import RUN, AccountState, scope_of
from tests.unit.hubspot.host import Reply
from tests.unit.streams.other_types.served import HubSpot, listed

SECOND = RunMark("run-2", "2026-11-23 02:00:00.000")
WEEK_LATER = RunMark("run-3", "2026-11-29 02:00:00.000")
NO_PAIR = Reply({"status": "error", "category": "VALIDATION_ERROR", "message": "no"}, 400)
LABELS = "/crm/associations/2026-09/{}/{}/labels"
LISTS = "/crm/lists/2026-09/search"
MEMBERS = "/crm/lists/2026-09/{}/memberships"
THREADS = "/conversations/conversations/2026-09/threads"
FORMS = "/marketing/forms/2026-09-beta"
SUBMISSIONS = "/form-integrations/v1/submissions/forms/{}"


class Days:
    """An account of a few answers, and passes over it day by day, as the engine makes them."""

    def __init__(self, hubspot: HubSpot, state: AccountState) -> None:
        self.hubspot = hubspot
        self.folder = state.reader.folder

    def scope(self, run: RunMark, *streams: str, **refresh: Any) -> Scope:
        for stream in ("types", *streams):
            with open_stream(self.folder, stream, run) as file:
                if not file.done:
                    file.finish(keeps=True)
        reader = open_reader(self.folder, ("types", *streams), run.run_id)
        return scope_of(reader, started_at=run.ingested_at, refresh=Refresh(**refresh))

    def read(self, task: Task, run: RunMark) -> list[Page]:
        """One pass, and what was asked for is forgotten before it."""
        self.hubspot.asked.clear()
        pages = []
        with open_stream(self.folder, task.stream, run, text_ids=task.text_ids) as file:
            for page in task.read(self.hubspot.client, file.position):
                file.save(
                    page.rows,
                    page.position,
                    page.beside,
                    met=page.met,
                    removed=page.removed,
                    whole=page.whole,
                    note=page.note,
                )
                pages.append(page)
            file.finish(task.asked, keeps=task.keeps)
        return pages

    def read_other(self, other: OtherType, run: RunMark, **refresh: Any) -> list[Page]:
        scope = self.scope(run, **refresh)
        keeping = keeping_of(scope, TypeDocument(other.id, other.id, source="other-api"))

        def pages(client: Any, position: str | None) -> Any:
            return other.read(scope, keeping, client, position)

        stream = f"objects/{other.id}"
        task = Task(stream, pages, text_ids=True, keeps=other.keeps, asked=keeping.asked)
        return self.read(task, run)

    def ids(self, other: OtherType) -> list[int | str]:
        return [row.id for row in open_as_is(self.folder).records(f"objects/{other.id}")]


@pytest.fixture
def days(hubspot: HubSpot, tmp_path) -> Days:
    state = AccountState(tmp_path)
    state.documents("types", {id_: TypeDocument(id_, id_) for id_ in ("0-1", "0-2")})
    return Days(hubspot, state)


def asked(days: Days) -> Counter[str]:
    return Counter(path.split(" ")[0] for path in days.hubspot.asked)


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


def read_lists(days: Days, run: RunMark, *found: dict[str, Any], **refresh: Any) -> Counter[str]:
    """One day of lists and members; what was asked for the latter."""
    days.hubspot.serve(LISTS, {"lists": [*found], "hasMore": False, "offset": len(found)})
    (task,) = lists.tasks(days.scope(run))
    days.read(task, run)
    scope = days.scope(run, "lists", **refresh)
    (task,) = memberships.tasks(scope)
    days.read(task, run)
    return asked(days)


def members(days: Days, list_id: str, *ids: int) -> None:
    found = [{"recordId": str(id_), "membershipTimestamp": None} for id_ in ids]
    days.hubspot.serve(MEMBERS.format(list_id), listed(*found))


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
        file.asks(first.asked)
        file.save([("a9", None, b"{}"), ("a8", None, b"{}")], "given up")
    site.read_other(FORM_SUBMISSIONS, RunMark("run-3", "2026-11-23 14:00:00.000"))
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
