"""The second day: what changed is read, what went leaves, and a run that was killed goes on with it.

That the tables equal those of a first run is shown elsewhere, for many days. Here are the calls that a day
takes, who went and why, and what a state keeps of them.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

import pytest

from crmsnap.model import Refresh, Selection
from tests.builders.command import Crmsnap, Ended, wait_until
from tests.builders.sandbox_process import A_QUIET_DAY, SandboxAccount, sandbox
from tests.builders.snapshot import rows
from tests.oracle.days import Copying, differences

TYPES = ("contacts", "deals")
A_DAY = {
    "changed": 0.03,
    "created": 0.02,
    "archived": 0.01,
    "merged": 0.01,
    "gdpr_deleted": 0,
    "restored": 0.01,
}
BATCH = 50
"""Records of a batch read with histories."""


@dataclass(frozen=True)
class SecondDay:
    """An account, a copy of two days of it, and what HubSpot was asked for on each."""

    account: SandboxAccount
    crmsnap: Crmsnap
    day: Path
    calls: tuple[dict[str, int], dict[str, int]]

    @property
    def journal(self) -> list[dict[str, Any]]:
        """Everything that happened."""
        return journal(self.account)

    @property
    def deleted(self) -> dict[tuple[str, str], dict[str, str]]:
        """DELETED_OBJECTS by key."""
        found = rows(self.day, "DELETED_OBJECTS")
        return {(row["OBJECTTYPEID"], row["OBJECTID"]): row for row in found}


def journal(account: SandboxAccount) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = account.get("/_sandbox/journal?limit=1000")["entries"]
    return entries


def went(entries: list[dict[str, Any]], *actions: str) -> Iterator[dict[str, Any]]:
    """What became of the contacts and deals that the first day had and that are gone."""
    made = {one["objectId"] for one in entries if one["action"] == "CREATE"}
    back = {(one["objectId"], one["seq"]) for one in entries if one["action"] == "RESTORE"}
    for one in entries:
        later = any(id_ == one.get("objectId") and seq > one["seq"] for id_, seq in back)
        ours = one["objectTypeId"] in ("0-1", "0-3") and one.get("objectId") not in made
        if one["action"] in actions and ours and not later:
            yield one


def sync(crmsnap: Crmsnap) -> Ended:
    ended = crmsnap.sync("--types", ",".join(TYPES), "--json")
    assert ended.exit_code == 0, ended.stderr
    return ended


def used(account: SandboxAccount) -> dict[str, int]:
    """Requests since it was last asked, by family."""
    found = account.get("/_sandbox/stats")["requests"]
    account.post("/_sandbox/stats/reset", {})
    return {family: sum(by_status.values()) for family, by_status in found.items()}


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecondDay]:
    """Two days of an account with every kind of change that leaves a trace."""
    with sandbox("--frozen", contacts=800) as account:
        crmsnap = Crmsnap(tmp_path_factory.mktemp("second"), account)
        sync(crmsnap)
        first_calls = used(account)
        account.post("/_sandbox/advance", A_DAY)
        report = sync(crmsnap).json_lines[-1]
        day = crmsnap.snapshots / report["day"]
        yield SecondDay(account, crmsnap, day, (first_calls, used(account)))


def test_a_day_costs_what_changed(second):
    """The list of the live is not read: ids by search, and batches of those that changed."""
    first, later = second.calls
    changed = Counter(
        one["objectTypeId"]
        for one in second.journal
        if one["action"] in ("CREATE", "UPDATE", "RESTORE")
        and one["objectTypeId"] in ("0-1", "0-3")
    )
    batches = sum(ceil(number / BATCH) for number in changed.values())
    # Of each type a probe, a page of the archive, and a batch of those who left it.
    assert later["objects"] <= batches + 3 * len(TYPES)
    # Of each type a page with ids, and one that shows that there are no more.
    assert later["search"] <= 2 * len(TYPES)
    assert later["objects"] + later["search"] < first["objects"] / 2


def test_archived_records_are_told_with_their_time(second):
    """The archive says when."""
    archived = {
        (one["objectTypeId"], one["objectId"]): one["at"].replace("T", " ").removesuffix("Z")
        for one in went(second.journal, "ARCHIVE")
    }
    assert archived
    found = second.deleted
    assert {key: found[key]["DELETEDAT"] for key in archived} == archived
    assert {found[key]["REASON"] for key in archived} == {"ARCHIVED"}


def test_merged_records_are_told_with_their_survivor(second):
    """Contacts with the time; a deal lives on under a new id."""
    merged = list(went(second.journal, "MERGE"))
    assert {one["objectTypeId"] for one in merged} == {"0-1", "0-3"}
    into = {one["objectId"]: one["mergedInto"] for one in merged}
    gone = {one["objectId"] for one in went(second.journal, "ARCHIVE", "GDPR_DELETE")}
    for one in merged:
        survivors = [one["mergedInto"]]
        while survivors[-1] in into:
            survivors.append(into[survivors[-1]])
        if survivors[-1] in gone:
            continue  # nobody tells any more what was merged into it
        found = second.deleted[one["objectTypeId"], one["objectId"]]
        at = one["at"].replace("T", " ").removesuffix("Z") if one["objectTypeId"] == "0-1" else ""
        assert (found["REASON"], found["DELETEDAT"]) == ("MERGED", at)
        assert found["MERGEDINTOOBJECTID"] in survivors


def test_nobody_is_live_and_deleted(second):
    """Who was restored lost the row; `verify` looks for it too."""
    live = {(row["OBJECTTYPEID"], row["OBJECTID"]) for row in rows(second.day, "OBJECTS")}
    assert not live & second.deleted.keys()
    restored = {
        (one["objectTypeId"], one["objectId"])
        for one in second.journal
        if one["action"] == "RESTORE" and one["objectTypeId"] in ("0-1", "0-3")
    }
    assert restored & live
    assert second.crmsnap("verify", str(second.crmsnap.snapshots)).exit_code == 0


def test_nothing_of_an_erased_contact_stays_in_the_state(tmp_path):
    """No answer mentions it: the counts disagree, and a sweep finds out who it was. Then its bytes are in no
    file, neither in a row nor in a free page or a log, and its id is told as one that vanished."""
    with sandbox("--frozen") as account:
        crmsnap = Crmsnap(tmp_path, account)
        sync(crmsnap)
        before = bodies(crmsnap.home)
        account.post("/_sandbox/advance", {**A_QUIET_DAY, "gdpr_deleted": 0.01})
        report = sync(crmsnap).json_lines[-1]
        erased = [one["objectId"] for one in journal(account) if one["action"] == "GDPR_DELETE"]
        assert erased
        told = rows(crmsnap.snapshots / report["day"], "DELETED_OBJECTS")
        assert [(one["OBJECTID"], one["REASON"], one["DELETEDAT"]) for one in told] == [
            (id_, "VANISHED", "") for id_ in sorted(erased, key=int)
        ]
        kept = bodies(crmsnap.home)
        files = [path.read_bytes() for path in crmsnap.home.rglob("*") if path.is_file()]
        for id_, body in before.items():
            assert (
                any(middle(body) in data for data in files) == (id_ in kept) == (id_ not in erased)
            )


def bodies(home: Path) -> dict[str, bytes]:
    """The packed rows of contacts, by id, as they lie in the state."""
    (file,) = home.rglob("objects/0-1.sqlite")
    with closing(sqlite3.connect(file)) as db:
        return {str(id_): body for id_, body in db.execute("SELECT id, body FROM records")}


def middle(body: bytes) -> bytes:
    """Enough of a packed row to be no chance, and not so much that it is cut by a page."""
    assert len(body) > 200
    return body[100:160]


KILLED_AT = (
    {"family": "search", "nth": 1},
    pytest.param({"family": "objects", "path": "/batch/read", "nth": 2}, marks=pytest.mark.full),
    pytest.param({"family": "objects", "query": "archived=true", "nth": 1}, marks=pytest.mark.full),
)


@pytest.mark.parametrize("moment", KILLED_AT, ids=["search", "batch", "archive"])
def test_a_killed_day_goes_on_and_equals_a_first_day(moment, tmp_path):
    """HubSpot answers no more at some moment; the next run takes the day up where it was."""
    with sandbox("--frozen", contacts=300) as account:
        crmsnap = Crmsnap(tmp_path / "later", account)
        crmsnap.folder.mkdir()
        sync(crmsnap)
        account.post("/_sandbox/advance", A_DAY)
        account.post("/_sandbox/faults", {"rules": [{**moment, "effect": {"kind": "hang"}}]})
        with crmsnap.start_sync("--types", ",".join(TYPES)) as process:
            wait_until(lambda: account.get("/_sandbox/faults")["rules"][0]["fired"], process)
            process.kill()
        account.delete("/_sandbox/faults")
        report = sync(crmsnap).json_lines[-1]
        assert report["resumed"]
        types = Selection(types=TYPES)
        first = Copying(account, tmp_path / "first", types)
        day = crmsnap.snapshots / report["day"]
        assert differences(day, first.day(first.sync())) == []


@pytest.mark.full
def test_values_that_change_without_a_word_come_with_a_sweep(tmp_path):
    """What HubSpot calculates moves no time. A list of all is as cheap as a sweep of ids, and brings it."""
    with sandbox("--frozen", contacts=300) as account:
        types = Selection(types=("contacts",), exclude_tables=("OBJECT_PROPERTIES_HISTORY",))
        copying = Copying(account, tmp_path / "later", types, Refresh(sweep_days=2))
        copying.sync()
        found = []
        for number in (1, 2):
            account.post("/_sandbox/advance", {**A_QUIET_DAY, "recalculated": 0.1})
            first = Copying(account, tmp_path / f"first-{number}", types)
            found.append(differences(copying.day(copying.sync()), first.day(first.sync())))
        assert found[0]
        assert found[1] == []
