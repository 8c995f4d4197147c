"""The names that tables of families and their columns were given, kept from day to day.

A type that is made later and wants a name that is taken must not take it over, and a table that had a
row once is published on every day after: otherwise a loader's table would change its meaning, or vanish.
The same goes for the columns of properties; nearly all are called alike on any day, and need no memory.
"""

from collections.abc import Iterable, Mapping

import msgspec

from crmsnap.state.files import GIVEN_NAMES
from crmsnap.state.reader import StateReader
from crmsnap.streams.documents import TableNameDocument
from crmsnap.tables.documents import decoded
from crmsnap.tables.naming import ColumnNames, GivenName
from crmsnap.tables.property_columns import names_to_keep
from crmsnap.tables.table import Table

STREAM = GIVEN_NAMES

_decode = msgspec.json.Decoder(TableNameDocument).decode


def given_names(reader: StateReader, family: str) -> dict[str, GivenName]:
    """Id -> the name that it was given in this family; none where nothing is remembered."""
    return {
        found.id: GivenName(found.wanted, found.name, tuple(found.former))
        for found, _ in decoded(reader, STREAM, _decode)
        if found.family == family
    }


def given_columns(reader: StateReader, family: str) -> dict[str, dict[str, ColumnNames]]:
    """Id -> property -> the names that its columns were given, where they could have been others."""
    return {
        found.id: {name: ColumnNames(*names) for name, names in found.columns.items()}
        for found, _ in decoded(reader, STREAM, _decode)
        if found.family == family
    }


def remembered(reader: StateReader, tables: Iterable[Table]) -> list[tuple[str, bytes]]:
    """What the state keeps from now on: the names of these tables, and all that were given before."""
    known = {_key(found): found for found, _ in decoded(reader, STREAM, _decode)}
    for table in tables:
        if (member := table.member) is not None:
            columns = names_to_keep(table.columns)
            own = TableNameDocument(
                member.family, member.id, member.wanted, table.name, columns=dict(columns)
            )
            for found in (*member.made_of, own):
                known[_key(found)] = _succeeding(known.get(_key(found)), found)
    # In order of their names, so that the same names are the same bytes.
    return [
        (key, msgspec.json.encode(found, order="deterministic"))
        for key, found in sorted(known.items())
    ]


Names = Mapping[str, tuple[str, str | None]]


def _key(found: TableNameDocument) -> str:
    return f"{found.family} {found.id}"


def _succeeding(earlier: TableNameDocument | None, now: TableNameDocument) -> TableNameDocument:
    """Today's names of a table, with all that it ever had."""
    if earlier is None:
        return now
    former = dict.fromkeys([*earlier.former, earlier.name])
    return msgspec.structs.replace(
        now,
        former=[name for name in former if name != now.name],
        columns=_merged(earlier.columns, now.columns),
    )


def _merged(earlier: Names, now: Names) -> dict[str, tuple[str, str | None]]:
    """All of both; a property that has no raw text any more keeps its name for the day when it does."""
    raws = {name: raw for name, (_, raw) in earlier.items()}
    return {
        **earlier,
        **{name: (value, raw or raws.get(name)) for name, (value, raw) in now.items()},
    }
