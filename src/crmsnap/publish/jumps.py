"""Tables whose rows jumped from one snapshot to the next: what somebody should look at before relying on it.

Every number is allowed to move. A warning is for what days rarely do by themselves, and it withholds
nothing: the snapshot was proven against HubSpot's own counts already.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

LOST_SHARE, LOST_ROWS = 0.10, 100
"""A table that lost more than both of its rows has jumped: 4,000 of 5,000 contacts are left."""
GAINED_SHARE, GAINED_ROWS = 0.50, 1_000
"""Growth is the rule, so more of it is needed: an import, or something that is read twice."""
EMPTIED_ROWS = 10
"""A table with at least so many rows does not become empty by chance."""

Kind = Literal["vanished", "emptied", "lost", "gained"]


@dataclass(frozen=True, slots=True)
class Jump:
    """A table with far fewer or far more rows than before."""

    table: str
    kind: Kind
    before: int
    after: int

    @property
    def sentence(self) -> str:
        """What a person reads."""
        if self.kind == "vanished":
            return f"{self.table} is gone: the snapshot before had it with {self.before:,} rows"
        if self.kind == "emptied":
            return f"{self.table} is empty: the snapshot before had {self.before:,} rows"
        share = abs(self.after - self.before) / max(self.before, 1)
        moved = f"{self.kind} {abs(self.after - self.before):,} rows"
        if self.before:
            moved += f" ({share:.0%})"
        return f"{self.table} {moved}: {self.before:,} before, {self.after:,} now"


def jumps(
    before: Mapping[str, int], after: Mapping[str, int], renamed: Mapping[str, str]
) -> tuple[Jump, ...]:
    """The tables that jumped, by name. `before` and `after`: table -> rows; `renamed`: today's name -> the
    name before.
    """
    return tuple(_jumps(before, after, {old: new for new, old in renamed.items()}))


def _jumps(
    before: Mapping[str, int], after: Mapping[str, int], now_called: Mapping[str, str]
) -> Iterator[Jump]:
    for name, was in sorted(before.items()):
        table = now_called.get(name, name)
        rows = after.get(table)
        if rows is None:
            if was:
                yield Jump(table, "vanished", was, 0)
        elif rows == 0:
            if was >= EMPTIED_ROWS:
                yield Jump(table, "emptied", was, rows)
        elif _exceeds(was - rows, was, LOST_SHARE, LOST_ROWS):
            yield Jump(table, "lost", was, rows)
        elif _exceeds(rows - was, was, GAINED_SHARE, GAINED_ROWS):
            yield Jump(table, "gained", was, rows)


def _exceeds(moved: int, of: int, share: float, rows: int) -> bool:
    return moved > rows and moved > of * share
