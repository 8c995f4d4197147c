"""The type of a declared table: everything that is published about it follows from one value."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, Literal, NamedTuple

from crmsnap.state.reader import StateReader
from crmsnap.streams.documents import TableNameDocument
from crmsnap.streams.stream import Scope, Stream

Kind = Literal["ID", "VARCHAR", "NUMBER", "BOOLEAN", "TIMESTAMP", "DATE", "JSON"]
"""How a column is written and typed: see docs/reference/snapshot-format.md."""


class Unparsed(Enum):
    """The type of `UNPARSED`, so that it is told apart from every text."""

    TEXT = "a text that is not of its column's kind"


UNPARSED: Final = Unparsed.TEXT
"""A typed cell whose text did not parse: written like NULL, and counted. An empty text is no such text."""

Value = str | int | bool | Unparsed | None
"""ID and NUMBER: int, or text of a plain decimal (an ID also other text). TIMESTAMP and DATE: text
as published. JSON: compact JSON text. BOOLEAN: bool. Columns of properties also `UNPARSED`."""

Row = tuple[Value, ...]

Certainty = Literal["published", "seen", "ours"]
"""How sure a column's name is, because HubSpot publishes no list of its export's columns. published:
in HubSpot's own pages or SQL. seen: in public queries of customers on HubSpot's share. ours: recalled,
inferred from the API, or decided by us."""


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that share their first and last values: a record and its properties.

    Stands for the rows `before + cells[0] + after`, `before + cells[1] + after`, ... A record with 60
    properties is one group, so that the engine formats what the rows share only once.
    """

    before: Row
    cells: Sequence[Row]
    after: Row


@dataclass(frozen=True, slots=True)
class Sparse:
    """A row of which most cells are NULL: a record of a type with a thousand properties.

    `before` are the first cells, the key among them; `cells` those behind that are not NULL, each with
    its position in the row, ascending. The time it takes goes by what is there.
    """

    before: Row
    cells: Sequence[tuple[int, Value]]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    name: str
    kind: Kind
    description: str
    nullable: bool = False
    certainty: Certainty = "ours"
    property: str | None = None
    """Internal name of the property whose value it holds; None: no property column."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one stream's state, in key order: what one task reads."""

    stream: str
    """Name of the stream's state file: `objects/0-1`."""
    low: int | str | None = None
    """Keys greater than this; None: from the beginning."""
    high: int | str | None = None
    """Keys up to this; None: to the end."""
    weight: int = 0
    """About how many rows of the state it holds: spans are joined into ranges by it."""


@dataclass(frozen=True, slots=True)
class Member:
    """What one table of a family is about."""

    family: str
    """`EVENTS_<NAME>`."""
    id: str
    """An object type's or event type's id, or `<from>__<to>` for a pair."""
    wanted: str
    """The table name that its label asks for; it has another one where that was taken."""
    made_of: tuple[TableNameDocument, ...] = ()
    """Names of other families that its own is made of: they are kept with it."""
    types: tuple[str, ...] = ()
    """Ids of the object types that it is about, which must be wanted; empty: of none."""


class Possible(NamedTuple):
    """A table that a family may come to have in this account, whether or not it has a row."""

    name: str
    member: Member


@dataclass(frozen=True, slots=True)
class Table:
    """What is published under one name."""

    name: str
    grain: str
    """What one row stands for."""
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    """Columns that identify a row; rows are written in this order unless `order` is given."""
    streams: tuple[Stream, ...]
    """Where the rows come from: what must be read for this table, with which scopes."""
    spans: Callable[[StateReader], Iterator[Span]]
    """The stretches of the state that hold the rows, in the order of the rows."""
    rows: Callable[[StateReader, Span], Iterator[Row | Group | Sparse]]
    """The rows of one span, in order."""
    order: tuple[str, ...] = ()
    optional: bool = field(default=False)
    member: Member | None = None
    """What it is about, for a table of a family."""

    @property
    def sorted_by(self) -> tuple[str, ...]:
        """The columns whose values ascend from row to row."""
        return self.order or self.key


@dataclass(frozen=True, slots=True)
class TableFamily:
    """Tables that an account decides on: one per event type, declared once."""

    name: str
    """The pattern: `EVENTS_<NAME>`."""
    grain: str
    columns: tuple[Column, ...]
    """The columns that all of them have."""
    key: tuple[str, ...]
    streams: tuple[Stream, ...]
    expand: Callable[[Scope], Iterator[Table]]
    """The tables of what the run wants of this account, in order of their names."""
    possible: Callable[[StateReader], Iterable[Possible]]
    """The tables that could come, by definitions alone: what a name in a selection may mean."""
    own_columns: str
    """What each has besides, in one sentence."""
    for_each: str = "each that has rows"
    """What has a table, in the words of a sentence."""
    order: tuple[str, ...] = ()
    optional: bool = field(default=False)

    @property
    def prefix(self) -> str:
        """How the names of its tables begin: `EVENTS_`."""
        return self.name.partition("<")[0]
