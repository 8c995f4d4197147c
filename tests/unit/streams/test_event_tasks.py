"""Which event types a run reads, and what it makes of their occurrences."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, cast

import msgspec
import pytest

from crmsnap.errors import BadRequest, NotFound
from crmsnap.hubspot.client import Client
from crmsnap.model import Choice
from crmsnap.state.folder import open_stream
from crmsnap.state.shapes import EMAIL_EVENT_NAMES, EVENT_NAMES
from crmsnap.streams import email_events, events
from crmsnap.streams.documents import EventTypeDocument, PropertyDocument, TypeDocument
from crmsnap.streams.stream import EVERYTHING, Scope, Task
from tests.builders.account_state import RUN, AccountState

STARTED = "2026-11-22 02:00:00.000"


class Answers:
    """A client that gives every call the same answer, or refuses it."""

    def __init__(self, answer: object) -> None:
        self._answer = answer

    def ask(self, _: object, decode: Callable[[bytes], Any], *, query: Sequence[Any]) -> Any:
        if isinstance(self._answer, Exception):
            raise self._answer
        return decode(msgspec.json.encode(self._answer))


def client(answer: object) -> Client:
    return cast(Client, Answers(answer))


def scope(state: AccountState, **settings: Any) -> Scope:
    return Scope(
        state.reader, frozenset(), values=True, histories=False, started_at=STARTED, **settings
    )


@pytest.fixture
def state(tmp_path):
    """An account with four event types."""
    state = AccountState(tmp_path)
    types = (
        EventTypeDocument("e_visited_page"),
        EventTypeDocument("pe1_login", id="6-1", label="Log-in"),
        EventTypeDocument("pe1_old", id="6-2", readable=False, archived=True),
        EventTypeDocument("pe1_new"),
    )
    state.documents("event-types", {known.name: known for known in types})
    return state


def names(state, **settings):
    return [task.stream.removeprefix("events/") for task in events.tasks(scope(state, **settings))]


def test_only_the_chosen_event_types_are_read(state):
    """What is left out costs no call."""
    assert names(state) == ["e_visited_page", "pe1_login", "pe1_new", "pe1_old"]
    assert names(state, events=Choice(only=("LOG-IN", "visited_*"))) == [
        "e_visited_page",
        "pe1_login",
    ]
    assert names(state, events=Choice(never=("pe1_*",))) == ["e_visited_page"]


@pytest.mark.parametrize(
    ("settings", "keeps"),
    [
        ({}, True),
        ({"excluded_types": frozenset({"0-1"})}, False),
        ({"record_types": frozenset({"0-2"})}, False),
        ({"gaps": frozenset({"objects/0-1"})}, False),
    ],
)
def test_events_of_records_that_are_not_read_are_read_whole(state, settings, keeps):
    """Nobody would learn that one was deleted for privacy, and what it did would stay."""
    today = {"gaps": frozenset[str]()} | settings

    def visits() -> Task:
        found = replace(scope(state, **today), started_at="2026-11-23 02:00:00.000")
        return next(task for task in events.tasks(found) if task.stream.endswith("visited_page"))

    with open_stream(state.reader.folder, "events/e_visited_page", RUN) as file:
        file.save([("2026-11-20 00:00:00.000", "1", "0-1", "7", b"{}")], "end", whole=[EVERYTHING])
        file.finish(visits().asked)
    assert visits().keeps is keeps


@pytest.mark.parametrize("refused", [BadRequest("no such type"), NotFound("no such type")])
def test_occurrences_of_an_archived_definition_are_tried_and_then_a_gap(state, refused):
    """HubSpot does not list the type any more; what it serves all the same is copied."""
    probes = {task.stream: task.probe for task in events.tasks(scope(state))}
    assert [name for name, probe in probes.items() if probe] == ["events/pe1_old"]
    with pytest.raises(NotFound, match="archived"):
        probes["events/pe1_old"](client(refused))
    probes["events/pe1_old"](client({"results": []}))


@pytest.mark.parametrize(
    ("told", "type_id"), [("CONTACT", "0-1"), ("contact", "0-1"), ("p1_pets", "p1_pets")]
)
def test_the_type_of_a_record_is_an_id_also_where_the_types_could_not_be_read(state, told, type_id):
    """Standard types are known anyway; what nobody knows stays as it came."""
    event = {
        "id": "a",
        "eventType": "e_visited_page",
        "objectType": told,
        "objectId": "7",
        "occurredAt": "2026-11-20T08:15:30.123Z",
        "properties": {"hs_url": "/"},
    }
    task = next(events.tasks(scope(state)))
    page = next(task.read(client({"results": [event]}), None))
    assert page.rows[0] == ("2026-11-20 08:15:30.123", "a", type_id, "7", b'{"hs_url":"/"}')
    assert page.beside == {EVENT_NAMES: [("hs_url",)]}


def mail_page(state, *found, **settings):
    answer = {"hasMore": False, "events": list(found)}
    (task,) = email_events.tasks(scope(state, **settings))
    assert task.stream == "email-events"
    return next(task.read(client(answer), None))


def mail(type_: str, **fields: object) -> dict[str, object]:
    return {"id": "a", "type": type_, "created": 1_795_312_800_123, **fields}


def contacts(state) -> None:
    """One contact, with an address of its own and a further one."""
    state.documents("types", {"0-1": TypeDocument("0-1", "CONTACT")})
    names = ("email", "hs_additional_emails")
    state.documents("properties/0-1", {n: PropertyDocument("0-1", n, "string") for n in names})
    state.records("0-1", {151: dict(zip(names, ("ada@example.com", "a@b.example"), strict=True))})


def test_a_mail_event_goes_to_the_contact_who_has_the_address(state):
    """A type that nobody knows comes with the others; a recipient that nobody knows has no id."""
    contacts(state)
    page = mail_page(
        state, mail("OPEN", recipient="Ada@Example.com"), mail("TOMORROW", recipient="x@y.example")
    )
    at = "2026-11-22 02:00:00.123"
    assert page.rows == [
        ("OPEN", at, "a", "0-1", "151", b'{"hs_recipient":"Ada@Example.com"}'),
        ("TOMORROW", at, "a", "0-1", None, b'{"hs_recipient":"x@y.example"}'),
    ]
    columns = {row[0] for row in page.beside[EMAIL_EVENT_NAMES] if row[1] == "hs_recipient"}
    assert columns == {"OPEN", "TOMORROW"}
    assert page.gaps == ()


def test_without_the_contacts_own_addresses_nobody_is_looked_up_and_that_is_declared(state):
    """Not even by a further address, which is copied: an OBJECTID in some rows would say that the others are nobody."""
    contacts(state)
    page = mail_page(
        state,
        mail("OPEN", recipient="a@b.example"),
        mail("OPEN", recipient="ada@example.com"),
        properties=Choice(never=("email",)),
    )
    assert [row[4] for row in page.rows] == [None, None]
    (gap,) = page.gaps
    assert (gap.stream, gap.reason) == ("email-events/contacts", "not-available")
    assert "OBJECTID is NULL" in gap.detail


def test_without_mail_events_nothing_is_said_about_their_recipients(state):
    """Nor where none of them was chosen."""
    assert mail_page(state).gaps == ()
    assert mail_page(state, mail("OPEN"), events=Choice(never=("OPEN",))).gaps == ()


def test_only_chosen_mail_events_and_properties_are_kept(state):
    """One pass brings all types; what was not chosen does not reach the state."""
    page = mail_page(
        state,
        mail("OPEN", recipient="a@b.example", duration=5),
        mail("CLICK", recipient="a@b.example"),
        events=Choice(never=("clicked_link_in_email_v2",)),
        properties=Choice(never=("hs_recipient",)),
    )
    assert [(row[0], row[-1]) for row in page.rows] == [("OPEN", b'{"hs_duration":"5"}')]
    assert ("OPEN", "hs_recipient") not in page.beside[EMAIL_EVENT_NAMES]


def test_mail_events_are_not_asked_for_when_none_is_chosen(state):
    """An account without marketing mails needs no scope for them."""
    assert not list(email_events.tasks(scope(state, events=Choice(only=("login",)))))
