"""Owners: the users and queues that records belong to.

An owner's `id` is what records hold in `hubspot_owner_id`; it is never the `user_id`.
"""

from dataclasses import dataclass

import msgspec

from crmsnap.hubspot.client import Client
from crmsnap.hubspot.cursor import Paging, after_of
from crmsnap.hubspot.paging import advanced
from crmsnap.hubspot.paths import OWNERS

PAGE_OWNERS = 100


class OwnerTeam(msgspec.Struct, frozen=True):
    """A team of an owner."""

    id: str
    name: str
    primary: bool = False


class Owner(msgspec.Struct, frozen=True, rename="camel"):
    """An owner, active or archived."""

    id: str
    created_at: str
    updated_at: str
    type: str | None = None
    """PERSON or QUEUE."""
    archived: bool = False
    user_id: int | None = None
    """None once the user was removed."""
    user_id_including_inactive: int | None = None
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    teams: list[OwnerTeam] | None = None


@dataclass(frozen=True, slots=True)
class OwnerPage:
    """Owners, and the cursor of the next page; None: this is the last one."""

    results: list[Owner]
    after: str | None


def page(client: Client, *, archived: bool, after: str | None) -> OwnerPage:
    """A page of the archived or of the active owners; HubSpot never gives both at once."""
    query = [("limit", str(PAGE_OWNERS)), ("archived", "true" if archived else "false")]
    if after is not None:
        query.append(("after", after))
    answer = client.ask(OWNERS, _decode, query=query)
    return OwnerPage(answer.results, advanced(after, after_of(answer.paging)))


class _Answer(msgspec.Struct):
    results: list[Owner]
    paging: Paging | None = None


_decode = msgspec.json.Decoder(_Answer).decode
