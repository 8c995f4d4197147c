"""Lists of contacts and companies (segments, as HubSpot now says), and who is in them.

The members of a list are every n-th record of a stretch of the account, so that membership is
arithmetic and a list of a million members needs no memory. Who is archived, merged away or deleted
leaves every list at once; a dynamic list takes in new records by itself.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from math import gcd
from typing import TYPE_CHECKING

from crmsnap.sandbox.account.ids import mix
from crmsnap.sandbox.account.start import days_passed, indexes_at_start
from crmsnap.sandbox.account.times import DAY_MS

if TYPE_CHECKING:
    from crmsnap.sandbox.account.account import Account

CONTACT, COMPANY = "0-1", "0-2"
CONTACTS_PER_LIST = 500
GENERATED_SIZE_MAX = 400
FIRST_LIST_ID = 3
LIST_ID_STEP = 4
DELETED_EVERY = 9
JOINED_TOGETHER = 4
"""That many members in a row joined within the same millisecond."""


class Processing(StrEnum):
    """How a list gets its members."""

    MANUAL = "MANUAL"
    DYNAMIC = "DYNAMIC"
    SNAPSHOT = "SNAPSHOT"


@dataclass(frozen=True, slots=True)
class RecordList:
    """A named set of records of one type."""

    id: int
    name: str
    type_id: str
    processing: Processing
    version: int
    folder: str | None
    created_ms: int
    updated_ms: int
    deleted_ms: int | None
    first: int
    step: int
    at_start: int
    """How many indexes were members when the account was started, live or not."""
    grows: bool
    """Whether records that are created later become members."""


def list_count(account: "Account", now_ms: int) -> int:
    """How many lists were ever made: one more with every day."""
    generated = account.contacts // CONTACTS_PER_LIST
    return len(_FIXED) + generated + days_passed(account, now_ms)


def list_at(account: "Account", index: int, now_ms: int) -> RecordList:
    """The list with this index, deleted or not."""
    plan = _FIXED[index] if index < len(_FIXED) else _generated(account, index)
    indexes = indexes_at_start(account, plan.type_id)
    end = indexes if plan.stop is None else min(plan.stop, indexes)
    created_ms = _created_ms(account, index)
    edited_ms = created_ms + mix(account.seed, 0x117, index) % (20 * DAY_MS)
    return RecordList(
        id=list_id(account.seed, index),
        name=plan.name,
        type_id=plan.type_id,
        processing=plan.processing,
        version=1 + mix(account.seed, 0x116, index) % 9,
        folder=plan.folder,
        created_ms=created_ms,
        updated_ms=edited_ms if edited_ms < account.started_ms else created_ms,
        deleted_ms=_deleted_ms(account, index, now_ms),
        first=plan.first,
        step=plan.step,
        at_start=len(range(plan.first, end, plan.step)),
        grows=plan.stop is None and plan.processing is Processing.DYNAMIC,
    )


def list_id(seed: int, index: int) -> int:
    """The id of the list with this index; ids grow with it."""
    return FIRST_LIST_ID + index * LIST_ID_STEP + mix(seed, 0x118, index) % LIST_ID_STEP


def list_index(account: "Account", id_: int, now_ms: int) -> int | None:
    """The index of the list with this id, None when there never was one."""
    index = (id_ - FIRST_LIST_ID) // LIST_ID_STEP
    known = 0 <= index < list_count(account, now_ms) and list_id(account.seed, index) == id_
    return index if known else None


def live_lists(account: "Account", now_ms: int) -> tuple[RecordList, ...]:
    """Every list that is not deleted, by id."""
    every = (list_at(account, index, now_ms) for index in range(list_count(account, now_ms)))
    return tuple(one for one in every if one.deleted_ms is None)


def truth(account: "Account", now_ms: int) -> dict[str, int]:
    """How many live members each list has now, by the list's id; deleted lists are left out."""
    return {str(one.id): size(account, one) for one in live_lists(account, now_ms)}


def members(account: "Account", one: RecordList) -> range:
    """The indexes of the records that are or were members, ascending with their ids."""
    joined_later = range(one.first, account.size(one.type_id), one.step) if one.grows else range(0)
    count = max(one.at_start, len(joined_later))
    return range(one.first, one.first + count * one.step, one.step)


def size(account: "Account", one: RecordList) -> int:
    """How many live members the list has."""
    found = members(account, one)
    if len(found) == account.size(one.type_id):
        return account.live_count(one.type_id)
    return sum(account.is_live(one.type_id, index) for index in found)


def last_joined_ms(account: "Account", one: RecordList) -> int | None:
    """When the newest member joined, None for a list that never had one."""
    count = len(members(account, one))
    return joined_ms(account, one, count - 1) if count else None


def last_left_ms(account: "Account", one: RecordList) -> int | None:
    """When a member was last lost, None when all are still there."""
    found, lives = members(account, one), account.changes.of_type(one.type_id)
    if len(lives) < len(found):
        gone = [life for index, life in lives.items() if life.gone and index in found]
    else:
        gone = [lives[index] for index in found if index in lives and lives[index].gone]
    if gone:
        # A merge leaves no time behind; the number of losses makes each of them move the result.
        return max(life.archived_ms or account.started_ms for life in gone) + len(gone)
    lost_before = size(account, one) < len(found)
    return account.started_ms - DAY_MS if lost_before else None


def joined_ms(account: "Account", one: RecordList, rank: int) -> int:
    """When the member joined that was the `rank`-th to join; a new record joins when it is made."""
    if rank >= one.at_start:
        life = account.changes.life(one.type_id, one.first + rank * one.step)
        made_ms = None if life is None else life.created_ms
        return account.started_ms if made_ms is None else made_ms
    together = rank // JOINED_TOGETHER * JOINED_TOGETHER
    return one.created_ms + max(0, account.started_ms - one.created_ms) * together // one.at_start


def rank_of(one: RecordList, position: int) -> int:
    """How many joined before the member at this position among `members`."""
    if position >= one.at_start:
        return position
    return position * _stride(one.at_start) % one.at_start


def position_of(one: RecordList, rank: int) -> int:
    """The member, by its position among `members`, that was the `rank`-th to join."""
    if rank >= one.at_start:
        return rank
    return rank * _inverse_stride(one.at_start) % one.at_start


@lru_cache(maxsize=4096)
def _stride(count: int) -> int:
    """A number that has no divisor in common with the count, so that its multiples reach every rank."""
    stride = max(1, count * 5 // 8)
    while gcd(stride, count) > 1:
        stride += 1
    return stride


@lru_cache(maxsize=4096)
def _inverse_stride(count: int) -> int:
    return pow(_stride(count), -1, count)


def _created_ms(account: "Account", index: int) -> int:
    """When the list was made; those after the first ones came one a day."""
    day = index - len(_FIXED) - account.contacts // CONTACTS_PER_LIST
    if day >= 0:
        return account.started_ms + day * DAY_MS + DAY_MS // 3
    return account.started_ms - (30 + mix(account.seed, 0x115, index) % 700) * DAY_MS


def _deleted_ms(account: "Account", index: int, now_ms: int) -> int | None:
    """When the list was deleted; after the start one more goes every day, while there are any."""
    if index == _DELETED_AT_START:
        return account.started_ms - 5 * DAY_MS
    generated = index - len(_FIXED)
    if generated < 0 or generated % DELETED_EVERY != 1:
        return None
    day = generated // DELETED_EVERY + 1
    if generated >= account.contacts // CONTACTS_PER_LIST or day > days_passed(account, now_ms):
        return None
    return account.started_ms + day * DAY_MS - DAY_MS // 4


@dataclass(frozen=True, slots=True)
class _Plan:
    """Who belongs in a list: every `step`-th index from `first` to before `stop`."""

    name: str
    type_id: str
    processing: Processing
    first: int = 0
    stop: int | None = None
    """None: to the last record there is."""
    step: int = 1
    folder: str | None = None


_FIXED = (
    _Plan("Everybody", CONTACT, Processing.DYNAMIC),
    _Plan("All companies", COMPANY, Processing.DYNAMIC),
    _Plan("Empty, so far", CONTACT, Processing.MANUAL, stop=0),
    _Plan("Deleted webinar list", CONTACT, Processing.SNAPSHOT, stop=150),
    _Plan("Webinar 2026: “early birds”, Köln", CONTACT, Processing.SNAPSHOT, 5, 900, 3, "Webinars"),
    _Plan("テスト一覧", CONTACT, Processing.MANUAL, 1, 120, 1),
    _Plan('New "leads"\n(last 30 days) 🚀, EU', CONTACT, Processing.DYNAMIC, 2, None, 50, "A / B"),
    _Plan("Partners", COMPANY, Processing.MANUAL, 0, 30, 2),
    _Plan("Target accounts 2025", COMPANY, Processing.SNAPSHOT, 0, 2_000, 1, "Sales"),
    # All of its members were archived: a list that is not empty and has no member.
    _Plan("Only leavers", CONTACT, Processing.MANUAL, 13, None, 200),
    _Plan("Just one", CONTACT, Processing.MANUAL, stop=1),
    _Plan("Beta users", CONTACT, Processing.SNAPSHOT, 0, 700, 2, "Product"),
)
_DELETED_AT_START = 3
_FOLDERS = (None, "Sales", "Product", "Webinars")


def _generated(account: "Account", index: int) -> _Plan:
    bits = mix(account.seed, 0x119, index)
    type_id = COMPANY if bits % 5 == 0 else CONTACT
    records = indexes_at_start(account, type_id)
    step = 1 + bits // 5 % 7
    count = min(bits // 64 % (GENERATED_SIZE_MAX + 1), records // step)
    first = bits // 65_536 % max(1, records - count * step)
    return _Plan(
        name=f"List {index}",
        type_id=type_id,
        processing=tuple(Processing)[bits // 16 % 3],
        first=first,
        stop=first + count * step,
        step=step,
        folder=_FOLDERS[bits // 1024 % len(_FOLDERS)],
    )
