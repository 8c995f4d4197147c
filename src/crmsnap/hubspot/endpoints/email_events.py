"""What became of marketing e-mails: sent, delivered, opened, clicked, bounced, for each recipient.

The events API leaves these out, so they come from the oldest API that is still read. It has no dated
path, and HubSpot supports it until September 2027. Newest first; both times are included.
(developers.hubspot.com: "Email analytics API v1", scope `content`.)
"""

from dataclasses import dataclass

import msgspec

from crmsnap.errors import UnexpectedAnswer
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.paging import advanced
from crmsnap.hubspot.paths import EMAIL_EVENTS

PAGE_EVENTS = 1_000
"""The most that HubSpot gives at once."""


@dataclass(frozen=True, slots=True)
class EmailEvent:
    """One thing that happened to one mail."""

    id: str
    type: str
    """`OPEN`, `CLICK`, or one that HubSpot added since."""
    created_ms: int
    recipient: str | None
    """The address as the sender wrote it."""
    fields: msgspec.Raw
    """The whole event as it came, a JSON object: each type has fields of its own."""


@dataclass(frozen=True, slots=True)
class EmailEventPage:
    """Events, and the offset of the next page; None: this is the last one."""

    events: list[EmailEvent]
    offset: str | None


def page(
    client: Client,
    *,
    start_ms: int | None,
    end_ms: int | None,
    offset: str | None,
    limit: int = PAGE_EVENTS,
) -> EmailEventPage:
    """A page of the events of all types between two times, both included."""
    query = [("limit", str(limit))]
    for name, value in (
        ("startTimestamp", start_ms),
        ("endTimestamp", end_ms),
        ("offset", offset),
    ):
        if value is not None:
            query.append((name, str(value)))
    answer = client.ask(EMAIL_EVENTS, _decode, query=query)
    if not answer.has_more:
        return EmailEventPage(answer.events, None)  # the last page has an offset too
    if answer.offset is None:
        raise UnexpectedAnswer(
            "HubSpot says that there are more e-mail events and not where",
            cause="`hasMore` is true and there is no `offset`",
            remedy="sync again; if it stays, report this",
        )
    return EmailEventPage(answer.events, advanced(offset, answer.offset))


class _System(msgspec.Struct, frozen=True):
    id: str
    created: int
    type: str = "UNBOUNCE"
    """The one type whose events do not say it (HubSpot's guide)."""
    recipient: str | None = None


class _Systems(msgspec.Struct, frozen=True, rename="camel"):
    has_more: bool
    events: list[_System]
    offset: str | None = None


class _Events(msgspec.Struct, frozen=True):
    events: list[msgspec.Raw]


@dataclass(frozen=True, slots=True)
class _Answer:
    has_more: bool
    offset: str | None
    events: list[EmailEvent]


_decode_systems = msgspec.json.Decoder(_Systems).decode
_decode_fields = msgspec.json.Decoder(_Events).decode


def _decode(body: bytes) -> _Answer:
    answer = _decode_systems(body)
    events = [
        EmailEvent(system.id, system.type, system.created, system.recipient, fields)
        for system, fields in zip(answer.events, _decode_fields(body).events, strict=True)
    ]
    return _Answer(answer.has_more, answer.offset, events)
