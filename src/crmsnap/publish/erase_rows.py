"""Which rows of a published table are about a record, and a part without them.

Rows are found by the columns that hold a type and an id, in any table of any version. What stays is taken over
as the lines that it is: nothing is parsed and written again, so no other cell can change.
"""

import csv
import io
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from isal import igzip

from crmsnap.hubspot.object_types import ENGAGEMENT_TYPES
from crmsnap.model import Part
from crmsnap.publish.csv_text import TEXT_MAX, Batch, header
from crmsnap.publish.gzip_parts import Compression, GzipPart, empty_part, gzip_parts
from crmsnap.publish.manifest import PublishedTable
from crmsnap.publish.order import rank, sort_columns
from crmsnap.publish.range_task import KEY_TEXT_MAX
from crmsnap.tables.associations_of_pair import ASSOCIATIONS_OF_PAIR
from crmsnap.tables.engagement_properties import ENGAGEMENT
from crmsnap.tables.spans import split_pair
from crmsnap.tables.type_names import OBJECTS_OF_TYPE

RecordId = tuple[str, str]
"""Object type id and record id, both as published."""

DELETED = "DELETED_OBJECTS"
"""Says of records that are gone that they are: an id, a reason and a time. It is left as it is."""

_READ_AT_ONCE = 1 << 20
_FIELD_MAX = 1 << 30
"""As for reading a table: csv's own limit is less than one record's properties as JSON."""

_opened: Callable[..., io.BufferedReader] = igzip.open  # which has no types of its own
_PAIRS_OF_COLUMNS = (
    ("OBJECTTYPEID", "OBJECTID"),
    ("FROMOBJECTTYPEID", "FROMOBJECTID"),
    ("TOOBJECTTYPEID", "TOOBJECTID"),
)
_NUMBER = re.compile(r"/part-([0-9]+)-")


@dataclass(frozen=True, slots=True)
class Reference:
    """A place in the rows of a table that names a record."""

    id_at: int
    type_at: int | None
    type: str = ""
    """The type of every row, where no column says it."""


def with_engagements(records: Iterable[RecordId]) -> frozenset[RecordId]:
    """The records, and what they are called besides: a task is an engagement, too, with the same id."""
    found = set(records)
    for type_, id_ in tuple(found):
        if type_ == ENGAGEMENT:
            found.update((one, id_) for one in ENGAGEMENT_TYPES)
        elif type_ in ENGAGEMENT_TYPES:
            found.add((ENGAGEMENT, id_))
    return frozenset(found)


def references(table: PublishedTable) -> tuple[Reference, ...]:
    """Where the rows of a table name records that they are about; nowhere in most tables of definitions."""
    if table.name == DELETED:
        return ()
    names = [column.name for column in table.columns]
    if table.about is not None and table.about.family == ASSOCIATIONS_OF_PAIR.name:
        ends = zip(split_pair(table.about.id), table.key, strict=False)
        return tuple(Reference(names.index(name), None, type_) for type_, name in ends)
    return tuple(
        Reference(names.index(id_), names.index(type_))
        for type_, id_ in _PAIRS_OF_COLUMNS
        if {type_, id_} <= set(names)
    )


def may_hold(table: PublishedTable, part: Part, records: Collection[RecordId]) -> bool:
    """Whether a part could have such a row, by what its manifest says."""
    about = table.about
    if about is not None and about.family == OBJECTS_OF_TYPE:
        records = [record for record in records if record[0] == about.id]
        return any(_in_range(table, part, record[1:]) for record in records)
    if about is not None and about.family == ASSOCIATIONS_OF_PAIR.name:
        return any(record[0] in split_pair(about.id) for record in records)
    if table.sorted_by[:2] == _PAIRS_OF_COLUMNS[0]:
        return any(_in_range(table, part, record) for record in records)
    return True


def rows_about(
    table: PublishedTable, data: bytes, records: Collection[RecordId]
) -> list[list[str]]:
    """The rows of a part that are about any of the records, in their order."""
    if not _mentions(data, {id_ for _, id_ in records}):
        return []
    is_about = _test(table, records)
    return [line for line, _ in _lines(data) if is_about(line)]


def named_in(
    table: PublishedTable, lines: Iterable[list[str]], records: Collection[RecordId]
) -> frozenset[str]:
    """The ids of those of the records that rows are about."""
    places = references(table)
    return frozenset(
        line[place.id_at]
        for line in lines
        for place in places
        if (_type_of(place, line), line[place.id_at]) in records
    )


def parts_without(
    table: PublishedTable, data: bytes, records: Collection[RecordId], compression: Compression
) -> Iterator[GzipPart]:
    """The part again without the rows about the records; none if no row is left."""
    kept = _batches(table, _lines(data), _test(table, records))
    return gzip_parts(kept, header(table.columns), compression)


def header_only(table: PublishedTable, compression: Compression) -> GzipPart:
    """The part of a table that has no rows left."""
    return empty_part(header(table.columns), compression)


def number_of(part: Part) -> int:
    """The number in a part's name: what takes its place lies at the same place in listings."""
    found = _NUMBER.search(part.key)
    return 0 if found is None else int(found[1])


def record_of(table: PublishedTable, line: list[str]) -> RecordId | None:
    """Whose row it is, in a table of rows that belong to one record each."""
    found = references(table)
    if len(found) != 1 or found[0].type_at is None:
        return None
    return line[found[0].type_at], line[found[0].id_at]


def _test(table: PublishedTable, records: Collection[RecordId]) -> Callable[[list[str]], bool]:
    by_id: dict[str, set[str]] = {}
    for type_, id_ in records:
        by_id.setdefault(id_, set()).add(type_)
    places = references(table)

    def is_about(line: list[str]) -> bool:
        for place in places:
            types = by_id.get(line[place.id_at])
            if types is not None and _type_of(place, line) in types:
                return True
        return False

    return is_about


def _type_of(place: Reference, line: list[str]) -> str:
    return place.type if place.type_at is None else line[place.type_at]


def _in_range(table: PublishedTable, part: Part, key: tuple[str, ...]) -> bool:
    columns = sort_columns(table)[: len(key)]
    if len(part.first_key) < len(key):
        return False  # only a header
    ends = [end[: len(key)] for end in (part.first_key, part.last_key)]
    if any(len(text) >= KEY_TEXT_MAX for end in ends for text in end):
        return True  # may be cut off
    first, last = (rank(columns, end) for end in ends)
    return first <= rank(columns, key) <= last


def _mentions(data: bytes, ids: Iterable[str]) -> bool:
    """Whether any of the ids stands anywhere in a part: most parts hold none, and need not be parsed."""
    wanted = [id_.replace('"', '""').encode() for id_ in ids]
    overlap = max(map(len, wanted), default=0)
    tail = b""
    with _opened(io.BytesIO(data), "rb") as stream:
        while block := stream.read(_READ_AT_ONCE):
            seen = tail + block
            if any(id_ in seen for id_ in wanted):
                return True
            tail = seen[-overlap:] if overlap else b""
    return False


def _lines(data: bytes) -> Iterator[tuple[list[str], str]]:
    """Every row of a part, parsed and as it stands there; the header is left out."""
    csv.field_size_limit(_FIELD_MAX)
    behind: list[str] = []

    def taken(text: Iterable[str]) -> Iterator[str]:
        for line in text:
            behind.append(line)
            yield line

    with _opened(io.BytesIO(data), "rt", encoding="utf-8", newline="\n") as text:
        for number, line in enumerate(csv.reader(taken(text), strict=True)):  # type: ignore[arg-type]  # opened as text
            if number:
                yield line, "".join(behind)
            behind.clear()


def _batches(
    table: PublishedTable,
    lines: Iterator[tuple[list[str], str]],
    is_about: Callable[[list[str]], bool],
) -> Iterator[Batch]:
    names = [column.name for column in table.columns]
    key = [names.index(name) for name in table.sorted_by]
    kept = ((line, raw) for line, raw in lines if not is_about(line))
    for first, raw in kept:
        last, texts, size = first, [raw], len(raw)
        while size <= TEXT_MAX and (more := next(islice(kept, 1), None)) is not None:
            last = more[0]
            texts.append(more[1])
            size += len(more[1])
        begin, end = (tuple([line[at] for at in key]) for line in (first, last))
        yield Batch("".join(texts).encode(), len(texts), begin, end, replaced=0)
