"""Where the rows of a table lie in the state: stretches that one task reads, in the order of the rows.

Borders follow from the state alone, so that the same state gives the same parts on any machine; they are
those of its spans, so that they stay from day to day.
"""

from collections.abc import Callable, Iterator
from functools import partial

from crmsnap.state.reader import StateReader
from crmsnap.tables.table import Span


def whole(*streams: str) -> Callable[[StateReader], Iterator[Span]]:
    """One span over streams, or families of them, that are read whole; it is named after the first.

    Streams that the run has not read are left out; without any of them there is no span.
    """
    return partial(_whole, streams)


def each(family: str) -> Callable[[StateReader], Iterator[Span]]:
    """A span for every stream of a family, by code point of what follows the slash."""
    return partial(_each, family)


def records(reader: StateReader) -> Iterator[Span]:
    """The records of every type that was read: types by code point, then ids by value."""
    for object_type in reader.family("objects"):
        yield from _cut(reader, f"objects/{object_type}")


def histories(reader: StateReader) -> Iterator[Span]:
    """The same for the types that have histories: what changes in others is none of those tables' business."""
    for object_type in reader.family("objects"):
        stream = f"objects/{object_type}"
        if reader.keeps_histories(stream):
            yield from _cut(reader, stream)


def associations(reader: StateReader) -> Iterator[Span]:
    """The associations of every pair that was read: by from type, by to type, then by from id."""
    for from_type, to_type in _pairs(reader):
        yield from _cut(reader, f"associations/{from_type}__{to_type}")


def stretches(stream: str) -> Callable[[StateReader], Iterator[Span]]:
    """The rows of one stream, cut by its keys; none if the run has not read it."""
    return partial(_stretches, stream)


def stretches_of(reader: StateReader, stream: str, apart: str = "") -> Iterator[Span]:
    """The same at once, also of one of the stream's types."""
    if stream in reader.streams:
        yield from _cut(reader, stream, apart)


def type_of(stream: str) -> str:
    """The type of a member of a family, from its stream's name: `objects/0-1` -> `0-1`."""
    return stream.partition("/")[2]


def pair_of(stream: str) -> tuple[str, str]:
    """The types of a pair, from its stream's name: `associations/0-1__0-3` -> (`0-1`, `0-3`)."""
    return split_pair(type_of(stream))


def split_pair(id_: str) -> tuple[str, str]:
    """The types of a pair, from its id: `0-1__0-3` -> (`0-1`, `0-3`)."""
    from_type, _, to_type = id_.partition("__")
    return from_type, to_type


def _pairs(reader: StateReader) -> list[tuple[str, str]]:
    # Not in the order of the names: `0-10__0-1` comes before `0-1__0-1`, but `0-1` before `0-10`.
    return sorted(map(split_pair, reader.family("associations")))


def _whole(streams: tuple[str, ...], reader: StateReader) -> Iterator[Span]:
    found = [
        name
        for stream in streams
        for name in reader.streams
        if name == stream or name.startswith(stream + "/")
    ]
    if found:
        yield Span(found[0], weight=sum(map(reader.count, found)))


def _stretches(stream: str, reader: StateReader) -> Iterator[Span]:
    return stretches_of(reader, stream)


def _each(family: str, reader: StateReader) -> Iterator[Span]:
    for member in reader.family(family):
        stream = f"{family}/{member}"
        yield Span(stream, weight=reader.count(stream))


def _cut(reader: StateReader, stream: str, apart: str = "") -> Iterator[Span]:
    for low, high, rows in reader.borders(stream, apart):
        yield Span(stream, low, high, weight=rows)
