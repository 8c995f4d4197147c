"""Occurrences of events: one line of time per event type, computed wherever somebody looks at it.

The n-th occurrence of a type has its time, record and properties from its number alone, and times
never decrease with the number. So a time is found by bisection, the occurrences of one record by
arithmetic, and a page costs the same at the end of a million as at its beginning.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from math import gcd
from typing import TYPE_CHECKING
from uuid import UUID

import orjson

from crmsnap.sandbox.account.event_definitions import EventType, Field, visible_types
from crmsnap.sandbox.account.ids import mix
from crmsnap.sandbox.account.start import HOUR_MS, horizon_ms, indexes_at_start
from crmsnap.sandbox.account.times import DAY_MS

if TYPE_CHECKING:
    from crmsnap.sandbox.account.account import Account

PER_CONTACT = 5
SPAN_MS = 400 * DAY_MS
BURST = 8
"""Occurrences of one burst share their millisecond: an import, or a page that reports twice."""
LATEST_ARRIVAL_MS = 36 * HOUR_MS


def timelines(account: "Account") -> tuple["Timeline", ...]:
    """One timeline for each event type that the account can be asked for."""
    total = account.contacts * PER_CONTACT
    kinds = visible_types(account.portal_id)
    counts = [total * kind.share // 1000 for kind in kinds]
    counts[0] += total - sum(counts)
    return tuple(
        Timeline(
            kind=kind,
            seed=account.seed,
            started_ms=account.started_ms,
            count=count,
            records=indexes_at_start(account, kind.object_type_id),
        )
        for kind, count in zip(kinds, counts, strict=True)
    )


def truth(account: "Account", now_ms: int) -> dict[str, int]:
    """How many occurrences a reader finds now, by the name of the event type; none for unused types."""
    horizon = horizon_ms(account, now_ms)
    counts = {}
    for line in timelines(account):
        erased = account.erased(line.kind.object_type_id)
        counts[line.kind.name] = line.visible_count(horizon, erased)
    return {name: count for name, count in counts.items() if count}


def is_erased(account: "Account", line: "Timeline", number: int) -> bool:
    """Whether a privacy request removed the occurrence together with the record that did it."""
    type_id = line.kind.object_type_id
    survivor = account.survivor(type_id, line.record_index(number))
    life = account.changes.life(type_id, survivor)
    return life is not None and life.deleted


@dataclass(frozen=True, slots=True)
class Timeline:
    """All occurrences of one event type, numbered from 0 in the order of their times."""

    kind: EventType
    seed: int
    started_ms: int
    count: int
    """Occurrences within the 400 days before the start; more follow at the same pace."""
    records: int
    """How many records take turns in doing it: the indexes below this number."""

    def time_ms(self, number: int) -> int:
        """When the occurrence happened; never earlier than the one before it."""
        block = number // BURST * BURST
        one_side = block + BURST <= self.count or block >= self.count
        if one_side and self._bits(block, 0) % 4 == 0:
            return self._slot_ms(block)
        return self._slot_ms(number) + self._bits(number, 1) % max(1, SPAN_MS // self.count)

    def numbers(self, until_ms: int, record: int | None = None) -> range:
        """The occurrences up to a time, those of one record (by its index) when it is given."""
        if not self.count:
            return range(0)
        # No occurrence comes before its slot, so the first slot after `until_ms` bounds them.
        beyond = max(0, until_ms - self._first_slot_ms) * self.count // SPAN_MS + BURST + 1
        last = bisect_right(range(beyond), until_ms, key=self.time_ms)
        if record is None:
            return range(last)
        if not 0 <= record < self.records:
            return range(0)
        turn, step = self._turns()
        first = (record - step) * pow(turn, -1, self.records) % self.records
        return range(first, last, self.records)

    def record_index(self, number: int) -> int:
        """The index of the record that did it."""
        turn, step = self._turns()
        return (number * turn + step) % self.records

    def is_visible(self, number: int, horizon: int) -> bool:
        """Whether the occurrence has arrived: a few of the newer ones arrive up to 36 hours late."""
        if number < self.count or self._bits(number, 2) % 16:
            return True
        late_ms = self._bits(number, 3) % LATEST_ARRIVAL_MS
        return self.time_ms(number) + late_ms <= horizon

    def visible_count(self, horizon: int, erased: Iterable[int]) -> int:
        """How many occurrences have arrived, without those of erased records."""
        happened = len(self.numbers(horizon))
        certain = len(self.numbers(horizon - LATEST_ARRIVAL_MS))
        removed = (number for record in erased for number in self.numbers(horizon, record))
        return (
            certain
            + sum(self.is_visible(number, horizon) for number in range(certain, happened))
            - sum(self.is_visible(number, horizon) for number in removed)
        )

    def event_id(self, number: int) -> str:
        """The id of the occurrence: a random-looking UUID."""
        bits = self._bits(number, 4) << 68 | self._bits(number, 5) << 8 | number & 0xFF
        return str(UUID(int=bits, version=4))

    def property_fragments(self, number: int) -> Iterator[tuple[str, bytes]]:
        """Name and encoded `"name":"value"` of each property that the occurrence has."""
        bits = self._bits(number, 6)
        for field in self.kind.fields:
            fragments = _fragments(field)
            fragment = fragments[bits % 64 % len(fragments)]
            bits >>= 6
            if fragment is not None:
                yield field.name, fragment

    @property
    def _first_slot_ms(self) -> int:
        # One millisecond late, so that the first occurrence after the start is after the start.
        return self.started_ms - SPAN_MS + 1

    def _slot_ms(self, number: int) -> int:
        return self._first_slot_ms + number * SPAN_MS // self.count

    def _turns(self) -> tuple[int, int]:
        """Stride and offset in which the records take turns; the stride reaches every record."""
        turn = max(1, self.records * 5 // 8)
        while gcd(turn, self.records) > 1:
            turn += 1
        return turn, self._bits(0, 7) % self.records

    def _bits(self, number: int, purpose: int) -> int:
        return mix(self.seed, _number_of(self.kind.type_id), number, purpose)


@cache
def _number_of(type_id: str) -> int:
    return int(type_id.replace("-", "00"))


@cache
def _fragments(field: Field) -> tuple[bytes | None, ...]:
    """Each value of the field as a piece of JSON, encoded once."""
    name = orjson.dumps(field.name)
    return tuple(
        None if value is None else name + b":" + orjson.dumps(value) for value in field.values
    )
