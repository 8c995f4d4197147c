"""A fault plan: which request of which family meets which effect, and how often that happened."""

from collections.abc import Iterable
from typing import Any

import msgspec

from crmsnap.sandbox.api.faults.cuts import Bomb, Hang, Reset, Slow, Truncate
from crmsnap.sandbox.api.faults.pages import After, Body, Duplicate, Missing, NoResults, ShortPage
from crmsnap.sandbox.api.faults.refusals import (
    DailyLimit,
    Forbid,
    Html200,
    Status,
    TokenExpired,
    TokenRevoked,
)

AnyEffect = (
    After
    | Body
    | Bomb
    | DailyLimit
    | Duplicate
    | Forbid
    | Hang
    | Html200
    | Missing
    | NoResults
    | Reset
    | ShortPage
    | Slow
    | Status
    | TokenExpired
    | TokenRevoked
    | Truncate
)


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One line of a plan. Requests are counted from 1, per rule, among those that it concerns."""

    effect: AnyEffect
    family: str = "*"
    """A name of `GET /_sandbox/stats`, or `*`."""
    path: str = ""
    """A text that the path contains, to single out a type or an operation."""
    query: str = ""
    """A text that the query contains, as it was sent."""
    nth: int | None = None
    """Only this request; from this one on when the effect is a lasting one."""
    every: int | None = None
    """Every second, third, ... request."""
    first: int | None = msgspec.field(default=None, name="from")
    """From this request on."""
    last: int | None = msgspec.field(default=None, name="to")
    """Up to this request."""

    def __post_init__(self) -> None:
        """Refuse a rule that says twice, or nonsensically, which request it means."""
        ways = [self.nth is not None, self.every is not None, bool(self.first or self.last)]
        if sum(ways) > 1:
            raise ValueError("a rule takes one of `nth`, `every`, or `from` and `to`")
        if any(number is not None and number < 1 for number in (self.nth, self.every, self.first)):
            raise ValueError("requests are counted from 1")

    def concerns(self, family: str, path: str, query: str) -> bool:
        """Whether the request counts for this rule at all."""
        return self.family in ("*", family) and self.path in path and self.query in query

    def meets(self, number: int) -> bool:
        """Whether the effect happens to the request with this number."""
        if self.every is not None:
            return number % self.every == 0
        if self.nth is not None:
            return number >= self.nth if self.effect.lasts else number == self.nth
        return (self.first or 1) <= number and (self.last is None or number <= self.last)


class ActiveRule:
    """A rule at work: the requests it saw, how often it fired, and what its effect remembers."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.seen = 0
        self.fired = 0
        self._memories: dict[str, dict[str, Any]] = {}

    def memory(self, path: str) -> dict[str, Any]:
        """What the effect keeps between two requests of one path."""
        return self._memories.setdefault(path, {})

    def as_dict(self) -> dict[str, Any]:
        """The rule as it was given, and its two counts."""
        given: dict[str, Any] = msgspec.to_builtins(self.rule)
        return given | {"seen": self.seen, "fired": self.fired}


class Plan:
    """The rules in force. One request meets at most one effect: the first rule's that fits."""

    def __init__(self) -> None:
        self._active: list[ActiveRule] = []

    def replace(self, rules: Iterable[Rule]) -> None:
        """Forget the old rules, their counts too, and take new ones."""
        self._active = [ActiveRule(rule) for rule in rules]

    def pick(self, family: str, path: str, query: str = "") -> ActiveRule | None:
        """Count the request in every rule that it concerns, and return the one to apply."""
        picked = None
        for active in self._active:
            if active.rule.concerns(family, path, query):
                active.seen += 1
                if picked is None and active.rule.meets(active.seen):
                    picked = active
        return picked

    def as_list(self) -> list[dict[str, Any]]:
        """Every rule with its counts."""
        return [active.as_dict() for active in self._active]


def rules_of(plan: Any) -> list[Rule]:
    """Decode a plan from JSON values; raises `msgspec.ValidationError` that names the place."""
    return msgspec.convert(plan, list[Rule])
