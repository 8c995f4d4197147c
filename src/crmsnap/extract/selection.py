"""What a selection means in this account: which object types and events its tables need.

A table that is not wanted costs no call: of a single type's tables only that type is read, of chosen
events' tables only those events.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from glob import escape
from typing import NamedTuple

from crmsnap.errors import UsageError
from crmsnap.extract.possible_tables import PossibleTables, is_chosen_by_name, is_known
from crmsnap.extract.wanted import with_earlier
from crmsnap.hubspot.object_types import ENGAGEMENT_TYPES
from crmsnap.model import NOTHING, Choice, Selection, fits, is_pattern
from crmsnap.state.reader import StateReader
from crmsnap.streams.associations import ASSOCIATIONS
from crmsnap.streams.documents import TypeDocument
from crmsnap.streams.event_names import names_of_event
from crmsnap.streams.known_types import all_types, names_of
from crmsnap.streams.labels import LABELS
from crmsnap.streams.lists import LISTS
from crmsnap.streams.pipelines import PIPELINES
from crmsnap.streams.stream import Scope, Stream
from crmsnap.tables.associations_of_pair import ASSOCIATIONS_OF_PAIR
from crmsnap.tables.chosen import Declared, may_be_of, nothing_left, takes
from crmsnap.tables.engagement_properties import ENGAGEMENT
from crmsnap.tables.event_types import event_type_id
from crmsnap.tables.events import EVENTS, could_occur
from crmsnap.tables.table import Possible, Table, TableFamily


def with_types(
    selection: Selection, tables: Sequence[Declared], scope: Scope, possible: PossibleTables
) -> Scope:
    """The scope with the ids of the types that are selected, and that these tables are about.

    Raise `UsageError` when none is left.
    """
    known = all_types(scope)
    types = _with_parts(ids(selection.types, known))
    scope = replace(scope, types=types, excluded_types=ids(selection.exclude_types, known))
    # No types in a scope would mean all of them.
    left = [one.id for one in known if scope.wants(one.id) and (types or not selection.types)]
    if not left:
        raise UsageError(
            "no object type is left to copy",
            cause="nothing fits `types`, or `exclude_types` leaves out all of them",
            remedy="see `crmsnap tables --types` for their ids and names",
        )
    needed = _types_of(selection.of_tables, tables, scope, possible)
    return scope if needed is None else replace(scope, types=_with_parts(needed))


def ids(words: Iterable[str], known: Iterable[TypeDocument]) -> frozenset[str]:
    """The ids of the types that these words mean, which are ids or patterns."""
    known = tuple(known)
    return frozenset(one.id for word in words for one in known if means_type(word, one))


def _with_parts(ids: frozenset[str]) -> frozenset[str]:
    """Whoever wants engagements (0-4) wants the notes, calls, e-mails, ... that they are."""
    return ids.union(ENGAGEMENT_TYPES) if ENGAGEMENT in ids else ids


def means_type(word: str, known: TypeDocument) -> bool:
    """Whether a word means a type: a pattern by any of its names, everything else by its id."""
    return fits((word,), names_of(known)) if is_pattern(word) else word == known.id


def with_pairs(
    selection: Selection, tables: Collection[Declared], scope: Scope, possible: PossibleTables
) -> Scope:
    """The scope with the pairs of types whose tables are published, as far as no other table needs more."""
    choice = selection.of_tables
    if ASSOCIATIONS_OF_PAIR not in tables or not is_chosen_by_name(ASSOCIATIONS_OF_PAIR, choice):
        return scope
    pairs = frozenset(
        (from_type, to_type)
        for one in possible.of(ASSOCIATIONS_OF_PAIR, scope.reader)
        if takes(choice, scope.wants, one)
        for from_type, to_type in (one.member.types,)
    )
    others = [table for table in tables if table is not ASSOCIATIONS_OF_PAIR]
    return replace(
        scope,
        pairs=None if _needs(others, ASSOCIATIONS) else pairs,
        defined_pairs=None if _needs(others, LABELS) else pairs,
    )


def _needs(tables: Iterable[Declared], stream: Stream) -> bool:
    return any(stream in with_earlier(table.streams) for table in tables)


def with_events(selection: Selection, tables: Collection[Declared], scope: Scope) -> Scope:
    """The scope with the events that are selected and whose tables are published.

    A type of marketing-email events that nobody knows yet is taken too, unless the words of the selection
    leave it out, or are names of tables only.
    """
    if EVENTS not in tables:
        return scope
    every = known_events(scope.reader)
    taken = {
        one.api_name
        for one in every
        if selection.events.takes(*one.names) and takes(selection.of_tables, scope.wants, one.table)
    }
    chosen = selection.events
    names = tuple(sorted(map(escape, taken)))
    if _are_names(selection.of_tables.only):
        chosen = Choice(names) if names else NOTHING
    elif chosen.only:
        # Some were chosen by their tables' names, which only the account's list of types tells.
        chosen = Choice(tuple(sorted({*chosen.only, *names})), chosen.never)
    left = frozenset(one.api_name for one in every if one.api_name not in taken)
    return replace(scope, events=chosen, left_events=left)


def _are_names(words: Collection[str]) -> bool:
    """Whether these words of a choice of tables name single tables of events, and no pattern fits others."""
    return bool(words) and not any(
        may_be_of(word, EVENTS) and (is_pattern(word) or word.upper() == EVENTS.name)
        for word in words
    )


class KnownEvent(NamedTuple):
    """An event type of the account."""

    api_name: str
    names: tuple[str, ...]
    """What people may call it: the API's name with and without its prefix, its label, its table's name."""
    table: Possible


def known_events(reader: StateReader) -> list[KnownEvent]:
    """Every event type of the account, with its table, whether or not there is one today."""
    tables = {table.member.id: table for table in EVENTS.possible(reader)}
    return [
        KnownEvent(
            one.name,
            (*names_of_event(one), tables[event_type_id(one)].name.removeprefix(EVENTS.prefix)),
            tables[event_type_id(one)],
        )
        for one in could_occur(reader)
    ]


def left_tables(
    selection: Selection, tables: Iterable[Declared], scope: Scope, possible: PossibleTables
) -> tuple[Declared, ...]:
    """These tables without the families of which nothing is taken. Raise `UsageError` when none is left."""
    choice = selection.of_tables
    left = tuple(
        table
        for table in tables
        if isinstance(table, Table)
        or not is_chosen_by_name(table, choice)
        or not is_known(table, scope)
        or any(takes(choice, scope.wants, one) for one in possible.of(table, scope.reader))
    )
    if not left:
        raise nothing_left()
    return left


def _types_of(
    choice: Choice, tables: Iterable[Declared], scope: Scope, possible: PossibleTables
) -> frozenset[str] | None:
    """The object types that these tables are about; None: all, or more than their names tell."""
    found: set[str] = set()
    about_all = False
    # A table about all types ends nothing: a name that is refused may stand behind it.
    for table in tables:
        named = (
            possible.of(table, scope.reader)
            if isinstance(table, TableFamily) and is_chosen_by_name(table, choice)
            else ()
        )
        wanted = list(_wanted(named, choice, scope))
        taken = [one for one in wanted if takes(choice, scope.wants, one)]
        if any(one.member.types for one in named) and len(taken) < len(wanted):
            found.update(id_ for one in taken for id_ in one.member.types)
        elif _is_about_all_types(table):
            about_all = True
    return None if about_all else frozenset(found) or None


def _wanted(possible: Iterable[Possible], choice: Choice, scope: Scope) -> Iterator[Possible]:
    """Those whose object types are wanted; one that is named all the same is refused."""
    for one in possible:
        if all(map(scope.wants, one.member.types)):
            yield one
        elif one.name in choice.only:
            left_out = [id_ for id_ in dict.fromkeys(one.member.types) if not scope.wants(id_)]
            raise UsageError(
                f"{one.name} is chosen, and an object type that it is about is left out",
                cause=f"`types` or `exclude_types` leaves out {' and '.join(left_out)}",
                remedy="choose the type too, or leave the table away",
            )


def _is_about_all_types(table: Declared) -> bool:
    return any(
        "<type>" in stream.name or stream in (LISTS, PIPELINES)
        for stream in with_earlier(table.streams)
    )
