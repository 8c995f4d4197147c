"""Which operation a path means: a tree of path segments, built once from the families' templates.

A literal segment wins over a variable one (`objects/contacts/search` is no record with the id
`search`), and `{version}` matches dated versions only, so that `/crm/objects/v9/contacts` is an
unknown route as it is at HubSpot.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from crmsnap.sandbox.api.route import Family, Route

DATED_VERSIONS = frozenset({"2025-09", "2026-03", "2026-09"})


@dataclass(frozen=True, slots=True)
class Match:
    """The operation that a request asks for, with the values of the template's variables."""

    family: Family
    route: Route
    variables: Mapping[str, str]


class UnknownRoute(Exception):
    """No family has such a path."""


class WrongMethod(Exception):
    """The path exists, but not for this method."""

    def __init__(self, allowed: Iterable[str]) -> None:
        super().__init__(allowed)
        self.allowed = tuple(sorted(allowed))


class Router:
    """Finds the operation of a path in time proportional to the path's segments."""

    def __init__(self, families: Iterable[Family]) -> None:
        self._root = _Node()
        for family in families:
            for route in family.routes:
                for template in route.templates:
                    self._add(template, family, route)

    def match(self, method: str, raw_path: str) -> Match:
        """The operation of a still percent-encoded path; a trailing slash makes no difference."""
        segments = raw_path.strip("/").split("/")
        allowed: set[str] = set()
        for node, values in self._root.walk(segments, ()):
            leaf = node.leaves.get(method)
            if leaf is not None:
                return Match(leaf.family, leaf.route, dict(zip(leaf.names, values, strict=True)))
            allowed.update(node.leaves)
        if allowed:
            raise WrongMethod(allowed)
        raise UnknownRoute(raw_path)

    def _add(self, template: str, family: Family, route: Route) -> None:
        node, names = self._root, []
        for segment in template.strip("/").split("/"):
            if segment.startswith("{"):
                names.append(segment[1:-1])
            node = node.child(segment)
        known = node.leaves.get(route.method)
        if known is not None and known.route is not route:
            raise ValueError(f"{route.method} {template} belongs to two operations")
        node.leaves[route.method] = _Leaf(family, route, tuple(names))


@dataclass(frozen=True, slots=True)
class _Leaf:
    family: Family
    route: Route
    names: tuple[str, ...]


@dataclass(slots=True)
class _Node:
    literal: dict[str, "_Node"] = field(default_factory=dict)
    dated: "_Node | None" = None
    variable: "_Node | None" = None
    leaves: dict[str, _Leaf] = field(default_factory=dict)

    def child(self, segment: str) -> "_Node":
        if segment == "{version}":
            self.dated = self.dated or _Node()
            return self.dated
        if segment.startswith("{"):
            self.variable = self.variable or _Node()
            return self.variable
        return self.literal.setdefault(segment, _Node())

    def walk(
        self, segments: list[str], values: tuple[str, ...]
    ) -> Iterator[tuple["_Node", tuple[str, ...]]]:
        """Every end of the tree that the segments reach, the most literal one first."""
        if not segments:
            yield self, values
            return
        segment, rest = segments[0], segments[1:]
        if segment in self.literal:
            yield from self.literal[segment].walk(rest, values)
        if self.dated is not None and segment in DATED_VERSIONS:
            yield from self.dated.walk(rest, (*values, segment))
        if self.variable is not None and segment:
            yield from self.variable.walk(rest, (*values, unquote(segment)))
