"""OBJECTS_<PLURAL>: the live records of one object type, a column for each property.

Views of the rows that OBJECT_WITH_OBJECT_PROPERTIES holds: nothing is read for them. The columns are the
properties that were asked for, never the names in an answer, so that they stay when a value is missing.
"""

from collections.abc import Iterator, Mapping
from functools import partial
from types import MappingProxyType

import orjson

from crmsnap.state.reader import StateReader
from crmsnap.streams.documents import PropertyDocument, TypeDocument
from crmsnap.streams.known_types import all_types, names_of, wanted_properties
from crmsnap.streams.objects import OBJECT_VALUES
from crmsnap.streams.properties import PROPERTIES
from crmsnap.streams.records import RECORD_STREAMS
from crmsnap.streams.stream import Scope
from crmsnap.streams.types import TYPES
from crmsnap.tables.engagement_properties import ENGAGEMENT, wanted_engagement_properties
from crmsnap.tables.engagements import records_of, spans_of
from crmsnap.tables.given_names import given_columns
from crmsnap.tables.naming import ColumnNames, GivenName
from crmsnap.tables.objects import OBJECTS
from crmsnap.tables.property_columns import present_cells_of, property_columns
from crmsnap.tables.property_definitions import undeclared_names
from crmsnap.tables.spans import type_of
from crmsnap.tables.table import Column, Kind, Member, Possible, Span, Sparse, Table, TableFamily
from crmsnap.tables.type_names import OBJECTS_OF_TYPE as FAMILY
from crmsnap.tables.type_names import object_table_names

_KINDS: Mapping[str, Kind] = MappingProxyType(
    {"number": "NUMBER", "date": "DATE", "datetime": "TIMESTAMP", "bool": "BOOLEAN"}
)
"""By a definition's type; all others are texts."""


def expand(scope: Scope) -> Iterator[Table]:
    """A table for every type that the run wants, by table name: also for one that it could not read."""
    known = {found.id: found for found in all_types(scope)}
    columns = given_columns(scope.reader, FAMILY)
    tables = [
        _table(scope, found, given, columns.get(id_, {}))
        for id_, given in object_table_names(scope.reader).items()
        if scope.wants(id_)
        for found in (known.get(id_) or TypeDocument(id_, id_),)
        if not found.archived or f"objects/{id_}" in scope.reader.streams
    ]
    yield from sorted(tables, key=lambda table: table.name)


def possible(reader: StateReader) -> Iterator[Possible]:
    """The table of every type that the account knows and of every standard one."""
    for id_, given in object_table_names(reader).items():
        yield Possible(given.name, _member(id_, given))


def rows(columns: tuple[Column, ...], reader: StateReader, span: Span) -> Iterator[Sparse]:
    """One row per record, by id; `columns` are all of the table's."""
    object_type = type_of(span.stream)
    cells = present_cells_of(columns)
    for id_, updated_at, ingested, body in records_of(reader, span):
        yield Sparse((object_type, id_, updated_at, ingested), cells(orjson.loads(body)))


OBJECTS_OF_TYPE = TableFamily(
    name="OBJECTS_<PLURAL>",
    grain="one live record of one object type",
    columns=OBJECTS.columns,  # then those of its properties
    key=("OBJECTID",),
    streams=(*RECORD_STREAMS, OBJECT_VALUES, TYPES, PROPERTIES),
    expand=expand,
    possible=possible,
    own_columns="`PROPERTY_<NAME>` for each property that is copied, all nullable: a number, date, datetime"
    " or bool is typed, anything else is text. After a number, date or datetime comes"
    " `PROPERTY_UNPARSED_<NAME>`, its text. A text that is not of its type is NULL in the typed column, and"
    " counted in the manifest; a bool's stays in OBJECT_PROPERTIES. Of names that differ only in signs or case"
    " (`a_b`, `a-b`) one gets `_2`; each keeps its column from day to day, and the manifest says whose it is.",
    for_each="each object type of the account and for each standard one, with rows or without",
)


def _table(
    scope: Scope, known: TypeDocument, given: GivenName, names: Mapping[str, ColumnNames]
) -> Table:
    columns = (*OBJECTS_OF_TYPE.columns, *property_columns(_kinds(scope, known), names))
    return Table(
        name=given.name,
        grain=f"one live record of type {known.id}",
        columns=columns,
        key=OBJECTS_OF_TYPE.key,
        streams=OBJECTS_OF_TYPE.streams,
        spans=spans_of(known.id),
        rows=partial(rows, columns),
        member=_member(known.id, given),
    )


def _member(id_: str, given: GivenName) -> Member:
    return Member(FAMILY, id_, given.wanted, types=(id_,))


def _kinds(scope: Scope, known: TypeDocument) -> dict[str, Kind]:
    """Property -> the kind of its column, for all that is copied of a type."""
    if known.id == ENGAGEMENT:
        return _kinds_of(wanted_engagement_properties(scope))
    chosen = scope.properties.within(*names_of(known))
    seen = filter(chosen.takes, undeclared_names(scope.reader, known.id))
    return _kinds_of(wanted_properties(scope, known)) | dict.fromkeys(seen, "VARCHAR")


def _kinds_of(definitions: list[PropertyDocument]) -> dict[str, Kind]:
    return {definition.name: _KINDS.get(definition.type, "VARCHAR") for definition in definitions}
