"""EVENTS_<NAME>: what happened, one table per event type that has occurred.

HubSpot's events API leaves out marketing e-mail (opens, clicks, bounces). Rows are in order of time, so
that what was published before stays as it was.
"""

from collections.abc import Iterable, Iterator
from functools import partial

import msgspec
import orjson

from crmsnap.state.reader import StateReader
from crmsnap.streams.documents import EventTypeDocument, PropertyDocument
from crmsnap.streams.event_types import EVENT_PROPERTIES, EVENT_TYPES
from crmsnap.streams.events import EVENTS as EVENTS_STREAM
from crmsnap.streams.known_types import is_open
from crmsnap.streams.stream import Scope
from crmsnap.tables.columns import ingested_at
from crmsnap.tables.documents import decoded
from crmsnap.tables.event_types import bare_name, event_type_id, event_types
from crmsnap.tables.given_names import given_names
from crmsnap.tables.naming import GivenName, Named, table_names
from crmsnap.tables.property_columns import cells_of, property_columns
from crmsnap.tables.spans import whole
from crmsnap.tables.table import Column, Kind, Member, Possible, Row, Span, Table, TableFamily

_property = msgspec.json.Decoder(PropertyDocument).decode

_KINDS: dict[str, Kind] = {"number": "NUMBER", "date": "DATE", "datetime": "TIMESTAMP"}
"""Everything else, bool included, is published as delivered: events have no long form to keep it in."""


def expand(scope: Scope) -> Iterator[Table]:
    """A table for every event type that has a row, by table name."""
    reader = scope.reader
    happened = _happened(reader)
    types = _types(reader, happened)
    names = _names(reader, types)
    kinds = _defined_kinds(reader)
    tables = [
        _table(reader, found, names[event_type_id(found)], kinds.get(found.name, {}))
        for found in types
        if found.name in happened
    ]
    yield from sorted(tables, key=lambda table: table.name)


def possible(reader: StateReader) -> Iterator[Possible]:
    """The table of every event type that the account knows."""
    for id_, given in _names(reader, _types(reader, _happened(reader))).items():
        yield Possible(given.name, Member(EVENTS.name, id_, given.wanted))


def rows(
    type_id: str, columns: tuple[Column, ...], reader: StateReader, span: Span
) -> Iterator[Row]:
    """One row per occurrence, by time, then by id; `columns` are those of its properties."""
    cells = cells_of(columns)
    for occurred_at, id_, object_type, object_id, ingested, body in reader.events(span.stream):
        properties = cells(orjson.loads(body))
        yield (type_id, id_, object_type, object_id, occurred_at, ingested, *properties)


EVENTS = TableFamily(
    name="EVENTS_<NAME>",
    grain="one occurrence of one event type",
    columns=(
        Column(
            "EVENTTYPEID",
            "VARCHAR",
            "The event type: `6-<n>` for the account's own, the API's name where it has no id."
            " Joins OBJECT_AND_EVENT_TYPE_DEFINITIONS.OBJECTTYPEID.",
            certainty="published",
        ),
        Column("ID", "VARCHAR", "Id of the occurrence.", certainty="published"),
        Column("OBJECTTYPEID", "VARCHAR", "Type of the record that did it."),
        Column(
            "OBJECTID",
            "ID",
            "The record that did it. Joins OBJECTS on OBJECTTYPEID and OBJECTID.",
            certainty="published",
        ),
        Column("OCCURREDAT", "TIMESTAMP", "When it happened.", certainty="published"),
        ingested_at(),
    ),
    key=("ID",),
    streams=(EVENTS_STREAM, EVENT_TYPES, EVENT_PROPERTIES),
    expand=expand,
    possible=possible,
    own_columns="`PROPERTY_<NAME>` for each property of the event type, all nullable; a number, date or"
    " datetime is typed and followed by `PROPERTY_UNPARSED_<NAME>`, HubSpot's own text.",
    order=("OCCURREDAT", "ID"),
)


def _happened(reader: StateReader) -> set[str]:
    return {name for name in reader.family("events") if reader.count(f"events/{name}")}


def _types(reader: StateReader, happened: set[str]) -> list[EventTypeDocument]:
    known = {found.name: found for found, _ in event_types(reader)}
    return [known.get(name) or EventTypeDocument(name) for name in sorted(happened | set(known))]


def _names(reader: StateReader, types: Iterable[EventTypeDocument]) -> dict[str, GivenName]:
    # Named among all types that could occur, so that a type's first row renames no other table.
    named = [Named(event_type_id(known), (bare_name(known.name),)) for known in types]
    return table_names("EVENTS_", named, given_names(reader, EVENTS.name))


def _table(
    reader: StateReader, known: EventTypeDocument, given: GivenName, defined: dict[str, Kind | None]
) -> Table:
    stream = f"events/{known.name}"
    seen: dict[str, Kind | None] = dict.fromkeys(reader.seen_names(stream), "VARCHAR")
    columns = property_columns(
        {name: kind for name, kind in (seen | defined).items() if kind is not None}
    )
    return Table(
        name=given.name,
        grain=f"one occurrence of `{known.name}`",
        columns=(*EVENTS.columns, *columns),
        key=EVENTS.key,
        streams=EVENTS.streams,
        spans=whole(stream),
        rows=partial(rows, event_type_id(known), columns),
        order=EVENTS.order,
        member=Member(EVENTS.name, event_type_id(known), given.wanted),
    )


def _defined_kinds(reader: StateReader) -> dict[str, dict[str, Kind | None]]:
    """Event type's name -> property -> the kind of its column; None: sensitive, so without one."""
    kinds: dict[str, dict[str, Kind | None]] = {}
    for definition, _ in decoded(reader, "event-properties", _property):
        kind = _KINDS.get(definition.type, "VARCHAR")
        is_closed = not is_open(definition, allows_sensitive=False)
        kinds.setdefault(definition.owner, {})[definition.name] = None if is_closed else kind
    return kinds
