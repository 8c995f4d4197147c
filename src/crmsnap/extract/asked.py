"""What a selection asks for, before anything is read: names of object types become ids.

So `deals` and `0-3` are one selection, and a run that was stopped knows whether it is asked for the same
copy again. Patterns stay as they are: each run finds out anew what fits them.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from functools import cached_property, partial
from typing import NamedTuple, TypeVar

from crmsnap.errors import MissingScope, NotFound, UsageError
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import types
from crmsnap.hubspot.object_types import STANDARD_TYPES
from crmsnap.model import Choice, Selection, is_pattern

Answer = TypeVar("Answer")


def asked(words: Selection, client: Client) -> Selection:
    """The same selection as every run writes it down: types by id, each word once, sorted.

    The account is asked for its types only where a word is no standard type's name. Raise `UsageError`
    for a name that is no type's.
    """
    names = _Names(client)

    def of_types(setting: str, given: Iterable[str]) -> tuple[str, ...]:
        return _sorted(names.id_of(setting, word) for word in given)

    def of_properties(given: Iterable[str]) -> tuple[str, ...]:
        return _sorted(names.with_owner_id(word) for word in given)

    return Selection(
        types=of_types("types", words.types),
        exclude_types=of_types("exclude_types", words.exclude_types),
        tables=_sorted(map(str.upper, words.tables)),
        exclude_tables=_sorted(map(str.upper, words.exclude_tables)),
        properties=Choice(
            of_properties(words.properties.only), of_properties(words.properties.never)
        ),
        events=Choice(_lower(words.events.only), _lower(words.events.never)),
        histories=Choice(
            of_types("history_types", words.histories.only),
            of_types("exclude_history_types", words.histories.never),
        ),
        calculated_histories=words.calculated_histories,
        iso_dates=words.iso_dates,
    )


def no_such_type(setting: str, word: str, names: Iterable[str]) -> UsageError:
    """The error for a name that no object type of the account has."""
    near = get_close_matches(word.lower(), tuple(names), n=1)
    return UsageError(
        f"{setting}: the account has no object type {word!r}",
        cause="it is neither the id nor the name of a type that the token can see",
        remedy=f"did you mean {near[0]!r}?" if near else "see `crmsnap tables --types`",
    )


class _Named(NamedTuple):
    """A type, and what people may call it."""

    id: str
    names: tuple[str | None, ...] = ()
    labels: tuple[str | None, ...] = ()


class _Names:
    """The types of the account by their names; the account is asked once, and only when it must be."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def id_of(self, setting: str, word: str) -> str:
        """The id of the type that a word means; a pattern is given back as it is."""
        word = word.lower()
        found = word if is_pattern(word) else self._find(word)
        if found is None:
            raise no_such_type(setting, word, {**_STANDARD, **self._own})
        return found

    def with_owner_id(self, word: str) -> str:
        """`0-3.amount` for `deals.amount`; an owner that is no object type may be an event type."""
        owner, dot, name = word.lower().rpartition(".")
        if not dot or is_pattern(owner):
            return word.lower()
        return f"{self._find(owner) or owner}.{name}"

    def _find(self, word: str) -> str | None:
        # A custom type that is labelled like a standard one is reached by its own name or id.
        ids = _STANDARD.get(word) or self._own.get(word) or frozenset()
        if len(ids) > 1:
            raise UsageError(
                f"{len(ids)} object types of the account are called {word!r}",
                cause=f"their ids are {', '.join(sorted(ids))}",
                remedy="name the one that is meant by its id",
            )
        return next(iter(ids), None)

    @cached_property
    def _own(self) -> Mapping[str, frozenset[str]]:
        enabled = _unless_refused(partial(types.enabled, self._client)) or {}
        counted = _unless_refused(partial(types.record_counts, self._client)) or {}
        named = [_Named(id_) for id_ in enabled]
        named += [
            _Named(one.object_type_id, (), (one.singular, one.plural)) for one in counted.values()
        ]
        # A type that was archived and made again has a live namesake, which is meant.
        return _by_name(_schemas(self._client, archived=True)) | _by_name(
            [*named, *_schemas(self._client, archived=False)]
        )


def _by_name(known: Iterable[_Named]) -> dict[str, frozenset[str]]:
    """Lower-case name -> ids. An id goes before a name, a name before a label."""
    ids: defaultdict[tuple[int, str], set[str]] = defaultdict(set)
    for one in known:
        for rank, names in enumerate(((one.id,), one.names, one.labels)):
            for name in filter(None, names):
                ids[-rank, name.lower()].add(one.id)
    # The better rank comes last, and so replaces the others.
    return {name: frozenset(ids[rank, name]) for rank, name in sorted(ids)}


def _schemas(client: Client, *, archived: bool) -> list[_Named]:
    return [
        _Named(one.object_type_id, (one.name, one.fully_qualified_name), (one.singular, one.plural))
        for one in _unless_refused(partial(types.schemas, client, archived=archived)) or ()
    ]


def _unless_refused(ask: Callable[[], Answer]) -> Answer | None:
    try:
        return ask()
    except (MissingScope, NotFound):
        return None  # a type may still be named by another answer


_STANDARD = _by_name(
    [_Named(one.id, (one.name, one.path), (one.singular, one.plural)) for one in STANDARD_TYPES]
)


def _sorted(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(words)))


def _lower(words: Iterable[str]) -> tuple[str, ...]:
    return _sorted(map(str.lower, words))
