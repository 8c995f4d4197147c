"""The catalogue: what every table promises, and what follows from its declaration alone."""

import pickle
import pkgutil
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import crmsnap.tables
from crmsnap.destinations.memory import memory
from crmsnap.hubspot.object_types import STANDARD_TYPES
from crmsnap.model import Choice
from crmsnap.publish.manifest import Manifest, RunFacts, TypeCount
from crmsnap.publish.publish import publish
from crmsnap.publish.verify import VerifyReport, verify
from crmsnap.state.shapes import DELETIONS
from crmsnap.streams.documents import (
    EventTypeDocument,
    LabelDocument,
    ListDocument,
    OwnerDocument,
    OwnerTeam,
    PipelineDocument,
    PropertyDocument,
    StageDocument,
    TypeDocument,
)
from crmsnap.streams.owners import OWNERS as OWNERS_STREAM
from crmsnap.tables import CATALOGUE
from crmsnap.tables.chosen import chosen, expanded, streams_of
from crmsnap.tables.reference import pages
from crmsnap.tables.spans import whole
from crmsnap.tables.table import UNPARSED, Column, Table
from tests.builders.account_state import UPDATED, AccountState, rows_of, scope_of

OF_THE_EXPORT = [
    "ASSOCIATIONS",
    "ASSOCIATIONS_<X>_TO_<Y>",
    "ASSOCIATION_DEFINITIONS",
    "EVENTS_<NAME>",
    "LISTS",
    "LIST_MEMBERSHIPS",
    "OBJECTS",
    "OBJECTS_<PLURAL>",
    "OBJECT_AND_EVENT_TYPE_DEFINITIONS",
    "OBJECT_PROPERTIES",
    "OBJECT_PROPERTIES_HISTORY",
    "OBJECT_WITH_OBJECT_PROPERTIES",
    "OWNERS",
    "OWNER_TEAM",
    "PIPELINES",
    "PIPELINE_STAGES",
    "PROPERTY_DEFINITIONS",
    "TEAMS",
]
"""The tables of HubSpot's own export (knowledge base: connect HubSpot and AWS S3)."""

OF_OURS = ["DELETED_OBJECTS"]
"""What the export leaves its users to find out."""

FAMILIES = {
    "ASSOCIATIONS_<X>_TO_<Y>": "associations_of_pair",
    "EVENTS_<NAME>": "events",
    "OBJECTS_<PLURAL>": "objects_of_type",
}
"""Where families are declared."""

UNREAD = {standard.id for standard in STANDARD_TYPES} - {"0-1", "0-2"}
"""The types of which the account of these tests has no records: their tables are header-only."""

DECLARED = pytest.mark.parametrize("table", CATALOGUE, ids=lambda table: table.name)


@pytest.fixture
def reader(tmp_path):
    """An account in which every table has rows, and keys whose order as text is not that of the rows."""
    state = AccountState(tmp_path)
    versions = {"a": [(UPDATED, "1"), ("2026-01-01 00:00:00.000", None)]}
    for type_ in ("0-1", "0-10", "0-2", "2-1232"):
        state.records(
            type_, {9: {"a": "1", "b": ""}, 10: {"a": "x", "b": "1e2"}}, {9: versions, 10: {}}
        )
        gone = [
            (11, "ARCHIVED", UPDATED, None),
            (8, "MERGED", None, 10),
            (7, "VANISHED", None, None),
        ]
        state.write(f"objects/{type_}", [], {DELETIONS: gone})
        state.documents(
            f"properties/{type_}", {n: PropertyDocument(type_, n, "number") for n in "ab"}
        )
        labels = [
            LabelDocument(type_, "0-1", "HUBSPOT_DEFINED", 4),
            LabelDocument(type_, "0-1", "HUBSPOT_DEFINED", 10, label="Primary"),
            LabelDocument(type_, "0-1", "WORK", 1),
        ]
        state.documents(
            f"association-labels/{type_}",
            {f"0-1 {label.category} {label.type_id}": label for label in labels},
        )
        targets = [(9, "HUBSPOT_DEFINED", 10), (9, "HUBSPOT_DEFINED", 4), (10, "WORK", 1)]
        state.associations(f"{type_}__0-1", {9: targets, 10: targets})
    state.documents(
        "types", {id_: TypeDocument(id_, "x") for id_ in ("0-1", "0-10", "0-2", "2-1232")}
    )
    names = ["e_a", "pe1_B", "pe1_b"]
    state.documents("event-types", {name: EventTypeDocument(name) for name in names})
    state.documents("event-properties", {"e_a n": PropertyDocument("e_a", "n", "number")})
    for name in names:
        state.events(name, *((UPDATED, id_, "0-1", "9", {"n": "1e2", "x": ""}) for id_ in "ba"))
    teams = [OwnerTeam("10", "Ten"), OwnerTeam("9", "Nine", primary=True)]
    state.documents(
        "owners",
        {id_: OwnerDocument(id_, "PERSON", UPDATED, UPDATED, teams=teams) for id_ in ("10", "9")},
    )
    stages = [StageDocument("b", "B", 0, metadata={"isClosed": "true"}), StageDocument("a", "A", 1)]
    state.documents(
        "pipelines",
        {
            f"{t} {id_}": PipelineDocument(t, id_, "P", 0, stages)
            for t in ("0-3", "0-5")
            for id_ in "ab"
        },
    )
    state.documents("lists", {id_: ListDocument(id_, "L", "0-1", "MANUAL") for id_ in ("10", "9")})
    state.write("memberships", [(id_, member, None) for id_ in (10, 9) for member in (10, 9)])
    return state.reader


def test_the_catalogue_is_the_tables_of_hubspots_export():
    """No more and no fewer, but for one of ours, unless one is asked for."""
    published = sorted(table.name for table in CATALOGUE if not table.optional)
    assert published == sorted(OF_THE_EXPORT + OF_OURS)


@DECLARED
def test_a_table_has_a_file_of_its_own(table):
    """`owners.py` is where one looks for OWNERS, `associations_of_pair.py` for those of one pair."""
    file = FAMILIES.get(table.name, table.name.lower())
    text = (Path(crmsnap.tables.__file__).parent / f"{file}.py").read_text()
    assert f'name="{table.name}"' in text


def test_every_file_that_declares_a_table_is_listed():
    """A file that is not in the catalogue would be dead."""
    listed = {type(table).__name__: 0 for table in CATALOGUE}
    declared = 0
    for module in pkgutil.iter_modules(crmsnap.tables.__path__):
        if module.ispkg:
            continue  # `ddl` writes statements about tables, and declares none
        text = (Path(crmsnap.tables.__file__).parent / f"{module.name}.py").read_text()
        declared += sum(text.count(f"= {kind}(\n") for kind in listed)
    assert declared == len(CATALOGUE)


@DECLARED
def test_keys_and_orders_are_columns_and_columns_differ(table):
    """A key that is no column could not be checked by anyone."""
    names = [column.name for column in table.columns]
    assert len(set(names)) == len(names)
    assert table.key
    assert {*table.key, *table.order} <= set(names)


@DECLARED
def test_every_column_says_what_it_is(table):
    """A name alone does not tell what joins to what."""
    for column in table.columns:
        assert column.name == column.name.upper()
        assert len(column.description) > 10
        assert column.description.endswith(".")


@DECLARED
def test_every_table_says_where_it_comes_from(table):
    """Scopes, endpoints and the reading itself follow from the streams."""
    assert table.streams
    assert len(set(table.streams)) == len(table.streams)


@DECLARED
def test_every_row_says_when_it_came_in(table):
    """INGESTEDAT is the last of the columns that all tables have."""
    assert table.columns[-1] == Column(
        "INGESTEDAT",
        "TIMESTAMP",
        table.columns[-1].description,
        certainty=table.columns[-1].certainty,
    )


def test_every_table_keeps_its_declaration(reader):
    """Rows fit the columns: as many cells, of their kind, NULL only where it is declared."""
    kinds = {"NUMBER": (int, str), "ID": (int, str), "BOOLEAN": bool}
    for table in expanded(CATALOGUE, scope_of(reader)):
        rows = rows_of(table, reader)
        is_read = table.member is None or table.member.id not in UNREAD
        assert bool(rows) == is_read, table.name
        for row in rows:
            for column, cell in zip(table.columns, row, strict=True):
                if cell in (None, UNPARSED):
                    assert column.nullable, (table.name, column.name)
                else:
                    assert isinstance(cell, kinds.get(column.kind, str)), (table.name, column.name)


def test_every_table_is_in_the_order_that_it_declares(reader):
    """Ids and numbers by value, text by code point, NULL first; and no key comes twice."""
    for table in expanded(CATALOGUE, scope_of(reader)):
        rows = rows_of(table, reader)
        order, keys = _keys(table, table.sorted_by, rows), _keys(table, table.key, rows)
        assert order == sorted(order), table.name
        assert len(set(keys)) == len(keys), table.name


def test_every_table_is_published_under_its_columns_and_agrees_with_the_others(reader):
    """The engine checks the order of rows itself, and `verify` that the tables tell one story."""
    manifest, texts, report = published(CATALOGUE, reader)
    assert report.problems == ()
    tables = expanded(CATALOGUE, scope_of(reader))
    assert [table.name for table in manifest.tables] == [table.name for table in tables]
    for table in tables:
        header, *lines = texts[table.name].splitlines()
        assert header == ",".join(column.name for column in table.columns)
        assert len(lines) == len(rows_of(table, reader))


def test_a_table_can_be_sent_to_another_process(reader):
    """Parts are written by a pool of processes, or of machines."""
    for table in expanded(CATALOGUE, scope_of(reader)):
        sent = pickle.loads(pickle.dumps(table))  # noqa: S301 - our own bytes
        assert rows_of(sent, reader) == rows_of(table, reader)


def test_without_any_stream_every_fixed_table_is_empty(tmp_path):
    """An account that allows nothing gives header-only tables, not an error."""
    empty = AccountState(tmp_path).reader
    tables = expanded(CATALOGUE, scope_of(empty))
    assert {table.name for table in tables} > {*OF_THE_EXPORT} - {*FAMILIES}
    assert [table.name for table in tables if rows_of(table, empty)] == []


def test_a_table_is_one_file_and_one_line(reader):
    """A made-up table: its declaration (the file) in the catalogue (the line), and nothing else."""
    made_up = Table(
        name="OWNER_COUNT",
        grain="the number of owners",
        columns=(
            Column("OWNERS", "NUMBER", "How many owners the account has."),
            Column("INGESTEDAT", "TIMESTAMP", "When they were counted."),
        ),
        key=("OWNERS",),
        streams=(OWNERS_STREAM,),
        spans=whole("owners"),
        rows=lambda reader, span: iter([(reader.count(span.stream), UPDATED)]),
    )
    catalogue = (*CATALOGUE, made_up)

    made = pages(catalogue)
    assert "| [`OWNER_COUNT`](tables/owner-count.md) | the number of owners |" in made["tables.md"]
    row = "| `OWNERS` | NUMBER | - | ours | How many owners the account has. |"
    assert row in made["tables/owner-count.md"]
    assert streams_of(chosen(catalogue, Choice(("owner_count",)))) == [OWNERS_STREAM]
    manifest, parts, report = published(catalogue, reader)
    assert [table.name for table in manifest.tables][-1] == "OWNER_COUNT"
    assert (report.tables, report.problems) == (len(manifest.tables), ())
    assert parts["OWNER_COUNT"] == f"OWNERS,INGESTEDAT\n2,{UPDATED}\n"


class SteadyClock:
    """Time for publishing, which nobody interrupts here."""

    monotonic = staticmethod(time.monotonic)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


def published(catalogue, reader) -> tuple[Manifest, dict[str, str], VerifyReport]:
    """What the engine makes of a catalogue: the manifest, every table's text, and what is wrong."""
    destination = memory()
    counts = tuple(
        TypeCount(object_type, None, reader.count(f"objects/{object_type}"))
        for object_type in reader.family("objects")
    )
    manifest = publish(
        expanded(catalogue, scope_of(reader)),
        reader,
        destination,
        facts=RunFacts("run-1", "acme", "123", "2026-11-22", UPDATED, UPDATED, counts=counts),
        remember=lambda _: None,
        open_executor=lambda _: ThreadPoolExecutor(1),
        observe=lambda _: None,
        stop=SteadyClock(),
    )
    texts = {
        table.name: "".join(
            zlib.decompress(destination.get(part.key), wbits=31).decode() for part in table.parts
        )
        for table in manifest.tables
    }
    return manifest, texts, verify(destination, None, lambda _: None)


def _keys(table: Table, names: tuple[str, ...], rows) -> list[tuple]:
    columns = [column.name for column in table.columns]
    places = [(columns.index(name), table.columns[columns.index(name)].kind) for name in names]
    return [tuple(_comparable(row[place], kind) for place, kind in places) for row in rows]


def _comparable(cell, kind: str) -> tuple:
    if cell is None:
        return (0,)
    if kind in ("ID", "NUMBER"):
        return (1, int(cell))
    return (1, cell)
