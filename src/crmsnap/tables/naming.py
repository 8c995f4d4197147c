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
    former: tuple[str, ...] = ()
    """Names that it had on earlier days."""


class ColumnNames(NamedTuple):
    """The columns of a property: `PROPERTY_<NAME>`, and `PROPERTY_UNPARSED_<NAME>` where it has one."""

    value: str
    raw: str | None


def sanitised(text: str) -> str:
    """Upper case without accents; every other sign than an ASCII letter or digit becomes `_`."""
    bare = (sign for sign in normalize("NFKD", text) if not combining(sign))
    return "".join(sign if sign.isascii() and sign.isalnum() else "_" for sign in bare).upper()


def table_names(
    prefix: str, things: Iterable[Named], given: Mapping[str, GivenName] = MappingProxyType({})
) -> dict[str, GivenName]:
    """Id -> its name. Of several that want one name the lowest rank and id has it, the others add theirs.

    A name that was `given` on an earlier day stays with its id for as long as that wants the same, and is
    nobody else's afterwards: who loads a table by its name never gets another type's rows.
    """
    by_id = sorted(things, key=lambda thing: (thing.rank, id_order(thing.id)))
    ids = {thing.id: f"_{sanitised(thing.id)}"[:_SUFFIX_BYTES_MAX] for thing in by_id}
    wanted = {
        thing.id: (prefix + (_first_legible(thing.names) or f"T{ids[thing.id]}"))[:NAME_BYTES_MAX]
        for thing in by_id
    }
    owned = {id_: (found.name, *found.former) for id_, found in given.items()}
    kept = {
        id_: given[id_].name if given[id_].wanted == name else name
        for id_, name in wanted.items()
        if id_ in given and (given[id_].wanted == name or name in given[id_].former)
    }
    taken = frozenset(name for names in owned.values() for name in names).union(kept.values())
    new = {id_: name for id_, name in wanted.items() if id_ not in kept}
    names = kept | _distinct(new, taken, lambda id_, tries: ids[id_] + _number(tries))
    return {
        id_: GivenName(
            name, names[id_], tuple(one for one in owned.get(id_, ()) if one != names[id_])
        )
        for id_, name in wanted.items()
    }


def column_names(
    properties: Mapping[str, bool], given: Mapping[str, ColumnNames] = MappingProxyType({})
) -> dict[str, ColumnNames]:
    """Property -> its columns; those that map to True have one for the raw text too.

    A name that was `given` on an earlier day stays with its property, and is nobody else's while that is
    away. The others have what they wish for where it is free: first the properties with a plain name,
    whose wishes never clash; so only what is not `is_as_wished` has to be remembered.
    """
    slots = [
        _slot(name, is_raw)
        for name, has_raw in properties.items()
        for is_raw in ((False, True) if has_raw else (False,))
    ]
    kept = {
        _slot(name, is_raw): column
        for name, names in given.items()
        for is_raw, column in ((False, names.value), (True, names.raw))
        if column is not None
    }
    new = {slot: slot.wish for slot in sorted(slots) if slot not in kept}
    found = kept | _distinct(new, frozenset(kept.values()), lambda _, tries: f"_{tries + 2}")
    return {
        name: ColumnNames(found[_slot(name, False)], found[_slot(name, True)] if has_raw else None)
        for name, has_raw in sorted(properties.items())
    }


def is_as_wished(name: str, names: ColumnNames) -> bool:
    """Whether a property's columns are called as they would be on any day, whatever else there is."""
    wishes = (_slot(name, is_raw).wish for is_raw in (False, True))
    return _is_plain(name) and all(
        column in (None, wish) for column, wish in zip(names, wishes, strict=True)
    )


def id_order(id_: str) -> list[tuple[bool, int, str]]:
    """Sort key of type ids: `6-2` before `6-10`, ids of digits before names."""
    return [
        (False, int(part), "") if part.isascii() and part.isdigit() else (True, 0, part)
        for part in id_.split("-")
    ]


_VALUE, _RAW = "PROPERTY_", "PROPERTY_UNPARSED_"


class _Slot(NamedTuple):
    """A column that wants a name; they choose in this order."""

    is_odd: bool
    is_raw: bool
    name: str

    @property
    def wish(self) -> str:
        return (_RAW if self.is_raw else _VALUE) + sanitised(self.name)


def _slot(name: str, is_raw: bool) -> _Slot:
    return _Slot(not _is_plain(name), is_raw, name)


def _is_plain(name: str) -> bool:
    """Whether no other plain name can wish for its columns: it is what nearly all internal names are."""
    return (
        sanitised(name).lower() == name
        and not name.startswith("unparsed_")
        and len(_RAW + name) <= NAME_BYTES_MAX
    )


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


def _number(tries: int) -> str:
    return f"_{tries + 1}" if tries else ""
