"""A second day copies the parts of which nothing changed, and builds the others."""

import shutil
from typing import Any

import pytest

from tests.builders.command import Crmsnap
from tests.builders.sandbox_process import DAY, SandboxAccount, sandbox
from tests.builders.snapshot import files

NEXT = "2026-11-21"


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


def built_elsewhere(crmsnap: Crmsnap, day: str) -> dict[str, bytes]:
    """The same state published to another place by a run that remembers nothing."""
    other = Crmsnap(crmsnap.folder / "elsewhere", crmsnap.account)
    shutil.copytree(crmsnap.home, other.home)
    for memory in other.home.rglob("published.sqlite*"):
        memory.unlink()
    report = report_of(other)
    assert report["copied"]["parts"] == 0
    return parts(other, day)


@pytest.fixture(scope="module")
def two_days(tmp_path_factory: pytest.TempPathFactory):
    """An account whose newest records change in the night between two syncs."""
    with sandbox(contacts=3_000) as account:
        crmsnap = Crmsnap(tmp_path_factory.mktemp("reuse"), account)
        first = report_of(crmsnap)
        advance(account, changed=0.01, created=0.002, newest_only=True)
        second = report_of(crmsnap)
        yield crmsnap, first, second


def test_the_first_day_is_built_and_most_of_the_second_is_copied(two_days):
    """The newest records lie in small spans: the others' parts are not touched."""
    _, first, second = two_days
    assert first["copied"]["parts"] == 0
    assert first["built"]["bytes"] == first["bytes"]
    assert second["copied"]["bytes"] + second["built"]["bytes"] == second["bytes"]
    assert second["copied"]["bytes"] > second["bytes"] / 2


def test_copied_parts_are_the_bytes_that_building_them_gives(two_days):
    """Names, and so hashes, are those of a snapshot that was built from the same state elsewhere."""
    crmsnap, _, second = two_days
    assert built_elsewhere(crmsnap, NEXT) == parts(crmsnap, NEXT)
    assert second["day"] == NEXT
    ended = crmsnap("verify", str(crmsnap.snapshots))
    assert ended.exit_code == 0, ended.stdout


def test_a_day_without_a_change_is_copied_whole(crmsnap: Crmsnap):
    """Headers of empty tables too; what the report says of it adds up."""
    with sandbox() as account:
        mine = Crmsnap(crmsnap.folder, account)
        first = report_of(mine)
        account.post("/_sandbox/clock", {"advance_ms": 86_400_000})
        second = report_of(mine)
        assert parts(mine, NEXT) == parts(mine, DAY)
        assert second["built"] == {"parts": 0, "bytes": 0}
        assert second["copied"]["bytes"] == first["bytes"] == second["bytes"]
        damaged, gone, *_ = sorted((mine.snapshots / NEXT / "OBJECT_PROPERTIES").iterdir())
        damaged.unlink()  # a link to the same file of the first day stays whole
        damaged.write_bytes(b"something else")
        gone.unlink()
        account.post("/_sandbox/clock", {"advance_ms": 86_400_000})
        third = report_of(mine)
        assert third["built"]["parts"] == 2
        assert parts(mine, "2026-11-22") == parts(mine, DAY)
        shutil.rmtree(mine.snapshots / "2026-11-22")
