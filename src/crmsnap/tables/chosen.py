"""The tables of a selection, and what they need."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from crmsnap.errors import UsageError
from crmsnap.streams.stream import Scope, Stream
from crmsnap.tables.engagement_properties import ENGAGEMENT
from crmsnap.tables.engagements import without_engagements
from crmsnap.tables.table import Table, TableFamily

Declared = Table | TableFamily


def chosen(catalogue: Sequence[Declared], names: Iterable[str]) -> tuple[Declared, ...]:
    """The tables of these names, in the catalogue's order; without names all that are not optional.

    A table of a family chooses its family. Raise `UsageError` for a name that is in no catalogue.
    """
    names = tuple(name.upper() for name in names)
    if not names:
        return tuple(table for table in catalogue if not table.optional)
    picked = {_find(catalogue, name).name for name in names}
    return tuple(table for table in catalogue if table.name in picked)


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


def _find(catalogue: Sequence[Declared], name: str) -> Declared:
    for table in catalogue:
        prefix = table.name.partition("<")[0]
        if name == table.name or (isinstance(table, TableFamily) and name.startswith(prefix)):
            return table
    near = get_close_matches(name, [table.name for table in catalogue], n=1)
    raise UsageError(
        f"there is no table {name!r}",
        cause="it is not in the catalogue",
        remedy=f"did you mean {near[0]}?" if near else "see `crmsnap tables`",
    )
