"""Event types as tables see them: HubSpot's, the account's own, and those of marketing e-mails."""

from collections.abc import Iterator

import msgspec

from crmsnap.state.reader import StateReader
from crmsnap.streams.documents import EventTypeDocument, PropertyDocument
from crmsnap.streams.email_event_types import type_document
from crmsnap.tables.documents import decoded

_event_type = msgspec.json.Decoder(EventTypeDocument).decode
_property = msgspec.json.Decoder(PropertyDocument).decode


def event_types(reader: StateReader) -> Iterator[tuple[EventTypeDocument, str]]:
    """Every event type of the account with its `ingested_at`; each source by the API's name."""
    yield from decoded(reader, "event-types", _event_type)
    known = dict(decoded(reader, "email-event-types", _event_type))
    yield from known.items()
    for name, ingested in reader.email_event_types().items():
        found = type_document(name)
        if found not in known:  # a type that HubSpot has added
            yield found, ingested


def event_property_definitions(reader: StateReader) -> Iterator[tuple[PropertyDocument, str]]:
    """Every property definition of an event type with its `ingested_at`."""
    yield from decoded(reader, "event-properties", _property)
    yield from decoded(reader, "email-event-properties", _property)


def event_type_id(known: EventTypeDocument) -> str:
    """EVENTTYPEID: the definition's id, or the API's name where it gives none."""
    return known.id or known.name
