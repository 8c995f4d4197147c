"""The names that tables of families were given, kept from day to day.

A type that is made later and wants a name that is taken must not take it over, and a table that had a
row once is published on every day after: otherwise a loader's table would change its meaning, or vanish.
"""

from collections.abc import Iterable

import msgspec

from crmsnap.state.reader import StateReader
from crmsnap.streams.documents import TableNameDocument
from crmsnap.tables.documents import decoded
from crmsnap.tables.naming import GivenName
from crmsnap.tables.table import Table

STREAM = "table-names"

_decode = msgspec.json.Decoder(TableNameDocument).decode


def given_names(reader: StateReader, family: str) -> dict[str, GivenName]:
    """Id -> the name that it was given in this family; none where nothing is remembered."""
    return {
        found.id: GivenName(found.wanted, found.name)
        for found, _ in decoded(reader, STREAM, _decode)
        if found.family == family
    }


def remembered(reader: StateReader, tables: Iterable[Table]) -> list[tuple[str, bytes]]:
    """What the state keeps from now on: the names of these tables, and all that were given before."""
    known = {f"{found.family} {found.id}": found for found, _ in decoded(reader, STREAM, _decode)}
    for table in tables:
        if (member := table.member) is not None:
            own = TableNameDocument(member.family, member.id, member.wanted, table.name)
            known |= {f"{found.family} {found.id}": found for found in (*member.made_of, own)}
    return [(key, msgspec.json.encode(found)) for key, found in sorted(known.items())]
