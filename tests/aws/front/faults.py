"""The fault plan: rules that say which calls go wrong, and how often each rule did its work.

A rule that never fires tests nothing, so each one counts. A share of calls is drawn from a seeded
source: the same seed and the same calls give the same faults.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from threading import Lock
from typing import Any


@dataclass(frozen=True, slots=True)
class Target:
    """What a rule looks at in a call."""

    operation: str
    bucket: str = ""
    key: str = ""
    actions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """Which calls an effect falls on.

    `nth` is one matching call alone; `since` is the first of many; `times` is how many at most;
    `share` is the part of them, drawn with `seed`.
    """

    effect: str
    operation: str = "*"
    bucket: str = "*"
    key: str = "*"
    action: str = "*"
    nth: int | None = None
    since: int = 1
    times: int | None = None
    share: float = 1.0
    seed: int = 0
    given: Mapping[str, Any] = field(default_factory=dict)

    def fits(self, target: Target) -> bool:
        """Say whether the rule is about such calls at all."""
        return (
            fnmatchcase(target.operation, self.operation)
            and fnmatchcase(target.bucket, self.bucket)
            and fnmatchcase(target.key, self.key)
            and any(fnmatchcase(action, self.action) for action in target.actions or ("",))
        )


@dataclass(slots=True)
class Watched:
    """A rule at work."""

    rule: Rule
    draw: random.Random
    seen: int = 0
    fired: int = 0

    def fires(self, target: Target) -> bool:
        """Look at one call and say whether the effect falls on it."""
        rule = self.rule
        if not rule.fits(target):
            return False
        self.seen += 1
        drawn = self.draw.random() < rule.share
        due = self.seen == rule.nth if rule.nth is not None else self.seen >= rule.since
        if not (due and drawn) or (rule.times is not None and self.fired >= rule.times):
            return False
        self.fired += 1
        return True


class FaultPlan:
    """Every rule that is in force, in the order in which they were added."""

    def __init__(self) -> None:
        self._rules: dict[int, Watched] = {}
        self._fired: dict[int, int] = {}
        self._added = 0
        self._lock = Lock()

    def add(self, rule: Rule) -> int:
        """Put a rule in force; its number."""
        with self._lock:
            self._added += 1
            self._rules[self._added] = Watched(rule, random.Random(rule.seed))
            return self._added

    def remove(self, number: int | None) -> None:
        """Take one rule out of force, or all; how often they fired stays known."""
        with self._lock:
            numbers = list(self._rules) if number is None else [number]
            for one in numbers:
                if one in self._rules:
                    self._fired[one] = self._rules.pop(one).fired

    def fired(self, number: int) -> int:
        """Return how often a rule fired."""
        with self._lock:
            watched = self._rules.get(number)
            return self._fired[number] if watched is None else watched.fired

    def on(self, target: Target) -> list[Rule]:
        """Return the rules whose effects fall on this call."""
        with self._lock:
            return [one.rule for one in self._rules.values() if one.fires(target)]
