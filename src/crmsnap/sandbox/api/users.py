"""`/settings/users`: who can sign in, the account's teams (never paged) and roles."""

from collections import defaultdict
from itertools import islice
from typing import Any

import orjson

from crmsnap.sandbox.account.account import Account
from crmsnap.sandbox.account.owners import User, owner, user, user_index, users_from
from crmsnap.sandbox.account.teams import Membership, teams, teams_of_user
from crmsnap.sandbox.api import pages
from crmsnap.sandbox.api.errors import not_found
from crmsnap.sandbox.api.route import Call, Family, Reply, Route

USERS_SCOPES = frozenset({"settings.users.read"})
TEAMS_SCOPES = frozenset({"settings.users.teams.read"})
ROLES = (("100", "Super admin", True), ("101", "Sales “inbound”", False))


def list_users(account: Account, call: Call) -> Reply:
    """A page of users in the order of their ids."""
    size = pages.limit(call, default=100, maximum=100)
    last = pages.token_number(call)
    found = users_from(account, 0 if last is None else last + 1, call.now_ms)
    chosen = list(islice(found, size + 1))
    after = pages.token(chosen[size - 1][0]) if len(chosen) > size else None
    results = (orjson.dumps(_json(account, one, call.now_ms)) for _, one in chosen[:size])
    return pages.page(results, after)


def get_user(account: Account, call: Call) -> Reply:
    """One user by id, or by email with `idProperty=EMAIL`."""
    text = call.path["userId"]
    if call.first("idProperty", "USER_ID") == "EMAIL":
        found = next(
            (one for _, one in users_from(account, 0, call.now_ms) if one.email == text), None
        )
    else:
        found = _user_by_id(account, text, call.now_ms)
    if found is None:
        raise not_found(f"No user with id {text}")
    return Reply(orjson.dumps(_json(account, found, call.now_ms)))


def list_teams(account: Account, call: Call) -> Reply:
    """Every team with the ids of its users: those whose primary team it is, and the others."""
    members: dict[bool, defaultdict[int, list[str]]] = {
        True: defaultdict(list),
        False: defaultdict(list),
    }
    for _, one in users_from(account, 0, call.now_ms):
        for membership in _memberships(account, one, call.now_ms):
            members[membership.primary][membership.team.id].append(str(one.id))
    results = (
        orjson.dumps(
            {
                "id": str(team.id),
                "name": team.name,
                "userIds": members[True][team.id],
                "secondaryUserIds": members[False][team.id],
            }
        )
        for team in teams(account)
    )
    return pages.page(results, after=None)


def list_roles(account: Account, call: Call) -> Reply:
    """Every role of the account."""
    results = (
        orjson.dumps({"id": id_, "name": name, "requiresBillingWrite": paid})
        for id_, name, paid in ROLES
    )
    return pages.page(results, after=None)


def _paths(rest: str = "") -> tuple[str, ...]:
    # HubSpot's reference prints the legacy path both ways round.
    return tuple(
        f"{base}{rest}"
        for base in ("/settings/v3/users", "/settings/users/v3", "/settings/users/{version}")
    )


FAMILY = Family(
    name="users",
    limit="burst",
    routes=(
        Route("GET", _paths(), list_users, USERS_SCOPES),
        Route("GET", _paths("/teams"), list_teams, TEAMS_SCOPES),
        Route("GET", _paths("/roles"), list_roles, USERS_SCOPES),
        Route("GET", _paths("/{userId}"), get_user, USERS_SCOPES),
    ),
)


def _user_by_id(account: Account, text: str, now_ms: int) -> User | None:
    if not text.isascii() or not text.isdigit():
        raise pages.invalid("userId", f"userId was not a valid number: {text}", "INVALID_INTEGER")
    index = user_index(int(text))
    found = user(account, index, now_ms) if index >= 0 else None
    return found if found is not None and found.id == int(text) else None


def _memberships(account: Account, one: User, now_ms: int) -> tuple[Membership, ...]:
    as_owner = None if one.owner_index is None else owner(account, one.owner_index, now_ms)
    return teams_of_user(account, one, as_owner)


def _json(account: Account, one: User, now_ms: int) -> dict[str, Any]:
    memberships = _memberships(account, one, now_ms)
    role = ROLES[0 if one.super_admin else 1][0]
    body: dict[str, Any] = {
        "id": str(one.id),
        "email": one.email,
        "firstName": one.first_name,
        "lastName": one.last_name,
        "roleId": role,
        "roleIds": [role],
        "superAdmin": one.super_admin,
        "secondaryTeamIds": [str(item.team.id) for item in memberships if not item.primary],
    }
    primary = [str(item.team.id) for item in memberships if item.primary]
    return body | ({"primaryTeamId": primary[0]} if primary else {})
