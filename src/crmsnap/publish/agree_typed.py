"""Does a typed cell follow from the text beside it? For tables whose values stand nowhere else.

Events have one form only, and a type's own table may be published alone. How many texts did not parse is
counted again, because the manifest promises it.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import NamedTuple

from crmsnap.publish.problems import Problems
from crmsnap.publish.read_table import Line, ReadTable
from crmsnap.tables.typed import PARSERS


class TypedCells:
    """Watches the rows of a table go by; a table without typed columns has nothing to find."""

    def __init__(self, read: ReadTable) -> None:
        self._read = read
        columns = read.table.columns
        self._pairs = [
            _Pair(column.name, at, at + 1, parse)
            for at, (column, beside) in enumerate(pairwise(columns))
            if column.property is not None
            and column.property == beside.property
            and (parse := PARSERS.get(column.kind)) is not None
        ]
        self._unparsed: Counter[str] = Counter()
        self._first_wrong: dict[str, Line] = {}

    def watch(self, lines: Iterable[Line]) -> None:
        """Note some rows."""
        for line in lines:
            for name, typed, raw, parse in self._pairs:
                text = line[raw]
                expected = parse(text) if text else ""
                if expected is None:
                    self._unparsed[name] += 1
                    expected = ""
                if line[typed] != expected:
                    self._first_wrong.setdefault(name, line)

    def report(self, problems: Problems) -> None:
        """Note the columns that are wrong, each with its first row, and those that are miscounted."""
        table = self._read.table
        id_at = self._read.positions(*table.key)[-1]
        for name, line in self._first_wrong.items():
            problems.add(
                "values-disagree",
                "",
                f"{table.name}: {name} is not what the text beside it says, first at {line[id_at]}",
            )
        # A boolean has no text beside it.
        booleans = {column.name for column in table.columns if column.kind == "BOOLEAN"}
        for name in miscounted(self._unparsed, Counter(table.unparsed)):
            if name not in booleans:
                problems.add("unparsed-disagrees", "", f"{table.name} {miscount(name)}")


class _Pair(NamedTuple):
    """A typed column, and where it and its text stand."""

    name: str
    typed: int
    raw: int
    parse: Callable[[str], str | None]


def miscounted(found: Counter[str], promised: Counter[str]) -> list[str]:
    """The columns that have another number of texts that did not parse than the manifest says."""
    return sorted(name for name in found.keys() | promised.keys() if found[name] != promised[name])


def miscount(column: str) -> str:
    """What is said of such a column, behind its table's name."""
    return f"has another number of texts that are no {column} than its manifest says"
