"""Which event types the account knows, and the properties that their occurrences can have.

The API names every type that could occur, most of which an account never sees. Custom types have a
definition with an id, labels and properties; standard ones only sometimes. The definitions are read once,
so that a type and its properties are those of one answer.
"""

from collections.abc import Collection, Iterator
from functools import partial
from operator import attrgetter

import msgspec

from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import events
from crmsnap.hubspot.paging import follow
from crmsnap.hubspot.times import published
from crmsnap.state.folder import open_as_is
from crmsnap.state.reader import StateReader
from crmsnap.streams.defined import document
from crmsnap.streams.documents import EventDefinitionDocument, EventTypeDocument
from crmsnap.streams.stream import END, Page, Scope, Stream, Task

_SCOPES = ("behavioral_events.event_definitions.read_write",)


def definition_tasks(_: Scope) -> Iterator[Task]:
    """One pass over the definitions."""
    yield Task(
        "event-definitions",
        read_definitions,
        gap="event-properties",
        consequence="; without it nobody knows which properties of custom events are sensitive, so of those"
        " only HubSpot's own (hs_...) are copied",
    )


def read_definitions(client: Client, _: str | None) -> Iterator[Page]:
    """All definitions with their properties as one page."""
    pages = follow(partial(events.definitions, client), attrgetter("after"), None)
    found = {one.name: _document(one) for page in pages for one in page.results}
    yield Page([(name, msgspec.json.encode(found[name])) for name in sorted(found)], END)


EVENT_DEFINITIONS = Stream(
    name="event-definitions",
    description="The definitions of custom event types, with their properties.",
    endpoint="GET /events/custom/{version}/event-definitions?includeProperties=true",
    scopes=_SCOPES,
    tasks=definition_tasks,
    defines=True,
)


def tasks(scope: Scope) -> Iterator[Task]:
    """One pass over the names."""
    yield Task("event-types", partial(read, scope.reader))


def read(reader: StateReader, client: Client, _: str | None) -> Iterator[Page]:
    """All event types as one page: the names, enriched by the definitions where those could be read."""
    found = {name: EventTypeDocument(name) for name in events.types(client)}
    if EVENT_DEFINITIONS.name not in reader.streams:
        found |= _as_known_before(reader, found)
    for definition in _definitions(reader):
        known = definition.event_type
        found[known.name] = msgspec.structs.replace(known, readable=known.name in found)
    yield Page([(name, msgspec.json.encode(found[name])) for name in sorted(found)], END)


EVENT_TYPES = Stream(
    name="event-types",
    description="The event types of the account, standard and custom.",
    endpoint="GET /events/event-occurrences/{version}/event-types,"
    " GET /events/custom/{version}/event-definitions",
    scopes=_SCOPES,
    tasks=tasks,
    after=(EVENT_DEFINITIONS,),
    defines=True,
)


def property_tasks(scope: Scope) -> Iterator[Task]:
    """One pass without a call, where the definitions could be read."""
    if EVENT_DEFINITIONS.name in scope.reader.streams:
        yield Task("event-properties", partial(read_properties, scope.reader))


def read_properties(reader: StateReader, _: Client, _position: str | None) -> Iterator[Page]:
    """All properties of all defined event types as one page."""
    yield Page(
        [
            (f"{found.owner} {found.name}", msgspec.json.encode(found))
            for definition in _definitions(reader)
            for found in definition.properties
        ],
        END,
    )


EVENT_PROPERTIES = Stream(
    name="event-properties",
    description="The property definitions of event types.",
    endpoint="GET /events/custom/{version}/event-definitions?includeProperties=true",
    scopes=_SCOPES,
    tasks=property_tasks,
    after=(EVENT_DEFINITIONS,),
    defines=True,
)


def _as_known_before(reader: StateReader, names: Collection[str]) -> dict[str, EventTypeDocument]:
    """What an earlier run knew of these types: a scope that is lost for a day renames no table and no id."""
    earlier = open_as_is(reader.folder, EVENT_TYPES.name)
    known = map(_decode_type, (one.body for one in earlier.documents(EVENT_TYPES.name)))
    return {one.name: one for one in known if one.name in names and one.id is not None}


_decode = msgspec.json.Decoder(EventDefinitionDocument).decode
_decode_type = msgspec.json.Decoder(EventTypeDocument).decode


def _definitions(reader: StateReader) -> Iterator[EventDefinitionDocument]:
    """What was read of them; none where they may not be read."""
    return (_decode(document.body) for document in reader.documents(EVENT_DEFINITIONS.name))


def _document(definition: events.Definition) -> EventDefinitionDocument:
    return EventDefinitionDocument(
        EventTypeDocument(
            name=definition.name,
            id=definition.object_type_id,
            label=definition.label,
            description=definition.description,
            archived=bool(definition.archived),
            created_at=definition.created_at and published(definition.created_at),
            updated_at=definition.updated_at and published(definition.updated_at),
        ),
        [document(definition.name, found) for found in definition.properties],
    )
