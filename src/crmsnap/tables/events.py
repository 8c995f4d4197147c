"""EVENTS_<NAME>: what happened, one table per event type that has occurred.

The events API leaves out marketing e-mail (opens, clicks, bounces), which comes from an API of its own.
Rows are in order of time, so that what was published before stays as it was.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

import orjson

from crmsnap.state.folder import open_as_is
from crmsnap.state.reader import EMAIL_EVENTS as EMAIL_EVENTS_STREAM
from crmsnap.state.reader import Event, StateReader
from crmsnap.streams.documents import EventTypeDocument
from crmsnap.streams.email_event_types import (
    EMAIL_EVENT_DEFINITIONS,
    EMAIL_EVENT_PROPERTIES,
    EMAIL_EVENT_TYPES,
    PREFIX,
    type_document,
)
from crmsnap.streams.email_events import EMAIL_EVENTS
from crmsnap.streams.event_names import HUBSPOTS, bare_name, names_of_event
from crmsnap.streams.event_types import EVENT_PROPERTIES, EVENT_TYPES
from crmsnap.streams.event_values import Kept, event_properties, properties_of
from crmsnap.streams.events import EVENTS as EVENTS_STREAM
from crmsnap.streams.stream import Scope
from crmsnap.tables.columns import ingested_at
from crmsnap.tables.event_types import event_property_definitions, event_type_id, event_types
from crmsnap.tables.given_names import given_columns, given_names
from crmsnap.tables.naming import GivenName, Named, table_names
from crmsnap.tables.property_columns import cells_of, property_columns
from crmsnap.tables.spans import stretches_of
from crmsnap.tables.table import Column, Kind, Member, Possible, Row, Span, Table, TableFamily

_KINDS: dict[str, Kind] = {"number": "NUMBER", "date": "DATE", "datetime": "TIMESTAMP"}
"""Everything else, bool included, is published as delivered: events have no long form to keep it in."""


def expand(scope: Scope) -> Iterator[Table]:
    """A table for every chosen event type that has a row, or had one once, by table name."""
    reader = scope.reader
    given = given_names(reader, EVENTS.name)
    counts = _counts(reader)
    names = _names(reader, counts)
    published = [
        known
        for known in _known(reader, counts)
        if (counts.get(known.name) or event_type_id(known) in given)
        and scope.takes_event(*names_of_event(known))
    ]
    columns = _columns(scope, published)
    tables = [
        _table(
            Source(known.name),
            known,
            names[event_type_id(known)],
            columns[known.name],
        )
        for known in published
    ]
    yield from sorted(tables, key=lambda table: table.name)


def possible(reader: StateReader) -> Iterator[Possible]:
    """The table of every event type that the account knows."""
    for id_, given in _names(reader, _counts(reader)).items():
        yield Possible(given.name, Member(EVENTS.name, id_, given.wanted))


def could_occur(reader: StateReader) -> list[EventTypeDocument]:
    """Every event type that may have a table, by name: each has one of the `possible` ones."""
    return _known(reader, _counts(reader))


@dataclass(frozen=True, slots=True)
class Source:
    """Where the rows of one event type are."""

    name: str
    """The API's name of the type, `email:<type>` for marketing e-mails."""

    @property
    def is_email(self) -> bool:
        """Whether it lies among the events of marketing e-mails."""
        return self.name.startswith(PREFIX)

    @property
    def stream(self) -> str:
        """The stream with the rows."""
        return EMAIL_EVENTS_STREAM if self.is_email else f"events/{self.name}"

    def spans(self, reader: StateReader) -> Iterator[Span]:
        """Stretches of time, if the run has read the type."""
        return stretches_of(reader, self.stream, self._apart)

    def events(self, reader: StateReader, span: Span) -> Iterator[Event]:
        """The occurrences of a span, by time, then by id."""
        if self.is_email:
            return reader.email_events(self._apart, span.low, span.high)
        return reader.events(self.stream, span.low, span.high)

    @property
    def _apart(self) -> str:
        return self.name.removeprefix(PREFIX) if self.is_email else ""


def rows(
    type_id: str,
    columns: tuple[Column, ...],
    events: Callable[[StateReader, Span], Iterator[Event]],
    reader: StateReader,
    span: Span,
) -> Iterator[Row]:
    """One row per occurrence, by time, then by id; `columns` are those of its properties."""
    cells = cells_of(columns)
    for occurred_at, id_, object_type, object_id, ingested, body in events(reader, span):
        properties = cells(orjson.loads(body))
        yield (type_id, id_, object_type, object_id, occurred_at, ingested, *properties)


_OBJECT_ID = Column(
    "OBJECTID",
    "ID",
    "The record that did it. Joins OBJECTS on OBJECTTYPEID and OBJECTID. NULL only for marketing e-mails:"
    " no contact that was copied has the recipient's address.",
    nullable=True,
    certainty="published",
)

EVENTS = TableFamily(
    name="EVENTS_<NAME>",
    grain="one occurrence of one event type",
    columns=(
        Column(
            "EVENTTYPEID",
            "VARCHAR",
            "The event type: `6-<n>` for the account's own, the API's name where it has no id, `email:<type>`"
            " for marketing e-mails. Joins OBJECT_AND_EVENT_TYPE_DEFINITIONS.OBJECTTYPEID.",
            certainty="published",
        ),
        Column("ID", "VARCHAR", "Id of the occurrence.", certainty="published"),
        Column("OBJECTTYPEID", "VARCHAR", "Type of the record that did it."),
        _OBJECT_ID,
        Column("OCCURREDAT", "TIMESTAMP", "When it happened.", certainty="published"),
        ingested_at(),
    ),
    key=("ID",),
    streams=(
        EVENTS_STREAM,
        EVENT_TYPES,
        EVENT_PROPERTIES,
        EMAIL_EVENTS,
        EMAIL_EVENT_DEFINITIONS,
        EMAIL_EVENT_PROPERTIES,
    ),
    expand=expand,
    possible=possible,
    own_columns="`PROPERTY_<NAME>` for each property of the event type, all nullable; a number, date or"
    " datetime is typed and followed by `PROPERTY_UNPARSED_<NAME>`, HubSpot's own text.",
    order=("OCCURREDAT", "ID"),
)


def _counts(reader: StateReader) -> dict[str, int]:
    """How often each type that the run has read occurred, by its name."""
    counts = {name: reader.count(f"events/{name}") for name in reader.family("events")}
    emails = reader.email_event_counts().items()
    return counts | {PREFIX + name: count for name, count in emails}


def _known(reader: StateReader, counts: Mapping[str, int]) -> list[EventTypeDocument]:
    """Every type that could occur, and those that did, today or once, although nobody names them."""
    known = {name: EventTypeDocument(name) for name in counts}
    # No list has all types of marketing e-mails: one that had a table once is known by that.
    known |= {
        id_: type_document(id_.removeprefix(PREFIX))
        for id_ in given_names(reader, EVENTS.name)
        if id_.startswith(PREFIX)
    }
    known |= {found.name: found for found, _ in event_types(reader)}
    return [known[name] for name in sorted(known)]


def _names(reader: StateReader, counts: Mapping[str, int]) -> dict[str, GivenName]:
    """Names for all types that could occur, whether or not they did and whatever was chosen.

    So a table means the same in every selection, before a run and after it, and a type's first row renames
    no other table. HubSpot's list names the types of marketing e-mails too (`e_opened_email_v2`).
    """
    named = [
        Named(event_type_id(known), (bare_name(known.name),), rank=_rank(known.name))
        for known in _known(reader, counts)
    ]
    return table_names(EVENTS.prefix, named, given_names(reader, EVENTS.name))


def _rank(name: str) -> int:
    """Who comes first where several want one name.

    The mails, whose names are the share's; HubSpot's own types before the account's, as in the share, where
    their ids are the lower ones (`4-<n>`, `6-<n>`). A type of mails that nobody listed comes last: it is
    known from its rows, so its name must not depend on others having been read, nor theirs on it.
    """
    if name.startswith(PREFIX):
        return 0 if name in _LISTED_EMAILS else 3
    return 1 if name.startswith(HUBSPOTS) else 2


_LISTED_EMAILS = frozenset(known.id for known in EMAIL_EVENT_TYPES)


def _columns(scope: Scope, types: Iterable[EventTypeDocument]) -> dict[str, tuple[Column, ...]]:
    """The property columns of these types, by the type's name: all that any of its rows ever had.

    Also where this run could not read the type: its columns are those of the day before. A property that
    has become sensitive, or is not chosen any more, loses its column.
    """
    reader = scope.reader
    emails = open_as_is(reader.folder, EMAIL_EVENTS_STREAM).email_event_names()
    defined = event_properties(reader)
    kinds = {
        (found.owner, found.name): _KINDS.get(found.type, "VARCHAR")
        for found, _ in event_property_definitions(reader)
    }
    given = given_columns(reader, EVENTS.name)
    columns = {}
    for known in types:
        seen: Iterable[str] = emails.get(known.name.removeprefix(PREFIX), ())
        if not known.name.startswith(PREFIX):
            stream = f"events/{known.name}"
            as_is = open_as_is(reader.folder, stream)
            seen = as_is.seen_names(stream) if as_is.streams else ()
        kept = Kept(
            properties_of(known, defined, reader), scope.properties.within(*names_of_event(known))
        )
        columns[known.name] = property_columns(
            {name: kinds.get((known.name, name), "VARCHAR") for name in filter(kept.keeps, seen)},
            given.get(event_type_id(known), {}),
        )
    return columns


def _table(
    source: Source, known: EventTypeDocument, given: GivenName, properties: tuple[Column, ...]
) -> Table:
    type_id = event_type_id(known)
    system = tuple(
        replace(column, nullable=source.is_email) if column is _OBJECT_ID else column
        for column in EVENTS.columns
    )
    return Table(
        name=given.name,
        grain=f"one occurrence of `{known.name}`",
        columns=(*system, *properties),
        key=EVENTS.key,
        streams=EVENTS.streams,
        spans=source.spans,
        rows=partial(rows, type_id, properties, source.events),
        order=EVENTS.order,
        member=Member(EVENTS.name, type_id, given.wanted),
    )
