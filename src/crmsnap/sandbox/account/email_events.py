"""What became of marketing mails: sent, delivered, opened, clicked, bounced, for each recipient.

Mails are sent in blocks, one campaign's mails to several people in one millisecond, and everything
that happens to them happens before the next block: so a place in time is found by a division, and
a page costs the same wherever it is. Recipients are addresses, not records: most are a contact's
first address, some are written in other letters, some are its second one, some are nobody's.
"""

from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from crmsnap.sandbox.account.ids import mix
from crmsnap.sandbox.account.records import has_email
from crmsnap.sandbox.account.start import HOUR_MS, horizon_ms, indexes_at_start
from crmsnap.sandbox.account.times import DAY_MS

if TYPE_CHECKING:
    from crmsnap.sandbox.account.account import Account

SPAN_MS = 400 * DAY_MS
BLOCK = 8
LATEST_ARRIVAL_MS = 36 * HOUR_MS
CONTACTS_PER_CAMPAIGN = 100


class EmailEventType(StrEnum):
    """What can happen to a mail."""

    SENT = "SENT"
    PROCESSED = "PROCESSED"
    DROPPED = "DROPPED"
    DELIVERED = "DELIVERED"
    DEFERRED = "DEFERRED"
    BOUNCE = "BOUNCE"
    OPEN = "OPEN"
    CLICK = "CLICK"
    STATUSCHANGE = "STATUSCHANGE"
    SPAMREPORT = "SPAMREPORT"
    PRINT = "PRINT"
    FORWARD = "FORWARD"


_T = EmailEventType
_ARRIVED = (_T.SENT, _T.PROCESSED, _T.DELIVERED)
COURSES: tuple[tuple[EmailEventType, ...], ...] = (
    *[_ARRIVED] * 5,
    *[(*_ARRIVED, _T.OPEN)] * 4,
    *[(*_ARRIVED, _T.OPEN, _T.CLICK, _T.CLICK)] * 2,
    (_T.SENT, _T.DROPPED),
    (_T.SENT, _T.PROCESSED, _T.DEFERRED, _T.DELIVERED, _T.OPEN, _T.OPEN),
    (_T.SENT, _T.PROCESSED, _T.BOUNCE),
    (*_ARRIVED, _T.OPEN, _T.SPAMREPORT, _T.STATUSCHANGE),
    (*_ARRIVED, _T.OPEN, _T.PRINT, _T.FORWARD),
)
"""What happens to a mail, one after the other: 66 events in 16 mails."""
STEPS_MAX = 12
"""Into so many parts the time of a block is divided."""


class Place(NamedTuple):
    """Where an event stands among all: they are sorted as these are."""

    at_ms: int
    mail: int
    """0, 1, 2 ... in the order of sending."""
    step: int
    """What of the mail's course it is."""


class EmailEvents:
    """All events of an account's mails, as many as there are at one moment."""

    def __init__(self, account: "Account", now_ms: int) -> None:
        self._account = account
        self._contacts = indexes_at_start(account, "0-1")
        self._first_blocks = max(1, account.contacts * 3 * 16 // 66 // BLOCK)
        """So many blocks lie before the start of the account; more follow at the same pace."""
        self._width_ms = SPAN_MS // self._first_blocks
        self._first_ms = account.started_ms + 1 - self._first_blocks * self._width_ms
        self._horizon_ms = horizon_ms(account, now_ms)
        self._erased = account.erased("0-1")

    def newest_first(self, from_ms: int, until_ms: int) -> Iterator[Place]:
        """The events that have arrived, within two times, both inclusive."""
        until_ms = min(until_ms, self._horizon_ms)
        newest = (until_ms - self._first_ms) // self._width_ms
        oldest = max(0, (from_ms - self._first_ms) // self._width_ms)
        for block in range(newest, oldest - 1, -1):
            for place in sorted(self._block(block), reverse=True):
                if from_ms <= place.at_ms <= until_ms:
                    yield place

    def counts(self) -> dict[str, int]:
        """How many events of each type have arrived."""
        courses = Counter(
            self._course(mail)
            for mail in range(self._first_blocks * BLOCK)
            if not self._erased or self._contact(mail) not in self._erased
        )
        counted = Counter(
            self.type_of(place).value
            for place in self.newest_first(self._account.started_ms + 1, self._horizon_ms)
        )
        for course, mails in courses.items():
            for kind in course:
                counted[kind.value] += mails
        return dict(sorted(counted.items()))

    def type_of(self, place: Place) -> EmailEventType:
        """What happened."""
        return self._course(place.mail)[place.step]

    def place_of(self, mail: int, step: int) -> Place:
        """Where a step of a mail's course stands."""
        start = self._first_ms + mail // BLOCK * self._width_ms
        if step < 2:
            # Taken and indexed within one millisecond, as all mails of the block are.
            return Place(start, mail, step)
        part = self._width_ms // STEPS_MAX
        return Place(start + step * part + self.bits(mail, step) % part, mail, step)

    def obsoleted_by(self, place: Place) -> Place | None:
        """The event that took the place of this one: an opening, measured again."""
        course = self._course(place.mail)
        again = course[place.step : place.step + 2] == (EmailEventType.OPEN, EmailEventType.OPEN)
        return self.place_of(place.mail, place.step + 1) if again else None

    def event_id(self, place: Place) -> str:
        """The id of an event: a random-looking UUID."""
        high, low = self.bits(place.mail, 40 + place.step), self.bits(place.mail, 80 + place.step)
        return str(UUID(int=high << 68 | low << 8 | place.step, version=4))

    def campaign_id(self, mail: int) -> int:
        """The campaign that a mail belongs to: one for all mails of a block."""
        campaigns = 1 + self._account.contacts // CONTACTS_PER_CAMPAIGN
        return 113_000_017 + mix(mail // BLOCK, 0xE1) % campaigns * 31

    def recipient(self, mail: int) -> str:
        """The address that a mail went to, as the sender wrote it."""
        contact = self._contact(mail)
        nobodys = f"nobody{mail}@elsewhere.example"
        if contact is None:
            return nobodys
        records = self._account.records("0-1")
        times = self._account.times("0-1", contact)
        email = records.value(contact, "email", times)
        others = records.value(contact, "hs_additional_emails", times)
        kind = self.bits(mail, 2) % 16
        if kind < 4 and others is not None:
            return others.split(";")[-1]
        if kind in (14, 15) and email is not None:
            return email.upper() if kind == 14 else email.title()
        return email or nobodys

    def bits(self, mail: int, purpose: int) -> int:
        """A number of 60 bits that chooses something about a mail."""
        return mix(self._account.seed, 0xE7, mail, purpose)

    def _course(self, mail: int) -> tuple[EmailEventType, ...]:
        return COURSES[self.bits(mail, 0) % len(COURSES)]

    def _contact(self, mail: int) -> int | None:
        """The index of the contact that a mail went to, None when the address is nobody's."""
        bits = self.bits(mail, 1)
        contact = bits // 32 % self._contacts
        return contact if bits % 32 and has_email(contact) else None

    def _block(self, block: int) -> Iterator[Place]:
        """The events of a block's mails that have arrived, those of erased contacts left out."""
        for mail in range(block * BLOCK, (block + 1) * BLOCK):
            if self._erased and self._contact(mail) in self._erased:
                continue
            for step in range(len(self._course(mail))):
                place = self.place_of(mail, step)
                if block < self._first_blocks or self._has_arrived(place):
                    yield place

    def _has_arrived(self, place: Place) -> bool:
        """A few of the newer events arrive up to 36 hours late."""
        late = self.bits(place.mail, 20 + place.step)
        late_ms = late % LATEST_ARRIVAL_MS if late // LATEST_ARRIVAL_MS % 8 == 0 else 0
        return place.at_ms + late_ms <= self._horizon_ms


def truth(account: "Account", now_ms: int) -> dict[str, int]:
    """How many events a reader finds now, by their type."""
    return EmailEvents(account, now_ms).counts()
