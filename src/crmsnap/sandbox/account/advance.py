"""What days do to an account: some records change, some come, some go.

`advance` plans all changes of a span of time and applies them in the order of their times; `churn`
makes a few at once, between two requests of a reader.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from crmsnap.sandbox.account.ids import mix
from crmsnap.sandbox.account.property import Property
from crmsnap.sandbox.account.records import changed_value
from crmsnap.sandbox.account.times import DAY_MS

if TYPE_CHECKING:
    from crmsnap.sandbox.account.account import Account

TRIES = 200
PROPERTIES_CHANGED = 3


@dataclass(frozen=True, slots=True)
class Definition:
    """A property as it is to be from now on."""

    type_id: str
    found: Property

    purged: bool = False
    """Whether it is gone for good instead."""


@dataclass(frozen=True, slots=True)
class NewType:
    """A custom type to be made, with so many records."""

    name: str
    singular: str
    plural: str
    records: int


@dataclass(frozen=True, slots=True)
class Relabelling:
    """New labels of an object type, None for one that stays."""

    type_id: str
    singular: str | None
    plural: str | None


@dataclass(frozen=True, slots=True)
class Advance:
    """Shares of the live records of each type to which something happens within so many days."""

    days: float = 1
    changed: float = 0.02
    created: float = 0.01
    archived: float = 0.002
    merged: float = 0.001
    """Of contacts, companies, deals and tickets; merging deals makes a record with a new id."""
    gdpr_deleted: float = 0.001
    """Of contacts."""
    recalculated: float = 0.0
    """Calculated properties that change while the time of change stays."""
    associated: float = 0.0
    """Contacts whose associations to companies and deals change; the time of change stays."""
    restored: float = 0.0
    """Archived records that come back."""
    newest_only: bool = False
    """Only the newest records of each type change or go: old key ranges stay as they are."""
    definitions: tuple[Definition, ...] = ()
    """Properties that are added, retyped, reclassified or archived, before anything else happens."""
    relabelled: tuple[Relabelling, ...] = ()
    """Object types that get other labels."""
    new_types: tuple[NewType, ...] = ()
    """Object types that somebody makes."""


@dataclass(frozen=True, slots=True)
class Step:
    """One planned change."""

    at_ms: int
    order: int
    apply: Callable[[int], None]


def advance(account: "Account", plan: Advance, now_ms: int) -> int:
    """Make the changes of the days after `now_ms` and return how many entries the journal gained."""
    before = len(account.journal)
    _define(account, plan, now_ms)
    steps = sorted(
        (
            step
            for found in (*account.types(), *account.other_types())
            for step in _steps(account, plan, found.id, now_ms)
        ),
        key=lambda step: (step.at_ms, step.order),
    )
    for step in steps:
        step.apply(step.at_ms)
    return len(account.journal) - before


def _define(account: "Account", plan: Advance, now_ms: int) -> None:
    """Change what types and properties are, before anything happens to records."""
    for definition in plan.definitions:
        if definition.purged:
            account.purge(definition.type_id, definition.found.name, now_ms)
        else:
            account.define(definition.type_id, definition.found, now_ms)
    for one in plan.relabelled:
        account.relabel_type(one.type_id, one.singular, one.plural, now_ms)
    for new in plan.new_types:
        account.make_type(new.name, new.singular, new.plural, new.records, now_ms)


def churn(account: "Account", now_ms: int) -> None:
    """Make the changes that the knob asks for before each request, mostly to contacts: a reader meets
    them between two pages."""
    for turn in range(account.knobs.changes_per_request):
        before = len(account.journal)
        number = mix(account.seed, before, turn)
        type_id = ("0-1", "0-1", "0-1", "0-2", "0-3")[number % 5]
        CHURN[number // 5 % len(CHURN)](account, type_id, number, now_ms)
        if len(account.journal) == before:
            # It met no record that it fits, such as two to merge: something changes in any case.
            update_one(account, "0-1", number, now_ms)


def _steps(account: "Account", plan: Advance, type_id: str, now_ms: int) -> Iterator[Step]:
    live = account.live_count(type_id)
    merged = plan.merged if account.type_by_id(type_id).merges else 0
    deleted = plan.gdpr_deleted if type_id == "0-1" else 0
    associated = plan.associated if type_id == "0-1" else 0
    newest = _newest(account, type_id, plan)
    salt = mix(account.seed, len(account.journal), account.type_by_id(type_id).first_id)
    order = 0
    for share, change in (
        (plan.changed, update_one),
        (plan.created, create_one),
        (plan.archived, archive_one),
        (merged, merge_one),
        (deleted, delete_one),
        (plan.restored, restore_one),
        (plan.recalculated, recalculate_one),
        (associated, reassociate_one),
    ):
        for _ in range(_count(live, share)):
            order += 1
            seed = mix(salt, order)
            at_ms = now_ms + 1 + mix(seed, 1) % max(int(plan.days * DAY_MS) - 1, 1)
            yield Step(at_ms, order, _bound(account, type_id, change, seed, newest))


def _count(live: int, share: float) -> int:
    """How many of the live records it happens to: at least one where there are a hundred."""
    return max(round(live * share), int(share > 0 and live >= 100))


Change = Callable[..., None]


def _bound(
    account: "Account", type_id: str, change: Change, seed: int, newest: int | None
) -> Callable[[int], None]:
    def apply(at_ms: int) -> None:
        change(account, type_id, seed, at_ms, newest)

    return apply


def _newest(account: "Account", type_id: str, plan: Advance) -> int | None:
    """The first of the indexes that may change when only the newest may: a twentieth of the type,
    and always enough for what is to happen."""
    if not plan.newest_only:
        return None
    touched = plan.changed + plan.archived + 2 * plan.merged + plan.gdpr_deleted
    size = account.size(type_id)
    return max(0, size - max(20, round(size * max(0.05, 1.5 * touched))))


def _pick(account: "Account", type_id: str, seed: int, newest: int | None) -> int | None:
    """A live record, None when none is met within a fair number of tries."""
    first, size = newest or 0, account.size(type_id)
    for attempt in range(TRIES if size > first else 0):
        index = first + mix(seed, attempt) % (size - first)
        if account.is_live(type_id, index):
            return index
    return None


def update_one(
    account: "Account", type_id: str, seed: int, at_ms: int, newest: int | None = None
) -> None:
    """Set a few properties of a live record."""
    index = _pick(account, type_id, seed, newest)
    if index is not None:
        names = account.records(type_id).changeable(calculated=False)
        chosen = {names[mix(seed, number) % len(names)] for number in range(PROPERTIES_CHANGED)}
        account.update(type_id, index, _values(account, type_id, sorted(chosen), seed), at_ms)


def recalculate_one(
    account: "Account", type_id: str, seed: int, at_ms: int, newest: int | None = None
) -> None:
    """Let HubSpot calculate one property of a live record anew."""
    index = _pick(account, type_id, seed, newest)
    names = account.records(type_id).changeable(calculated=True)
    if index is not None and names:
        chosen = [names[seed % len(names)]]
        values = _values(account, type_id, chosen, seed)
        account.update(type_id, index, values, at_ms, touches=False)


def create_one(
    account: "Account", type_id: str, seed: int, at_ms: int, newest: int | None = None
) -> None:
    """Make a record and associate it with another one where its type has such associations."""
    index = account.create(type_id, at_ms)
    for other in ("0-2", "0-1"):
        kinds = account.links.of_pair(type_id, other)
        target = _pick(account, other, mix(seed, 2), None) if kinds and other != type_id else None
        if target is not None:
            account.associate(kinds[0], index, target, at_ms)
            return


def archive_one(
    account: "Account", type_id: str, seed: int, at_ms: int, newest: int | None = None
) -> None:
    """Archive a live record."""
    index = _pick(account, type_id, seed, newest)
    if index is not None:
        account.archive(type_id, index, at_ms)


def restore_one(
    account: "Account", type_id: str, seed: int, at_ms: int, newest: int | None = None
) -> None:
    """Take an archived record back: the first one from some place on, else the very first."""
    start = seed % max(account.size(type_id), 1)
    index = next(chain(*(account.archived_indexes(type_id, first) for first in (start, 0))), None)
    if index is not None:
        account.restore(type_id, index, at_ms)


def delete_one(
    account: "Account", type_id: str, seed: int, at_ms: int, newest: int | None = None
) -> None:
    """Delete a live record for privacy."""
    index = _pick(account, type_id, seed, newest)
    if index is not None:
        account.delete(type_id, index, at_ms)


def merge_one(
    account: "Account", type_id: str, seed: int, at_ms: int, newest: int | None = None
) -> None:
    """Merge a live record into another, or two deals into a new one."""
    loser, survivor = (_pick(account, type_id, mix(seed, salt), newest) for salt in (3, 4))
    if loser is None or survivor is None or loser == survivor:
        return
    if type_id == "0-3":
        into = account.create(type_id, at_ms)
        account.merge(type_id, into, survivor, at_ms)
        account.merge(type_id, into, loser, at_ms)
    else:
        account.merge(type_id, survivor, loser, at_ms)


def reassociate_one(
    account: "Account", type_id: str, seed: int, at_ms: int, newest: int | None = None
) -> None:
    """Take one association of a live contact away, or give it one more."""
    other = ("0-2", "0-3")[seed % 2]
    index = _pick(account, type_id, seed, newest)
    kinds = account.links.of_pair(type_id, other)
    if index is None or not kinds:
        return
    known = account.associated(type_id, index, other)
    if known and seed // 2 % 2:
        target, found = known[seed % len(known)]
        account.dissociate(found[0], index, target, at_ms)
        return
    target_index = _pick(account, other, mix(seed, 5), None)
    if target_index is not None:
        account.associate(kinds[0], index, target_index, at_ms)


CHURN: tuple[Change, ...] = (
    *[update_one] * 10,
    *[create_one] * 5,
    *[archive_one] * 3,
    *[merge_one] * 2,
    reassociate_one,
    recalculate_one,
)


def _values(account: "Account", type_id: str, names: list[str], seed: int) -> dict[str, str | None]:
    records = account.records(type_id)
    return {
        name: changed_value(records, name, mix(seed, number)) for number, name in enumerate(names)
    }
