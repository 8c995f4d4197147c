"""The order of rows, and the proof that a table keeps it: strictly ascending, so no key comes twice.

NULL comes first. ID and NUMBER go by value, an ID that is no number (`007` is none, see `state/ids.py`)
after those that are, by code point. Everything else goes by code point, which for timestamps is the order of time.
"""

from collections.abc import Sequence
from decimal import Decimal
from itertools import islice
from operator import lt
from typing import Any, Protocol

from crmsnap.errors import SnapshotError
from crmsnap.state.ids import number_of
from crmsnap.tables.table import Column, Group, Kind, Row, Value

Rank = tuple[tuple[int | str | Decimal, ...], ...]
"""A key in a form whose order is Python's own."""

_BY_VALUE: frozenset[Kind] = frozenset({"ID", "NUMBER"})


def is_digits(text: str) -> bool:
    """Whether a text is nothing but ASCII digits, at least one."""
    return text.isdecimal() and text.isascii()


class Sorted(Protocol):
    """A table, declared or published, as far as its order goes."""

    @property
    def name(self) -> str: ...

    @property
    def columns(self) -> tuple[Column, ...]: ...

    @property
    def sorted_by(self) -> tuple[str, ...]: ...


def sort_columns(table: Sorted) -> tuple[Column, ...]:
    """The columns that a table's rows are sorted by, in that order."""
    by_name = {column.name: column for column in table.columns}
    return tuple(by_name[name] for name in table.sorted_by)


def rank(columns: Sequence[Column], key: Row) -> Rank:
    """Where a key stands among the keys of its table."""
    return tuple(
        _rank_by_value(column.kind, value) if column.kind in _BY_VALUE else _rank_text(value)
        for column, value in zip(columns, key, strict=True)
    )


def _rank_by_value(kind: Kind, value: Value) -> tuple[int | str | Decimal, ...]:
    if value is None:
        return (0,)
    text = str(value)
    number = number_of(text)
    if number is not None:
        return (1, number, text)
    if kind == "NUMBER":
        return (1, Decimal(text), text)
    return (2, text)


def _rank_text(value: Value) -> tuple[int | str, ...]:
    return (0,) if value is None else (1, str(value))


class Ascending:
    """Watches the rows of a table go by, group by group, and stops at the first that steps back.

    Rows that were read back from CSV do not tell NULL from the empty string: with `read_back`, two
    neighbours that differ in nothing else may be one of each.
    """

    def __init__(self, table: Sorted, *, read_back: bool = False) -> None:
        self._table = table.name
        self._read_back = read_back
        self._columns = sort_columns(table)
        names = [column.name for column in table.columns]
        self._positions = tuple(names.index(column.name) for column in self._columns)
        self._last: Rank | None = None

    def follow(self, group: Group) -> tuple[Row, Row]:
        """The keys of the group's first and last row. Raise `SnapshotError` if a row steps back."""
        first, last = self._key(group, 0), self._key(group, -1)
        first_rank = rank(self._columns, first)
        if self._last is not None:
            self._compare(self._last, first_rank, first)
        if len(group.cells) > 1:
            self._follow_cells(group)
            self._last = rank(self._columns, last)
        else:
            self._last = first_rank
        return first, last

    def _key(self, group: Group, index: int) -> Row:
        row = (*group.before, *group.cells[index], *group.after)
        return tuple([row[position] for position in self._positions])

    def _follow_cells(self, group: Group) -> None:
        start = len(group.before)
        width = len(group.cells[0])
        inside = [
            (column, position - start)
            for column, position in zip(self._columns, self._positions, strict=True)
            if start <= position < start + width
        ]
        if inside and _clearly_ascend(inside, group.cells):
            return
        keys = [self._key(group, index) for index in range(len(group.cells))]
        ranks = [rank(self._columns, key) for key in keys]
        for number, (before, after) in enumerate(zip(ranks, islice(ranks, 1, None), strict=False)):
            self._compare(before, after, keys[number + 1])

    def _compare(self, before: Rank, after: Rank, key: Row) -> None:
        if before < after:
            return
        blank = any(
            column.nullable and value == ""
            for column, value in zip(self._columns, key, strict=True)
        )
        if not (self._read_back and blank and before == after):
            raise self._stepped_back(key)

    def _stepped_back(self, key: Row) -> SnapshotError:
        # Other columns may hold values of properties, which belong into no message.
        ids = ", ".join(
            f"{column.name} {value}"
            for column, value in zip(self._columns, key, strict=True)
            if column.kind in _BY_VALUE
        )
        return SnapshotError(
            f"{self._table} has a row twice or out of order: {ids or 'no id'}",
            cause=f"rows must ascend by {', '.join(column.name for column in self._columns)}",
            remedy="report this: the state or the table's declaration is wrong",
        )


def _clearly_ascend(inside: Sequence[tuple[Column, int]], cells: Sequence[Row]) -> bool:
    """Whether cells ascend, told at full speed; False also where it takes a closer look to tell."""
    try:
        columns = [
            _comparable([row[index] for row in cells])
            if column.kind in _BY_VALUE
            else [row[index] for row in cells]
            for column, index in inside
        ]
        # Comparing None, or int with str, raises: then the slow way decides.
        if len(columns) == 1:
            return _all_less(columns[0])
        return _all_less(list(zip(*columns, strict=True)))
    except (TypeError, ValueError):
        return False


def _all_less(values: Sequence[Any]) -> bool:
    return all(map(lt, values, islice(values, 1, None)))


def _comparable(values: list[Value]) -> Sequence[Value]:
    """Numbers of whole columns at once; raise ValueError or TypeError if there is anything else."""
    if {int} == set(map(type, values)):
        return values
    texts: list[str] = [value for value in values if isinstance(value, str)]
    if len(texts) != len(values) or not is_digits("".join(texts)):
        raise ValueError
    numbers = list(map(int, texts))
    if max(numbers) >= 2**63 or list(map(str, numbers)) != texts:
        raise ValueError
    return numbers
