"""A second day copies the parts of which nothing changed, and builds the others."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.builders.command import Crmsnap
from tests.builders.sandbox_process import DAY, SandboxAccount, sandbox
from tests.builders.snapshot import files

pytestmark = (
    pytest.mark.full
)  # minutes of CPU together; what they find is also looked at by smaller tests

NEXT = "2026-11-21"
PAST_MIDNIGHT_MS = 20 * 3_600_000
"""The day after has begun, and less than a day has passed: so nothing has happened in the account."""


def report_of(crmsnap: Crmsnap, *arguments: str) -> dict[str, Any]:
    ended = crmsnap.sync("--json", *arguments)
    assert ended.exit_code == 0, ended.stderr
    return ended.json_lines[-1]


def parts(crmsnap: Crmsnap, day: str) -> dict[str, bytes]:
    """The day's parts by their path below the day."""
    folder = crmsnap.snapshots / day
    return {name: data for name, data in files(folder).items() if name.endswith(".csv.gz")}


def advance(account: SandboxAccount, **shares: object) -> None:
    none = dict.fromkeys(
        ("changed", "created", "archived", "merged", "gdpr_deleted", "associated", "recalculated"),
        0,
    )
    account.post("/_sandbox/advance", {"days": 1, **none, **shares})


def built_elsewhere(crmsnap: Crmsnap, day: str, *options: str) -> dict[str, bytes]:
    """The same state published to another place by a run that remembers nothing."""
    other = Crmsnap(crmsnap.folder / "elsewhere", crmsnap.account)
    shutil.copytree(crmsnap.home, other.home)
    for memory in other.home.rglob("published.sqlite*"):
        memory.unlink()
    report = report_of(other, *options)
    assert report["copied"]["parts"] == 0
    return parts(other, day)


NEWEST = {"changed": 0.01, "created": 0.002, "newest_only": True}


def two_days(folder: Path, contacts: int, *options: str) -> dict[str, Any]:
    """The report of a second day, on which the newest records have changed; it was proven."""
    with sandbox(contacts=contacts) as account:
        crmsnap = Crmsnap(folder, account)
        first = report_of(crmsnap, *options)
        advance(account, **NEWEST)
        second = report_of(crmsnap, *options)
        assert first["copied"] == {"parts": 0, "bytes": 0}
        assert first["built"]["bytes"] == first["bytes"]
        assert second["copied"]["bytes"] + second["built"]["bytes"] == second["bytes"]
        assert built_elsewhere(crmsnap, NEXT, *options) == parts(crmsnap, NEXT)
    return second


def test_the_newest_records_change_and_the_parts_of_the_others_are_copied(tmp_path: Path):
    """A type of more than 8,192 is cut, and they lie in spans of a thousand. What is copied is what the same state gives elsewhere, byte for byte."""
    second = two_days(
        tmp_path, 8_400, "--types", "contacts", "--tables", "OBJECTS,OBJECT_PROPERTIES"
    )
    assert second["copied"]["bytes"] > 0.5 * second["bytes"]


@pytest.mark.full
def test_of_forty_thousand_contacts_nine_tenths_of_the_bytes_are_copied(tmp_path: Path):
    """When the newest hundredth has changed; the share grows with the account."""
    second = two_days(tmp_path, 40_000, "--types", "contacts")
    assert second["copied"]["bytes"] > 0.9 * second["bytes"]


def test_a_day_without_a_change_is_copied_whole_and_damage_is_built(tmp_path: Path):
    """Headers of empty tables too. A part that is gone or is something else is made from the state."""
    with sandbox() as account:
        mine = Crmsnap(tmp_path, account)
        first = report_of(mine)
        account.post("/_sandbox/clock", {"advance_ms": PAST_MIDNIGHT_MS})
        second = report_of(mine)
        assert parts(mine, NEXT) == parts(mine, DAY)
        assert second["built"] == {"parts": 0, "bytes": 0}
        assert second["copied"]["bytes"] == first["bytes"] == second["bytes"]
        (damaged,) = (mine.snapshots / NEXT / "OWNERS").iterdir()
        (gone,) = (mine.snapshots / NEXT / "OBJECTS_CONTACTS").iterdir()
        damaged.unlink()  # the first day's file of that name is the same one, and stays whole
        damaged.write_bytes(b"something else")
        gone.unlink()
        third = report_of(mine, "--replace")
        assert third["built"]["parts"] == 2
        assert mine("verify", str(mine.snapshots), "--all").exit_code == 0


@pytest.mark.full
def test_a_renamed_table_has_the_same_parts(tmp_path: Path):
    """Its name stands in no part."""
    with sandbox() as account:
        mine = Crmsnap(tmp_path, account)
        report_of(mine)
        renamed = {"objectType": "pets", "plural": "Haustiere"}
        advance(account, relabelled=[renamed])
        report_of(mine)
    before, after = parts(mine, DAY), parts(mine, NEXT)
    pets = [name for name in before if name.startswith("OBJECTS_PETS/")]
    assert pets
    for name in pets:
        assert after[name.replace("OBJECTS_PETS/", "OBJECTS_HAUSTIERE/")] == before[name]
