"""What a state keeps of streams that no run reads any more."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from crmsnap.state.checking import check_state
from crmsnap.state.files import state_files
from crmsnap.state.folder import open_as_is
from crmsnap.state.stream_file import RunMark
from crmsnap.state.unread import strip_unread
from tests.unit.state.made_up_state import a_state, begun

LATER = "2026-12-01 02:00:00.000"


@pytest.fixture
def state(tmp_path: Path) -> Path:
    folder = tmp_path / "acme"
    a_state(folder)
    begun(folder, RunMark("run-3", LATER))
    return folder


def texts(folder: Path) -> list[bytes]:
    """Every body that the state holds of people."""
    found = []
    for file in state_files(folder):
        reader = open_as_is(folder, file.stream)
        if file.stream.startswith("objects/"):
            found += [one.body for one in reader.records(file.stream)]
    return found


def test_values_of_records_that_nobody_reads_leave_the_state(state: Path):
    """Ids stay, and who went: a run that reads the type again finds who vanished meanwhile."""
    before = open_as_is(state, "objects/0-1")
    ids = [one.id for one in before.records("objects/0-1")]
    gone = [one.id for one in before.deletions("objects/0-1")]
    assert any(b"@example.com" in body for body in texts(state))
    changed = strip_unread(state, (), LATER, 7)
    assert {"objects/0-1", "objects/0-28", "events/e_visited_page", "owners"} <= {*changed}
    assert set(texts(state)) == {b"{}"}
    after = open_as_is(state, "objects/0-1")
    assert [one.id for one in after.records("objects/0-1")] == ids
    assert [one.id for one in after.deletions("objects/0-1")] == gone
    finished = after.finished("objects/0-1")
    assert finished is not None
    assert finished.asked == ""
    assert [fault for _, _, found in check_state(state) for fault in found] == []


def test_neither_files_nor_their_logs_hold_a_value(state: Path):
    """Free pages and logs keep what was deleted, unless it is written over. Bodies are compressed: small ones
    of distinct records are looked for as they were stored."""

    with closing(sqlite3.connect(state / "objects" / "0-1.sqlite")) as db:
        stored = [
            row[0]
            for table in ("records", "histories")
            for row in db.execute(f"SELECT body FROM {table}")
        ]
    assert all(len(body) > 30 for body in stored)
    strip_unread(state, (), LATER, 7)
    left = b"".join(path.read_bytes() for path in state.rglob("*.sqlite*"))
    assert [body for body in stored if body in left] == []


def test_what_is_read_or_was_read_lately_stays(state: Path):
    """Another connection's selection may be read once a week."""
    before = {file.path: file.path.read_bytes() for file in state_files(state)}
    streams = [file.stream for file in state_files(state)]
    assert strip_unread(state, streams, LATER, 7) == ()
    assert strip_unread(state, (), LATER, 9) == ()
    assert {file.path: file.path.read_bytes() for file in state_files(state)} == before


def test_it_is_done_once(state: Path):
    """A type that is never read again costs the days after it nothing."""
    assert strip_unread(state, (), LATER, 7)
    assert strip_unread(state, (), LATER, 7) == ()
