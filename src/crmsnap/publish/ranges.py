"""A table's spans joined into ranges: what one task writes, and what is copied whole while nothing of it changed.

Ranges follow from the state alone, never from the number of workers, so that the same state gives
the same parts on one core and on a hundred.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from crmsnap.tables.table import Span

RANGE_WEIGHT = 8_192
"""Rows of the state that a range of several streams holds at most, and that a stream has at most which is not
cut: so an account of many small types gets a few parts a table, and not one for each thousand rows."""


@dataclass(frozen=True, slots=True)
class Range:
    """Neighbouring spans of a table."""

    number: int
    spans: tuple[Span, ...]

    @property
    def weight(self) -> int:
        """About how many rows of the state it holds."""
        return sum(span.weight for span in self.spans)


def ranges(spans: Iterable[Span], weight_max: int = RANGE_WEIGHT) -> Iterator[Range]:
    """The ranges of a table, in order: each span of a large stream is one, small streams are joined whole.

    A few rows more or fewer must not move the ranges behind them: so spans of a large stream are never
    joined, as its own borders stay, and small streams count as much as the next power of two.
    """
    number = 0
    joined: list[Span] = []
    weight = 0
    for _, of_stream in groupby(spans, key=attrgetter("stream")):
        found = tuple(of_stream)
        rows = sum(span.weight for span in found)
        rounded = 1 << (rows - 1).bit_length() if rows else 0
        is_cut = len(found) > 1 and rounded > weight_max
        if joined and (is_cut or weight + rounded > weight_max):
            yield Range(number, tuple(joined))
            number, joined, weight = number + 1, [], 0
        if not is_cut:
            joined += found
            weight += rounded
            continue
        for span in found:
            yield Range(number, (span,))
            number += 1
    if joined:
        yield Range(number, tuple(joined))
