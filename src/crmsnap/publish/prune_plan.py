"""Which days stay and which go: a pure decision over names of days.

Days are counted back from the newest complete day, not from today: an account whose syncs have
stopped keeps what it has. A day that has not come yet counts for nothing: one wrong clock would make
every real day an old one.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Verdict = Literal["stays", "goes", "left"]
"""`left`: not touched, because it is not certain that it is a whole snapshot of this connection."""

Trouble = Callable[[str], str]
"""Why a day may not be touched; empty when it is a whole snapshot of this connection."""


@dataclass(frozen=True, slots=True)
class Keep:
    """Which complete days are kept."""

    days: int
    """So many calendar days, back from the newest complete day, which is the first of them."""
    monthly: int = 0
    """Of so many calendar months before those, the first complete day."""
    last: int = 1
    """So many of the newest complete days, whatever their age; at least 1."""

    def first_day(self, newest: str) -> date:
        """The first of the kept days, when this one is the last of them."""
        return date.fromordinal(max(2, date.fromisoformat(newest).toordinal() - self.days + 1))

    @property
    def period(self) -> str:
        """`the last 30 days`."""
        return "the last day" if self.days == 1 else f"the last {self.days} days"


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a day, and why."""

    day: str
    verdict: Verdict
    reason: str


def decide(
    days: Iterable[str], keep: Keep, trouble: Trouble, *, today: str
) -> tuple[Decision, ...]:
    """What becomes of each day, oldest first; nothing goes while no day is whole.

    `trouble` is asked only of days whose fate depends on it: not of those inside the kept days. Days
    later than `today` are left, and none is the newest.
    """
    newest_first = sorted(days, reverse=True)
    future = [Decision(day, "left", f"later than {today}") for day in newest_first if day > today]
    past = newest_first[len(future) :]
    decided, whole = _newest(past, keep, trouble)
    if not whole:
        return (*decided[::-1], *future[::-1])
    start = keep.first_day(whole[0])
    rest = past[len(decided) :]
    recent = [day for day in rest if date.fromisoformat(day) >= start]
    decided += [Decision(day, "stays", f"within {keep.period}") for day in recent]
    older = _older(rest[len(recent) :][::-1], _months(start, keep.monthly), keep, trouble)
    return (*older, *decided[::-1], *future[::-1])


def decide_one(
    days: Iterable[str], day: str, trouble: Trouble, *, today: str, even_newest: bool
) -> tuple[Decision, ...]:
    """What becomes of one day that somebody wants to go; the newest whole one only if that is meant.

    A day later than `today` is not the newest of any other.
    """
    why_not = trouble(day)
    if why_not:
        return (Decision(day, "left", why_not),)
    newer = sorted((other for other in days if day < other <= today), reverse=True)
    if not even_newest and not any(trouble(other) == "" for other in newer):
        return (Decision(day, "stays", "the newest complete day"),)
    return (Decision(day, "goes", "named"),)


def _newest(
    newest_first: Sequence[str], keep: Keep, trouble: Trouble
) -> tuple[list[Decision], list[str]]:
    """The days down to the last of those that are kept whatever their age, and these."""
    decided: list[Decision] = []
    whole: list[str] = []
    for day in newest_first:
        why_not = trouble(day)
        if why_not:
            decided.append(Decision(day, "left", why_not))
            continue
        whole.append(day)
        first = len(whole) == 1
        reason = "the newest complete day" if first else f"one of the newest {keep.last}"
        decided.append(Decision(day, "stays", reason))
        if len(whole) >= max(1, keep.last):
            break
    return decided, whole


def _months(start: date, count: int) -> frozenset[str]:
    """`YYYY-MM` of so many months, back from the one that the day before `start` is in."""
    last = start - timedelta(days=1)
    numbers = [last.year * 12 + last.month - 1 - back for back in range(count)]
    return frozenset(f"{number // 12:04d}-{number % 12 + 1:02d}" for number in numbers)


def _older(
    oldest_first: Sequence[str], months: frozenset[str], keep: Keep, trouble: Trouble
) -> list[Decision]:
    decided: list[Decision] = []
    kept: set[str] = set()
    for day in oldest_first:
        month = day[:7]
        if why_not := trouble(day):
            decided.append(Decision(day, "left", why_not))
        elif month in months and month not in kept:
            kept.add(month)
            decided.append(Decision(day, "stays", f"the first complete day of {month}"))
        else:
            decided.append(Decision(day, "goes", f"older than {keep.period}"))
    return decided
