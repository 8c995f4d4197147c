"""`/conversations`: threads of the inbox by ascending id, and the messages of each, newest first.

One call for each thread brings its messages; an archived thread, and its messages, are only there
for who asks with `archived=true`. Shapes: the models of HubSpot's own clients.
"""

from itertools import islice
from typing import Any

import orjson

from crmsnap.sandbox.account.account import Account
from crmsnap.sandbox.account.conversations import (
    SPOKEN,
    Message,
    MessageType,
    Thread,
    messages,
    thread_at,
)
from crmsnap.sandbox.account.other_types import THREAD
from crmsnap.sandbox.account.times import iso
from crmsnap.sandbox.api import errors, pages
from crmsnap.sandbox.api.number import whole_number
from crmsnap.sandbox.api.route import Call, Family, Reply, Route

SCOPES = frozenset({"conversations.read"})
LIMIT_DEFAULT, LIMIT_MAX = 20, 100
NOT_SERVED = (
    "associatedContactId",
    "inboxId",
    "latestMessageTimestampAfter",
    "sort",
    "threadStatus",
)
TEMPLATES = (
    "/conversations/v3/conversations/threads",
    "/conversations/conversations/{version}/threads",
)


def list_threads(account: Account, call: Call) -> Reply:
    """One page of the live or archived threads, by ascending id."""
    _refuse_unserved(call)
    size = pages.limit(call, LIMIT_DEFAULT, LIMIT_MAX)
    last = pages.token_number(call)
    walk = account.archived_indexes if pages.flag(call, "archived") else account.live_indexes
    indexes = list(islice(walk(THREAD, 0 if last is None else last + 1), size + 1))
    after = pages.token(indexes[size - 1]) if len(indexes) > size else None
    with_ticket = call.first("association") == "TICKET"
    found = (thread_at(account, index) for index in indexes[:size])
    return pages.page((_thread(account, one, with_ticket=with_ticket) for one in found), after)


def get_thread(account: Account, call: Call) -> Reply:
    """One thread by its id."""
    with_ticket = call.first("association") == "TICKET"
    return Reply(_thread(account, _find(account, call), with_ticket=with_ticket))


def list_messages(account: Account, call: Call) -> Reply:
    """One page of what was said and done in a thread, the newest first."""
    thread = _find(account, call)
    size = pages.limit(call, LIMIT_DEFAULT, LIMIT_MAX)
    last = pages.token_number(call)
    found = messages(account, thread)[:last]
    chosen = found[::-1][:size]
    # The cursor is a message's number: what is said meanwhile shifts nothing.
    after = pages.token(chosen[-1].number) if len(found) > size else None
    return pages.page((_message(thread, one) for one in chosen), after)


def _find(account: Account, call: Call) -> Thread:
    number = whole_number(call.path["threadId"])
    index = None if number is None else account.index_of(THREAD, number)
    readable = account.is_archived if pages.flag(call, "archived") else account.is_live
    if index is None or not readable(THREAD, index):
        raise errors.not_found(f"Thread with id {call.path['threadId']} was not found")
    return thread_at(account, index)


def _refuse_unserved(call: Call) -> None:
    """A filter that HubSpot knows and the sandbox does not is refused: ignored, it would mislead."""
    for name in NOT_SERVED:
        if name in call.query:
            raise pages.invalid(name, f"the sandbox does not choose threads by {name}")


def _thread(account: Account, one: Thread, *, with_ticket: bool) -> bytes:
    value = one.view.value
    said = messages(account, one)
    body: dict[str, Any] = {
        "id": str(one.id),
        "createdAt": iso(one.created_ms),
        "status": value("status"),
        "inboxId": value("inboxId"),
        "originalChannelId": one.channel,
        "originalChannelAccountId": one.channel_account,
        "spam": value("spam") == "true",
        "archived": one.archived,
    }
    times = {
        "latestMessageTimestamp": [message.at_ms for message in said if message.type in SPOKEN],
        "latestMessageSentTimestamp": _spoken(said, outgoing=True),
        "latestMessageReceivedTimestamp": _spoken(said, outgoing=False),
    }
    body |= {name: iso(max(moments)) for name, moments in times.items() if moments}
    if one.contact_id is not None:
        body["associatedContactId"] = str(one.contact_id)
    if value("assignedTo") is not None:
        body["assignedTo"] = f"A-{value('assignedTo')}"
    if value("status") == "CLOSED":
        body["closedAt"] = iso(one.view.times.updated_ms)
    if with_ticket and one.ticket_id is not None:
        body["threadAssociations"] = {"associatedTicketId": str(one.ticket_id)}
    return orjson.dumps(body)


def _spoken(said: list[Message], *, outgoing: bool) -> list[int]:
    """The times of what was said to, or by, the other side."""
    return [
        message.at_ms
        for message in said
        if message.type is MessageType.MESSAGE and message.outgoing is outgoing
    ]


def _message(thread: Thread, one: Message) -> bytes:
    body: dict[str, Any] = {
        "id": one.id,
        "type": one.type,
        "conversationsThreadId": str(thread.id),
        "createdAt": iso(one.at_ms),
        "createdBy": one.actor,
        "client": _client(one),
        "senders": _senders(one),
        "recipients": _recipients(thread, one),
        "archived": thread.archived,
        **one.details,
    }
    if one.number % 3 == 0:
        body["updatedAt"] = iso(one.at_ms)
    if one.type in SPOKEN:
        body |= {"text": one.text, "richText": f"<p>{one.text}</p>", "attachments": []}
    if one.type in (MessageType.MESSAGE, MessageType.WELCOME_MESSAGE):
        body |= {"channelId": thread.channel, "channelAccountId": thread.channel_account}
    if one.type is MessageType.MESSAGE:
        body |= _of_messages(one)
    return orjson.dumps(body)


def _client(one: Message) -> dict[str, Any]:
    if one.type is MessageType.MESSAGE and one.number % 5 == 0:
        return {"clientType": "INTEGRATION", "integrationAppId": 33221}
    return {"clientType": "SYSTEM" if one.actor == "S-hubspot" else "HUBSPOT"}


def _senders(one: Message) -> list[dict[str, Any]]:
    if one.type not in SPOKEN:
        return []
    address = {"type": "HS_EMAIL_ADDRESS", "value": "support@example.com"}
    sender: dict[str, Any] = {"actorId": one.actor}
    if one.outgoing:
        sender |= {"name": "Support, Ünal & Co.", "deliveryIdentifier": address}
    return [sender]


def _recipients(thread: Thread, one: Message) -> list[dict[str, Any]]:
    if one.type is not MessageType.MESSAGE or not one.outgoing:
        return []
    address = {"type": "CHANNEL_SPECIFIC_OPAQUE_ID", "value": f"visitor-{thread.id}"}
    recipient = {"recipientField": "TO", "deliveryIdentifier": address}
    return [recipient | {"actorId": thread.visitor}]


def _of_messages(one: Message) -> dict[str, Any]:
    """What only a message between people has."""
    body: dict[str, Any] = {
        "direction": "OUTGOING" if one.outgoing else "INCOMING",
        "truncationStatus": TRUNCATION[one.number % len(TRUNCATION)],
        "status": {"statusType": "SENT" if one.outgoing else "RECEIVED"},
    }
    if one.number % 4 == 0:
        body["subject"] = f"Re: {one.text[:40]}"
    if one.number % 7 == 2:
        file = {"type": "FILE", "fileId": str(90_071_992_547_409_931 + one.number)}
        body["attachments"] = [file | {"name": "Angebot, final.pdf", "fileUsageType": "OTHER"}]
    return body


TRUNCATION = ("NOT_TRUNCATED", "NOT_TRUNCATED", "TRUNCATED_TO_MOST_RECENT_REPLY", "TRUNCATED")

FAMILY = Family(
    name="conversations",
    limit="burst",
    routes=(
        Route("GET", TEMPLATES, list_threads, SCOPES),
        Route("GET", tuple(f"{one}/{{threadId}}" for one in TEMPLATES), get_thread, SCOPES),
        Route(
            "GET", tuple(f"{one}/{{threadId}}/messages" for one in TEMPLATES), list_messages, SCOPES
        ),
    ),
)
