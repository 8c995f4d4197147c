"""One pass over the records of a type: what its stages share, and where it goes on when it was stopped.

A pass is a way: stages, one after the other. A position names both, so that a killed run goes on as it
began, whatever it would begin today.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from crmsnap.state.so_far import SoFar
from crmsnap.streams.changed.drift import Drift
from crmsnap.streams.record_rows import Wanted

Way = Literal["list", "changes", "twice", "sweep", "ids", "drift"]
"""`list`: every record is read. `changes`: those that search says have changed. `twice`: the changes once
more, as a count did not agree behind them. `sweep`: the times of all are compared, and those that differ are read.
`ids`: a sweep that does not look into the archive. `drift`: before any of these, what became of the properties."""

Stage = Literal[
    "archive",
    "restored",
    "search",
    "list",
    "sweep",
    "vanished",
    "compared",
    "strip",
    "retyped",
    "added",
]

# Search leaves out who is archived; so the archive comes behind it, or who went in between would stay.
CHANGES: tuple[Stage, ...] = ("search", "archive", "restored", "vanished", "compared")

STAGES: dict[Way, tuple[Stage, ...]] = {
    # The archive comes before a list: a record that is restored after its page was read is live and was not met,
    # but the next run sees it leave the archive. Restoring moves no time that search could find.
    "list": ("archive", "list", "vanished"),
    "changes": CHANGES,
    "twice": CHANGES,
    "sweep": ("archive", "sweep", "vanished"),
    "ids": ("sweep", "vanished"),
    # What may not be kept any more goes first. Behind the last stage comes another way: what the day needs.
    "drift": ("strip", "retyped", "added"),
}


class Position(NamedTuple):
    """Where a pass is."""

    way: Way
    stage: Stage
    cursor: str = ""
    """The stage's own; empty: at its beginning."""

    def at(self, cursor: str) -> "Position":
        """Further on in the same stage."""
        return self._replace(cursor=cursor)

    @property
    def following(self) -> "Position | None":
        """The beginning of the stage behind this one; None: there is none."""
        stages = STAGES[self.way]
        number = stages.index(self.stage) + 1
        return Position(self.way, stages[number]) if number < len(stages) else None

    @property
    def text(self) -> str:
        """As it is saved."""
        return f"{self.way} {self.stage} {self.cursor}"


def begin(way: Way) -> Position:
    """The beginning of a way."""
    return Position(way, STAGES[way][0])


def position_of(text: str) -> Position:
    """What was saved."""
    found = text.split(" ", 2)
    for way, stages in STAGES.items():
        for stage in stages:
            if [way, stage] == found[:2]:
                return Position(way, stage, found[2])
    raise ValueError(f"no position of a pass over records: {text}")


@dataclass(frozen=True, slots=True)
class Scan:
    """One pass over the records of a type."""

    wanted: Wanted
    so_far: SoFar
    started_at: str
    """Start of the run, as published."""
    way: Way
    """How it begins."""
    since: str = ""
    """Start of the run that this one builds on, as published; empty: nothing was ever read to the end."""
    first: bool = False
    """Whether nothing was ever read to the end, so that no record of ours can have gone."""
    live: int | None = None
    """About how many live records there are; None: HubSpot does not say."""
    drift: Drift | None = None
    """What other properties are wanted than rows were read for; None: the same."""
    then: Way = "list"
    """How it goes on behind that."""
    changed_since: tuple[str, int] | None = None
    """The property with the time of the last change, and from when on changes count, in milliseconds since
    the epoch; None where changes cannot be searched."""
