"""Conversations (0-11): a thread of the inbox with all its messages, which take a call for each thread.

The list of threads is read whole. Messages are asked for where the list tells another thing of a thread than
the day before: each message moves the time of the latest one. In their turn those of every thread are
read again, since what was edited or removed leaves no sign in the list.
"""

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
from crmsnap.state.reader import StateReader
from crmsnap.streams.earlier import built_on, is_due
from crmsnap.streams.other_types.fields import fields
from crmsnap.streams.other_types.flat import array_of, members_of, text_of
from crmsnap.streams.other_types.keeping import Found, Keeping, key_of
from crmsnap.streams.other_types.other_type import By, First, OtherType
from crmsnap.streams.stream import END, Page, Scope

STREAM = "objects/0-11"
MESSAGES, LATEST = "messages", "latest_message_timestamp"

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
    """The threads from a position on."""
    whole_at = _read_whole_at(scope, keeping)
    place = _place(position) if position else Place(whole_at)
    if place.whole_at != whole_at and place.whole_at != scope.started_at:
        place = Place(whole_at)  # it belongs to a way that is not gone any more
    for page in follow(partial(conversations.threads, client), attrgetter("after"), place.start):
        behind = Place(place.whole_at, page.after)
        if keeping.keeps(MESSAGES):
            kept = None if place.whole_at == scope.started_at else scope.reader
            for found in _with_messages(kept, keeping, client, page, place):
                yield found._replace(note=place.whole_at)
        else:
            yield keeping.page(_live(page), behind.as_position)
        place = behind


class Place(msgspec.Struct, frozen=True, array_like=True):
    """A position: which way of reading it belongs to, and where that goes on."""

    whole_at: str
    """Start of the run that read the messages of all threads, as published: of this run, or an earlier one."""
    start: str | None = None
    """Cursor of a page of threads."""
    last: str | None = None
    """The last thread of that page that is done."""

    @property
    def as_position(self) -> str:
        """It as pages carry it; the end of the stream where nothing follows."""
        return END if self.start is None and self.last is None else _encode(self).decode()


_place = msgspec.json.Decoder(Place).decode
_encode = msgspec.json.Encoder().encode


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


def _read_whole_at(scope: Scope, keeping: Keeping) -> str:
    """When the messages of all threads were read last; the start of this run if that has to be done now."""
    earlier = built_on(scope, STREAM, keeping.asked)
    if earlier is None or earlier.note is None or not keeping.keeps(LATEST):
        return scope.started_at
    return scope.started_at if is_due(scope, STREAM, earlier.note) else earlier.note


def _with_messages(
    kept: StateReader | None, keeping: Keeping, client: Client, page: RawPage, place: Place
) -> Iterator[Page]:
    """A page of the state for each thread: a run that was killed asks for no thread twice.

    Those that are as they were `kept` come first, all in one.
    """
    behind = Place(place.whole_at, page.after).as_position
    threads = _live(page)
    same = _unchanged(kept, keeping, threads) if kept is not None else {}
    if same:
        at = _encode(place).decode()
        yield Page([], at, met=[(key,) for key in same.values()])
    done = next((number for number, one in enumerate(threads, 1) if one.id == place.last), 0)
    for thread in threads[done:]:
        if thread.id in same:
            continue
        position = _encode(Place(place.whole_at, place.start, thread.id)).decode()
        try:
            thread.values[MESSAGES] = _messages(client, thread.id)
        except NotFound:
            yield Page([], position)  # deleted since the list named it
        else:
            yield keeping.page([thread], position)
    yield Page([], behind)


def _unchanged(kept: StateReader, keeping: Keeping, threads: list[Found]) -> dict[str, int | str]:
    """The threads of which the list tells what it told before, with their keys in the state."""
    keys = {key_of(one.id): one for one in threads}
    found: dict[str, int | str] = {}
    for before in kept.records_of(STREAM, list(keys)):
        values = orjson.loads(before.body)
        values.pop(MESSAGES, None)
        thread = keys[before.id]
        if values == keeping.kept(thread):
            found[thread.id] = before.id
    return found


def _live(page: RawPage) -> list[Found]:
    return [found for item in page.results if (found := _record(item)) is not None]


def _messages(client: Client, thread: str) -> str:
    """All messages as one JSON array; one that moved to another page meanwhile counts once."""
    found: dict[str | None, str] = {}
    for page in follow(partial(conversations.messages, client, thread), attrgetter("after"), None):
        for item in page.results:
            found.setdefault(text_of(members_of(item)["id"]), text_of(item) or "")
    return array_of(found.values())
