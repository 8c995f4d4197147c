"""Which records an object type starts with, and what became of those that are no longer live.

Every 200 indexes repeat one pattern: a few records are archived, and where the type merges a few
were merged into a neighbour. So whether a record is live is arithmetic, and an account of a million
contacts starts with nothing in memory.
"""

from dataclasses import dataclass, field

PERIOD = 200
ARCHIVED = frozenset({13, 63, 113, 163})
MERGED_INTO = {37: 36, 38: 36, 87: 86, 187: 186}
"""Position of a merged-away record -> position of its survivor. One survivor took in two."""


@dataclass(frozen=True, slots=True)
class Roster:
    """The records that a type has when the account starts: indexes 0 to size - 1."""

    live: int
    merges: bool
    gone: frozenset[int] = field(init=False)
    """Positions within the period whose records are not live."""
    size: int = field(init=False)
    """How many indexes are given out: the smallest number that holds `live` live records."""

    def __post_init__(self) -> None:
        gone = ARCHIVED | MERGED_INTO.keys() if self.merges else ARCHIVED
        periods, rest = divmod(self.live, PERIOD - len(gone))
        position = 0
        while rest:
            rest -= position not in gone
            position += 1
        object.__setattr__(self, "gone", gone)
        object.__setattr__(self, "size", periods * PERIOD + position)

    def is_live(self, index: int) -> bool:
        """Whether the record is neither archived nor merged away."""
        return index % PERIOD not in self.gone

    def is_archived(self, index: int) -> bool:
        """Whether the record was archived before the account started."""
        return index % PERIOD in ARCHIVED

    def survivor(self, index: int) -> int | None:
        """The index of the record that this one was merged into, None when it was not merged."""
        target = MERGED_INTO.get(index % PERIOD) if self.merges else None
        return None if target is None else index - index % PERIOD + target

    def losers(self, index: int) -> tuple[int, ...]:
        """The indexes of the records merged into this one."""
        if not self.merges or index % PERIOD not in SURVIVORS:
            return ()
        start = index - index % PERIOD
        found = (start + lost for lost, kept in MERGED_INTO.items() if start + kept == index)
        return tuple(loser for loser in found if loser < self.size)


SURVIVORS = frozenset(MERGED_INTO.values())
