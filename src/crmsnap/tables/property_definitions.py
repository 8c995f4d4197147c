"""PROPERTY_DEFINITIONS: the properties of objects and of events, archived and sensitive ones included.

A sensitive property has a row here and no value anywhere: the gap is visible, the data are not. Fields
that an API answered although nobody declared them are texts.
"""

from collections.abc import Iterator

from crmsnap.state.reader import StateReader
from crmsnap.streams.documents import PropertyDocument
from crmsnap.streams.email_event_types import EMAIL_EVENT_PROPERTIES
from crmsnap.streams.event_types import EVENT_PROPERTIES, EVENT_TYPES
from crmsnap.streams.known_types import property_documents, type_documents
from crmsnap.streams.properties import PROPERTIES
from crmsnap.tables.columns import ingested_at
from crmsnap.tables.documents import json_text
from crmsnap.tables.engagement_properties import ENGAGEMENT, engagement_properties
from crmsnap.tables.event_types import event_property_definitions, event_type_id, event_types
from crmsnap.tables.spans import whole
from crmsnap.tables.table import Column, Row, Span, Table


def rows(reader: StateReader, _: Span) -> Iterator[Row]:
    """One row per definition, by type id as text, then by name."""
    owned = _of_event_types(reader)
    if engagements := engagement_properties(reader):
        owned[ENGAGEMENT] = [(found.definition, found.ingested_at) for found in engagements]
    types = {known.id: ingested for known, ingested in type_documents(reader)}
    for type_id in sorted({*reader.family("properties"), *owned}):
        of_type = owned.get(type_id) or _of_object_type(reader, type_id, types.get(type_id))
        for definition, ingested in sorted(of_type, key=lambda pair: pair[0].name):
            yield _row(type_id, definition, ingested)


def undeclared_names(reader: StateReader, object_type: str) -> list[str]:
    """The fields that records of a type had and no definition names, ascending."""
    stream = f"objects/{object_type}"
    if not reader.has(stream):
        return []
    declared = {found.name for found, _ in property_documents(reader, object_type)}
    return [name for name in reader.seen_names(stream) if name not in declared]


PROPERTY_DEFINITIONS = Table(
    name="PROPERTY_DEFINITIONS",
    grain="one property of an object type or an event type",
    columns=(
        Column(
            "OBJECTTYPEID",
            "VARCHAR",
            "The object type or the event type (as EVENTTYPEID) that has the property. 0-4 has those of the"
            " seven types of engagements: a name with two types there is a `string`, and sensitive in one"
            " of them is sensitive.",
        ),
        Column("NAME", "VARCHAR", "Internal name. Joins OBJECT_PROPERTIES.NAME."),
        Column("LABEL", "VARCHAR", "Name that people see; may change at any time.", nullable=True),
        Column("DESCRIPTION", "VARCHAR", "What the property is for.", nullable=True),
        Column("GROUPNAME", "VARCHAR", "Group that it is shown in.", nullable=True),
        Column(
            "TYPE",
            "VARCHAR",
            "Type of its values: string, number, date, datetime, enumeration, ...",
        ),
        Column("FIELDTYPE", "VARCHAR", "How it is edited: text, select, ...", nullable=True),
        Column(
            "OPTIONS",
            "JSON",
            "Values that it can have, with their labels: an array, empty when any value is allowed.",
            nullable=True,
        ),
        Column("CALCULATED", "BOOLEAN", "Whether HubSpot computes its value.", nullable=True),
        Column(
            "HASUNIQUEVALUE",
            "BOOLEAN",
            "Whether no two records can have the same value.",
            nullable=True,
        ),
        Column("HIDDEN", "BOOLEAN", "Whether HubSpot's pages hide it.", nullable=True),
        Column("HUBSPOTDEFINED", "BOOLEAN", "Whether HubSpot defined it.", nullable=True),
        Column(
            "REFERENCEDOBJECTTYPE",
            "VARCHAR",
            "What its values are ids of, `OWNER` for example.",
            nullable=True,
        ),
        Column(
            "DATASENSITIVITY",
            "VARCHAR",
            "non_sensitive, sensitive or highly_sensitive: values of the last two are never copied.",
            nullable=True,
        ),
        Column("ARCHIVED", "BOOLEAN", "Whether it was archived: its values are then not copied."),
        Column("CREATEDAT", "TIMESTAMP", "When it was created.", nullable=True),
        Column("UPDATEDAT", "TIMESTAMP", "When it was last changed.", nullable=True),
        ingested_at(),
    ),
    key=("OBJECTTYPEID", "NAME"),
    streams=(PROPERTIES, EVENT_PROPERTIES, EVENT_TYPES, EMAIL_EVENT_PROPERTIES),
    spans=whole("properties", "event-properties", "email-event-properties"),
    rows=rows,
)


def _of_object_type(
    reader: StateReader, object_type: str, ingested_at: str | None
) -> list[tuple[PropertyDocument, str]]:
    """Its definitions, and one for each field without: that came in when its type did, for all we know."""
    found = list(property_documents(reader, object_type))
    if ingested_at is not None:
        found += [
            (PropertyDocument(object_type, name, "string", hubspot_defined=True), ingested_at)
            for name in undeclared_names(reader, object_type)
        ]
    return found


def _of_event_types(reader: StateReader) -> dict[str, list[tuple[PropertyDocument, str]]]:
    ids = {known.name: event_type_id(known) for known, _ in event_types(reader)}
    owned: dict[str, list[tuple[PropertyDocument, str]]] = {}
    for definition, ingested in event_property_definitions(reader):
        type_id = ids.get(definition.owner, definition.owner)
        owned.setdefault(type_id, []).append((definition, ingested))
    return owned


def _row(type_id: str, definition: PropertyDocument, ingested: str) -> Row:
    return (
        type_id,
        definition.name,
        definition.label,
        definition.description,
        definition.group_name,
        definition.type,
        definition.field_type,
        json_text(definition.options),
        definition.calculated,
        definition.has_unique_value,
        definition.hidden,
        definition.hubspot_defined,
        definition.referenced_object_type,
        definition.data_sensitivity,
        definition.archived,
        definition.created_at,
        definition.updated_at,
        ingested,
    )
