"""Does a type's own table say what the tables of all types say? Cell by cell, by the typing rule.

A typed cell is what the value's text parses to, NULL where it does not, and the text stands beside it. How
many texts did not parse is counted again on the way, because the manifest promises it.

Cells are made here by the code that wrote them. So this proves that the tables agree, and that the parts hold
what was written; that the rule itself is right is proved in the tests, by `tests/oracle`, which has its own.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import groupby
from operator import itemgetter

from crmsnap.publish.agree_typed import TypedCells, miscounted
from crmsnap.publish.empty_texts import EMPTY
from crmsnap.publish.read_table import Line, ReadTable, picker
from crmsnap.tables.property_columns import present_cells_of
from crmsnap.tables.table import UNPARSED, Value
from crmsnap.tables.type_names import OBJECTS_OF_TYPE


def individual_tables(tables: Mapping[str, ReadTable]) -> dict[str, ReadTable]:
    """Type id -> the table of its own, types by code point as in the tables of all types."""
    found = {
        about.id: read
        for read in tables.values()
        if (about := read.table.about) is not None and about.family == OBJECTS_OF_TYPE
    }
    return dict(sorted(found.items()))


def individual_records(
    tables: Mapping[str, ReadTable],
) -> Iterator[tuple[tuple[str, ...], Iterator[Line]]]:
    """(Type, id) and rows of every record of these tables, which are read one after the other.

    The type is the table's, whatever its rows say: `ReadTable` reports those that say another.
    """
    for type_id, read in tables.items():
        (id_at,) = read.positions("OBJECTID")
        for record_id, lines in groupby(read.lines(), itemgetter(id_at)):
            yield (type_id, record_id), lines


class OwnTable:
    """Compares rows of a type's own table with the values that their records have elsewhere."""

    def __init__(self, read: ReadTable) -> None:
        self.name = read.table.name
        self.times = picker(read.positions("UPDATEDAT", "INGESTEDAT"))
        self._columns = read.table.columns
        self._first = next(
            (at for at, column in enumerate(self._columns) if column.property is not None),
            len(self._columns),
        )
        self._names = {column.property for column in self._columns}
        self._cells = present_cells_of(self._columns)
        self._unparsed: Counter[str] = Counter()
        self._promised = Counter(read.table.unparsed)
        self.alone = TypedCells(read)
        """What can be said of it where its values are in no other table."""

    def differing(self, line: Line, values: Mapping[str, str]) -> list[str]:
        """The properties whose cells are not what these values become, by name."""
        expected = line[: self._first] + [""] * (len(line) - self._first)
        for position, value in self._cells(values):
            expected[position] = _text(value)
            if value is UNPARSED:
                self._unparsed[self._columns[position].name] += 1
        if expected == line and self._names.issuperset(values):
            return []
        wrong = {
            column.property or column.name
            for column, one, other in zip(self._columns, expected, line, strict=True)
            if one != other
        }
        return sorted(wrong | (values.keys() - self._names))

    def miscounted(self) -> list[str]:
        """The columns that have another number of texts that did not parse than the manifest says."""
        return miscounted(self._unparsed, self._promised)


def _text(value: Value) -> str:
    """A cell as it is read back."""
    if isinstance(value, str):
        return value or EMPTY
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else ""
