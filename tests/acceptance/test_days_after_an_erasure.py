"""The day behind an erasure: who HubSpot still has comes back whole, and hides nobody else's departure."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from crmsnap.bootstrap import erase_from_state, held_in_state
from crmsnap.errors import Interrupted
from crmsnap.model import Progress, Refresh, Selection, StreamEnded
from crmsnap.state.showing import shown
from tests.builders.sandbox_process import A_QUIET_DAY, SandboxAccount, sandbox
from tests.builders.snapshot import rows
from tests.oracle.days import Copying, differences

SELECTION = Selection(
    types=("contacts", "companies"),
    tables=(
        "ASSOCIATIONS_CONTACTS_*",
        "DELETED_OBJECTS",
        "EVENTS_VISITED_PAGE",
        "LIST_MEMBERSHIPS",
        "OBJECTS_CONTACTS",
    ),
)


@pytest.fixture
def account() -> Iterator[SandboxAccount]:
    with sandbox("--frozen", contacts=200) as running:
        yield running


@pytest.fixture
def copying(account: SandboxAccount, tmp_path: Path) -> Copying:
    """A short overlap, so that search does not find who was erased."""
    return Copying(account, tmp_path / "later", SELECTION, Refresh(overlap_minutes=15))


def state(copying: Copying) -> Path:
    (folder,) = (copying.folder / "home").glob("account-*")
    return folder


def vanished(account: SandboxAccount) -> str:
    """Let a day pass on which one contact is deleted for privacy; its id."""
    account.post("/_sandbox/advance", {**A_QUIET_DAY, "gdpr_deleted": 0.005})
    (gone,) = account.get("/_sandbox/journal")["entries"]
    return gone["objectId"]


def erase_one(copying: Copying, day: Path, *others: str) -> str:
    """Erase a contact that did something, is in a list and is associated, though HubSpot still has it; its id."""
    having = {row["OBJECTID"] for row in rows(day, "LIST_MEMBERSHIPS")}
    having &= {row["CONTACT_OBJECTID"] for row in rows(day, "ASSOCIATIONS_CONTACTS_TO_COMPANIES")}
    having &= {row["OBJECTID"] for row in rows(day, "EVENTS_VISITED_PAGE")}
    id_ = min(having.difference(others))
    held = erase_from_state(state(copying), [("0-1", id_)])
    assert {stream.partition("/")[0] for stream in held} == {
        "objects",
        "associations",
        "memberships",
        "events",
    }
    assert not held_in_state(state(copying), [("0-1", id_)])
    return id_


def assert_as_first(copying: Copying, day: Path, folder: Path) -> None:
    first = Copying(copying.account, folder, SELECTION)
    assert differences(day, first.day(first.sync())) == []


def test_who_was_erased_and_is_live_does_not_hide_who_went_without_a_trace(
    copying: Copying, account: SandboxAccount, tmp_path: Path
):
    """One is missing and one is too many, so that the counts agree."""
    id_ = erase_one(copying, copying.day(copying.sync()))
    nexts = {stream.stream: stream.next for stream in shown(state(copying))}
    assert nexts["objects/0-1"] == "reads it whole, as records were erased"
    assert nexts["objects/0-2"] == "reads what changed since"
    gone = vanished(account)
    assert gone != id_
    day = copying.day(copying.sync())
    told = {row["OBJECTID"] for row in rows(day, "DELETED_OBJECTS")}
    assert (gone in told, id_ in told) == (True, False)
    assert_as_first(copying, day, tmp_path / "first")


@pytest.mark.parametrize("last", ["objects/0-1", "memberships", "events/e_visited_page"])
def test_what_was_erased_in_the_middle_of_a_run_is_read_again_by_it(
    last: str, copying: Copying, account: SandboxAccount, tmp_path: Path
):
    """Its pages were read already, and one who went without a trace is there still."""
    published = copying.day(copying.sync())
    gone = vanished(account)

    def stop(event: Progress) -> None:
        if isinstance(event, StreamEnded) and event.stream == last:
            raise Interrupted("stopped")

    with pytest.raises(Interrupted):
        replace(copying, observe=stop).sync()
    erase_one(copying, published, gone)
    report = copying.sync()
    assert report.resumed
    assert_as_first(copying, copying.day(report), tmp_path / "first")
