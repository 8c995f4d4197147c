"""Event types, the definitions of custom ones, and what occurred.

Occurrences of one event type may be read for the whole account; without event type and object type
HubSpot refuses. Marketing e-mail events (opens, clicks, bounces) are not among them.
(developers.hubspot.com: "Event analytics", "Custom event definitions".)
"""

from dataclasses import dataclass

import msgspec

from crmsnap.hubspot.client import Client
from crmsnap.hubspot.cursor import Paging, after_of
from crmsnap.hubspot.endpoints.properties import PropertyDefinition
from crmsnap.hubspot.paging import advanced
from crmsnap.hubspot.paths import EVENT_DEFINITIONS, EVENT_TYPES, EVENTS, EVENTS_PROBE

PAGE_DEFINITIONS = 100

Property = PropertyDefinition
"""Event types define their properties in the form in which object types do."""


class Definition(msgspec.Struct, frozen=True, rename="camel"):
    """A custom event type as users made it."""

    object_type_id: str
    """`6-12031101`."""
    name: str = msgspec.field(name="fullyQualifiedName")
    """`pe123_login`: the name by which occurrences are asked for."""
    labels: "_Labels" = msgspec.field(default_factory=lambda: _Labels())
    description: str | None = None
    archived: bool = False
    created_at: str | None = None
    updated_at: str | None = None
    properties: list[Property] = []

    @property
    def label(self) -> str | None:
        """What people see as the name."""
        return self.labels.singular


class Event(msgspec.Struct, frozen=True, rename="camel"):
    """One occurrence."""

    id: str
    event_type: str
    object_type: str
    """The type of the record that did it, as HubSpot names it here: `CONTACT`, not `0-1`."""
    object_id: str
    occurred_at: str
    properties: dict[str, str | None] = {}


@dataclass(frozen=True, slots=True)
class DefinitionPage:
    """Definitions, and the cursor of the next page; None: this is the last one."""

    results: list[Definition]
    after: str | None


@dataclass(frozen=True, slots=True)
class EventPage:
    """Occurrences, and the cursor of the next page; None: this is the last one."""

    results: list[Event]
    after: str | None


def types(client: Client) -> list[str]:
    """The names of all event types, those that never occurred included."""
    return client.ask(EVENT_TYPES, _decode_types).event_types


def definitions(client: Client, after: str | None) -> DefinitionPage:
    """A page of the definitions of custom event types, with their properties."""
    query = [("limit", str(PAGE_DEFINITIONS)), ("includeProperties", "true")]
    if after is not None:
        query.append(("after", after))
    answer = client.ask(EVENT_DEFINITIONS, _decode_definitions, query=query)
    return DefinitionPage(answer.results, advanced(after, after_of(answer.paging)))


def has_occurred(client: Client, event_type: str) -> bool:
    """Whether there is any occurrence of a type: one call instead of one for each slice of time."""
    answer = client.ask(
        EVENTS_PROBE, _decode_events, query=[("eventType", event_type), ("limit", "1")]
    )
    return bool(answer.results) or after_of(answer.paging) is not None


def page(
    client: Client,
    event_type: str,
    *,
    occurred_after: str | None,
    occurred_before: str | None,
    after: str | None,
    limit: int,
) -> EventPage:
    """A page of the occurrences of one type between two ISO times, both included."""
    query = [("eventType", event_type), ("limit", str(limit))]
    for name, value in (
        ("occurredAfter", occurred_after),
        ("occurredBefore", occurred_before),
        ("after", after),
    ):
        if value is not None:
            query.append((name, value))
    answer = client.ask(EVENTS, _decode_events, query=query)
    return EventPage(answer.results, advanced(after, after_of(answer.paging)))


class _Labels(msgspec.Struct, frozen=True):
    singular: str | None = None


class _TypesAnswer(msgspec.Struct, rename="camel"):
    event_types: list[str]


class _DefinitionsAnswer(msgspec.Struct):
    results: list[Definition]
    paging: Paging | None = None


class _EventsAnswer(msgspec.Struct):
    results: list[Event]
    paging: Paging | None = None


_decode_types = msgspec.json.Decoder(_TypesAnswer).decode
_decode_definitions = msgspec.json.Decoder(_DefinitionsAnswer).decode
_decode_events = msgspec.json.Decoder(_EventsAnswer).decode
