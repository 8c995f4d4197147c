"""DELETED_OBJECTS: who is no longer live, when and why. HubSpot's export has no such table.

Only records that an earlier run has read: what was deleted before the first one, nobody asks for.
"""

from collections.abc import Iterator

from crmsnap.state.reader import StateReader
from crmsnap.streams.records import RECORD_STREAMS
from crmsnap.tables.columns import object_type_id
from crmsnap.tables.spans import type_of
from crmsnap.tables.table import Column, Row, Span, Table


def spans(reader: StateReader) -> Iterator[Span]:
    """One span for every type that was read: types by code point. They are few rows, so they share a range."""
    for object_type in reader.family("objects"):
        yield Span(f"objects/{object_type}")


def rows(reader: StateReader, span: Span) -> Iterator[Row]:
    """One row per record, by id."""
    object_type = type_of(span.stream)
    for id_, reason, deleted_at, survivor, ingested in reader.deletions(span.stream):
        yield object_type, id_, deleted_at, reason, survivor, ingested


DELETED_OBJECTS = Table(
    name="DELETED_OBJECTS",
    grain="one record that an earlier run has read and that is no longer live",
    columns=(
        object_type_id(),
        Column(
            "OBJECTID",
            "ID",
            "Id of the record, unique only within its OBJECTTYPEID. It is not in OBJECTS: a record that is"
            " restored loses its row here. A call, task or other engagement is told by its own type, not as 0-4"
            " besides.",
        ),
        Column(
            "DELETEDAT",
            "TIMESTAMP",
            "When it was archived; of a contact also when it was merged. NULL where HubSpot does not tell.",
            nullable=True,
        ),
        Column(
            "REASON",
            "VARCHAR",
            "`ARCHIVED`: it is in HubSpot's archive. `MERGED`: it lives on in another record. `VANISHED`: gone"
            " without a trace, as a privacy deletion leaves it; also any record of a type with an API of its own,"
            " which does not tell why.",
        ),
        Column(
            "MERGEDINTOOBJECTID",
            "ID",
            "The record that it was merged into, as that record or HubSpot tells; it may be gone by now itself. NULL for other reasons.",
            nullable=True,
        ),
        Column(
            "INGESTEDAT", "TIMESTAMP", "Start of the run that found it gone. Not business time."
        ),
    ),
    key=("OBJECTTYPEID", "OBJECTID"),
    streams=RECORD_STREAMS,
    spans=spans,
    rows=rows,
)
