"""Threads of the inbox and what was said in them.

A thread is a record of type 0-11; its messages follow from its number, its times and what happened
to it since the start: every change of a thread is a message too.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from crmsnap.sandbox.account import hostile, words
from crmsnap.sandbox.account.changes import Life
from crmsnap.sandbox.account.ids import mix
from crmsnap.sandbox.account.other_types import THREAD
from crmsnap.sandbox.account.view import RecordView

if TYPE_CHECKING:
    from crmsnap.sandbox.account.account import Account

BUSY_INDEX, BUSY_MESSAGES = 3, 237
"""One thread is longer than any page."""
MESSAGES_MAX = 9
"""So many messages at most an ordinary thread starts with."""


class MessageType(StrEnum):
    """What a message of a thread can be."""

    MESSAGE = "MESSAGE"
    COMMENT = "COMMENT"
    WELCOME_MESSAGE = "WELCOME_MESSAGE"
    ASSIGNMENT = "ASSIGNMENT"
    THREAD_STATUS_CHANGE = "THREAD_STATUS_CHANGE"
    THREAD_INBOX_CHANGE = "THREAD_INBOX_CHANGE"


@dataclass(frozen=True, slots=True)
class Message:
    """One entry of a thread's history."""

    number: int
    """0, 1, 2 ... within its thread, in the order of the times."""
    id: str
    type: MessageType
    at_ms: int
    outgoing: bool
    actor: str
    """`A-` and a user id, `V-` and a contact id, `S-hubspot` for the system."""
    text: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    """What only this type of message has."""


@dataclass(frozen=True, slots=True)
class Thread:
    """One conversation with somebody."""

    index: int
    id: int
    view: RecordView
    archived: bool
    contact_id: int | None
    ticket_id: int | None
    channel: str | None
    channel_account: str | None
    """Where it was opened; both stay whatever else changes."""
    visitor: str
    """The actor on the other side: `V-` and the id of a contact, also of one that is gone."""

    @property
    def created_ms(self) -> int:
        """When it was opened."""
        return self.view.times.created_ms


def thread_at(account: "Account", index: int) -> Thread:
    """The thread with this index, archived or not."""
    contacts = account.links.targets(THREAD, index, "0-1")
    visitor = account.record_id("0-1", min(contacts)) if contacts else 0
    return Thread(
        index=index,
        id=account.record_id(THREAD, index),
        view=account.view(THREAD, index),
        archived=account.is_archived(THREAD, index),
        contact_id=_first_associated(account, index, "0-1"),
        ticket_id=_first_associated(account, index, "0-5"),
        channel=_at_first(account, index, "originalChannelId"),
        channel_account=_at_first(account, index, "originalChannelAccountId"),
        visitor=f"V-{visitor}",
    )


def messages(account: "Account", thread: Thread) -> list[Message]:
    """Everything that was said and done in a thread, the oldest first."""
    return [*_first_messages(account, thread), *_later_messages(account, thread)]


def _at_first(account: "Account", index: int, name: str) -> str | None:
    return account.records(THREAD).value(index, name, account.times(THREAD, index))


def _first_associated(account: "Account", index: int, type_id: str) -> int | None:
    found = account.associated(THREAD, index, type_id)
    return account.record_id(type_id, found[0][0]) if found else None


def _first_messages(account: "Account", thread: Thread) -> Iterator[Message]:
    """What the thread held when the account started, or when it was opened later."""
    count = _count_at_first(account, thread)
    base = thread.view.base
    span = base.updated_ms - base.created_ms
    for number in range(count):
        at_ms = base.created_ms + span * number // max(count - 1, 1)
        then = account.view(THREAD, thread.index, at_ms)
        kind = _type_at(thread, then, number, count)
        yield _message(account, thread, number, at_ms, kind)


def _later_messages(account: "Account", thread: Thread) -> Iterator[Message]:
    """A message for each change since, and one more that says what was changed."""
    life = account.changes.life(THREAD, thread.index) or Life()
    number = _count_at_first(account, thread)
    for edit in life.edits:
        kinds = [MessageType.MESSAGE]
        if "status" in edit.values:
            kinds.append(MessageType.THREAD_STATUS_CHANGE)
        if "assignedTo" in edit.values:
            kinds.append(MessageType.ASSIGNMENT)
        for kind in kinds:
            yield _message(account, thread, number, edit.at_ms, kind)
            number += 1


def _count_at_first(account: "Account", thread: Thread) -> int:
    if thread.index == BUSY_INDEX:
        return BUSY_MESSAGES
    return 1 + mix(account.seed, thread.index, 0xC0) % MESSAGES_MAX


def _type_at(thread: Thread, then: RecordView, number: int, count: int) -> MessageType:
    if number == 0:
        return MessageType.WELCOME_MESSAGE if thread.channel in CHATS else MessageType.MESSAGE
    if number == count - 1 and then.value("status") == "CLOSED":
        return MessageType.THREAD_STATUS_CHANGE
    return TYPES_IN_TURN[(then.index + number) % len(TYPES_IN_TURN)]


CHATS = frozenset({"1000", "1001"})
"""Channels that greet whoever comes."""


TYPES_IN_TURN = (
    MessageType.MESSAGE,
    MessageType.MESSAGE,
    MessageType.ASSIGNMENT,
    MessageType.MESSAGE,
    MessageType.COMMENT,
    MessageType.MESSAGE,
    MessageType.THREAD_INBOX_CHANGE,
    MessageType.MESSAGE,
)
SPOKEN = frozenset({MessageType.MESSAGE, MessageType.COMMENT, MessageType.WELCOME_MESSAGE})


def _message(
    account: "Account", thread: Thread, number: int, at_ms: int, kind: MessageType
) -> Message:
    bits = mix(account.seed, thread.index, number, 0xC1)
    then = account.view(THREAD, thread.index, at_ms)
    outgoing = kind is not MessageType.MESSAGE or number % 2 == 1
    text = ""
    if kind in SPOKEN:
        text = hostile.TEXTS[(thread.index + number) % len(hostile.TEXTS)] or words.paragraph(bits)
    return Message(
        number=number,
        id=f"{bits:015x}{mix(bits):015x}{number & 0xFF:02x}",
        type=kind,
        at_ms=at_ms,
        outgoing=outgoing,
        actor=_actor(then, kind) if outgoing else thread.visitor,
        text=text,
        details=_details(then, kind),
    )


def _actor(then: RecordView, kind: MessageType) -> str:
    user = then.value("assignedTo")
    by_system = kind is MessageType.WELCOME_MESSAGE or user is None
    return "S-hubspot" if by_system else f"A-{user}"


def _details(then: RecordView, kind: MessageType) -> dict[str, Any]:
    match kind:
        case MessageType.THREAD_STATUS_CHANGE:
            return {"newStatus": then.value("status")}
        case MessageType.ASSIGNMENT:
            user = then.value("assignedTo")
            return {"assignedTo": f"A-{user}"} if user else {"assignedFrom": "A-880022"}
        case MessageType.THREAD_INBOX_CHANGE:
            return {"fromInboxId": "5600", "toInboxId": then.value("inboxId")}
        case _:
            return {}
