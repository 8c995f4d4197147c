"""The tables of a selection, and what they need.

Words are names or patterns of tables. What a family has is known only when the account's definitions
were read, so a family stays as long as one of its tables may be meant.
"""

from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches

from crmsnap.errors import UsageError
from crmsnap.model import Choice, fits, is_pattern
from crmsnap.streams.stream import Scope, Stream
from crmsnap.tables.engagement_properties import ENGAGEMENT
from crmsnap.tables.engagements import without_engagements
from crmsnap.tables.table import Possible, Table, TableFamily

Declared = Table | TableFamily


def chosen(catalogue: Sequence[Declared], choice: Choice) -> tuple[Declared, ...]:
    """The tables that this choice may take, in the catalogue's order.

    An optional table is taken by its name, never by a pattern. Raise `UsageError` for a name that can be
    no table's, and when nothing is left.
    """
    for word in choice.words:
        _refuse_unknown(catalogue, word)
    left = tuple(table for table in catalogue if _may_take(choice, table))
    if not left:
        raise nothing_left()
    return left


def takes(choice: Choice, wants: Callable[[str], bool], possible: Possible) -> bool:
    """Whether a table of a family is taken, by its own name or with the whole family, and `wants` wants all
    object types that it is about.
    """
    is_meant = not choice.only or _means(choice.only, possible)
    return (
        is_meant and not _means(choice.never, possible) and all(map(wants, possible.member.types))
    )


def may_be_of(word: str, family: TableFamily) -> bool:
    """Whether a word may mean a table of a family, as far as the beginnings of both tell."""
    head = _before_sign(word.upper())
    return head.startswith(family.prefix) or (is_pattern(word) and family.prefix.startswith(head))


def covers(word: str, family: TableFamily) -> bool:
    """Whether a word means every table of a family, whatever they are called."""
    word = word.upper()
    if word == family.name:
        return True
    head = _before_sign(word)
    return word == f"{head}*" and family.prefix.startswith(head)


def picked(tables: Iterable[Table], choice: Choice, wants: Callable[[str], bool]) -> list[Table]:
    """Of tables that were expanded those that are taken."""
    return [
        table
        for table in tables
        if (member := table.member) is None or takes(choice, wants, Possible(table.name, member))
    ]


def expanded(tables: Iterable[Declared], scope: Scope) -> list[Table]:
    """The tables themselves, families replaced by what the run wants of this account."""
    found = [
        table
        for declared in tables
        for table in ([declared] if isinstance(declared, Table) else declared.expand(scope))
    ]
    return found if scope.wants(ENGAGEMENT) else [without_engagements(table) for table in found]


def streams_of(tables: Iterable[Declared]) -> list[Stream]:
    """The streams that these tables are made from, each once."""
    return list(dict.fromkeys(stream for table in tables for stream in table.streams))


def nothing_left() -> UsageError:
    """The error for a choice that takes no table."""
    return UsageError(
        "no table is left to publish",
        cause="nothing fits `tables`, or `exclude_tables` leaves out all of them",
        remedy="see `crmsnap tables` for their names",
    )


def no_such_table(word: str, known: Iterable[str], cause: str) -> UsageError:
    """The error for the name of a table that there is not."""
    near = get_close_matches(word.upper(), tuple(known), n=1)
    return UsageError(
        f"there is no table {word!r}",
        cause=cause,
        remedy=f"did you mean {near[0]}?" if near else "see `crmsnap tables`",
    )


def _means(words: Iterable[str], possible: Possible) -> bool:
    # A family's name is no sample of its tables' names: `EVENTS_*A*` does not mean `EVENTS_<NAME>`.
    return fits(words, (possible.name,)) or possible.member.family in map(str.upper, words)


def _refuse_unknown(catalogue: Sequence[Declared], word: str) -> None:
    names = [table.name for table in catalogue]
    families = [table for table in catalogue if isinstance(table, TableFamily)]
    if (
        is_pattern(word)
        or word.upper() in names
        or any(may_be_of(word, family) for family in families)
    ):
        return
    raise no_such_table(word, names, "it is not in the catalogue")


def _may_take(choice: Choice, table: Declared) -> bool:
    if isinstance(table, TableFamily):
        may_be = not choice.only or any(may_be_of(word, table) for word in choice.only)
        return may_be and not any(covers(word, table) for word in choice.never)
    if table.optional and table.name not in map(str.upper, choice.only):
        return False
    return choice.takes(table.name)


def _before_sign(word: str) -> str:
    return word[: next((at for at, sign in enumerate(word) if sign in "*?["), len(word))]
