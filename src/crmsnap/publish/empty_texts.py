"""NULL and the empty text, told apart in CSV that we wrote: nothing at all is NULL, `""` is a text.

Python's csv reader gives '' for both. So the lines behind a row are looked at once more, if it has a ''
and they have `""` where a cell begins: of all others the reader says enough.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from typing import Final


class _EmptyText(str):
    """Without a sign, and equal to nothing but itself."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return other is self

    def __ne__(self, other: object) -> bool:
        return other is not self

    __hash__ = str.__hash__


EMPTY: Final[str] = _EmptyText()
"""An empty text, where '' is NULL."""

_CELL = re.compile(r'(?:^|,)("[^"]*(?:""[^"]*)*"|[^",]*)')


def told_apart(lines: Iterable[str]) -> Iterator[list[str]]:
    """The rows of strict CSV, with `EMPTY` for `""`. Raise `csv.Error` as its reader does."""
    behind: list[str] = []

    def taken() -> Iterator[str]:
        for line in lines:
            behind.append(line)
            yield line

    for row in csv.reader(taken(), strict=True):
        if "" in row:
            raw = "".join(behind)
            if ',""' in raw or raw.startswith('""'):
                _mark(row, raw.removesuffix("\n"))
        behind.clear()
        yield row


def _mark(row: list[str], raw: str) -> None:
    # As many pieces as cells: then no text has a comma in it.
    cells = raw.split(",")
    if len(cells) != len(row):
        cells = _CELL.findall(raw)
    for at, cell in enumerate(cells[: len(row)]):
        if cell == '""':
            row[at] = EMPTY
