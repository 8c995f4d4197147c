"""OBJECT_AND_EVENT_TYPE_DEFINITIONS: every object type and every event type of the account.

What the type ids in all other tables mean. An event type that never occurred has a row here and no table.
"""

from collections.abc import Iterator

from crmsnap.state.reader import StateReader
from crmsnap.streams.documents import EventTypeDocument, TypeDocument
from crmsnap.streams.email_event_types import EMAIL_EVENT_DEFINITIONS
from crmsnap.streams.event_names import bare_name
from crmsnap.streams.event_types import EVENT_TYPES
from crmsnap.streams.known_types import type_documents
from crmsnap.streams.types import TYPES
from crmsnap.tables.columns import ingested_at
from crmsnap.tables.event_types import event_type_id, event_types
from crmsnap.tables.spans import whole
from crmsnap.tables.table import Column, Row, Span, Table


def rows(reader: StateReader, _: Span) -> Iterator[Row]:
    """One row per type, by id as text."""
    objects = [_object_row(known, ingested) for known, ingested in type_documents(reader)]
    events = [_event_row(known, ingested) for known, ingested in event_types(reader)]
    yield from sorted([*objects, *events], key=lambda row: str(row[0]))


OBJECT_AND_EVENT_TYPE_DEFINITIONS = Table(
    name="OBJECT_AND_EVENT_TYPE_DEFINITIONS",
    grain="one object type or event type of the account",
    columns=(
        Column(
            "OBJECTTYPEID",
            "VARCHAR",
            "Id of the type: what OBJECTTYPEID and EVENTTYPEID hold everywhere.",
        ),
        Column(
            "FULLYQUALIFIEDNAME",
            "VARCHAR",
            "Name in HubSpot's API, with the account's prefix: `CONTACT`, `p123_pets`,"
            " `e_visited_page`.",
            nullable=True,
        ),
        Column("NAME", "VARCHAR", "Name without the prefix: `pets`."),
        Column("SINGULARLABEL", "VARCHAR", "What people call one of them.", nullable=True),
        Column("PLURALLABEL", "VARCHAR", "What people call several.", nullable=True),
        Column("DESCRIPTION", "VARCHAR", "What the type is for.", nullable=True),
        Column("METATYPE", "VARCHAR", "`OBJECT` or `EVENT`."),
        Column("ARCHIVED", "BOOLEAN", "Whether the type was archived."),
        Column("CREATEDAT", "TIMESTAMP", "When the type was created.", nullable=True),
        Column("UPDATEDAT", "TIMESTAMP", "When the type was last changed.", nullable=True),
        ingested_at(),
    ),
    key=("OBJECTTYPEID",),
    streams=(TYPES, EVENT_TYPES, EMAIL_EVENT_DEFINITIONS),
    spans=whole("types", "event-types", "email-event-types"),
    rows=rows,
)


def _object_row(known: TypeDocument, ingested: str) -> Row:
    return (
        known.id,
        known.fully_qualified_name,
        known.name,
        known.singular_label,
        known.plural_label,
        known.description,
        "OBJECT",
        known.archived,
        known.created_at,
        known.updated_at,
        ingested,
    )


def _event_row(known: EventTypeDocument, ingested: str) -> Row:
    return (
        event_type_id(known),
        known.name,
        bare_name(known.name),
        known.label,
        None,
        known.description,
        "EVENT",
        known.archived,
        known.created_at,
        known.updated_at,
        ingested,
    )
