"""A published table read back in full, with every promise about it checked on the way.

Each part is fetched once and held in memory while it is read; what leaves here are batches of rows,
so that tables can be compared with each other without a second reading.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from hashlib import sha256
from itertools import islice
from operator import itemgetter

from isal import igzip
from isal.igzip_lib import IsalError

from crmsnap.destinations.interface import Destination
from crmsnap.errors import NotThere, SnapshotError
from crmsnap.model import Part
from crmsnap.publish.distinct import distinct_keys
from crmsnap.publish.empty_texts import told_apart
from crmsnap.publish.kinds import misfit
from crmsnap.publish.manifest import PublishedTable
from crmsnap.publish.order import Ascending, sort_columns
from crmsnap.publish.problems import Problems
from crmsnap.publish.range_task import key_text
from crmsnap.tables.table import Group

ROWS_AT_ONCE = 1000
CELLS_AT_ONCE = 200_000
"""A row of a type with 1,500 properties has 3,000 cells: then fewer rows are read at once."""
_FIELD_MAX = 1 << 30
"""csv's own limit is 131,072 characters, less than one record's properties as JSON."""

_TYPE_COLUMNS: Mapping[str, str] = {
    "OBJECTS_<PLURAL>": "OBJECTTYPEID",
    "EVENTS_<NAME>": "EVENTTYPEID",
}
"""Family -> the column that holds in every row the id of what the table is about."""

_UNREADABLE: tuple[type[Exception], ...] = (
    *(csv.Error, UnicodeDecodeError, EOFError, OSError),
    IsalError,  # type: ignore[assignment]  # isal's stub calls the class an instance
)
_unpacked: Callable[..., io.TextIOWrapper] = igzip.open  # which has no types of its own

Line = list[str]
"""A row as read: NULL and the empty string are both '', but in tables with columns of properties an empty
string is `EMPTY`."""


class ReadTable:
    """A table that is being read; after the last batch it knows whether it is whole."""

    def __init__(self, destination: Destination, table: PublishedTable, problems: Problems) -> None:
        self.table = table
        self.whole = True
        """Whether nothing was wrong so far: only whole tables are compared with others."""
        self._destination = destination
        self._problems = problems
        self._names = [column.name for column in table.columns]
        self._ascending: Ascending | None = Ascending(table, read_back=True)
        # Of these tables alone another says which cells are NULL and which empty.
        self._tells_apart = any(column.property is not None for column in table.columns)
        self._type_at = self._position_of_type()
        csv.field_size_limit(_FIELD_MAX)

    def positions(self, *names: str) -> tuple[int, ...]:
        """Where columns stand in a line."""
        return tuple(self._names.index(name) for name in names)

    def lines(self) -> Iterator[Line]:
        """Every row, as `batches` gives them."""
        for batch in self.batches():
            yield from batch

    def batches(self) -> Iterator[list[Line]]:
        """Every row that can be read, in order; rows of the wrong width are left out."""
        with ExitStack() as stack:
            # The order proves that keys are distinct, unless it goes by more than the key.
            distinct = None
            if not set(self.table.sorted_by) <= set(self.table.key):
                distinct = stack.enter_context(distinct_keys())
            for part in self.table.parts:
                for batch in self._batches_of(part):
                    if distinct is not None:
                        positions = self.positions(*self.table.key)
                        distinct.add("\0".join([line[i] for i in positions]) for line in batch)
                    yield batch
            if distinct is not None and (repeated := distinct.repeated()):
                self._wrong("key-twice", "", f"{repeated} keys of {self.table.name} come twice")

    def _batches_of(self, part: Part) -> Iterator[list[Line]]:
        data = self._fetch(part)
        if data is None:
            return
        rows = 0
        first: Line | None = None
        last: Line | None = None
        try:
            for batch in self._parsed(data, part):
                rows += len(batch)
                first = first or batch[0]
                last = batch[-1]
                self._check(batch, part)
                yield batch
        except _UNREADABLE:
            self._wrong("part-unreadable", part.key, f"{part.key} is no gzip of CSV in UTF-8")
            return
        if rows != part.rows:
            self._wrong("rows", part.key, f"{part.key} has {rows} rows instead of {part.rows}")
        if (self._key(first), self._key(last)) != (part.first_key, part.last_key):
            self._wrong("key-range", part.key, f"{part.key} begins or ends with another key")

    def _fetch(self, part: Part) -> bytes | None:
        try:
            data = self._destination.get(part.key)
        except NotThere:
            self._wrong("part-missing", part.key, f"{part.key} is missing")
            return None
        if len(data) != part.bytes or sha256(data).hexdigest() != part.sha256:
            self._wrong("part-changed", part.key, f"{part.key} is not what was written")
            return None
        return data

    def _parsed(self, data: bytes, part: Part) -> Iterator[list[Line]]:
        with _unpacked(io.BytesIO(data), "rt", encoding="utf-8", newline="\n") as text:
            reader = told_apart(text) if self._tells_apart else csv.reader(text, strict=True)
            at_once = min(ROWS_AT_ONCE, max(1, CELLS_AT_ONCE // len(self._names)))
            if next(reader, None) != self._names:
                self._wrong("header", part.key, f"{part.key} has another header")
            while batch := list(islice(reader, at_once)):
                if set(map(len, batch)) != {len(self._names)}:
                    self._wrong("width", part.key, f"{part.key} has rows of another width")
                    batch = [line for line in batch if len(line) == len(self._names)]
                if batch:
                    yield batch

    def _check(self, batch: list[Line], part: Part) -> None:
        for column, values in zip(self.table.columns, zip(*batch, strict=True), strict=True):
            if misfit(column, values):
                self._wrong(
                    "kind",
                    part.key,
                    f"{part.key}: {column.name} has a value that is no {column.kind}",
                )
        if self._type_at is not None and self.table.about is not None:
            type_id = self.table.about.id
            if any(line[self._type_at] != type_id for line in batch):
                self._type_at = None  # once is enough
                self._wrong("type", part.key, f"{part.key} has rows that are not of type {type_id}")
        if self._ascending is not None:
            try:
                self._ascending.follow(Group((), [tuple(line) for line in batch], ()))
            except SnapshotError as error:
                self._ascending = None
                self._wrong("order", part.key, error.message)

    def _position_of_type(self) -> int | None:
        """Where each row says again what the table is about; None where it does not."""
        about = self.table.about
        name = None if about is None else _TYPE_COLUMNS.get(about.family)
        return None if name is None else self._names.index(name)

    def _key(self, line: Line | None) -> tuple[str, ...]:
        if line is None:
            return ()
        positions = self.positions(*self.table.sorted_by)
        return key_text(sort_columns(self.table), [line[position] for position in positions])

    def _wrong(self, code: str, key: str, sentence: str) -> None:
        self.whole = False
        self._problems.add(code, key, sentence)


def picker(positions: tuple[int, ...]) -> Callable[[Line], tuple[str, ...]]:
    """A fast function that takes at least two positions out of a line."""
    pick: Callable[[Line], tuple[str, ...]] = itemgetter(*positions)
    return pick
