"""Type 0-4, ENGAGEMENT: no API reads it, so its records are those of seven types, merged by id.

HubSpot's article lists it beside tasks and calls. Tables with one row per record hold an engagement twice,
under 0-4 and under its own type; tables of values and of associations hold it once, under its own.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from heapq import merge
from operator import itemgetter
from typing import Any, TypeVar

import orjson

from crmsnap.hubspot.object_types import ENGAGEMENT_TYPES
from crmsnap.state.reader import Record, StateReader
from crmsnap.tables.engagement_properties import ENGAGEMENT, closed_names
from crmsnap.tables.spans import stretches
from crmsnap.tables.table import Span, Table

_UNION = f"objects/{ENGAGEMENT}"
"""No file has this name: a span of it speaks of the seven."""

_by_id = itemgetter(0)

R = TypeVar("R", bound=tuple[Any, ...])


def record_spans(reader: StateReader) -> Iterator[Span]:
    """The records of every type that was read and of 0-4: types by code point, then ids by value."""
    for object_type in sorted({*reader.family("objects"), ENGAGEMENT}):
        yield from spans_of(object_type)(reader)


def spans_of(object_type: str) -> Callable[[StateReader], Iterator[Span]]:
    """The records of one type, which may be 0-4."""
    return _union_spans if object_type == ENGAGEMENT else stretches(f"objects/{object_type}")


def times_of(reader: StateReader, span: Span) -> Iterator[tuple[int | str, str | None, str]]:
    """(Id, updated at, ingested at) of a span's records, by id."""
    return _rows(reader, span, reader.record_times)


def records_of(reader: StateReader, span: Span) -> Iterator[Record]:
    """The records of a span, by id; under 0-4 without the values that it does not show."""
    records = _rows(reader, span, reader.records)
    closed = closed_names(reader) if span.stream == _UNION else frozenset[str]()
    return (_without(closed, record) for record in records) if closed else records


def without_engagements(table: Table) -> Table:
    """A table of records for a run that does not want 0-4, but may want the types that it is made of."""
    if table.spans is not record_spans:
        return table
    return replace(table, spans=_spans_without_union)


def _spans_without_union(reader: StateReader) -> Iterator[Span]:
    return (span for span in record_spans(reader) if span.stream != _UNION)


def _union_spans(reader: StateReader) -> Iterator[Span]:
    """The ids of the seven cut where the largest of them is: by the state alone, without counting.

    Where all seven are cut would be many small stretches, and each part of a day that changed.
    """
    cut = {stream: list(reader.borders(stream)) for stream in _streams(reader)}
    rows = {stream: sum(rows for *_, rows in borders) for stream, borders in cut.items()}
    if not any(rows.values()):
        return
    borders = cut[max(rows, key=rows.__getitem__)]
    weight = sum(rows.values()) // len(borders)
    for low, high, _ in borders:
        yield Span(_UNION, low, high, weight)


def _rows(reader: StateReader, span: Span, read: Callable[..., Iterator[R]]) -> Iterator[R]:
    if span.stream != _UNION:
        return read(span.stream, span.low, span.high)
    streams = [read(stream, span.low, span.high) for stream in _streams(reader)]
    return _each_once(merge(*streams, key=_by_id))


def _each_once(rows: Iterator[R]) -> Iterator[R]:
    """Of two engagements with one id the first, which is that of the lower type: `merge` is stable."""
    last = None
    for row in rows:
        if row[0] != last:
            last = row[0]
            yield row


def _streams(reader: StateReader) -> list[str]:
    return [stream for type_ in ENGAGEMENT_TYPES if reader.has(stream := f"objects/{type_}")]


def _without(closed: frozenset[str], record: Record) -> Record:
    values: dict[str, str] = orjson.loads(record.body)
    if closed.isdisjoint(values):
        return record
    shown = {name: text for name, text in values.items() if name not in closed}
    return record._replace(body=orjson.dumps(shown))
