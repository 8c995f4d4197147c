"""Sequences of sales mails and tasks: whose they are, who may use them, and what their steps are.

HubSpot shows a user the sequences that this user may use, so one sequence is in several users'
lists. Each passing day somebody makes one, and somebody renames one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crmsnap.sandbox.account import hostile, words
from crmsnap.sandbox.account.ids import mix
from crmsnap.sandbox.account.owners import User, users_from
from crmsnap.sandbox.account.start import days_passed
from crmsnap.sandbox.account.times import DAY_MS

if TYPE_CHECKING:
    from crmsnap.sandbox.account.account import Account

TYPE_ID = "0-58"
CONTACTS_PER_SEQUENCE = 50
AT_LEAST, AT_MOST = 14, 1_000
KNOWN_IDS = (17, 90_071_992_547_409_931)
"""The sequences that occurrences of events name; the second id is larger than any float tells."""
FOLDERS = ("31", None, "32", None)
STEPS_MAX = 5


@dataclass(frozen=True, slots=True)
class Sequence:
    """One sequence as it is today."""

    index: int
    id: int
    name: str
    user_id: int
    """Who made it."""
    folder_id: str | None
    created_ms: int
    updated_ms: int


def sequences(account: "Account", now_ms: int) -> list[Sequence]:
    """Every sequence of the account, by ascending id."""
    people = [user.id for _, user in users_from(account, 0, account.started_ms)]
    days = days_passed(account, now_ms)
    at_first = min(max(AT_LEAST, account.contacts // CONTACTS_PER_SEQUENCE), AT_MOST)
    found = (_sequence(account, index, at_first, days, people) for index in range(at_first + days))
    return sorted(found, key=lambda one: one.id)


def sequences_of_user(account: "Account", user: User, now_ms: int) -> Iterator[Sequence]:
    """The sequences that a user sees: those of his own and those that were shared with him."""
    for one in sequences(account, now_ms):
        is_shared = mix(account.seed, one.index, user.id, 0x5E) % SHARED_WITH_ONE_IN == 0
        if one.user_id == user.id or one.index % EVERYBODYS == 0 or is_shared:
            yield one


SHARED_WITH_ONE_IN = 4
EVERYBODYS = 3
"""Every third sequence is everybody's."""


def truth(account: "Account", now_ms: int) -> int:
    """How many sequences there are, whoever sees them."""
    return len(sequences(account, now_ms))


def step_count(account: "Account", one: Sequence) -> int:
    """How many steps a sequence has."""
    return 1 + mix(account.seed, one.index, 0x57) % STEPS_MAX


def _sequence(
    account: "Account", index: int, at_first: int, days: int, people: list[int]
) -> Sequence:
    bits = mix(account.seed, index, 0x5F)
    created_ms = account.started_ms - (30 + bits % 700) * DAY_MS - bits % DAY_MS
    if index >= at_first:
        created_ms = account.started_ms + (index - at_first) * DAY_MS + DAY_MS // 3
    # On each day the sequence whose turn it is gets another name.
    renamed = [day for day in range(days) if day % at_first == index]
    updated_ms = created_ms + bits % (20 * DAY_MS) if index < at_first else created_ms
    if renamed:
        updated_ms = account.started_ms + renamed[-1] * DAY_MS + DAY_MS // 2
    return Sequence(
        index=index,
        id=KNOWN_IDS[index] if index < len(KNOWN_IDS) else 400_100_000 + index * 131 + bits % 131,
        name=_name(index) + " (new)" * len(renamed),
        user_id=people[bits % len(people)],
        folder_id=FOLDERS[index % len(FOLDERS)],
        created_ms=created_ms,
        updated_ms=updated_ms,
    )


def _name(index: int) -> str:
    if index % 2:
        return words.SENTENCES[index // 2 % len(words.SENTENCES)]
    return hostile.TEXTS[index % len(hostile.TEXTS)] or f"Follow-up {index}"
