"""Names of tables and columns from whatever an account calls its things.

A label may be anything: `../`, right-to-left marks, emoji, 300 characters, the same as another one. What
comes out is `[A-Z0-9_]` only, at most 200 bytes, and never the same for two things.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple, TypeVar
from unicodedata import combining, normalize

NAME_BYTES_MAX = 200

_SUFFIX_BYTES_MAX = 100
"""An id can be as long as a name; what is left of a long one is told apart by a number."""

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Named:
    """Something that gets a table of its own."""

    id: str
    names: tuple[str, ...]
    """What it may be called after: the first of them in which a letter or digit is left."""
    rank: int = 0
    """Of several that want one name the lowest rank comes first, whatever its id."""


class GivenName(NamedTuple):
    """The name of a table, and the one that its label asks for."""

    wanted: str
    name: str


def sanitised(text: str) -> str:
    """Upper case without accents; every other sign than an ASCII letter or digit becomes `_`."""
    bare = (sign for sign in normalize("NFKD", text) if not combining(sign))
    return "".join(sign if sign.isascii() and sign.isalnum() else "_" for sign in bare).upper()


def table_names(
    prefix: str, things: Iterable[Named], given: Mapping[str, GivenName] = MappingProxyType({})
) -> dict[str, GivenName]:
    """Id -> its name. Of several that want one name the lowest rank and id has it, the others add theirs.

    A name that was `given` on an earlier day stays with its id for as long as that wants the same.
    """
    by_id = sorted(things, key=lambda thing: (thing.rank, id_order(thing.id)))
    ids = {thing.id: f"_{sanitised(thing.id)}"[:_SUFFIX_BYTES_MAX] for thing in by_id}
    wanted = {
        thing.id: (prefix + (_first_legible(thing.names) or f"T{ids[thing.id]}"))[:NAME_BYTES_MAX]
        for thing in by_id
    }
    kept = {
        id_: given[id_].name
        for id_, name in wanted.items()
        if id_ in given and given[id_].wanted == name
    }
    new = {id_: name for id_, name in wanted.items() if id_ not in kept}
    names = kept | _distinct(
        new, frozenset(kept.values()), lambda id_, tries: ids[id_] + _number(tries)
    )
    return {id_: GivenName(name, names[id_]) for id_, name in wanted.items()}


def value_columns(properties: Iterable[str]) -> dict[str, str]:
    """Property -> `PROPERTY_<NAME>`. Of several that want one name the first in code point order has it."""
    wanted = {name: f"PROPERTY_{sanitised(name)}" for name in sorted(properties)}
    return _distinct(wanted, frozenset(), _counted)


def unparsed_columns(properties: Iterable[str], taken: Collection[str]) -> dict[str, str]:
    """Property -> `PROPERTY_UNPARSED_<NAME>`, which yields to the columns that are `taken`."""
    wanted = {name: f"PROPERTY_UNPARSED_{sanitised(name)}" for name in sorted(properties)}
    return _distinct(wanted, taken, _counted)


def id_order(id_: str) -> list[tuple[bool, int, str]]:
    """Sort key of type ids: `6-2` before `6-10`, ids of digits before names."""
    return [
        (False, int(part), "") if part.isascii() and part.isdigit() else (True, 0, part)
        for part in id_.split("-")
    ]


def _first_legible(names: Iterable[str]) -> str | None:
    return next((clean for clean in map(sanitised, names) if clean.strip("_")), None)


def _distinct(
    wanted: Mapping[Key, str], taken: Collection[str], suffix: Callable[[Key, int], str]
) -> dict[Key, str]:
    """Each its wish, cut to size, where it comes first; the others a suffix that makes it their own."""
    owners: dict[str, Key] = {}
    for key, name in wanted.items():
        if name[:NAME_BYTES_MAX] not in taken:
            owners.setdefault(name[:NAME_BYTES_MAX], key)
    # All first wishes before any suffix: nobody loses a name to another one's way out.
    given = {key: name for name, key in owners.items()}
    used = {*taken, *owners}
    for key, name in wanted.items():
        tries = 0
        while key not in given:
            ending = suffix(key, tries)
            candidate = name[: NAME_BYTES_MAX - len(ending)] + ending
            if candidate not in used:
                given[key] = candidate
                used.add(candidate)
            tries += 1
    return {key: given[key] for key in wanted}


def _counted(_: str, tries: int) -> str:
    return f"_{tries + 2}"


def _number(tries: int) -> str:
    return f"_{tries + 1}" if tries else ""
