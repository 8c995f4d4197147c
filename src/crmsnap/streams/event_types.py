"""Which event types the account knows, and the properties that their occurrences can have.

The API names every type that could occur, most of which an account never sees. Custom types have a
definition with an id, labels and properties; standard ones only sometimes.
"""

from collections.abc import Iterator
from contextlib import suppress

import msgspec

from crmsnap.errors import MissingScope, NotFound
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import events
from crmsnap.hubspot.times import published
from crmsnap.streams.defined import document
from crmsnap.streams.documents import EventTypeDocument, PropertyDocument
from crmsnap.streams.stream import END, Page, Scope, Stream, Task


def tasks(_: Scope) -> Iterator[Task]:
    """One pass over names and definitions."""
    yield Task("event-types", read)


def read(client: Client, _: str | None) -> Iterator[Page]:
    """All event types as one page: the names, enriched by the definitions."""
    found = {name: EventTypeDocument(name) for name in events.types(client)}
    # Without the definitions occurrences are still readable; their gap is declared by the properties.
    with suppress(MissingScope, NotFound):
        for definition in _definitions(client):
            found[definition.name] = _document(definition, readable=definition.name in found)
    yield Page([(name, msgspec.json.encode(found[name])) for name in sorted(found)], END)


EVENT_TYPES = Stream(
    name="event-types",
    description="The event types of the account, standard and custom.",
    endpoint="GET /events/event-occurrences/{version}/event-types,"
    " GET /events/custom/{version}/event-definitions",
    scopes=("behavioral_events.event_definitions.read_write",),
    tasks=tasks,
    defines=True,
)


def property_tasks(_: Scope) -> Iterator[Task]:
    """One pass over the definitions."""
    yield Task("event-properties", read_properties)


def read_properties(client: Client, _: str | None) -> Iterator[Page]:
    """All properties of all defined event types as one page."""
    yield Page(
        [
            (f"{definition.name} {found.name}", msgspec.json.encode(_property(definition, found)))
            for definition in _definitions(client)
            for found in definition.properties
        ],
        END,
    )


EVENT_PROPERTIES = Stream(
    name="event-properties",
    description="The property definitions of event types.",
    endpoint="GET /events/custom/{version}/event-definitions?includeProperties=true",
    scopes=("behavioral_events.event_definitions.read_write",),
    tasks=property_tasks,
    defines=True,
)


def _definitions(client: Client) -> Iterator[events.Definition]:
    after: str | None = None
    while True:
        page = events.definitions(client, after)
        yield from page.results
        after = page.after
        if after is None:
            return


def _document(definition: events.Definition, *, readable: bool) -> EventTypeDocument:
    return EventTypeDocument(
        name=definition.name,
        readable=readable,
        id=definition.object_type_id,
        label=definition.label,
        description=definition.description,
        archived=bool(definition.archived),
        created_at=definition.created_at and published(definition.created_at),
        updated_at=definition.updated_at and published(definition.updated_at),
    )


def _property(definition: events.Definition, found: events.Property) -> PropertyDocument:
    return document(definition.name, found)
