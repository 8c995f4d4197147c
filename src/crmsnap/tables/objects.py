"""OBJECTS: every live record of every type, with its time and without its values.

Archived, merged-away and deleted records are absent, without a flag.
"""

from collections.abc import Iterator

from crmsnap.state.reader import StateReader
from crmsnap.streams.records import RECORD_STREAMS
from crmsnap.tables.columns import ingested_at, object_id, object_type_id
from crmsnap.tables.engagements import record_spans, times_of
from crmsnap.tables.spans import type_of
from crmsnap.tables.table import Column, Row, Span, Table


def rows(reader: StateReader, span: Span) -> Iterator[Row]:
    """One row per record, by id."""
    object_type = type_of(span.stream)
    for id_, updated_at, ingested in times_of(reader, span):
        yield object_type, id_, updated_at, ingested


OBJECTS = Table(
    name="OBJECTS",
    grain="one live record of any object type",
    columns=(
        object_type_id("published"),
        object_id("published"),
        Column(
            "UPDATEDAT",
            "TIMESTAMP",
            "When the record was last changed in HubSpot.",
            nullable=True,
            certainty="published",
        ),
        ingested_at("published"),
    ),
    key=("OBJECTTYPEID", "OBJECTID"),
    streams=RECORD_STREAMS,
    spans=record_spans,
    rows=rows,
)
