"""Do the tables of records tell one story? One walk through all, record by record in key order.

OBJECTS, OBJECT_WITH_OBJECT_PROPERTIES and the types' own tables hold the same records at the same times;
OBJECT_PROPERTIES and the typed cells hold the values of PROPERTIES, no more and no less; the newest value
of a property's history, with or without sources, is its current value. Type 0-4, ENGAGEMENT, stands only in tables with one row per
record: its values are in the others under types of their own. A property whose history ends with a value
although it has none now is counted.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any

import orjson

from crmsnap.publish.agree_individual import (
    OwnTable,
    individual_records,
    individual_tables,
)
from crmsnap.publish.agree_typed import miscount
from crmsnap.publish.problems import Problems
from crmsnap.publish.read_table import Line, ReadTable, picker
from crmsnap.state.ids import number_of
from crmsnap.streams.record_rows import history_values_max
from crmsnap.tables.engagement_properties import ENGAGEMENT
from crmsnap.tables.type_names import OBJECTS_OF_TYPE

OBJECTS = "OBJECTS"
WIDE = "OBJECT_WITH_OBJECT_PROPERTIES"
LONG = "OBJECT_PROPERTIES"
HISTORY = "OBJECT_PROPERTIES_HISTORY"
SOURCES = "OBJECT_PROPERTIES_HISTORY_SOURCES"
RECORD_TABLES = (OBJECTS, WIDE, LONG, HISTORY, SOURCES)

Record = tuple[str, str]
"""Object type id and record id."""


@dataclass(slots=True)
class RecordCounts:
    """What the walk came across that is no problem."""

    of_types: Counter[str] = field(default_factory=Counter)
    """Records by type."""
    history_without_current: int = 0

    @property
    def records(self) -> int:
        """Of all types."""
        return self.of_types.total()


@dataclass(slots=True)
class _Head:
    """The rows of one record in one table, and those of the records behind it."""

    table: str
    groups: Iterator[tuple[tuple[str, ...], Iterator[Line]]]
    record: Record = ("", "")
    rank: tuple[str, tuple[int, int | str, str]] | None = None
    rows: list[Line] = field(default_factory=list)

    def step(self) -> None:
        group = next(self.groups, None)
        if group is None:
            self.rank = None
            return
        type_id, record_id = group[0]
        self.record = (type_id, record_id)
        self.rank = (type_id, _rank(record_id))
        self.rows = list(group[1])


def _rank(record_id: str) -> tuple[int, int | str, str]:
    number = number_of(record_id)
    return (2, record_id, record_id) if number is None else (1, number, record_id)


def agree_records(
    tables: Mapping[str, ReadTable],
    problems: Problems,
    live: Callable[[str, str], None],
    *,
    promised: Mapping[str, int],
    of_all_types: bool,
) -> RecordCounts:
    """Walk through those of the record tables that there are, and note where they disagree.

    `live` is told every record of OBJECTS (or of another table of records when that was not published).
    `promised` are the numbers of records that the manifest says, by type. `of_all_types` says that every
    type must have a table of its own, where any has.
    """
    combined = [tables[name] for name in RECORD_TABLES if name in tables]
    individual = individual_tables(tables)
    present = [*combined, *individual.values()]
    counts = RecordCounts()
    found = Problems()
    compare = _Comparison(
        combined,
        {object_type: OwnTable(read) for object_type, read in individual.items()},
        found,
        counts,
        of_all_types=of_all_types and bool(individual),
    )
    has_all = next((name for name in (OBJECTS, WIDE) if name in tables), OBJECTS_OF_TYPE)
    for record, rows in _walk(combined, individual):
        if has_all in rows:
            counts.of_types[record[0]] += 1
            live(*record)
        compare.record(record, rows)
    compare.end()
    if has_all != OBJECTS_OF_TYPE:  # which may be those of some types only
        _same_counts(counts.of_types, promised, has_all, found)
    if all(table.whole for table in present):
        problems.take(found)  # else the damage explains whatever was found here
    return counts


def _same_counts(
    found: Mapping[str, int], promised: Mapping[str, int], table: str, problems: Problems
) -> None:
    for type_id in sorted({*found, *promised} - {ENGAGEMENT}):
        rows, said = found.get(type_id, 0), promised.get(type_id, 0)
        if rows != said:
            problems.add(
                "counts-disagree",
                "",
                f"{table} has {rows} records of type {type_id}, and the manifest counts {said}",
            )


def _walk(
    combined: Sequence[ReadTable], individual: Mapping[str, ReadTable]
) -> Iterator[tuple[Record, dict[str, list[Line]]]]:
    """Every record of any table, with its rows by table; the types' own tables go by their family's name."""
    heads = [_Head(OBJECTS_OF_TYPE, individual_records(individual))]
    for read in combined:
        of_record = picker(read.positions("OBJECTTYPEID", "OBJECTID"))
        heads.append(_Head(read.table.name, groupby(read.lines(), of_record)))
    for head in heads:
        head.step()
    while True:
        least = min((head.rank for head in heads if head.rank is not None), default=None)
        if least is None:
            return
        at_least = [head for head in heads if head.rank == least]
        yield at_least[0].record, {head.table: head.rows for head in at_least}
        for head in at_least:
            head.step()


class _Comparison:
    """Compares the rows of one record after the other."""

    def __init__(
        self,
        tables: Sequence[ReadTable],
        own: Mapping[str, OwnTable],
        problems: Problems,
        counts: RecordCounts,
        *,
        of_all_types: bool,
    ) -> None:
        self._own = own
        self._of_all_types = of_all_types
        by_name = {table.table.name: table for table in tables}
        self._names = set(by_name)
        self._problems = problems
        self._counts = counts
        self._times = {
            name: picker(by_name[name].positions("UPDATEDAT", "INGESTEDAT"))
            for name in (OBJECTS, WIDE)
            if name in by_name
        }
        if WIDE in by_name:
            (self._json,) = by_name[WIDE].positions("PROPERTIES")
        if LONG in by_name:
            self._long_name, self._long_value = by_name[LONG].positions("NAME", "VALUE")
        self._versions = {
            name: picker(by_name[name].positions("NAME", "UPDATEDAT", "VALUE", "INGESTEDAT"))
            for name in (HISTORY, SOURCES)
            if name in by_name
        }

    def record(self, record: Record, rows: Mapping[str, list[Line]]) -> None:
        self._same_records(record, rows)
        wide = self._wide_values(record, rows)
        if record[0] == ENGAGEMENT:
            self._own_values(record, rows, wide)
            return
        long: dict[str, str] | None = None
        if LONG in self._names:
            name_at, value_at = self._long_name, self._long_value
            long = {line[name_at]: line[value_at] for line in rows.get(LONG, ())}
        if wide is not None and long is not None and wide != long:
            names = sorted(
                name for name in wide.keys() | long.keys() if wide.get(name) != long.get(name)
            )
            self._problems.add(
                "values-disagree",
                "",
                f"{_name(record)}: {LONG} and {WIDE} differ in {', '.join(names[:3])}",
            )
        current = long if long is not None else wide
        self._own_values(record, rows, wide if wide is not None else long)
        self._histories(record, rows, current)

    def end(self) -> None:
        for object_type, own in self._own.items():
            if WIDE not in self._names and (LONG not in self._names or object_type == ENGAGEMENT):
                own.alone.report(self._problems)  # its values were nowhere else to be seen
                continue
            for column in own.miscounted():
                self._problems.add(
                    "unparsed-disagrees",
                    "",
                    f"{own.name} {miscount(column)}",
                )

    def _same_records(self, record: Record, rows: Mapping[str, list[Line]]) -> None:
        if {OBJECTS, WIDE} <= self._names:
            if not {OBJECTS, WIDE} <= rows.keys():
                there = OBJECTS if OBJECTS in rows else WIDE
                if there in rows:
                    self._problems.add(
                        "records-disagree",
                        "",
                        f"{_name(record)} is only in {there}, not in both {OBJECTS} and {WIDE}",
                    )
            elif self._times[OBJECTS](rows[OBJECTS][0]) != self._times[WIDE](rows[WIDE][0]):
                self._problems.add(
                    "records-disagree",
                    "",
                    f"{_name(record)} has other times in {OBJECTS} than in {WIDE}",
                )
        if self._names & {OBJECTS, WIDE} and not rows.keys() & {OBJECTS, WIDE}:
            self._problems.add(
                "records-disagree",
                "",
                f"{_name(record)} has rows in {' and '.join(sorted(rows))} but is no record",
            )
        elif own := self._own.get(record[0]):
            self._same_as_own(own, record, rows)
        elif self._of_all_types:
            self._problems.add(
                "records-disagree", "", f"{_name(record)} is of a type without a table of its own"
            )

    def _same_as_own(self, own: OwnTable, record: Record, rows: Mapping[str, list[Line]]) -> None:
        if OBJECTS_OF_TYPE not in rows:
            self._problems.add(
                "records-disagree", "", f"{_name(record)} is not in the table of its type"
            )
            return
        for name, times in self._times.items():
            if name in rows and times(rows[name][0]) != own.times(rows[OBJECTS_OF_TYPE][0]):
                self._problems.add(
                    "records-disagree",
                    "",
                    f"{_name(record)} has other times in {name} than in the table of its type",
                )

    def _own_values(
        self, record: Record, rows: Mapping[str, list[Line]], values: Mapping[str, Any] | None
    ) -> None:
        own = self._own.get(record[0])
        if own is None or OBJECTS_OF_TYPE not in rows:
            return
        if values is None:
            own.alone.watch(rows[OBJECTS_OF_TYPE])
        elif names := own.differing(rows[OBJECTS_OF_TYPE][0], values):
            self._problems.add(
                "values-disagree",
                "",
                f"{_name(record)}: the table of its type differs in {', '.join(names[:3])}",
            )

    def _wide_values(self, record: Record, rows: Mapping[str, list[Line]]) -> dict[str, Any] | None:
        if WIDE not in self._names:
            return None
        if WIDE not in rows:
            return {}
        try:
            values = orjson.loads(rows[WIDE][0][self._json])
        except orjson.JSONDecodeError:
            return None  # reported where the table was read
        if not isinstance(values, dict) or not set(map(type, values.values())) <= {str, type(None)}:
            self._problems.add(
                "values-disagree", "", f"{_name(record)}: PROPERTIES is no JSON object of texts"
            )
            return None
        return {name: value for name, value in values.items() if value is not None}

    def _histories(
        self,
        record: Record,
        rows: Mapping[str, list[Line]],
        current: Mapping[str, Any] | None,
    ) -> None:
        found = [list(map(of, rows.get(name, ()))) for name, of in self._versions.items()]
        if found and found[0] != found[-1]:
            self._problems.add(
                "history-disagrees",
                "",
                f"{_name(record)} has other versions in {HISTORY} than in {SOURCES}",
            )
        for versions in found[:1]:
            self._history(record, versions, current)

    def _history(
        self,
        record: Record,
        versions: Sequence[tuple[str, ...]],
        current: Mapping[str, Any] | None,
    ) -> None:
        limit = history_values_max(record[0])
        for name, group in groupby(versions, itemgetter(0)):
            entries = [(time, value) for _, time, value, _ in group]
            if len(entries) > limit:
                self._problems.add(
                    "history-too-long",
                    "",
                    f"{_name(record)}: {name} has {len(entries)} values, more than {limit}",
                )
            if current is None:
                continue
            newest = entries[-1][0]
            candidates = {value for time, value in entries if time == newest}
            value = current.get(name, "")
            if value in candidates:
                continue
            if name in current:
                self._problems.add(
                    "history-disagrees",
                    "",
                    f"{_name(record)}: the newest value of {name} is not its current one",
                )
            else:
                self._counts.history_without_current += 1


def _name(record: Record) -> str:
    return f"record {record[1]} of type {record[0]}"
