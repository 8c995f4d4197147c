"""Teams of the account, and who belongs to which.

Two teams cannot be found through the owners: one has only users who own nothing, one is empty. And
one can be found only there: it was deactivated, and archived owners still name it.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crmsnap.sandbox.account.ids import mix, owner_count
from crmsnap.sandbox.account.owners import Owner, User

if TYPE_CHECKING:
    from crmsnap.sandbox.account.account import Account

FIRST_TEAM_ID = 22_000
TEAM_ID_STEP = 13
OWNERS_PER_TEAM = 50
NO_TEAM_EVERY = 7


@dataclass(frozen=True, slots=True)
class Team:
    """A group of users."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Membership:
    """A team that somebody belongs to; each has at most one primary team."""

    team: Team
    primary: bool


def teams(account: "Account") -> tuple[Team, ...]:
    """The teams that can be listed, by id."""
    return (_BACK_OFFICE, _EMPTY, *_staffed(account))


def teams_of_owner(account: "Account", owner: Owner) -> tuple[Membership, ...]:
    """The teams of an owner, the primary one first; some owners have none."""
    if owner.index % NO_TEAM_EVERY == 2:
        return ()
    staffed = _staffed(account)
    bits = mix(account.seed, 0x7EA, owner.index)
    primary = _DEACTIVATED if owner.archived and owner.index % 2 else staffed[bits % len(staffed)]
    second = staffed[(bits // 7) % len(staffed)]
    if owner.index % 3 == 1 and second != primary:
        return Membership(primary, primary=True), Membership(second, primary=False)
    return (Membership(primary, primary=True),)


def teams_of_user(account: "Account", user: User, owner: Owner | None) -> tuple[Membership, ...]:
    """The teams of a user: those of the owner that the user is, else the back office."""
    if owner is not None:
        return teams_of_owner(account, owner)
    main = Membership(_BACK_OFFICE, primary=True)
    return (main, Membership(_FIXED[0], primary=False)) if user.super_admin else (main,)


_FIXED = tuple(
    Team(FIRST_TEAM_ID + position * TEAM_ID_STEP, name)
    for position, name in enumerate(("EMEA sales", 'Support "24/7", worldwide', "日本チーム"))
)
_BACK_OFFICE = Team(FIRST_TEAM_ID - 2 * TEAM_ID_STEP, "Back office")
_EMPTY = Team(FIRST_TEAM_ID - TEAM_ID_STEP, "Nobody yet\n(from 2027)")
_DEACTIVATED = Team(FIRST_TEAM_ID - 3 * TEAM_ID_STEP, "Old guard")


def _staffed(account: "Account") -> tuple[Team, ...]:
    """The teams that owners are in: three, and more in a bigger company."""
    more = owner_count(account.contacts) // OWNERS_PER_TEAM
    return _FIXED + tuple(
        Team(FIRST_TEAM_ID + position * TEAM_ID_STEP, f"Team {position}")
        for position in range(len(_FIXED), len(_FIXED) + more)
    )
