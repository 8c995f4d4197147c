"""Conversations (0-11): a thread of the inbox with all its messages, which take a call for each thread."""

from collections.abc import Iterator
from functools import partial
from operator import attrgetter

import msgspec
import orjson

from crmsnap.errors import NotFound
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import conversations
from crmsnap.hubspot.endpoints.raw_pages import RawPage
from crmsnap.hubspot.paging import follow
from crmsnap.streams.other_types.fields import fields
from crmsnap.streams.other_types.flat import array_of, members_of, text_of
from crmsnap.streams.other_types.keeping import Found, Keeping
from crmsnap.streams.other_types.other_type import By, First, OtherType
from crmsnap.streams.stream import END, Page, Scope

MESSAGES = "messages"

THREAD_FIELDS = fields("""
    id                                string       Id of the thread
    status                            enumeration  OPEN or CLOSED
    created_at                        datetime     When it began
    closed_at                         datetime     When it was closed
    latest_message_timestamp          datetime     When the latest message came or went
    latest_message_sent_timestamp     datetime     When the latest message went
    latest_message_received_timestamp datetime     When the latest message came
    inbox_id                          string       Inbox
    original_channel_id               string       Channel that it came by
    original_channel_account_id       string       Account of that channel
    assigned_to                       string       Actor that it is assigned to: A- and a user id
    associated_contact_id             string       Contact on the other side
    thread_associations               string       Ticket that it belongs to, JSON
    spam                              bool         Whether it was marked as spam
    archived                          bool         Always false: archived threads are left out
    messages                          string       All messages, the newest first, JSON
""")


def read(scope: Scope, keeping: Keeping, client: Client, position: str | None) -> Iterator[Page]:
    """The threads from a position on: `[cursor of a page of threads, last thread of it that is done]`."""
    del scope
    start, last = msgspec.json.decode(position) if position else (None, None)
    for page in follow(partial(conversations.threads, client), attrgetter("after"), start):
        if keeping.keeps(MESSAGES):
            yield from _with_messages(keeping, client, page, start, last)
        else:
            yield keeping.page(_live(page), _behind(page))
        start, last = page.after, None


CONVERSATIONS = OtherType(
    id="0-11",
    description="Threads of the conversations inbox with their messages; archived ones are left out.",
    endpoint="GET /conversations/conversations/{version}/threads, GET .../threads/{threadId}/messages",
    fields=THREAD_FIELDS,
    read=read,
    probe=First(conversations.threads),
    associable=True,
)

_record = By("id")


def _with_messages(
    keeping: Keeping, client: Client, page: RawPage, start: str | None, last: str | None
) -> Iterator[Page]:
    """A page of the state for each thread: a run that was killed asks for no thread twice."""
    threads = _live(page)
    done = next((number for number, one in enumerate(threads, 1) if one.id == last), 0)
    for thread in threads[done:]:
        position = orjson.dumps([start, thread.id]).decode()
        try:
            thread.values[MESSAGES] = _messages(client, thread.id)
        except NotFound:
            yield Page([], position)  # deleted since the list named it
        else:
            yield keeping.page([thread], position)
    yield Page([], _behind(page))


def _live(page: RawPage) -> list[Found]:
    return [found for item in page.results if (found := _record(item)) is not None]


def _behind(page: RawPage) -> str:
    return END if page.after is None else orjson.dumps([page.after, None]).decode()


def _messages(client: Client, thread: str) -> str:
    """All messages as one JSON array; one that moved to another page meanwhile counts once."""
    found: dict[str | None, str] = {}
    for page in follow(partial(conversations.messages, client, thread), attrgetter("after"), None):
        for item in page.results:
            found.setdefault(text_of(members_of(item)["id"]), text_of(item) or "")
    return array_of(found.values())
