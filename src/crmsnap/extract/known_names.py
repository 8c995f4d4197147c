"""Whether the words of a selection mean anything in this account.

A name that nothing goes by is a slip of the pen, and refused with the nearest name that there is: of what
should stay out nothing may slip in. A pattern may fit nothing, since what fits may come tomorrow.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from difflib import get_close_matches
from typing import NamedTuple

from crmsnap.errors import UsageError
from crmsnap.extract.asked import no_such_type
from crmsnap.extract.possible_tables import PossibleTables, is_known
from crmsnap.extract.selection import known_events, means_type
from crmsnap.model import Choice, Selection, fits, is_pattern
from crmsnap.streams.known_types import all_types, names_of, properties
from crmsnap.streams.stream import Scope
from crmsnap.tables import CATALOGUE
from crmsnap.tables.chosen import Declared, may_be_of, no_such_table
from crmsnap.tables.event_types import event_property_definitions
from crmsnap.tables.table import TableFamily


def unmatched(
    selection: Selection, tables: Iterable[Declared], scope: Scope, possible: PossibleTables
) -> tuple[str, ...]:
    """The patterns that fit nothing: `exclude_properties: salery_*`. Raise `UsageError` for such a name.

    What was not read for this selection, or may not be read, is not judged.
    """
    return (
        *_types(selection, scope),
        *_tables(selection.of_tables, tables, scope, possible),
        *_events(selection.events, scope),
        *_properties(selection.properties, scope),
    )


def _types(selection: Selection, scope: Scope) -> Iterator[str]:
    known = all_types(scope)
    for setting, word in (
        *_words("types", selection.of_types),
        *_words("history_types", selection.histories),
    ):
        if known and not any(means_type(word, one) for one in known):
            if not is_pattern(word):
                raise no_such_type(setting, word, [name for one in known for name in names_of(one)])
            yield f"{setting}: {word}"


def _tables(
    choice: Choice, tables: Iterable[Declared], scope: Scope, possible: PossibleTables
) -> Iterator[str]:
    families = [table for table in tables if isinstance(table, TableFamily)]
    catalogue = [table.name for table in CATALOGUE]
    for setting, word in _words("tables", choice):
        if fits((word,), catalogue) or not _is_judged(word, families, scope):
            continue
        names = [
            one.name
            for family in families
            if may_be_of(word, family)
            for one in possible.of(family, scope.reader)
        ]
        if fits((word,), names):
            continue
        if not is_pattern(word):
            raise no_such_table(
                word,
                [*catalogue, *names],
                f"`{setting}` names it, and the account has no such table",
            )
        yield f"{setting}: {word}"


def _is_judged(word: str, families: Collection[TableFamily], scope: Scope) -> bool:
    """Whether it is known what all the families have that a word may speak of."""
    return all(
        family in families and is_known(family, scope)
        for family in CATALOGUE
        if isinstance(family, TableFamily) and may_be_of(word, family)
    )


def _events(choice: Choice, scope: Scope) -> Iterator[str]:
    if "event-types" not in scope.reader.streams:
        return
    known = [name for one in known_events(scope.reader) for name in one.names]
    for setting, word in _words("events", choice):
        if not fits((word,), known):
            if not is_pattern(word):
                raise UsageError(
                    f"{setting}: the account has no event {word!r}",
                    cause="it is neither the name nor the label of an event type",
                    remedy=_near(word, known)
                    or "see the tables `EVENTS_...` of `crmsnap tables --account`",
                )
            yield f"{setting}: {word}"


class _Owner(NamedTuple):
    """An object type or event type with properties."""

    called: str
    names: tuple[str, ...]
    properties: tuple[str, ...] | None
    """None: they were not read, or nobody defines them."""
    is_gap: bool = False
    """Whether they may not be read although they are wanted."""


def _properties(choice: Choice, scope: Scope) -> Iterator[str]:
    owners = [*_object_types(scope), *_event_types(scope)]
    if not any(owner.properties for owner in owners):
        return
    for setting, word in _words("properties", choice):
        owner, dot, name = word.rpartition(".")
        about = [one for one in owners if not dot or fits((owner,), one.names)]
        found = [found for one in about for found in one.properties or ()]
        if fits((name,), found):
            continue
        is_certain = not any(one.properties is None if dot else one.is_gap for one in about)
        if is_certain and not is_pattern(word):
            raise _no_such_property(setting, word, about, found)
        yield f"{setting}: {word}"


def _object_types(scope: Scope) -> Iterator[_Owner]:
    for known in all_types(scope):
        names = None
        if f"properties/{known.id}" in scope.reader.streams:
            names = tuple(found.name for found in properties(scope, known.id))
        # A union has no properties of its own: those of its types are judged with them.
        may_be_gap = known.readable and known.source != "union" and scope.wants(known.id)
        is_gap = may_be_gap and f"objects/{known.id}" in scope.gaps
        yield _Owner(known.plural_label or known.name, names_of(known), names, is_gap)


def _event_types(scope: Scope) -> Iterator[_Owner]:
    defined: defaultdict[str, list[str]] = defaultdict(list)
    for found, _ in event_property_definitions(scope.reader):
        defined[found.owner].append(found.name)
    for known in known_events(scope.reader):
        yield _Owner(known.api_name, known.names, tuple(defined[known.api_name]) or None)


def _no_such_property(
    setting: str, word: str, about: Collection[_Owner], known: Iterable[str]
) -> UsageError:
    owner, dot, name = word.rpartition(".")
    if not about:
        return UsageError(
            f"{setting}: {owner!r} is no object type and no event of the account",
            cause=f"{word!r} speaks of its property {name!r}",
            remedy="see `crmsnap tables --types` for ids and names",
        )
    called = f" of {next(iter(about)).called}" if dot else ""
    return UsageError(
        f"{setting}: there is no property {name!r}{called}",
        cause="nothing that is copied has it, not even as an archived property",
        remedy=_near(name, known) or "see the table PROPERTY_DEFINITIONS for all names",
    )


def _words(setting: str, choice: Choice) -> Iterator[tuple[str, str]]:
    for word in choice.only:
        yield setting, word
    for word in choice.never:
        yield f"exclude_{setting}", word


def _near(word: str, known: Iterable[str]) -> str:
    found = get_close_matches(word, tuple(known), n=1)
    return f"did you mean {found[0]!r}?" if found else ""
