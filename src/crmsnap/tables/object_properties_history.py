"""OBJECT_PROPERTIES_HISTORY: former and current values, the newest of each property of each record.

45 for contacts and 20 for other types, as HubSpot's export has them. The stream trims when it takes a
history in, so that the state does not keep what is never published; here nothing is left to trim.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import orjson

from crmsnap.state.reader import StateReader
from crmsnap.streams.objects import OBJECT_HISTORIES, OBJECTS
from crmsnap.tables.columns import ingested_at, object_id, object_type_id
from crmsnap.tables.spans import histories, type_of
from crmsnap.tables.table import Column, Group, Row, Span, Table

Version = list[Any]
"""When a value was set, the value, and who or what set it where the copy has that."""

Versions = Iterable[tuple[str, Version]]
"""Each with the name of its property, in the order of the rows."""


def rows(reader: StateReader, span: Span) -> Iterator[Group]:
    """One group per record with versions, by id; in it by property name, time and value."""
    return version_groups(reader, span, _cells)


def version_groups(
    reader: StateReader, span: Span, cells_of: Callable[[Versions], list[Row]]
) -> Iterator[Group]:
    """The same with the cells that are made of each record's versions."""
    object_type = type_of(span.stream)
    for id_, ingested, body in reader.histories(span.stream, span.low, span.high):
        properties: dict[str, list[Version]] = orjson.loads(body)
        cells = cells_of(
            (name, version)
            for name, versions in properties.items()
            for version in _ascending(versions)
        )
        if cells:
            yield Group((object_type, id_), cells, (ingested,))


def _cells(versions: Versions) -> list[Row]:
    return [(name, version[1], version[0]) for name, version in versions]


def _ascending(versions: list[Version]) -> list[Version]:
    """Versions as the key orders them, each pair of time and value once: of equals the first."""
    if len(versions) == 1:
        return versions
    return sorted({tuple(v[:2]): v for v in reversed(versions)}.values(), key=_order)


OBJECT_PROPERTIES_HISTORY = Table(
    name="OBJECT_PROPERTIES_HISTORY",
    grain="one value that a property of a live record had or has",
    columns=(
        object_type_id("seen"),
        object_id("published"),
        Column(
            "NAME",
            "VARCHAR",
            "Internal name of the property. Joins PROPERTY_DEFINITIONS with OBJECTTYPEID.",
            certainty="published",
        ),
        Column(
            "VALUE",
            "VARCHAR",
            "HubSpot's own text; empty where the value was cleared. The newest UPDATEDAT of a"
            " property has its current value.",
            nullable=True,
            certainty="published",
        ),
        Column("UPDATEDAT", "TIMESTAMP", "When the value was set.", certainty="published"),
        ingested_at(),
    ),
    key=("OBJECTTYPEID", "OBJECTID", "NAME", "UPDATEDAT", "VALUE"),
    streams=(OBJECTS, OBJECT_HISTORIES),
    spans=histories,
    rows=rows,
)


def _order(version: Version) -> tuple[str, bool, str]:
    set_at, value = version[:2]
    return set_at, value is not None, value or ""
