"""Tables for tests: declared like real ones, their rows in memory instead of a state."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random

from crmsnap.destinations.interface import Destination
from crmsnap.publish.manifest import Manifest, RunFacts, TypeCount
from crmsnap.publish.publish import publish
from crmsnap.publish.range_task import Remember
from crmsnap.state.reader import StateReader
from crmsnap.tables.property_columns import property_columns
from crmsnap.tables.table import Column, Group, Kind, Member, Row, Span, Sparse, Table, Value

READER = StateReader(Path("/no/state/in/these/tests"), ())
DAY = "2026-11-22"
INGESTED = "2026-11-22 02:00:00.000"
FACTS = RunFacts(
    run="run-1",
    connection="acme",
    account="4711",
    day=DAY,
    window_start="2026-11-22 02:00:00.000",
    window_end="2026-11-22 02:10:00.000",
)

Items = Sequence[Row | Group | Sparse]


class StandStill:
    """A clock for runs that never wait."""

    def monotonic(self) -> float:
        return 0.0

    def sleep(self, seconds: float) -> None:
        return None


@contextmanager
def threads(tasks: int) -> Iterator[Executor]:
    """An executor as a run opens one."""
    with ThreadPoolExecutor(2) as executor:
        yield executor


def forget(keys: Sequence[str]) -> None:
    """A record of PUTs for tests that do not sweep."""


def ignore(event: object) -> None:
    """An observer for tests that do not observe."""


def seeded(seed: int) -> Random:
    """Randomness that a failing test can be repeated with."""
    return Random(seed)


def column(name: str, kind: str = "VARCHAR", *, nullable: bool = False) -> Column:
    return Column(name, kind, f"{name} of a made-up table", nullable)  # type: ignore[arg-type]  # tests pass literals


def a_table(
    name: str,
    columns: Sequence[Column],
    items: Items,
    *,
    key: Sequence[str],
    order: Sequence[str] = (),
    items_per_span: int = 1000,
    weight: int = 1,
) -> Table:
    """A table of these rows, `weight` for each of them."""
    return Table(
        name=name,
        grain=f"one row of {name}",
        columns=tuple(columns),
        key=tuple(key),
        streams=(),
        spans=partial(_spans, len(items), items_per_span, weight),
        rows=partial(_rows, tuple(items)),
        order=tuple(order),
    )


def _spans(count: int, step: int, weight: int, reader: StateReader) -> Iterator[Span]:
    for low in range(0, count, step):
        yield Span("made-up", low, low + step, weight * (min(count, low + step) - low))


def _rows(items: Items, reader: StateReader, span: Span) -> Iterator[Row | Group | Sparse]:
    yield from items[span.low : span.high]


TYPE_ID = column("OBJECTTYPEID")
OBJECT_ID = column("OBJECTID", "ID")
UPDATED_AT = column("UPDATEDAT", "TIMESTAMP", nullable=True)
INGESTED_AT = column("INGESTEDAT", "TIMESTAMP")
RECORD_KEY = ("OBJECTTYPEID", "OBJECTID")

Record = tuple[str, int | str, dict[str, str]]
"""Type, id, and property values."""
Entry = tuple[str, str | None, str]
"""Property, value, and when it was set."""

Cells = Mapping[str, Value]

UPDATED = "2026-11-20 08:15:30.123"


def objects(records: Sequence[Record]) -> Table:
    columns = (TYPE_ID, OBJECT_ID, UPDATED_AT, INGESTED_AT)
    rows = [(type_id, record_id, UPDATED, INGESTED) for type_id, record_id, _ in records]
    return a_table("OBJECTS", columns, rows, key=RECORD_KEY)


def wide(records: Sequence[Record], as_json: Callable[[dict[str, str]], str]) -> Table:
    columns = (TYPE_ID, OBJECT_ID, column("PROPERTIES", "JSON"), UPDATED_AT, INGESTED_AT)
    rows = [
        (type_id, record_id, as_json(values), UPDATED, INGESTED)
        for type_id, record_id, values in records
    ]
    return a_table("OBJECT_WITH_OBJECT_PROPERTIES", columns, rows, key=RECORD_KEY)


LONG_COLUMNS = (
    *(TYPE_ID, OBJECT_ID, column("NAME"), column("VALUE")),
    *(UPDATED_AT, INGESTED_AT),
)


def long(records: Sequence[Record], *, items_per_span: int = 1000, weight: int = 1) -> Table:
    groups = [
        Group(
            (type_id, record_id),
            [(name, values[name], None) for name in sorted(values)],
            (INGESTED,),
        )
        for type_id, record_id, values in records
        if type_id != "0-4"
    ]
    return a_table(
        "OBJECT_PROPERTIES",
        LONG_COLUMNS,
        groups,
        key=(*RECORD_KEY, "NAME"),
        items_per_span=items_per_span,
        weight=weight,
    )


def own(type_id: str, kinds: Mapping[str, Kind], records: Mapping[int | str, Cells]) -> Table:
    """The table of one type; cells by what follows `PROPERTY_` in the name of their column."""
    columns = property_columns(kinds)
    names = [column.name.removeprefix("PROPERTY_") for column in columns]
    rows = [
        (type_id, record_id, UPDATED, INGESTED, *(cells.get(name) for name in names))
        for record_id, cells in records.items()
    ]
    table = a_table(
        f"OBJECTS_{type_id.replace('-', '_')}",
        (TYPE_ID, OBJECT_ID, UPDATED_AT, INGESTED_AT, *columns),
        rows,
        key=("OBJECTID",),
    )
    return replace(table, member=Member("OBJECTS_<PLURAL>", type_id, table.name))


def events(
    type_id: str, kinds: Mapping[str, Kind], occurrences: Sequence[tuple[str, Cells]]
) -> Table:
    """The table of one event type: ids and cells, by what follows `PROPERTY_` in the column's name."""
    columns = property_columns(kinds)
    names = [column.name.removeprefix("PROPERTY_") for column in columns]
    rows = [
        (type_id, id_, f"{DAY} 02:00:{n:02d}.000", *(cells.get(name) for name in names))
        for n, (id_, cells) in enumerate(occurrences)
    ]
    table = a_table(
        f"EVENTS_{type_id.replace('-', '_')}",
        (column("EVENTTYPEID"), column("ID"), column("OCCURREDAT", "TIMESTAMP"), *columns),
        rows,
        key=("ID",),
        order=("OCCURREDAT", "ID"),
    )
    return replace(table, member=Member("EVENTS_<NAME>", type_id, table.name))


def a_pair(pair: str, rows: Sequence[Row]) -> Table:
    """The table of one pair of types: kind, from id, to id, and when it came in."""
    kind, from_id, to_id = "COMBINEDASSOCIATIONTYPEID", "X_OBJECTID", "Y_OBJECTID"
    columns = (column(kind), column(from_id, "ID"), column(to_id, "ID"), INGESTED_AT)
    name = f"ASSOCIATIONS_{pair.replace('-', '_')}"
    table = a_table(name, columns, rows, key=(from_id, to_id, kind))
    return replace(table, member=Member("ASSOCIATIONS_<X>_TO_<Y>", pair, name))


HISTORY_KEY = (*RECORD_KEY, "NAME", "UPDATEDAT", "VALUE")


def history(entries: Sequence[tuple[str, int | str, Sequence[Entry]]]) -> Table:
    columns = (
        *(TYPE_ID, OBJECT_ID, column("NAME"), column("VALUE", nullable=True)),
        *(column("UPDATEDAT", "TIMESTAMP"), INGESTED_AT),
    )
    rows = [
        (type_id, record_id, name, value, time, INGESTED)
        for type_id, record_id, values in entries
        for name, value, time in values
    ]
    return a_table("OBJECT_PROPERTIES_HISTORY", columns, rows, key=HISTORY_KEY)


def sources(entries: Sequence[tuple[str, int | str, Sequence[Entry]]]) -> Table:
    """The same versions, each with the kind of its source."""
    columns = (
        *(TYPE_ID, OBJECT_ID, column("NAME"), column("VALUE", nullable=True)),
        *(column("UPDATEDAT", "TIMESTAMP"), column("SOURCETYPE", nullable=True), INGESTED_AT),
    )
    rows = [
        (type_id, record_id, name, value, time, "API", INGESTED)
        for type_id, record_id, values in entries
        for name, value, time in values
    ]
    return a_table("OBJECT_PROPERTIES_HISTORY_SOURCES", columns, rows, key=HISTORY_KEY)


def publish_into(
    destination: Destination, tables: Sequence[Table], *, remember: Remember = forget
) -> Manifest:
    """A snapshot of these tables, the plain way; the manifest counts the rows of OBJECTS."""
    of_types = Counter(
        str(row[0])
        for table in tables
        if table.name == "OBJECTS"
        for span in table.spans(READER)
        for row in table.rows(READER, span)
        if isinstance(row, tuple) and row[0] != "0-4"
    )
    counts = tuple(
        TypeCount(type_id, None, of_types[type_id], "not counted", reason="no count")
        for type_id in sorted(of_types)
    )
    return publish(
        tables,
        READER,
        destination,
        facts=replace(FACTS, counts=counts),
        remember=remember,
        open_executor=threads,
        observe=ignore,
        stop=StandStill(),
    )
