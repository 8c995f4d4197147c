"""`/crm/owners`: who records belong to; active and archived owners are two separate lists."""

from itertools import islice
from typing import Any

import orjson

from crmsnap.sandbox.account.account import Account
from crmsnap.sandbox.account.owners import (
    USERS_WITHOUT_OWNER,
    Owner,
    owner,
    owner_index,
    owners_from,
    total_owners,
    user_index,
)
from crmsnap.sandbox.account.teams import teams_of_owner
from crmsnap.sandbox.account.times import iso
from crmsnap.sandbox.api import pages
from crmsnap.sandbox.api.errors import not_found
from crmsnap.sandbox.api.route import Call, Family, Reply, Route

SCOPES = frozenset({"crm.objects.owners.read"})


def list_owners(account: Account, call: Call) -> Reply:
    """A page of owners in the order of their ids."""
    size = pages.limit(call, default=100, maximum=500)
    archived = pages.flag(call, "archived")
    email = call.first("email")
    last = pages.token_number(call)
    found = owners_from(account, 0 if last is None else last + 1, archived, call.now_ms)
    if email is not None:
        found = (one for one in found if one.email == email)
    chosen = list(islice(found, size + 1))
    after = pages.token(chosen[size - 1].index) if len(chosen) > size else None
    return pages.page((orjson.dumps(_json(account, one)) for one in chosen[:size]), after)


def get_owner(account: Account, call: Call) -> Reply:
    """One owner by its id, or by the id of its user."""
    index = _index(account, call)
    if index is not None:
        found = owner(account, index, call.now_ms)
        if found.archived is pages.flag(call, "archived"):
            return Reply(orjson.dumps(_json(account, found)))
    raise not_found(f"Owner with id {call.path['ownerId']} was not found")


FAMILY = Family(
    name="owners",
    limit="burst",
    routes=(
        Route("GET", ("/crm/v3/owners", "/crm/owners/{version}"), list_owners, SCOPES),
        Route(
            "GET",
            ("/crm/v3/owners/{ownerId}", "/crm/owners/{version}/{ownerId}"),
            get_owner,
            SCOPES,
        ),
    ),
)


def _index(account: Account, call: Call) -> int | None:
    text = call.path["ownerId"]
    if not text.isascii() or not text.isdigit():
        raise pages.invalid("ownerId", f"ownerId was not a valid number: {text}", "INVALID_INTEGER")
    if call.first("idProperty", "id") == "id":
        return owner_index(account, int(text), call.now_ms)
    index = user_index(int(text)) - USERS_WITHOUT_OWNER
    if not 0 <= index < total_owners(account, call.now_ms):
        return None
    return index if owner(account, index, call.now_ms).user_id == int(text) else None


def _json(account: Account, found: Owner) -> dict[str, Any]:
    body: dict[str, Any] = {
        "id": str(found.id),
        "email": found.email,
        "type": found.type,
        "firstName": found.first_name,
        "lastName": found.last_name,
        "userId": None if found.archived else found.user_id,
        "userIdIncludingInactive": found.user_id,
        "createdAt": iso(found.created_ms),
        "updatedAt": iso(found.updated_ms),
        "archived": found.archived,
    }
    teams = teams_of_owner(account, found)
    if teams:
        body["teams"] = [
            {"id": str(one.team.id), "name": one.team.name, "primary": one.primary} for one in teams
        ]
    return body
