"""Who is associated with whom: rules that answer from both ends, and the changes since the start.

A rule gives each record of its first type one record of its second type, by arithmetic that can be
inverted. So both directions of a pair agree although neither is stored.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import gcd

from crmsnap.sandbox.account.association_types import (
    HUBSPOT_DEFINED,
    INTEGRATOR_DEFINED,
    USER_DEFINED,
    WORK,
    AssociationType,
    association_types,
    types_of_new_pair,
)

HUB_LINKS = 1_500
"""How many associations to one type the busiest record has."""
HUB_INDEX = 3
WIDE_HUB_LINKS = 12_000
"""How many contacts the widest company has, in an account that has so many to spare."""
WIDE_HUB_FROM_CONTACTS = 15_000


@dataclass(frozen=True, slots=True)
class Label:
    """A type of association that every n-th link of a rule has."""

    kind: AssociationType
    every: int = 1
    at: int = 0


@dataclass(frozen=True, slots=True)
class Spread:
    """Record i of the first type points to record `(factor * i + shift) mod first size mod second size`."""

    labels: tuple[Label, ...]
    first_size: int
    second_size: int
    factor: int
    inverse: int
    """`factor * inverse` is 1 modulo the first size: what makes the rule readable backwards."""
    shift: int
    every: int
    """Only every n-th record of the first type has such a link."""

    def target(self, index: int) -> int | None:
        """Whom a record of the first type points to."""
        if index % self.every or index >= self.first_size:
            return None
        return (self.factor * index + self.shift) % self.first_size % self.second_size

    def sources(self, target: int) -> Iterator[int]:
        """Who points to a record of the second type."""
        if target >= self.second_size:
            return
        for place in range(target, self.first_size, self.second_size):
            index = self.inverse * (place - self.shift) % self.first_size
            if not index % self.every:
                yield index


@dataclass(frozen=True, slots=True)
class Hub:
    """One record of the second type that the first records of the first type all point to."""

    labels: tuple[Label, ...]
    sources_count: int

    def target(self, index: int) -> int | None:
        """Whom a record of the first type points to."""
        return HUB_INDEX if index < self.sources_count else None

    def sources(self, target: int) -> Iterator[int]:
        """Who points to a record of the second type."""
        return iter(range(self.sources_count if target == HUB_INDEX else 0))


Rule = Spread | Hub
Found = dict[int, set[AssociationType]]


class Links:
    """The associations of an account by index, whether the records at their ends are live or not."""

    def __init__(
        self,
        sizes: Mapping[str, int],
        custom_ids: Mapping[str, str],
        hub_sources: int,
        wide_hub_sources: int,
    ) -> None:
        self.types: tuple[AssociationType, ...] = ()
        self._by_key: dict[tuple[str, str, str, int], AssociationType] = {}
        self._of_pair: dict[tuple[str, str], list[AssociationType]] = {}
        self._learn(association_types(dict(custom_ids)))
        self._wide_hub_sources = wide_hub_sources
        self._forward: dict[tuple[str, str], list[Rule]] = {}
        for rule in self._make_rules(sizes, custom_ids, hub_sources):
            kind = rule.labels[0].kind
            self._forward.setdefault((kind.from_type, kind.to_type), []).append(rule)
        self._added: dict[tuple[str, str], dict[int, Found]] = {}
        self._removed: dict[tuple[str, str], dict[int, set[int]]] = {}

    def make_type(self, from_type: str, to_type: str) -> AssociationType:
        """Let records of two types be associated that could not be before."""
        made = types_of_new_pair(from_type, to_type, len(self.types))
        self._learn(made)
        return made[0]

    def _learn(self, kinds: Iterable[AssociationType]) -> None:
        for kind in kinds:
            self.types += (kind,)
            self._by_key[kind.key] = kind
            self._of_pair.setdefault((kind.from_type, kind.to_type), []).append(kind)

    def of_pair(self, from_type: str, to_type: str) -> Sequence[AssociationType]:
        """The association types of an ordered pair, none when it cannot be associated."""
        return self._of_pair.get((from_type, to_type), ())

    def pairs(self) -> Iterable[tuple[str, str]]:
        """Every ordered pair of types that can be associated."""
        return self._of_pair.keys()

    def has_inverse_rules(self, from_type: str, to_type: str) -> bool:
        """Whether the rules of this pair are written from its second type to its first."""
        return (to_type, from_type) in self._forward

    def inverse(self, kind: AssociationType) -> AssociationType:
        """The same association seen from the other end."""
        return self._by_key[kind.to_type, kind.from_type, kind.category, kind.inverse_id]

    def targets(self, from_type: str, index: int, to_type: str) -> Found:
        """Whom a record is associated with in another type, and by which types of association."""
        found: Found = {}
        for rule in self._forward.get((from_type, to_type), ()):
            target = rule.target(index)
            if target is not None and (from_type != to_type or target != index):
                self._label(found, rule, index, target, inverse=False)
        for rule in self._forward.get((to_type, from_type), ()):
            for source in rule.sources(index):
                if from_type != to_type or source != index:
                    self._label(found, rule, source, source, inverse=True)
        for target in self._removed.get((from_type, to_type), {}).get(index, ()):
            found.pop(target, None)
        for target, kinds in self._added.get((from_type, to_type), {}).get(index, {}).items():
            found.setdefault(target, set()).update(kinds)
        return found

    def add(self, kind: AssociationType, index: int, target: int) -> None:
        """Associate two records, in both directions."""
        for one, start, end in ((kind, index, target), (self.inverse(kind), target, index)):
            pair = one.from_type, one.to_type
            added = self._added.setdefault(pair, {}).setdefault(start, {})
            added.setdefault(end, set()).add(one)

    def remove(self, from_type: str, index: int, to_type: str, target: int) -> None:
        """Remove every association between two records, in both directions."""
        for pair, start, end in (
            ((from_type, to_type), index, target),
            ((to_type, from_type), target, index),
        ):
            self._added.get(pair, {}).get(start, {}).pop(end, None)
            self._removed.setdefault(pair, {}).setdefault(start, set()).add(end)

    def _label(self, found: Found, rule: Rule, source: int, other: int, *, inverse: bool) -> None:
        kinds = found.setdefault(other, set())
        for label in rule.labels:
            if source % label.every == label.at:
                kinds.add(self.inverse(label.kind) if inverse else label.kind)

    def _make_rules(
        self, sizes: Mapping[str, int], custom_ids: Mapping[str, str], hub_sources: int
    ) -> Iterator[Rule]:
        number = 0
        for from_type, to_type, every, wanted in (
            *STANDARD_RULES,
            *_custom_rules(custom_ids),
            *LATER_RULES,
        ):
            if sizes[from_type] and sizes[to_type]:
                number += 1
                labels = tuple(self._wanted(from_type, to_type, *one) for one in wanted)
                size = sizes[from_type]
                factor = _coprime(size, 2 * size // 3 + 7 * number)
                inverse = pow(factor, -1, size)
                yield Spread(labels, size, sizes[to_type], factor, inverse, 13 * number, every)
        hub = next(kind for kind in self.of_pair("0-49", "0-2") if kind.label is None)
        yield Hub((Label(hub),), hub_sources)
        if sizes["0-1"] >= WIDE_HUB_FROM_CONTACTS:
            wide = next(kind for kind in self.of_pair("0-1", "0-2") if kind.label is None)
            yield Hub((Label(wide),), self._wide_hub_sources)

    def _wanted(
        self, from_type: str, to_type: str, category: str, type_id: int, every: int, at: int
    ) -> Label:
        if type_id == 0:
            return Label(self.of_pair(from_type, to_type)[0], every, at)
        return Label(self._by_key[from_type, to_type, category, type_id], every, at)


Wanted = tuple[str, int, int, int]
"""Category and id of an association type (0: the first of the pair), and which links have it."""
RuleRow = tuple[str, str, int, tuple[Wanted, ...]]

UNLABELLED: Wanted = ("", 0, 1, 0)

STANDARD_RULES: tuple[RuleRow, ...] = (
    ("0-1", "0-2", 1, (
        UNLABELLED, (HUBSPOT_DEFINED, 1, 1, 0), (USER_DEFINED, 1, 7, 2), (USER_DEFINED, 3, 11, 2),
        (USER_DEFINED, 7, 13, 2),
    )),
    ("0-1", "0-2", 6, (UNLABELLED,)),
    ("0-3", "0-2", 1, (UNLABELLED, (HUBSPOT_DEFINED, 5, 1, 0))),
    ("0-3", "0-1", 1, (UNLABELLED,)),
    ("0-3", "0-1", 2, (UNLABELLED, (USER_DEFINED, 31, 4, 2))),
    ("0-5", "0-1", 1, (UNLABELLED,)),
    ("0-5", "0-2", 2, (UNLABELLED, (HUBSPOT_DEFINED, 26, 1, 0))),
    ("0-3", "0-5", 5, (UNLABELLED, (INTEGRATOR_DEFINED, 1, 3, 0))),
    ("0-8", "0-3", 1, (UNLABELLED,)),
    ("0-14", "0-3", 1, (UNLABELLED,)),
    ("0-19", "0-1", 1, (UNLABELLED,)),
    ("0-27", "0-1", 1, (UNLABELLED,)),
    ("0-46", "0-1", 1, (UNLABELLED,)),
    ("0-46", "0-3", 3, (UNLABELLED,)),
    ("0-47", "0-1", 1, (UNLABELLED,)),
    ("0-48", "0-1", 1, (UNLABELLED,)),
    ("0-49", "0-1", 1, (UNLABELLED,)),
    ("0-116", "0-1", 1, (UNLABELLED,)),
    ("0-18", "0-1", 1, (UNLABELLED,)),
    ("0-53", "0-1", 1, (UNLABELLED,)),
    ("0-69", "0-1", 1, (UNLABELLED,)),
    ("0-101", "0-1", 1, (UNLABELLED,)),
    ("0-123", "0-1", 1, (UNLABELLED,)),
    ("0-123", "0-8", 1, (UNLABELLED,)),
    ("0-136", "0-1", 1, (UNLABELLED,)),
    ("0-421", "0-1", 1, (UNLABELLED,)),
    ("0-162", "0-2", 1, (UNLABELLED,)),
    ("0-970", "0-2", 1, (UNLABELLED,)),
    ("0-1", "0-1", 5, ((USER_DEFINED, 21, 1, 0), UNLABELLED)),
    ("0-1", "0-1", 9, ((USER_DEFINED, 23, 1, 0),)),
    ("0-2", "0-2", 4, ((HUBSPOT_DEFINED, 13, 1, 0),)),
)  # fmt: skip

LATER_RULES: tuple[RuleRow, ...] = (
    ("0-11", "0-1", 1, (UNLABELLED,)),
    ("0-11", "0-5", 2, (UNLABELLED,)),
    ("0-2", "0-2", 3, (UNLABELLED, (USER_DEFINED, 41, 2, 0), (USER_DEFINED, 43, 5, 0))),
    ("0-421", "0-162", 1, ((WORK, 1, 1, 0),)),
)
"""After all others: which records a rule joins depends on how many rules stand before it."""


def _custom_rules(custom_ids: Mapping[str, str]) -> Iterator[RuleRow]:
    for one, other in (("pets", "0-1"), ("dogovory", "0-2"), ("pets", "escape_room"),
                       ("field_visits", "0-2"), ("field_visits_2", "0-1"), ("mashari", "0-3"),
                       ("pets", "pets")):  # fmt: skip
        yield custom_ids.get(one, one), custom_ids.get(other, other), 1, (UNLABELLED,)
    yield "0-46", custom_ids["pets"], 8, (UNLABELLED,)


def _coprime(size: int, wish: int) -> int:
    """The first number from `wish` on that has no factor in common with `size`."""
    factor = max(wish, 1)
    while gcd(factor, size) != 1:
        factor += 1
    return factor
