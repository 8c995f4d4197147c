"""The promises of a stream's file: nothing is lost, nothing stays that is gone, unchanged is unchanged."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from crmsnap.errors import StateDamaged, StateError, StateTooNew
from crmsnap.state.folder import open_as_is, open_reader, open_stream
from crmsnap.state.reader import StateReader, stream_path
from crmsnap.state.shapes import HISTORIES
from crmsnap.state.stream_file import RunMark

FIRST = RunMark("run-1", "2026-11-21 02:00:00.000")
SECOND = RunMark("run-2", "2026-11-22 02:00:00.000")
CONTACTS = "objects/0-1"


def a_record(id_: int, text: str = "Ada") -> tuple[int, str, bytes]:
    return id_, "2026-11-20 08:15:30.123", b'{"firstname":"%b"}' % text.encode()


def read_whole(folder: Path, run: RunMark, *ids: int) -> StateReader:
    """One complete scan that meets these records."""
    with open_stream(folder, CONTACTS, run) as file:
        file.save([a_record(id_) for id_ in ids], "end")
        file.finish()
    return open_reader(folder, (CONTACTS,), run.run_id)


def test_a_scan_goes_on_behind_the_last_page_that_was_saved(tmp_path):
    """Rows and position are saved together, so a killed run repeats nothing and skips nothing."""
    with open_stream(tmp_path, CONTACTS, FIRST) as file:
        file.save([a_record(1), a_record(2)], "2")
    with open_stream(tmp_path, CONTACTS, FIRST) as file:
        assert (file.position, file.rows, file.done) == ("2", 2, False)


def test_a_page_that_fails_half_way_leaves_neither_rows_nor_position(tmp_path):
    """Both or neither: a position without its rows would lose them for ever."""
    with open_stream(tmp_path, CONTACTS, FIRST) as file:
        file.save([a_record(1)], "1")
        with pytest.raises((StateError, sqlite3.Error)):
            file.save([a_record(2), (3, object(), b"{}")], "3")  # type: ignore[list-item]  # no such value
    with open_stream(tmp_path, CONTACTS, FIRST) as file:
        assert (file.position, file.rows) == ("1", 1)
        file.finish()
    reader = open_reader(tmp_path, (CONTACTS,), FIRST.run_id)
    assert [record.id for record in reader.records(CONTACTS)] == [1]


def test_another_run_begins_anew(tmp_path):
    """Each day is a full scan of its own."""
    read_whole(tmp_path, FIRST, 1, 2)
    with open_stream(tmp_path, CONTACTS, SECOND) as file:
        assert (file.position, file.done) == (None, False)


def test_a_record_that_a_finished_scan_did_not_meet_is_gone(tmp_path):
    """Archived, merged and deleted records leave every table the same day."""
    read_whole(tmp_path, FIRST, 1, 2, 3)
    reader = read_whole(tmp_path, SECOND, 1, 3)
    assert [record.id for record in reader.records(CONTACTS)] == [1, 3]


def test_nothing_is_removed_before_the_scan_has_ended(tmp_path):
    """A record on a later page must not be lost because the run was killed before it."""
    read_whole(tmp_path, FIRST, 1, 2, 3)
    with open_stream(tmp_path, CONTACTS, SECOND) as file:
        file.save([a_record(1)], "1")
    with open_stream(tmp_path, CONTACTS, SECOND) as file:
        file.save([a_record(2), a_record(3)], "end")
        file.finish()
    reader = open_reader(tmp_path, (CONTACTS,), SECOND.run_id)
    assert [record.id for record in reader.records(CONTACTS)] == [1, 2, 3]


def test_an_unchanged_record_keeps_the_time_of_the_run_that_changed_it(tmp_path):
    """Unchanged rows publish unchanged bytes."""
    read_whole(tmp_path, FIRST, 1, 2)
    with open_stream(tmp_path, CONTACTS, SECOND) as file:
        file.save([a_record(1), a_record(2, "Grace")], "end")
        file.finish()
    reader = open_reader(tmp_path, (CONTACTS,), SECOND.run_id)
    assert [record.ingested_at for record in reader.records(CONTACTS)] == [
        FIRST.ingested_at,
        SECOND.ingested_at,
    ]


def test_a_history_leaves_with_its_record(tmp_path):
    """A deleted person's old values are as deleted as the newest one."""
    with open_stream(tmp_path, CONTACTS, FIRST) as file:
        file.save([a_record(1), a_record(2)], "end", {HISTORIES: [(1, b"{}"), (2, b"{}")]})
        file.finish()
    with open_stream(tmp_path, CONTACTS, SECOND) as file:
        file.save([a_record(2)], "end", {HISTORIES: [(2, b"{}")]})
        file.finish()
    reader = open_reader(tmp_path, (CONTACTS,), SECOND.run_id)
    assert [history.id for history in reader.histories(CONTACTS)] == [2]


def test_a_history_that_is_no_longer_read_leaves_too(tmp_path):
    """A run without histories must not publish those of an earlier run as today's."""
    with open_stream(tmp_path, CONTACTS, FIRST) as file:
        file.save([a_record(1)], "end", {HISTORIES: [(1, b"{}")]})
        file.finish()
    reader = read_whole(tmp_path, SECOND, 1)
    assert list(reader.histories(CONTACTS)) == []


def test_only_streams_that_the_run_has_finished_are_visible(tmp_path):
    """A half-read stream, or yesterday's, must never be published as today's."""
    read_whole(tmp_path, FIRST, 1)
    with open_stream(tmp_path, "objects/0-2", SECOND) as file:
        file.save([a_record(1)], "1")
    streams = (CONTACTS, "objects/0-2", "objects/0-3")
    assert open_reader(tmp_path, streams, SECOND.run_id).streams == ()
    assert open_reader(tmp_path, streams, FIRST.run_id).streams == (CONTACTS,)


def test_bodies_come_back_as_they_were_also_when_a_dictionary_was_learned_between(tmp_path):
    """The first large page brings a dictionary of names; smaller ones before are packed without it."""
    rows = [
        (id_, None, b'{"email":"ada.%d@example.com","notes":"%b"}' % (id_, b"text %d " % id_ * 60))
        for id_ in range(1, 2_501)
    ]
    with open_stream(tmp_path, CONTACTS, FIRST) as file:
        for start in range(0, len(rows), 100):
            file.save(rows[start : start + 100], str(start))
    with open_stream(tmp_path, CONTACTS, FIRST) as file:
        file.save([(5_000, None, rows[0][2])], "end")
        file.finish()
    reader = open_reader(tmp_path, (CONTACTS,), FIRST.run_id)
    assert [(r.id, r.updated_at, r.body) for r in reader.records(CONTACTS)] == [
        *rows,
        (5_000, None, rows[0][2]),
    ]
    with sqlite3.connect(stream_path(tmp_path, CONTACTS)) as db:
        assert db.execute("SELECT count(*) FROM dictionaries").fetchone() == (1,)
    db.close()


def test_a_flipped_bit_in_a_body_is_found(tmp_path):
    """SQLite itself notices one in four; a wrong row must never be published."""
    read_whole(tmp_path, FIRST, *range(1, 50))
    (tmp_path / "runs.sqlite").touch()
    path = stream_path(tmp_path, CONTACTS)
    damaged_bytes = bytearray(path.read_bytes())
    damaged_bytes[damaged_bytes.index(b"firstname")] ^= 1
    path.write_bytes(damaged_bytes)
    reader = StateReader(tmp_path, (CONTACTS,))
    with pytest.raises(StateDamaged) as raised:
        list(reader.records(CONTACTS))
    assert "0-1.sqlite" in raised.value.message
    assert "crmsnap state rebuild objects/0-1 --connection " in raised.value.remedy


def test_a_file_that_is_no_database_is_named(tmp_path):
    """A damaged state ends in one sentence that says which file to delete."""
    path = stream_path(tmp_path, CONTACTS)
    path.parent.mkdir()
    path.write_bytes(b"not a database at all, but long enough to be looked at " * 100)
    with pytest.raises(StateDamaged, match=r"0-1\.sqlite"):
        open_stream(tmp_path, CONTACTS, FIRST)


def test_a_state_of_a_newer_crmsnap_is_refused_and_left_untouched(tmp_path):
    """A downgrade must not damage what it does not understand."""
    read_whole(tmp_path, FIRST, 1)
    path = stream_path(tmp_path, CONTACTS)
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    before = path.read_bytes()
    with pytest.raises(StateTooNew):
        open_stream(tmp_path, CONTACTS, SECOND)
    assert path.read_bytes() == before


def test_state_files_are_readable_by_their_owner_only(tmp_path):
    """They hold the whole CRM."""
    read_whole(tmp_path / "state", FIRST, 1)
    path = stream_path(tmp_path / "state", CONTACTS)
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "..", "a/b", "x" * 400, "été 🎉", "nul\0byte", "CON"]
)
def test_an_event_type_of_any_name_stays_in_its_folder(tmp_path, name):
    """Names of custom events are the customer's to choose."""
    path = stream_path(tmp_path, f"events/{name}")
    assert path.resolve().parent == (tmp_path / "events").resolve()
    assert len(path.name.encode()) <= 255


def test_long_event_names_that_begin_alike_have_files_of_their_own(tmp_path):
    """Cutting a name must not join two streams."""
    assert stream_path(tmp_path, "events/" + "x" * 400) != stream_path(
        tmp_path, "events/" + "x" * 401
    )


def test_borders_cut_a_stream_into_stretches_that_hold_every_row_once(tmp_path):
    """Ranges follow from the rows alone, and nothing falls between two of them."""
    reader = read_whole(tmp_path, FIRST, *range(10, 25_060, 10))
    stretches = list(reader.borders(CONTACTS))
    assert stretches == [(None, 10_000, 1000), (10_000, 20_000, 1000), (20_000, None, 505)]
    ids = [
        record.id for low, high, _ in stretches for record in reader.records(CONTACTS, low, high)
    ]
    assert ids == list(range(10, 25_060, 10))


def test_a_file_whose_writer_was_killed_while_making_it_is_read_as_empty(tmp_path):
    """It has a rollback journal that a read-only connection could not roll back."""
    path = stream_path(tmp_path, CONTACTS)
    path.parent.mkdir()
    program = (
        "import os, sqlite3, sys; db = sqlite3.connect(sys.argv[1], isolation_level=None);"
        "db.execute('PRAGMA cache_size = 1'); db.execute('CREATE TABLE old (x)');"
        "db.execute('BEGIN'); db.execute('CREATE TABLE t (x)');"
        "db.executemany('INSERT INTO t VALUES (?)', [('x' * 4000,)] * 50); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", program, str(path)], check=False)
    assert path.with_name(path.name + "-journal").stat().st_size > 0
    assert open_reader(tmp_path, (CONTACTS,), FIRST.run_id).streams == ()
    assert open_as_is(tmp_path, CONTACTS).streams == ()


def test_a_dictionary_holds_names_and_no_values(tmp_path):
    """The values of a person who is deleted later must not live on in it."""
    rows = [
        (id_, None, b'{"email":"ada.%d@example.com","notes":"%b"}' % (id_, b"x" * 400))
        for id_ in range(100)
    ]
    with open_stream(tmp_path, CONTACTS, FIRST) as file:
        file.save(rows, "end")
    with sqlite3.connect(stream_path(tmp_path, CONTACTS)) as db:
        assert db.execute("SELECT body FROM dictionaries").fetchall() == [(b'"email":""notes":"',)]
    db.close()


def test_a_record_that_is_gone_leaves_no_bytes_in_the_file(tmp_path):
    """Deleted for privacy means deleted: free pages are overwritten."""
    secret = b"ada.byron@example.com"
    rows = [(id_, None, b'{"e":"%d"}' % id_) for id_ in range(2, 400)]
    with open_stream(tmp_path, CONTACTS, FIRST) as file:
        file.save([(1, None, b'{"e":"%b"}' % secret), *rows], "end")
        file.finish()
    path = stream_path(tmp_path, CONTACTS)
    assert secret in path.read_bytes()
    with open_stream(tmp_path, CONTACTS, SECOND) as file:
        file.save(rows, "end")
        file.finish()
    assert secret not in path.read_bytes()


MEMBERS = "memberships"


def members_of(folder: Path) -> list[int]:
    return [row.list_id for row in open_as_is(folder, MEMBERS).memberships(MEMBERS)]


@pytest.mark.parametrize("ended", [False, True])
@pytest.mark.parametrize("other", [{"asked": "", "keeps": False}, {"asked": "x", "keeps": True}])
def test_a_scan_that_was_begun_in_another_way_begins_anew(tmp_path, other, ended):
    """Killed while it read the lists that moved, it goes on with all lists: from the first one, or all before
    its position would count as gone."""
    with open_stream(tmp_path, MEMBERS, FIRST) as file:
        file.asks("")
        file.save([(number, 10, None) for number in (1, 2, 3)], "3 ")
        file.finish()
    with open_stream(tmp_path, MEMBERS, SECOND) as file:
        file.asks("", keeps=True)
        file.save([(2, 20, None)], "end" if ended else "2 ")
    with open_stream(tmp_path, MEMBERS, SECOND) as file:
        file.asks(other["asked"], keeps=other["keeps"])
        assert (file.position, file.rows) == (None, 0)
        file.save([(number, 10, None) for number in (1, 2, 3)], "3 ")
        file.finish(other["asked"])
    assert members_of(tmp_path) == [1, 2, 3]


def test_a_scan_in_the_same_way_goes_on(tmp_path):
    """Nothing is read twice because a run was killed."""
    for _ in range(2):
        with open_stream(tmp_path, MEMBERS, FIRST) as file:
            file.asks("all", keeps=True)
            if file.position is None:
                file.save([(1, 10, None)], "1 ")
    assert file.position == "1 "


def test_what_is_taken_back_counts_as_never_read(tmp_path):
    """The run that took it back may be given up before it reads it again: the next one must not build on it."""
    read_whole(tmp_path, FIRST, 1, 2)
    with open_stream(tmp_path, CONTACTS, FIRST) as file:
        file.start_again(forget=True)
    assert open_as_is(tmp_path, CONTACTS).finished(CONTACTS) is None
    with open_stream(tmp_path, CONTACTS, SECOND) as file:
        file.save([a_record(1)], "end")
        file.finish(keeps=True)
    finished = open_as_is(tmp_path, CONTACTS).finished(CONTACTS)
    assert finished is not None
    assert finished.run == SECOND.run_id
    assert [one.id for one in open_as_is(tmp_path, CONTACTS).records(CONTACTS)] == [1, 2]


def test_a_scan_that_begins_again_has_met_nothing_yet(tmp_path):
    """Else the stream would count as swept by what was read before."""
    read_whole(tmp_path, FIRST, 1)
    with open_stream(tmp_path, CONTACTS, SECOND) as file:
        file.save([a_record(1)], "end", whole=[()], note="all")
        file.start_again()
        file.save([], "end")
        file.finish(keeps=True)
    finished = open_as_is(tmp_path, CONTACTS).finished(CONTACTS)
    assert finished is not None
    assert (finished.swept_at, finished.note) == (FIRST.ingested_at, None)
