"""What hangs on records that went: it goes from every stream, in both directions, and nothing else does."""

import sqlite3
from pathlib import Path
from typing import cast

import orjson
import pytest

from crmsnap.extract.left_behind import clear_left_behind, read_anew
from crmsnap.extract.read import Reading
from crmsnap.hubspot.client import Client
from crmsnap.state.folder import open_as_is, open_reader, open_stream
from crmsnap.state.reader import StateReader, stream_path
from crmsnap.state.shapes import DELETIONS
from crmsnap.state.stream_file import Entry, RunMark
from crmsnap.streams.documents import ListDocument
from crmsnap.streams.stream import Scope
from tests.builders.account_state import RUN, UPDATED, AccountState, scope_of

TODAY = RunMark("run-2", "2026-11-23 02:00:00.000")
THE_DAY_AFTER = RunMark("run-3", "2026-11-24 02:00:00.000")
IN_THREE_DAYS = RunMark("run-4", "2026-11-25 02:00:00.000")
SINCE_DAWN = "2026-11-23 01:00:00.000"
CONTACTS, DEALS = (1, 2, 3), (11, 12)
BOTH_WAYS = ("associations/0-1__0-3", "associations/0-3__0-1")
STREAMS = ("objects/0-1", "objects/0-3", *BOTH_WAYS, "lists", "memberships", "events/e_visit")


class Account:
    """Contacts and deals as the first run read them, and what later runs find gone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        state = AccountState(folder)
        state.records("0-1", {id_: {} for id_ in CONTACTS})
        state.records("0-3", {id_: {} for id_ in DEALS})
        state.associations("0-1__0-3", {1: targets(11, 12), 2: targets(11)})
        state.associations("0-3__0-1", {11: targets(1, 2), 12: targets(1)})
        lists = {"5": "0-1", "6": "0-3"}
        state.documents(
            "lists", {id_: ListDocument(id_, "L", type_, "MANUAL") for id_, type_ in lists.items()}
        )
        state.write("memberships", [(5, 1, None), (5, 2, None), (6, 1, None)])
        state.events("e_visit", *((UPDATED, f"of {id_}", "0-1", str(id_), {}) for id_ in (1, 2)))

    def removes(self, object_type: str, *gone: Entry, run: RunMark = TODAY) -> None:
        """A run finds records of a type gone: (id, reason, when, survivor)."""
        with open_stream(self.folder, f"objects/{object_type}", run) as file:
            file.save([], "end", {DELETIONS: gone}, removed=[(one[0],) for one in gone])  # type: ignore[misc]  # ids are no None
            file.finish(keeps=True)

    def follows(self, run: RunMark = TODAY, streams: tuple[str, ...] = STREAMS) -> StateReader:
        """Everything else was read by this run without a change; then what hangs on them follows."""
        for stream in streams:
            with open_stream(self.folder, stream, run) as file:
                if not file.done:
                    file.save([], "end")
                    file.finish(keeps=True)
        reader = open_reader(self.folder, streams, run.run_id)
        clear_left_behind(scope(reader, run), reading(self.folder, run))
        return reader


def targets(*ids: int) -> list[tuple[int, str, int]]:
    return [(id_, "HUBSPOT_DEFINED", 4) for id_ in ids]


def scope(reader: StateReader, run: RunMark) -> Scope:
    return scope_of(reader, started_at=run.ingested_at)


def reading(folder: Path, run: RunMark) -> Reading:
    # No call is made: a client would say so by not being there.
    return Reading(cast(Client, None), folder, run, lambda _: None, lambda _: None, workers=1)


def associated(reader: StateReader, stream: str) -> dict[int, list[int]]:
    return {
        found.from_id: [target[0] for target in orjson.loads(found.body)]
        for found in reader.associations(stream)
    }


@pytest.fixture
def account(tmp_path: Path) -> Account:
    return Account(tmp_path)


def test_a_record_that_went_is_nobodys_target(account):
    """It was read as one before anybody knew; a record whose only target it was has no row."""
    account.removes("0-3", (11, "ARCHIVED", SINCE_DAWN, None))
    reader = account.follows()
    assert associated(reader, BOTH_WAYS[0]) == {1: [12]}
    assert associated(reader, BOTH_WAYS[1]) == {12: [1]}


def test_only_rows_that_changed_are_of_this_run(account):
    """INGESTEDAT of the others stays, and so do the bytes that they publish."""
    account.removes("0-3", (12, "ARCHIVED", SINCE_DAWN, None))
    times = {one.from_id: one.ingested_at for one in account.follows().associations(BOTH_WAYS[0])}
    assert times == {1: TODAY.ingested_at, 2: RUN.ingested_at}


def test_what_was_changed_can_be_compared_with_the_next_day(account):
    """The files had ended: were their spans not settled again, all of their parts would be built anew."""
    account.removes("0-1", (1, "VANISHED", None, None))
    reader = account.follows()
    for stream in (*BOTH_WAYS, "memberships", "events/e_visit"):
        assert reader.stretches(stream) is not None, stream


def test_who_has_no_row_of_its_own_any_more_is_found_all_the_same(account):
    """Its direction was read whole behind its end, the other one was not."""
    account.removes("0-3", (11, "VANISHED", None, None))
    with open_stream(account.folder, BOTH_WAYS[1], TODAY) as file:
        file.save([(12, orjson.dumps(targets(1)))], "end", whole=[()])
        file.finish(keeps=True)
    assert associated(account.follows(), BOTH_WAYS[0]) == {1: [12]}


def test_one_direction_alone_is_looked_through(account):
    """A selection may have only one."""
    account.removes("0-3", (11, "MERGED", None, 12))
    streams = tuple(stream for stream in STREAMS if stream != BOTH_WAYS[1])
    assert associated(account.follows(streams=streams), BOTH_WAYS[0]) == {1: [12]}


def test_memberships_go_only_from_lists_of_the_records_type(account):
    """Ids are unique within a type: contact 1 is not deal 1."""
    account.removes("0-1", (1, "ARCHIVED", SINCE_DAWN, None))
    members = [(one.list_id, one.object_id) for one in account.follows().memberships("memberships")]
    assert members == [(5, 2), (6, 1)]


@pytest.mark.parametrize(
    ("reason", "stays"), [("ARCHIVED", True), ("MERGED", True), ("VANISHED", False)]
)
def test_events_stay_unless_their_record_vanished(account, reason, stays):
    """HubSpot goes on to serve those of archived and merged records; a deletion for privacy takes them."""
    account.removes("0-1", (1, reason, None, None))
    events = [event.id for event in account.follows().events("events/e_visit")]
    assert events == (["of 1", "of 2"] if stays else ["of 2"])


def test_what_a_run_that_was_given_up_found_gone_is_followed_by_the_next(account):
    """It was never published, and the next run does not find it again."""
    account.removes("0-1", (1, "VANISHED", None, None), run=TODAY)
    reader = account.follows(THE_DAY_AFTER)
    assert associated(reader, BOTH_WAYS[0]) == {2: [11]}
    assert associated(reader, BOTH_WAYS[1]) == {11: [2]}


def test_runs_that_selected_less_leave_nothing_behind(account):
    """The record was found gone by a run of fewer tables, and two of them lie between."""
    account.removes("0-1", (1, "VANISHED", None, None), run=TODAY)
    account.follows(TODAY, ("objects/0-1",))
    account.follows(THE_DAY_AFTER, ("objects/0-1",))
    reader = account.follows(IN_THREE_DAYS)
    assert associated(reader, BOTH_WAYS[0]) == {2: [11]}
    assert associated(reader, BOTH_WAYS[1]) == {11: [2]}
    members = [(one.list_id, one.object_id) for one in reader.memberships("memberships")]
    assert members == [(5, 2), (6, 1)]
    assert [event.id for event in reader.events("events/e_visit")] == ["of 2"]


def test_a_run_without_the_records_leaves_what_it_cannot_know_to_another(account):
    """It read what hangs on them, and no deletion: that was found, and not followed, before."""
    account.removes("0-1", (1, "VANISHED", None, None), run=TODAY)
    account.follows(TODAY, ("objects/0-1",))
    account.follows(THE_DAY_AFTER, tuple(one for one in STREAMS if one != "objects/0-1"))
    reader = account.follows(IN_THREE_DAYS)
    assert associated(reader, BOTH_WAYS[1]) == {11: [2]}
    assert [event.id for event in reader.events("events/e_visit")] == ["of 2"]


@pytest.mark.parametrize("alone", BOTH_WAYS)
def test_one_direction_that_was_followed_alone_does_not_hide_the_other(account, alone):
    """The rows of the one are how those of the other are found, and they are gone by then."""
    account.removes("0-1", (1, "VANISHED", None, None), run=TODAY)
    account.follows(TODAY, tuple(one for one in STREAMS if one not in BOTH_WAYS or one == alone))
    reader = account.follows(THE_DAY_AFTER)
    assert associated(reader, BOTH_WAYS[0]) == {2: [11]}
    assert associated(reader, BOTH_WAYS[1]) == {11: [2]}


def test_following_twice_changes_nothing_more(account):
    """A run that was killed behind it does it again."""
    account.removes("0-1", (1, "VANISHED", None, None))
    account.follows()
    before = {
        path: path.read_bytes()
        for path in account.folder.rglob("*.sqlite")
        if path.stem != "followed"
    }
    account.follows()
    assert {path: path.read_bytes() for path in before} == before


def test_deletions_that_were_followed_long_ago_are_not_read_again(account):
    """A state remembers those of years: only the newer ones cost anything, damage included."""
    account.removes("0-1", (1, "VANISHED", None, None))
    account.follows()
    account.follows(THE_DAY_AFTER)
    with sqlite3.connect(stream_path(account.folder, "objects/0-1")) as db:
        db.execute("UPDATE deletions SET checksum = x'00'")
    db.close()
    account.follows(IN_THREE_DAYS)


def test_what_hangs_on_records_that_were_lost_is_read_anew(account):
    """Nobody can tell who went while their file was gone; what hangs on others stays as it is."""
    account.follows()
    stream_path(account.folder, "objects/0-3").unlink()
    read_anew(account.folder)
    reader = open_as_is(account.folder, *STREAMS)
    lost = {stream for stream in STREAMS if reader.finished(stream) is None}
    assert lost == {"objects/0-3", *BOTH_WAYS, "memberships", "events/e_visit"}


def test_nothing_is_read_anew_while_all_records_are_known(account):
    """Nor twice for a type that no run reads any more."""
    account.follows()
    read_anew(account.folder)
    assert all(open_as_is(account.folder, *STREAMS).finished(stream) for stream in STREAMS)
    stream_path(account.folder, "objects/0-3").unlink()
    read_anew(account.folder)
    left = tuple(stream for stream in STREAMS if "0-3" not in stream)
    account.follows(THE_DAY_AFTER, left)
    read_anew(account.folder)
    assert all(open_as_is(account.folder, *left).finished(stream) for stream in left)
