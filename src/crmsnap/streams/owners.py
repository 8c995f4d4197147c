"""Owners, archived ones included: old ids in records must still resolve."""

from collections.abc import Iterator

import msgspec

from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import owners
from crmsnap.hubspot.times import published
from crmsnap.streams.documents import OwnerDocument, OwnerTeam
from crmsnap.streams.stream import END, Page, Scope, Stream, Task

_ARCHIVED, _ACTIVE = "archived", "active"


def tasks(_: Scope) -> Iterator[Task]:
    """One pass over the archived owners, then over the active ones."""
    yield Task("owners", read, probe=_probe)


def read(client: Client, position: str | None) -> Iterator[Page]:
    """Archived owners first: an owner who came back is then kept as active."""
    position = position or _ARCHIVED
    while position != END:
        passing, _, after = position.partition(" ")
        page = owners.page(client, archived=passing == _ARCHIVED, after=after or None)
        if page.after is not None:
            position = f"{passing} {page.after}"
        else:
            position = _ACTIVE if passing == _ARCHIVED else END
        yield Page(
            [(owner.id, msgspec.json.encode(_document(owner))) for owner in page.results], position
        )


OWNERS = Stream(
    name="owners",
    description="Owners of records, active and archived, with the teams they are in.",
    endpoint="GET /crm/owners/{version}",
    scopes=("crm.objects.owners.read",),
    tasks=tasks,
)


def _probe(client: Client) -> object:
    return owners.page(client, archived=False, after=None)


def _document(owner: owners.Owner) -> OwnerDocument:
    return OwnerDocument(
        id=owner.id,
        type=owner.type or "PERSON",
        created_at=published(owner.created_at),
        updated_at=published(owner.updated_at),
        archived=bool(owner.archived),
        user_id=owner.user_id,
        user_id_including_inactive=owner.user_id_including_inactive,
        email=owner.email,
        first_name=owner.first_name,
        last_name=owner.last_name,
        teams=[OwnerTeam(team.id, team.name, bool(team.primary)) for team in owner.teams or []],
    )
