"""Teams. Without their scope the teams named inside owners stand in, and the gap is declared."""

from collections.abc import Iterator

import msgspec

from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import teams
from crmsnap.streams.documents import TeamDocument
from crmsnap.streams.stream import END, Page, Scope, Stream, Task


def tasks(_: Scope) -> Iterator[Task]:
    """One pass over one answer."""
    yield Task("teams", read, probe=teams.teams)


def read(client: Client, _: str | None) -> Iterator[Page]:
    """All teams as one page."""
    yield Page(
        [
            (team.id, msgspec.json.encode(TeamDocument(team.id, team.name)))
            for team in teams.teams(client)
        ],
        END,
    )


TEAMS = Stream(
    name="teams",
    description="Teams of the account.",
    endpoint="GET /settings/users/{version}/teams",
    scopes=("settings.users.teams.read",),
    tasks=tasks,
)
