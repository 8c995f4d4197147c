"""What the records of one object type hold when the account starts: pure functions of the index."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from crmsnap.sandbox.account import hostile, words
from crmsnap.sandbox.account.ids import IdSpace, mix
from crmsnap.sandbox.account.object_types import ObjectType
from crmsnap.sandbox.account.pools import BY_FIRST, BY_INDEX, Pool, make_pool
from crmsnap.sandbox.account.property import Property
from crmsnap.sandbox.account.roster import Roster
from crmsnap.sandbox.account.times import DAY_MS, iso
from crmsnap.sandbox.account.values import Facts

AGE_DAYS = 900
"""How long ago the first record was made."""
QUIET_MS = 3_600_000
"""Nothing changed in the last hour before the account started."""
IMPORTED_SHARE = (0.30, 0.45)
"""These records were touched by one import and share one time of change, to the millisecond."""
LONG_TEXT_EVERY, LONG_TEXT_AT = 1009, 7
LONG_TEXTS_IN = "last_survey_comment"
"""As long as its texts are handed out in turn: sensitive ones are not."""

FIRST_SLUGS = dict(words.FIRST_NAMES)
LAST_SLUGS = dict(words.LAST_NAMES)
INDEX_IN_EMAIL = re.compile(r"(\d+)@")


class Times(NamedTuple):
    """When a record was made and last changed, milliseconds since the epoch."""

    created_ms: int
    updated_ms: int


class Version(NamedTuple):
    """One value that a property had: what `propertiesWithHistory` returns, the newest first."""

    value: str
    at_ms: int
    source: int
    """Which of `history.SOURCES` set it."""


class Records:
    """The records that one type starts with, and the definitions of its properties.

    Nothing here knows of later changes of records; definitions can change (`define`).
    """

    def __init__(
        self,
        object_type: ObjectType,
        properties: Iterable[Property],
        roster: Roster,
        ids: IdSpace,
        facts: Facts,
    ) -> None:
        self.object_type = object_type
        self.properties = {found.name: found for found in properties}
        self.roster = roster
        self.ids = ids
        self.facts = facts
        self._positions = {name: position for position, name in enumerate(self.properties)}
        self._pools: dict[str, Pool] = {}
        self._changeable: dict[bool, Sequence[str]] = {}
        size, end = max(roster.size, 1), facts.started_ms - QUIET_MS
        self._imported = range(int(size * IMPORTED_SHARE[0]), int(size * IMPORTED_SHARE[1]))
        self._span_ms, self._size, self._end_ms = AGE_DAYS * DAY_MS, size, end

    def define(self, found: Property) -> None:
        """Add a property, or give a known one another definition and other values."""
        self.properties[found.name] = found
        self._positions.setdefault(found.name, len(self._positions))
        self._pools.pop(found.name, None)
        self._changeable.clear()

    def forget(self, name: str) -> None:
        """Remove a property; its values are nobody's any more."""
        del self.properties[name]
        self._pools.pop(name, None)
        self._changeable.clear()

    def changeable(self, *, calculated: bool) -> Sequence[str]:
        """The properties that a later change may set: by people, or by HubSpot's calculations."""
        if calculated not in self._changeable:
            self._changeable[calculated] = [
                name
                for name, one in self.properties.items()
                if one.calculated == calculated
                and not one.archived
                and one.sensitivity == "non_sensitive"
                and not self.is_derived(name)
            ]
        return self._changeable[calculated]

    def words(self, index: int) -> tuple[int, int]:
        """Two numbers of 30 bits that choose the values of a record."""
        number = (index + self.ids.seed) * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF
        number = (number ^ number >> 31) * 0xBF58476D1CE4E5B9 & 0xFFFFFFFFFFFFFFFF
        return number >> 34, number >> 4 & 0x3FFFFFFF

    def times(self, index: int) -> Times:
        """When the record was made and last changed: made in the order of the index."""
        end, span = self._end_ms, self._span_ms
        jitter = self.ids.record_id(index) % 50 * span // 50
        created = end - span + (index * span + jitter) // self._size
        if index in self._imported:
            return Times(created, end - 20 * DAY_MS)
        if index % 10 == 3:
            return Times(created, created)
        return Times(created, created + (end - created) * (self.words(index)[1] % 1000) // 1000)

    def pool(self, name: str) -> Pool:
        """The pool of a property that is not derived."""
        found = self._pools.get(name)
        if found is None:
            number = int(self.object_type.id.replace("-", ""))
            found = make_pool(self.properties[name], self._positions[name], number, self.facts)
            self._pools[name] = found
        return found

    def is_derived(self, name: str) -> bool:
        """Whether the value follows from others of its record instead of being chosen."""
        return self.properties[name].values.startswith("derived:")

    def choice(self, index: int, pool: Pool) -> int:
        """Which entry of a pool the record has."""
        if pool.chosen_by == BY_INDEX:
            return index % len(pool.values)
        return self.words(index)[pool.chosen_by != BY_FIRST] % len(pool.values)

    def value(self, index: int, name: str, times: Times) -> str | None:
        """The value of a property, None when the record has none."""
        if self.is_derived(name):
            return DERIVED[self.properties[name].values](self, index, times)
        pool = self.pool(name)
        if name == LONG_TEXTS_IN and has_long_text(index) and pool.chosen_by == BY_INDEX:
            return hostile.LONG_TEXT
        return pool.values[self.choice(index, pool)]

    def versions(self, index: int, name: str, times: Times) -> list[Version]:
        """Every value that the property had until the account started, the newest first."""
        value = self.value(index, name, times)
        if self.is_derived(name):
            at_ms = (
                times.created_ms if name != self.object_type.modified_property else times.updated_ms
            )
            return [] if value is None else [Version(value, at_ms, 0)]
        pool = self.pool(name)
        choice = self.choice(index, pool)
        if not self.properties[name].tracked:
            at_ms = stamps(times)[choice % STAMPS]
            return [] if value is None else [Version(value, at_ms, choice)]
        count = _version_count(index + self._positions[name])
        # A value that was taken away is an empty newest entry, while the record itself says null.
        values = [value or ""] + [
            pool.values[(choice + back * 3) % len(pool.values)] or "" for back in range(1, count)
        ]
        span = 0 if count == EQUAL_TIMES else times.updated_ms - times.created_ms
        return [
            Version(text, times.updated_ms - span * back // count, choice + back)
            for back, text in enumerate(values)
        ]


def has_long_text(index: int) -> bool:
    """Whether the record holds the longest text that HubSpot allows."""
    return index % LONG_TEXT_EVERY == LONG_TEXT_AT


STAMPS = 4


def stamps(times: Times) -> tuple[int, ...]:
    """The moments at which the untracked properties of a record were set."""
    span = times.updated_ms - times.created_ms
    return tuple(times.created_ms + span * step // (STAMPS - 1) for step in range(STAMPS))


EQUAL_TIMES = 3
"""Histories of this length have one time for all their entries, as an import leaves them."""


def _version_count(number: int) -> int:
    """How often a tracked property was set: mostly a few times, sometimes more than anybody keeps."""
    return {7: 60, 9: 30, 11: 21, 13: 46, 8: EQUAL_TIMES}.get(number % 40, (1, 2, 4, 1)[number % 4])


def has_email(index: int) -> bool:
    """Whether the contact has an address: some have none."""
    return index % 37 != 5


def _email(records: Records, index: int, times: Times) -> str | None:
    if not has_email(index):
        return None
    first = FIRST_SLUGS.get(records.value(index, "firstname", times) or "", "info")
    last = LAST_SLUGS.get(records.value(index, "lastname", times) or "", "box")
    return f"{first}.{last}{index}@{words.DOMAINS[index % len(words.DOMAINS)]}"


def index_in_email(email: str) -> int | None:
    """The index of the contact that may have this mail address."""
    found = INDEX_IN_EMAIL.search(email)
    return int(found[1]) if found else None


def _additional_emails(records: Records, index: int, times: Times) -> str | None:
    """The other addresses of a contact, whose mail it is as much as that of the first one: those of contacts
    that were merged into it come first."""
    found = [_email(records, loser, records.times(loser)) for loser in records.roster.losers(index)]
    found += _own_additional_emails(records, index, times)
    return ";".join(address for address in found if address) or None


def _own_additional_emails(records: Records, index: int, times: Times) -> list[str]:
    email = _email(records, index, times)
    if email is None or index % 9 != 4:
        return []
    name, _, domain = email.partition("@")
    return [f"{one}.{name}@{domain}" for one in ("old", "sales")[: 1 + index % 2]]


def _full_name(records: Records, index: int, times: Times) -> str | None:
    names = (records.value(index, name, times) for name in ("firstname", "lastname"))
    return " ".join(name for name in names if name) or _email(records, index, times)


def _merged_ids(records: Records, index: int, times: Times) -> str | None:
    losers = records.roster.losers(index)
    return ";".join(str(records.ids.record_id(loser)) for loser in losers) or None


def _merged_vids(records: Records, index: int, times: Times) -> str | None:
    losers = records.roster.losers(index)
    at_ms = times.updated_ms
    return ";".join(f"{records.ids.record_id(loser)}:{at_ms}" for loser in losers) or None


DERIVED: dict[str, Callable[[Records, int, Times], str | None]] = {
    "derived:id": lambda records, index, times: str(records.ids.record_id(index)),
    "derived:created": lambda records, index, times: iso(times.created_ms),
    "derived:updated": lambda records, index, times: iso(times.updated_ms),
    "derived:email": _email,
    "derived:additional_emails": _additional_emails,
    "derived:full_name": _full_name,
    "derived:merged_ids": _merged_ids,
    "derived:merged_vids": _merged_vids,
}


def changed_value(records: Records, name: str, number: int) -> str | None:
    """Another value of the same kind: what a later change sets."""
    pool = records.pool(name)
    return pool.values[mix(records.ids.seed, number) % len(pool.values)]
