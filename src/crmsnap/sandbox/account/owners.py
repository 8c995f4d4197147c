"""Owners and users: the people that records belong to, those who left, and those who own nothing.

An owner is not a user: both have ids of their own, a queue is an owner without a user, some users
never became owners, and an archived owner answers `userId` null and keeps the number in
`userIdIncludingInactive`. Each passing day one person joins and, for a while, one leaves.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from crmsnap.sandbox.account.ids import mix, owner_count, owner_id
from crmsnap.sandbox.account.people_names import FIRST_NAMES, LAST_NAMES
from crmsnap.sandbox.account.start import HOUR_MS, days_passed
from crmsnap.sandbox.account.times import DAY_MS

if TYPE_CHECKING:
    from crmsnap.sandbox.account.account import Account

QUEUE_EVERY = 40
QUEUE_INDEX = 3
LEFT_EVERY = 6
LEFT_BEFORE_START = 5
LEAVES_LATER = 1
USERS_WITHOUT_OWNER = 3
FIRST_USER_ID = 880_011
USER_ID_STEP = 11


class OwnerType(StrEnum):
    """Who can own a record."""

    PERSON = "PERSON"
    QUEUE = "QUEUE"


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody or something that records belong to."""

    index: int
    id: int
    type: OwnerType
    email: str | None
    first_name: str
    last_name: str
    user_id: int | None
    """None for a queue; whoever left keeps the number."""
    archived: bool
    created_ms: int
    updated_ms: int


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who can sign in."""

    id: int
    email: str
    first_name: str
    last_name: str
    owner_index: int | None
    """None for a user who never became an owner."""
    super_admin: bool


def truth(account: "Account", now_ms: int) -> int:
    """How many owners there are now, archived ones included: a reader keeps both."""
    return total_owners(account, now_ms)


def total_owners(account: "Account", now_ms: int) -> int:
    """How many owner indexes were given out: one more with every day."""
    return owner_count(account.contacts) + days_passed(account, now_ms)


def owner(account: "Account", index: int, now_ms: int) -> Owner:
    """The owner with this index as of now."""
    left_on = _day_of_leaving(account, index)
    archived = left_on is not None and left_on <= days_passed(account, now_ms)
    created_ms = _created_ms(account, index)
    queue = index % QUEUE_EVERY == QUEUE_INDEX
    first_name, last_name = _name(account.seed, index)
    return Owner(
        index=index,
        id=owner_id(account.seed, index),
        type=OwnerType.QUEUE if queue else OwnerType.PERSON,
        email=None if queue else f"owner.{index}@example.com",
        first_name="Incoming" if queue else first_name,
        last_name=f"requests {index}" if queue else last_name,
        user_id=None if queue else _user_id(index),
        archived=archived,
        created_ms=created_ms,
        updated_ms=account.started_ms + (left_on or 0) * DAY_MS - HOUR_MS
        if archived
        else created_ms + index % 3 * HOUR_MS,
    )


def owners_from(
    account: "Account", first_index: int, archived: bool, now_ms: int
) -> Iterator[Owner]:
    """The owners from an index on that are, or are not, archived."""
    for index in range(first_index, total_owners(account, now_ms)):
        found = owner(account, index, now_ms)
        if found.archived is archived:
            yield found


def owner_index(account: "Account", id_: int, now_ms: int) -> int | None:
    """The index of the owner with this id, None when there is none."""
    indexes = range(total_owners(account, now_ms))
    index = bisect_left(indexes, id_, key=lambda index: owner_id(account.seed, index))
    return index if index in indexes and owner_id(account.seed, index) == id_ else None


def user(account: "Account", index: int, now_ms: int) -> User | None:
    """The user with this index; None for the place of a queue or of somebody who left."""
    if index < USERS_WITHOUT_OWNER:
        first_name, last_name = _name(account.seed, -1 - index)
        return User(
            id=FIRST_USER_ID + index,
            email=f"back.office.{index}@example.com",
            first_name=first_name,
            last_name=last_name,
            owner_index=None,
            super_admin=index == 0,
        )
    if index >= USERS_WITHOUT_OWNER + total_owners(account, now_ms):
        return None
    found = owner(account, index - USERS_WITHOUT_OWNER, now_ms)
    if found.archived or found.user_id is None or found.email is None:
        return None
    return User(
        id=found.user_id,
        email=found.email,
        first_name=found.first_name,
        last_name=found.last_name,
        owner_index=found.index,
        super_admin=found.index == 0,
    )


def users_from(account: "Account", first_index: int, now_ms: int) -> Iterator[tuple[int, User]]:
    """The users from an index on, each with its index; user ids grow with it."""
    for index in range(first_index, USERS_WITHOUT_OWNER + total_owners(account, now_ms)):
        found = user(account, index, now_ms)
        if found is not None:
            yield index, found


def user_index(user_id: int) -> int:
    """The index that a user id belongs to, whether there is such a user or not."""
    ownerless = user_id - FIRST_USER_ID
    if ownerless < USERS_WITHOUT_OWNER:
        return ownerless
    return USERS_WITHOUT_OWNER + (user_id - FIRST_USER_ID) // USER_ID_STEP - 1


def _user_id(owner_index: int) -> int:
    return FIRST_USER_ID + (owner_index + 1) * USER_ID_STEP


def _created_ms(account: "Account", index: int) -> int:
    """When the owner was made; those after the first ones came one a day, at noon."""
    day = index - owner_count(account.contacts)
    if day >= 0:
        return account.started_ms + day * DAY_MS + DAY_MS // 2
    return account.started_ms - (400 + mix(account.seed, 0x0C, index) % 1500) * DAY_MS


def _day_of_leaving(account: "Account", index: int) -> int | None:
    """0: left before the start; 3: leaves on the third day; None: stays."""
    if index % QUEUE_EVERY == QUEUE_INDEX or index >= owner_count(account.contacts):
        return None
    if index % LEFT_EVERY == LEFT_BEFORE_START:
        return 0
    if index % LEFT_EVERY == LEAVES_LATER and index > LEAVES_LATER:
        return index // LEFT_EVERY
    return None


def _name(seed: int, index: int) -> tuple[str, str]:
    bits = mix(seed, 0x0E, index & 0xFFFF_FFFF)
    return FIRST_NAMES[bits % len(FIRST_NAMES)], LAST_NAMES[bits // 97 % len(LAST_NAMES)]
