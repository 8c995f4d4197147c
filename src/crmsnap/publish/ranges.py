"""A table's spans joined into ranges: what one task writes.

Ranges follow from the state alone, never from the number of workers, so that the same state gives
the same parts on one core and on a hundred.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from crmsnap.tables.table import Span

RANGE_WEIGHT = 50_000


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
    """Join spans, in order, until the next one would make a range too heavy.

    A span is never cut: one that is too heavy by itself is a range of its own.
    """
    number = 0
    joined: list[Span] = []
    weight = 0
    for span in spans:
        if joined and weight + span.weight > weight_max:
            yield Range(number, tuple(joined))
            number, joined, weight = number + 1, [], 0
        joined.append(span)
        weight += span.weight
    if joined:
        yield Range(number, tuple(joined))
