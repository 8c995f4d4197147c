"""TEAMS: the teams of the account, and those that only an owner still names.

A team that was deactivated is no longer listed, but its owners keep it; OWNER_TEAM must find it here.
Teams have a scope of their own: without it the table holds what owners name, and the gap is declared.
"""

from collections.abc import Iterator

import msgspec

from crmsnap.state.reader import StateReader
from crmsnap.streams.documents import OwnerDocument, TeamDocument
from crmsnap.streams.owners import OWNERS
from crmsnap.streams.teams import TEAMS as TEAMS_STREAM
from crmsnap.tables.columns import ingested_at
from crmsnap.tables.documents import decoded
from crmsnap.tables.spans import whole
from crmsnap.tables.table import Column, Row, Span, Table

_team = msgspec.json.Decoder(TeamDocument).decode
_owner = msgspec.json.Decoder(OwnerDocument).decode


def rows(reader: StateReader, _: Span) -> Iterator[Row]:
    """One row per team, by id."""
    teams = _named_by_owners(reader) | {
        team.id: (team.id, team.name, ingested)
        for team, ingested in decoded(reader, "teams", _team)
    }
    yield from sorted(teams.values(), key=lambda team: int(team[0]))


TEAMS = Table(
    name="TEAMS",
    grain="one team of the account, or that an owner still names",
    columns=(
        Column("TEAMID", "NUMBER", "Id of the team. Joins OWNER_TEAM."),
        Column("NAME", "VARCHAR", "Name of the team."),
        ingested_at(),
    ),
    key=("TEAMID",),
    streams=(TEAMS_STREAM, OWNERS),
    spans=whole("teams", "owners"),
    rows=rows,
)


def _named_by_owners(reader: StateReader) -> dict[str, tuple[str, str, str]]:
    # The owner that changed last knows the team's newest name.
    owners = sorted(decoded(reader, "owners", _owner), key=lambda pair: pair[1])
    return {
        team.id: (team.id, team.name, ingested)
        for owner, ingested in owners
        for team in owner.teams
    }
