"""OWNER_TEAM: which owners are in which teams.

HubSpot gives no such list: it is taken from the owners themselves, archived ones included.
"""

from collections.abc import Iterator

import msgspec

from crmsnap.state.reader import StateReader
from crmsnap.streams.documents import OwnerDocument
from crmsnap.streams.owners import OWNERS
from crmsnap.tables.columns import ingested_at
from crmsnap.tables.documents import decoded
from crmsnap.tables.spans import whole
from crmsnap.tables.table import Column, Row, Span, Table

_decode = msgspec.json.Decoder(OwnerDocument).decode


def rows(reader: StateReader, span: Span) -> Iterator[Row]:
    """One row per owner and team, by owner, then by team."""
    for owner, ingested in sorted(
        decoded(reader, span.stream, _decode), key=lambda pair: int(pair[0].id)
    ):
        for team in sorted(owner.teams, key=lambda team: int(team.id)):
            yield owner.id, team.id, team.primary, ingested


OWNER_TEAM = Table(
    name="OWNER_TEAM",
    grain="one owner in one team",
    columns=(
        Column("OWNERID", "NUMBER", "The owner. Joins OWNERS."),
        Column("TEAMID", "NUMBER", "The team. Joins TEAMS."),
        Column("ISPRIMARY", "BOOLEAN", "Whether it is the owner's main team."),
        ingested_at(),
    ),
    key=("OWNERID", "TEAMID"),
    streams=(OWNERS,),
    spans=whole("owners"),
    rows=rows,
)
