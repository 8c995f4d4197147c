"""What people sent through the forms: never edited, listed from the newest, and not all with an id.

Forms play parts: the first is the busy one, the second gives no `conversionId`, of the third most
submissions were deleted, the fourth was never used, the sixth fills exactly one page of 50.
A third of the submissions hold a sensitive value; each has the marker that such values have.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crmsnap.sandbox.account.assets import FORM, Asset, assets
from crmsnap.sandbox.account.guids import GuidSpace
from crmsnap.sandbox.account.hostile import TEXTS
from crmsnap.sandbox.account.ids import mix
from crmsnap.sandbox.account.start import days_passed
from crmsnap.sandbox.account.times import DAY_MS
from crmsnap.sandbox.account.values import CANARY
from crmsnap.sandbox.account.words import DOMAINS, FIRST_NAMES, PATHS, SENTENCES

if TYPE_CHECKING:
    from crmsnap.sandbox.account.account import Account

TYPE_ID = "0-15"
BUSY, WITHOUT_IDS, MOSTLY_DELETED, UNUSED, _ARCHIVED, ONE_PAGE = range(6)
DELETED = range(20, 120)
"""Of the third form: a hundred in a row, so that one page of 50 is empty wherever pages begin."""
TWINS = (8, 9)
"""Two submissions of one form that came in the same millisecond and say different things."""
OLDEST_DAYS = 300
FEW_MAX = 70
BUSY_MAX = 20_000
SECRETS: tuple[tuple[str, str | None], ...] = (
    ("national_id", "0-1"),
    ("diagnosis_notes", None),
    ("zone_of_treatment", "0-1"),  # archived since
    ("medical_record_number", "0-1"),  # deleted since: no list has it any more
    ("National_ID", "0-1"),
    ("0-1/national_id", None),
    ("Salary_Expectation", None),
    ("zoning_permit", "0-2"),  # without a class, on a type that allows sensitive data
)
"""Fields whose values are sensitive, under the names that they are sent by. A submission is never edited,
so it keeps what was sent before a property was classified, archived or deleted."""
INTERESTS = ("Product news", "Events", "Jobs; internships", "R&D")


@dataclass(frozen=True, slots=True)
class Submission:
    """One form, filled in."""

    slot: int
    """0, 1, 2 ... in the order of submission, within the form."""
    conversion_id: str | None
    submitted_ms: int
    values: tuple[tuple[str, str, str | None], ...]
    """Name, value and object type id; a name repeats when several boxes were ticked."""
    page_url: str | None


def slot_count(account: "Account", form: Asset, now_ms: int) -> int:
    """How many submissions the form ever had."""
    at_start, a_day = _volume(account, form)
    return at_start + a_day * days_passed(account, now_ms)


def submission(account: "Account", form: Asset, slot: int) -> Submission | None:
    """The submission of this slot, None when it was deleted."""
    if _is_deleted(form, slot):
        return None
    bits = mix(account.seed, form.kind.salt, form.index, slot)
    has_id = form.index != WITHOUT_IDS and slot % 4 != 3
    return Submission(
        slot=slot,
        conversion_id=GuidSpace(account.seed, 0xC0 + form.index).guid(slot) if has_id else None,
        submitted_ms=_submitted_ms(account, form, TWINS[0] if slot in TWINS else slot),
        values=_values(bits, slot),
        page_url=None if slot % 11 == 5 else f"https://{DOMAINS[0]}{PATHS[bits // 5 % len(PATHS)]}",
    )


def live_count(account: "Account", now_ms: int) -> int:
    """The submissions of all live forms that were not deleted, counted one by one."""
    return sum(
        not _is_deleted(form, slot)
        for form in assets(account, FORM, now_ms)
        for slot in range(slot_count(account, form, now_ms))
    )


def _is_deleted(form: Asset, slot: int) -> bool:
    return form.index == MOSTLY_DELETED and slot in DELETED


def _volume(account: "Account", form: Asset) -> tuple[int, int]:
    """Submissions at the start, and how many more come each day."""
    parts = {
        BUSY: (min(max(130, account.contacts // 4), BUSY_MAX), 3),
        WITHOUT_IDS: (60, 1),
        MOSTLY_DELETED: (150, 0),
        UNUSED: (0, 0),
        ONE_PAGE: (50, 0),
    }
    return parts.get(form.index, (form.bits // 3 % FEW_MAX, int(form.index % 3 == 0)))


def _submitted_ms(account: "Account", form: Asset, slot: int) -> int:
    """Ascending with the slot; each day's submissions come around noon."""
    at_start, a_day = _volume(account, form)
    if slot >= at_start:
        day, number = divmod(slot - at_start, a_day)
        return account.started_ms + day * DAY_MS + DAY_MS // 2 + number * 61_007
    return account.started_ms - (at_start - slot) * OLDEST_DAYS * DAY_MS // at_start


def _values(bits: int, slot: int) -> tuple[tuple[str, str, str | None], ...]:
    first_name, mail_name = FIRST_NAMES[bits % len(FIRST_NAMES)]
    interests = [INTERESTS[number] for number in range(len(INTERESTS)) if bits >> number & 1]
    return (
        ("email", f"{mail_name}.{slot}@{DOMAINS[bits // 7 % len(DOMAINS)]}", "0-1"),
        ("firstname", first_name, "0-1"),
        *(("field_of_study", text, "0-1") for text in interests),
        ("about_us", str(9_007_199_254_740_993 + slot) if slot % 7 == 2 else "50-200", "0-2"),
        ("message", TEXTS[slot % len(TEXTS)] or SENTENCES[bits // 9 % len(SENTENCES)], "0-1"),
        # A field that belongs to no object: HubSpot leaves the type out.
        ("how_did_you_hear", SENTENCES[bits // 3 % len(SENTENCES)], None),
        *_secrets(bits, slot),
    )


def _secrets(bits: int, slot: int) -> tuple[tuple[str, str, str | None], ...]:
    if slot % 3:
        return ()
    name, type_id = SECRETS[slot // 3 % len(SECRETS)]
    return ((name, f"{CANARY}{bits % 10**12}", type_id),)
