"""OBJECT_WITH_OBJECT_PROPERTIES: every live record with all its values in one JSON column.

The state keeps a record's properties in exactly the published form, so they are copied unread.
"""

from collections.abc import Iterator

from crmsnap.state.reader import StateReader
from crmsnap.streams.objects import OBJECT_VALUES
from crmsnap.streams.records import RECORD_STREAMS
from crmsnap.tables.columns import ingested_at, object_id, object_type_id
from crmsnap.tables.engagements import record_spans, records_of
from crmsnap.tables.spans import type_of
from crmsnap.tables.table import Column, Row, Span, Table


def rows(reader: StateReader, span: Span) -> Iterator[Row]:
    """One row per record, by id."""
    object_type = type_of(span.stream)
    for id_, updated_at, ingested, body in records_of(reader, span):
        yield object_type, id_, body.decode(), updated_at, ingested


OBJECT_WITH_OBJECT_PROPERTIES = Table(
    name="OBJECT_WITH_OBJECT_PROPERTIES",
    grain="one live record of any object type",
    columns=(
        object_type_id("seen"),
        object_id("seen"),
        Column(
            "PROPERTIES",
            "JSON",
            "The record's values: a flat object, internal property name to text, names ascending."
            ' A property without a value is left out; an empty one is `""`.',
            certainty="seen",
        ),
        Column(
            "UPDATEDAT",
            "TIMESTAMP",
            "When the record was last changed in HubSpot.",
            nullable=True,
        ),
        ingested_at("seen"),
    ),
    key=("OBJECTTYPEID", "OBJECTID"),
    streams=(*RECORD_STREAMS, OBJECT_VALUES),
    spans=record_spans,
    rows=rows,
)
