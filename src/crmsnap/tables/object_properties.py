"""OBJECT_PROPERTIES: the current values of every record, one value a row.

A value that was cleared and one that was never set look the same in HubSpot's API, so neither is a row.
The longest table but one: a record's values are one group, made without a loop where that can be.
"""

from collections.abc import Iterator

import orjson

from crmsnap.state.reader import History, StateReader
from crmsnap.streams.objects import OBJECT_VALUES
from crmsnap.streams.records import RECORD_STREAMS
from crmsnap.tables.columns import ingested_at, object_id, object_type_id
from crmsnap.tables.spans import records, type_of
from crmsnap.tables.table import Column, Group, Span, Table

Version = tuple[str, str | None]
"""When a value was set, and the value."""


def rows(reader: StateReader, span: Span) -> Iterator[Group]:
    """One group per record that has values, by id; in it one row per value, by property name."""
    object_type = type_of(span.stream)
    histories = reader.histories(span.stream, span.low, span.high)
    history = next(histories, None)
    for id_, _, ingested, body in reader.records(span.stream, span.low, span.high):
        while history is not None and isinstance(id_, int) and history.id < id_:
            history = next(histories, None)
        values: dict[str, str] = orjson.loads(body)
        if not values:
            continue
        if history is None or history.id != id_:
            yield Group((object_type, id_), list(values.items()), (None, ingested))
        else:
            yield Group((object_type, id_), _dated(values, history), (ingested,))


OBJECT_PROPERTIES = Table(
    name="OBJECT_PROPERTIES",
    grain="one current value of one property of one live record",
    columns=(
        object_type_id("seen"),
        object_id("seen"),
        Column(
            "NAME",
            "VARCHAR",
            "Internal name of the property. Joins PROPERTY_DEFINITIONS with OBJECTTYPEID.",
            certainty="seen",
        ),
        Column(
            "VALUE",
            "VARCHAR",
            "HubSpot's own text, which may be empty; dates as milliseconds since 1970 UTC.",
            certainty="seen",
        ),
        Column(
            "UPDATEDAT",
            "TIMESTAMP",
            "When this value was set; NULL where property histories are not copied.",
            nullable=True,
        ),
        ingested_at(),
    ),
    key=("OBJECTTYPEID", "OBJECTID", "NAME"),
    streams=(*RECORD_STREAMS, OBJECT_VALUES),
    spans=records,
    rows=rows,
)


def _dated(values: dict[str, str], history: History) -> list[tuple[str, str, str | None]]:
    """Values with the time of the newest version, if that is the current value."""
    versions: dict[str, list[Version]] = orjson.loads(history.body)
    return [
        (name, value, of[0][0] if (of := versions.get(name)) and of[0][1] == value else None)
        for name, value in values.items()
    ]
