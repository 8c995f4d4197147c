"""Types that take a call for each thread or form: a killed run asks nothing twice, what vanished is no record."""

import json
from itertools import islice

import pytest

from crmsnap.model import Choice
from crmsnap.streams.other_types import CONVERSATIONS, FORM_SUBMISSIONS
from crmsnap.streams.other_types.conversations import Place
from tests.builders.account_state import INGESTED
from tests.unit.hubspot.host import Reply
from tests.unit.streams.other_types.served import (
    NOT_FOUND,
    HubSpot,
    Reading,
    definition,
    listed,
    values_of,
)

THREADS = "/conversations/conversations/2026-09/threads"
FORMS = "/marketing/forms/2026-09-beta"
SUBMISSIONS = "/form-integrations/v1/submissions/forms"
PROPERTIES = "/crm/properties/2026-09"


@pytest.fixture
def inbox(hubspot: HubSpot) -> HubSpot:
    """Four threads on two pages; the messages of the second are on two pages that overlap."""
    pages = {
        None: listed({"id": "1"}, {"id": "2"}, after="b"),
        "b": listed({"id": "3"}, {"id": "4"}),
    }
    hubspot.serve(THREADS, lambda query: pages[query.get("after")])
    for id_ in "134":
        hubspot.serve(f"{THREADS}/{id_}/messages", listed({"id": "m", "text": id_}))
    two = {
        None: listed({"id": "m3"}, {"id": "m2"}, after="z"),
        "z": listed({"id": "m2"}, {"id": "m1"}),
    }
    hubspot.serve(f"{THREADS}/2/messages", lambda query: two[query.get("after")])
    return hubspot


def test_a_thread_has_all_its_messages(inbox: HubSpot, reading: Reading):
    """Those of every page, one that moved meanwhile only once."""
    rows = [row for page in reading.pages(CONVERSATIONS) for row in page.rows]
    messages = {row[0]: json.loads(values_of(row)["messages"]) for row in rows}
    assert list(messages) == [1, 2, 3, 4]
    assert [message["id"] for message in messages[2]] == ["m3", "m2", "m1"]
    assert messages[3] == [{"id": "m", "text": "3"}]


@pytest.mark.parametrize("pages", range(1, 6))
def test_a_run_goes_on_behind_the_last_thread(inbox: HubSpot, reading: Reading, pages: int):
    """Wherever it was killed, every thread is asked for its messages once."""
    first = list(islice(reading.pages(CONVERSATIONS), pages))
    rest = list(reading.pages(CONVERSATIONS, first[-1].position))
    assert [row[0] for page in first + rest for row in page.rows] == [1, 2, 3, 4]
    asked = [path for path in inbox.asked if path.endswith("/messages")]
    assert sorted(asked) == [f"{THREADS}/{id_}/messages" for id_ in "1234"]


def test_a_thread_that_is_deleted_meanwhile_is_no_record(inbox: HubSpot, reading: Reading):
    """And the pass goes on behind it."""
    inbox.serve(f"{THREADS}/3/messages", NOT_FOUND)
    assert [row[0] for page in reading.pages(CONVERSATIONS) for row in page.rows] == [1, 2, 4]


def test_a_run_goes_on_when_the_last_thread_is_deleted(inbox: HubSpot, reading: Reading):
    """Its page is read again from its beginning: better twice than not at all."""
    position = Place(INGESTED, last="9").as_position
    assert [row[0] for page in reading.pages(CONVERSATIONS, position) for row in page.rows] == [
        1,
        2,
        3,
        4,
    ]


@pytest.mark.parametrize(
    "chosen",
    [{"values": False}, {"properties": Choice(never=("conversation*.messages", "0-11.messages"))}],
)
def test_messages_that_nobody_wants_are_not_asked_for(inbox: HubSpot, reading: Reading, chosen):
    """They cost a call for each thread."""
    assert len(list(reading.pages(CONVERSATIONS, **chosen))) == 2
    assert inbox.asked == [THREADS, f"{THREADS} b"]


@pytest.fixture
def site(hubspot: HubSpot) -> HubSpot:
    """Three forms, listed in no order; `b` has two pages of submissions."""
    hubspot.serve(FORMS, listed({"id": "c-form"}, {"id": "a-form"}, {"id": "b-form"}))
    hubspot.serve(f"{SUBMISSIONS}/a-form", listed(sent("1")))
    pages = {None: listed(sent("2"), after="older"), "older": listed(sent("3"))}
    hubspot.serve(f"{SUBMISSIONS}/b-form", lambda query: pages[query.get("after")])
    hubspot.serve(f"{SUBMISSIONS}/c-form", listed(sent("4")))
    hubspot.serve(f"{PROPERTIES}/0-1", properties_of_contacts)
    return hubspot


def sent(text: str, **changes: object) -> dict[str, object]:
    values = [{"name": "message", "value": text, "objectTypeId": "0-1"}]
    return {"submittedAt": 1795162530123, "values": values, "conversionId": f"id-{text}"} | changes


def properties_of_contacts(query: dict[str, str]) -> dict[str, object]:
    if query["archived"] == "true":
        return listed()
    if query.get("dataSensitivity", "non_sensitive") == "non_sensitive":
        return listed(definition("message"))
    return listed(definition("ssn", dataSensitivity="sensitive"))


def submissions(reading: Reading, position: str | None = None) -> dict[object, dict[str, str]]:
    return {
        row[0]: values_of(row)
        for page in reading.pages(FORM_SUBMISSIONS, position)
        for row in page.rows
    }


def test_submissions_are_read_form_by_form(site: HubSpot, reading: Reading):
    found = submissions(reading)
    assert list(found) == ["id-1", "id-2", "id-3", "id-4"]
    assert found["id-3"] == {
        "form_id": "b-form",
        "conversion_id": "id-3",
        "submitted_at": "1795162530123",
        "values": '[{"name":"message","objectTypeId":"0-1","value":"3"}]',
    }


def test_a_submission_was_last_changed_when_it_was_sent(site: HubSpot, reading: Reading):
    """The old API gives milliseconds."""
    (row,) = next(reading.pages(FORM_SUBMISSIONS)).rows
    assert row[1] == "2026-11-20 08:15:30.123"


@pytest.mark.parametrize("pages", range(1, 5))
def test_a_run_goes_on_in_the_middle_of_a_form(site: HubSpot, reading: Reading, pages: int):
    """Whatever forms were added or deleted meanwhile."""
    first = list(islice(reading.pages(FORM_SUBMISSIONS), pages))
    site.asked.clear()
    rest = list(reading.pages(FORM_SUBMISSIONS, first[-1].position))
    ids = [row[0] for page in first + rest for row in page.rows]
    assert ids == ["id-1", "id-2", "id-3", "id-4"]
    assert len([path for path in site.asked if SUBMISSIONS in path]) == 4 - pages


def test_a_form_that_is_deleted_meanwhile_has_no_submissions(site: HubSpot, reading: Reading):
    site.serve(f"{SUBMISSIONS}/b-form", NOT_FOUND)
    assert list(submissions(reading)) == ["id-1", "id-4"]


def test_a_submission_without_an_id_gets_one_that_stays(site: HubSpot, reading: Reading):
    """Made of what was sent, so that two of one millisecond are two; never a number."""
    twins = [sent(text) for text in ("1", "2")]
    for twin in twins:
        del twin["conversionId"]
    site.serve(f"{SUBMISSIONS}/a-form", listed(*twins))
    first = submissions(reading)
    site.serve(f"{SUBMISSIONS}/a-form", listed(*reversed(twins)))
    assert submissions(reading) == first
    assert len(first) == 5
    assert not any(str(id_).isdigit() for id_ in first)


def test_a_sensitive_value_that_was_sent_through_a_form_is_left_out(
    site: HubSpot, reading: Reading
):
    """It is the value of a property, whatever way it came; also where the form leaves out the type."""
    secret = [
        {"name": "ssn", "value": "078-05-1120", "objectTypeId": "0-1"},
        {"name": "ssn", "value": "078"},
    ]
    site.serve(
        f"{SUBMISSIONS}/a-form", listed(sent("1", values=[*secret, {"name": "n", "value": "1"}]))
    )
    found = submissions(reading)
    assert found["id-1"]["values"] == '[{"name":"n","value":"1"}]'
    assert "078" not in str(found)


def test_a_value_of_a_type_that_nobody_can_classify_is_left_out(site: HubSpot, reading: Reading):
    """Its definitions may not be read, so nothing says that it is not sensitive."""
    site.serve(f"{PROPERTIES}/2-7", Reply({"category": "MISSING_SCOPES", "message": "no"}, 403))
    values = [{"name": "chip", "value": "x", "objectTypeId": "2-7"}]
    site.serve(f"{SUBMISSIONS}/a-form", listed(sent("1", values=values)))
    assert submissions(reading)["id-1"]["values"] == "[]"
