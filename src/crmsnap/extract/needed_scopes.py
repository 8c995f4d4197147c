"""The fewest scopes that a key needs for a selection, and which of them this token lacks.

HubSpot names several scopes for most things, any one of which is enough: one that may only read is taken
before one that may also write (`e-commerce`), and one that serves many things before one that serves few.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from crmsnap.extract.outlook import Outlook
from crmsnap.extract.type_outlook import read_scopes, standard_documents
from crmsnap.extract.wanted import with_earlier
from crmsnap.model import EVERY
from crmsnap.streams.documents import TypeDocument
from crmsnap.streams.known_types import all_types
from crmsnap.streams.stream import Stream
from crmsnap.streams.types import TYPES
from crmsnap.tables import CATALOGUE
from crmsnap.tables.chosen import Declared, chosen, streams_of


@dataclass(frozen=True, slots=True)
class NeededScope:
    """One scope that a key should have."""

    name: str
    reads: tuple[str, ...]
    """The streams that it opens: `objects/0-1`, `owners`."""
    missing: bool
    """Whether the token of the connection lacks it, as far as HubSpot told."""


def needed_scopes(found: Outlook) -> list[NeededScope]:
    """The scopes for what is chosen in an account, by name."""
    scope = found.plan.scope
    types = [known for known in all_types(scope) if scope.wants(known.id)]
    missing = frozenset(gap.stream for gap in found.gaps if gap.reason == "missing-scope")
    return _needed(found.plan.tables, types, missing)


def all_scopes() -> list[NeededScope]:
    """The same without an account: for every table, and every type that an account may have."""
    tables = chosen(CATALOGUE, EVERY)
    return _needed(
        tables, [*standard_documents(), TypeDocument("2-<n>", "", custom=True)], frozenset()
    )


def _needed(
    tables: Iterable[Declared], types: Sequence[TypeDocument], missing: frozenset[str]
) -> list[NeededScope]:
    needs = {
        name: scopes for name, scopes in _needs(with_earlier(streams_of(tables)), types) if scopes
    }
    enough = _fewest(list(needs.values()))
    reads: defaultdict[str, list[str]] = defaultdict(list)
    for stream, scopes in needs.items():
        reads[next(name for name in enough if name in scopes)].append(stream)
    return [
        NeededScope(name, tuple(streams), not missing.isdisjoint(streams))
        for name, streams in sorted(reads.items())
    ]


def _needs(
    streams: Iterable[Stream], types: Sequence[TypeDocument]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What is read, and the scopes of which any one opens it."""
    known = {f"objects/{one.id}": one for one in types}
    for stream in streams:
        if any("<type>" in scope for scope in stream.scopes):
            for name, one in known.items():
                if one.readable and one.source == "crm":
                    yield name, read_scopes(one)
        elif stream.name in known or not stream.name.startswith("objects/"):
            yield stream.name, stream.scopes
        if stream == TYPES and any(one.custom for one in types):
            yield "schemas", ("crm.schemas.custom.read",)


def _fewest(needs: Sequence[tuple[str, ...]]) -> list[str]:
    """Scopes that meet every need: those that only read before others, those that meet most first."""
    left = list(needs)
    # What only one scope opens is not for choice, and may open more.
    enough = list(dict.fromkeys(scopes[0] for scopes in left if len(scopes) == 1))
    while left := [scopes for scopes in left if not set(enough).intersection(scopes)]:
        counts = Counter(name for scopes in left for name in scopes)
        enough.append(max(counts, key=lambda name: (_only_reads(name), counts[name])))
    return enough


def _only_reads(scope: str) -> bool:
    return scope.endswith(".read")
