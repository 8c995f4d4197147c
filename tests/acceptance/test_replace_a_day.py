"""`sync --replace`: a published day gets a new revision, and readers never half a one."""

import json
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.builders.command import Crmsnap, wait_until
from tests.builders.sandbox_process import DAY, SandboxAccount, sandbox
from tests.builders.snapshot import files, manifest, rows

TABLES = ("--types", "contacts", "--tables", "OWNERS,OBJECTS,OBJECTS_CONTACTS")


@pytest.fixture
def own(tmp_path: Path):
    """An account of this test's own, published once."""
    with sandbox() as account:
        crmsnap = Crmsnap(tmp_path, account)
        assert crmsnap.sync(*TABLES).exit_code == 0
        yield crmsnap


def change(account: SandboxAccount) -> None:
    """Something changes within the day."""
    account.post("/_sandbox/advance", {"days": 0.01, "changed": 0.2, "created": 0.05})


def replaced(crmsnap: Crmsnap, *arguments: str) -> dict[str, Any]:
    ended = crmsnap.sync("--replace", "--json", *(arguments or TABLES))
    assert ended.exit_code == 0, ended.stderr
    return ended.json_lines[-1]


def listed(day: Path) -> set[str]:
    found = {"_MANIFEST.json"}
    for resource in manifest(day)["resources"]:
        found |= set(resource["path"])
    return found


def test_a_replaced_day_holds_what_there_is_now_and_nothing_else(own: Crmsnap):
    """The new revision has its number; what only the old one listed is gone, equal parts kept their name."""
    day = own.snapshots / DAY
    before = files(day)
    change(own.account)
    report = replaced(own)
    assert (report["outcome"], report["revision"]) == ("published", 2)
    assert manifest(day)["crmsnap"]["revision"] == 2
    after = files(day)
    assert set(after) == listed(day)
    (owners,) = (name for name in before if name.startswith("OWNERS/"))
    assert after[owners] == before[owners]
    assert len(rows(day, "OBJECTS")) > before_rows(before)
    assert own("verify", str(own.snapshots)).exit_code == 0


def before_rows(before: dict[str, bytes]) -> int:
    document = json.loads(before["_MANIFEST.json"])
    return next(one["crmsnap"]["rows"] for one in document["resources"] if one["name"] == "objects")


def test_replacing_without_a_change_copies_everything(own: Crmsnap):
    """Only the manifest is new."""
    before = files(own.snapshots / DAY)
    report = replaced(own)
    assert report["built"]["parts"] == 0
    after = files(own.snapshots / DAY)
    assert {n: d for n, d in after.items() if n != "_MANIFEST.json"} == {
        n: d for n, d in before.items() if n != "_MANIFEST.json"
    }


def test_another_selection_may_replace_a_day(own: Crmsnap):
    """Which a plain sync refuses, and names this as its way out."""
    plain = own.sync("--tables", "OWNERS")
    assert plain.exit_code == 1
    assert "--replace" in plain.stderr
    replaced(own, "--tables", "OWNERS")
    assert {name.split("/")[0] for name in files(own.snapshots / DAY)} == {
        "OWNERS",
        "_MANIFEST.json",
    }


@pytest.mark.full
def test_a_damaged_day_is_mended(own: Crmsnap):
    """A part that is gone comes back; one that is something else gets a sound one beside it."""
    day = own.snapshots / DAY
    (gone,) = (day / "OBJECTS_CONTACTS").iterdir()
    (damaged,) = (day / "OWNERS").iterdir()
    gone.unlink()
    damaged.write_bytes(b"something else")
    assert own("verify", str(own.snapshots)).exit_code == 1
    replaced(own)
    assert own("verify", str(own.snapshots)).exit_code == 0


@pytest.mark.full
def test_a_replacement_that_was_killed_leaves_the_old_revision(own: Crmsnap):
    """The next sync removes what is left of it; the day after is published as ever."""
    before = files(own.snapshots / DAY)
    change(own.account)
    process = own.start_sync("--replace", *TABLES)
    wait_until(lambda: set(files(own.snapshots / DAY)) - set(before), process)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    if manifest(own.snapshots / DAY)["crmsnap"]["revision"] == 1:
        assert files(own.snapshots / DAY).items() >= before.items()
    own.account.post("/_sandbox/advance", {"days": 1})
    assert own.sync(*TABLES).exit_code == 0
    assert {path.name for path in own.snapshots.iterdir() if path.name[0] != "."} == {
        DAY,
        "2026-11-21",
    }
    assert set(files(own.snapshots / DAY)) == listed(own.snapshots / DAY)
    assert own("verify", str(own.snapshots), "--all").exit_code == 0


@pytest.mark.full
def test_a_day_that_is_not_published_yet_is_published_the_plain_way(tmp_path: Path):
    """`--replace` in a schedule does no harm."""
    with sandbox() as account:
        crmsnap = Crmsnap(tmp_path, account)
        report = replaced(crmsnap, "--tables", "OWNERS")
    assert (report["outcome"], report["revision"]) == ("published", 1)
