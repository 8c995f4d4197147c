"""The rule of decision 0009: a later day holds what a first run at that moment would hold.

An account lives some days of every kind of change. After each, the copy that knows the earlier days is
compared with one that was made at that moment from nothing: every table, every row, every cell.
"""

import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from crmsnap.model import Choice, Selection
from crmsnap.streams.other_types import OTHER_TYPES
from crmsnap.tables.engagement_properties import ENGAGEMENT
from tests.builders.sandbox_process import SandboxAccount, sandbox
from tests.builders.snapshot import rows
from tests.oracle.days import DELETED_OBJECTS as TABLE
from tests.oracle.days import Copying, differences

Key = tuple[str, str]
REASONS = {"ARCHIVE": "ARCHIVED", "MERGE": "MERGED", "GDPR_DELETE": "VANISHED"}

OF_OWN_API = {other.id for other in OTHER_TYPES}

FEW_TYPES = ("contacts", "companies", "deals", "notes", "forms", "pets")
EVERY_SEED = (
    1,
    *(pytest.param(seed, marks=pytest.mark.full) for seed in range(2, 22)),
)


def lived(chance: random.Random) -> Mapping[str, Any]:
    """A day of an account: what happens on it, and to how many; some days nothing."""
    shares = {
        "changed": (0.0, 0.02, 0.1, 0.7),
        "created": (0.0, 0.02, 0.1),
        "archived": (0.0, 0.01, 0.05),
        "merged": (0.0, 0.01, 0.05),
        "gdpr_deleted": (0.0, 0.01),
        "restored": (0.0, 0.01, 0.03),
        "associated": (0.0, 0.05),
    }
    day = {name: chance.choice(choices) for name, choices in shares.items()}
    return {**day, "days": chance.choice((1, 1, 3)), "newest_only": chance.random() < 0.2}


def knobs(chance: random.Random) -> Mapping[str, Any]:
    """What HubSpot may do to a reader, the same for every copy."""
    return {
        "search_id_order": chance.choice(("number", "text")),
        "search_cap": chance.choice((50, 10_000)),
        "short_pages": chance.random() < 0.5,
        "numeric_after": chance.random() < 0.3,
    }


def selection_of(chance: random.Random, types: tuple[str, ...]) -> Selection:
    """What is copied: with or without histories, which are read in another way."""
    histories = Choice() if chance.random() < 0.5 else Choice(never=("*",))
    return Selection(types=types, histories=histories)


def live(
    account: SandboxAccount, folder: Path, seed: int, days: int, types: tuple[str, ...]
) -> None:
    """Let an account live so many days, and hold each against a first copy of its moment."""
    chance = random.Random(seed)
    account.post("/_sandbox/knobs", knobs(chance))
    selection = selection_of(chance, types)
    copying = Copying(account, folder / "later", selection)
    seen = live_ids(copying.day(copying.sync()))
    for number in range(1, days + 1):
        day = lived(chance)
        account.post("/_sandbox/advance", day)
        later = copying.day(copying.sync())
        first = Copying(account, folder / f"first-{number}", selection)
        found = differences(later, first.day(first.sync()))
        assert not found, f"seed {seed}, day {number}, {day}:\n" + "\n".join(found)
        now = live_ids(later)
        told = {(row["OBJECTTYPEID"], row["OBJECTID"]): row["REASON"] for row in rows(later, TABLE)}
        assert told.keys() == {key for key in seen - now if key[0] != ENGAGEMENT}
        assert untrue(account, told) == []
        seen |= now


def live_ids(day: Path) -> set[Key]:
    """The records of a day."""
    return {(row["OBJECTTYPEID"], row["OBJECTID"]) for row in rows(day, "OBJECTS")}


def untrue(account: SandboxAccount, told: Mapping[Key, str]) -> list[tuple[Key, str, str]]:
    """Deletions whose reason is not what the account's journal says, with both.

    Types that the journal does not name are left out. Who was merged into a record that is gone by now has
    left nothing behind by which HubSpot could tell, and an API of a type's own does not tell why.
    """
    happened: dict[Key, tuple[str, str | None]] = {}
    for entry in account.get("/_sandbox/journal?limit=100000")["entries"]:
        if entry["action"] in REASONS:
            key = (entry["objectTypeId"], entry["objectId"])
            happened[key] = (REASONS[entry["action"]], entry.get("mergedInto"))

    def left_nothing(key: Key) -> bool:
        into = happened[key][1]
        return key[0] in OF_OWN_API or (into is not None and (key[0], into) in happened)

    return [
        (key, reason, happened[key][0])
        for key, reason in told.items()
        if key in happened
        and reason != happened[key][0]
        and not (reason == "VANISHED" and left_nothing(key))
    ]


@pytest.mark.parametrize("seed", EVERY_SEED)
def test_each_day_equals_a_first_day(seed: int, tmp_path: Path):
    """Few types, so that many seeds can be lived: generic ones, a custom one, one with its own API."""
    with sandbox("--frozen", "--seed", str(seed)) as account:
        if seed == 1:
            live(account, tmp_path, seed, days=2, types=("contacts", "deals", "pets"))
        else:
            live(account, tmp_path, seed, days=4, types=FEW_TYPES)


@pytest.mark.full
@pytest.mark.parametrize("seed", [101, 102, 103])
def test_each_day_of_a_whole_account_equals_a_first_day(seed: int, tmp_path: Path):
    """Everything that an account has, for a week."""
    with sandbox("--frozen", "--seed", str(seed)) as account:
        live(account, tmp_path, seed, days=7, types=())


def test_who_was_merged_into_a_contact_is_erased_with_it(tmp_path: Path):
    """By then mail to the one's address has been the other's for a day, and nothing names the one any more."""
    mails = Selection(types=("contacts",), tables=("OBJECT_PROPERTIES", "EVENTS_EMAIL_*"))
    nothing = dict.fromkeys(("changed", "created", "archived", "merged", "gdpr_deleted"), 0.0)
    with sandbox("--frozen") as account:
        later = Copying(account, tmp_path / "later", mails)
        later.sync()
        account.post("/_sandbox/advance", {**nothing, "merged": 0.3})
        later.sync()
        account.post("/_sandbox/advance", {**nothing, "gdpr_deleted": 0.5})
        first = Copying(account, tmp_path / "first", mails)
        assert differences(later.day(later.sync()), first.day(first.sync())) == []
