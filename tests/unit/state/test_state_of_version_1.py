"""States that the first version wrote: opened, brought up to date, and read anew once; a half run is not gone on with.

The files in `version1` are dumps of what that version's own code wrote: a finished run, and one that was stopped in
the middle of the contacts.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from crmsnap.errors import StateTooNew
from crmsnap.state.checking import check_state
from crmsnap.state.compaction import compact, tidy_up
from crmsnap.state.files import state_files
from crmsnap.state.folder import open_stream
from crmsnap.state.reader import StateReader
from crmsnap.state.runs import Runs
from crmsnap.state.shapes import HISTORIES
from crmsnap.state.showing import shown
from crmsnap.state.sqlite import VERSION
from crmsnap.state.stream_file import RunMark

DUMPS = Path(__file__).parent / "version1"
FINISHED = "20261120T020007Z-0a1b2c3d"
HALF = RunMark("20261121T020009Z-1a2b3c4d", "2026-11-21 02:00:09.120")
NEXT = RunMark("20261122T020003Z-2a2b3c4d", "2026-11-22 02:00:03.871")
CONTACTS = "objects/0-1"


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """The files as that version left them."""
    for dump in sorted(DUMPS.glob("*.sql")):
        path = tmp_path / f"{dump.stem.replace('--', '/', 1)}.sqlite"
        path.parent.mkdir(exist_ok=True)
        with closing(sqlite3.connect(path)) as db:
            db.executescript(dump.read_text())
            db.execute("PRAGMA journal_mode = WAL")
        path.chmod(0o600)
    return tmp_path


def versions(folder: Path) -> set[int]:
    found = set()
    for file in state_files(folder):
        with closing(sqlite3.connect(file.path)) as db:
            found.add(db.execute("PRAGMA user_version").fetchone()[0])
    return found


def test_it_is_read_as_it_is(state: Path):
    """Looking at it changes nothing."""
    reader = StateReader(state, (CONTACTS, "owners", "memberships"))
    assert len(list(reader.records(CONTACTS))) == 30
    assert (
        len(list(reader.histories(CONTACTS))) == 29
    )  # one was read again without, by the half run
    assert len(list(reader.memberships("memberships"))) == 4
    assert reader.finished(CONTACTS) is None
    assert {stream.next for stream in shown(state)} == {
        "reads it whole",
        "goes on with the scan that has not ended",
    }
    assert [found for _, _, found in check_state(state) if found] == []
    assert versions(state) == {1}


def test_what_is_opened_to_be_written_is_brought_up_to_date(state: Path):
    """What it holds stays; the first scan meets everything, and what has gone since leaves."""
    with Runs(state) as runs:
        assert runs.account() == "4711"
        assert [run.id for run in runs.newest_first()] == [HALF.run_id, FINISHED]
        (half, _) = runs.newest_first()
        assert half.reading == 1  # older than what this version reads by: its run is given up
    with open_stream(state, CONTACTS, NEXT) as file:
        assert (file.position, file.done) == (None, False)
        rows = [(id_, None, b"{}") for id_ in range(2, 31)]
        file.save(rows, "end", {HISTORIES: []})
        file.finish("everything")
    reader = StateReader(state, (CONTACTS,))
    assert [record.id for record in reader.records(CONTACTS)] == list(range(2, 31))
    assert [deletion.id for deletion in reader.deletions(CONTACTS)] == [1]
    finished = reader.finished(CONTACTS)
    assert finished is not None
    assert (finished.asked, finished.swept_at) == ("everything", NEXT.ingested_at)


def test_a_half_run_of_it_goes_on_where_its_page_ended(state: Path):
    """The position stands in a table that has grown since."""
    with open_stream(state, CONTACTS, HALF) as file:
        assert (file.position, file.rows, file.done) == ("1", 1, False)
        file.save([(2, None, b"{}")], "2")
    with open_stream(state, CONTACTS, HALF) as file:
        assert (file.position, file.rows) == ("2", 2)


def test_its_upkeep_changes_neither_its_version_nor_a_row(state: Path):
    """To tidy a file is not to upgrade it: that is for whoever writes it."""
    before = list(StateReader(state, (CONTACTS,)).records(CONTACTS))
    tidy_up(state)
    list(compact(state))
    assert versions(state) == {1}
    assert list(StateReader(state, (CONTACTS,)).records(CONTACTS)) == before


def test_every_kind_of_file_can_be_written_again(state: Path):
    """Each has its own schema to be brought up to date."""
    for file in state_files(state):
        if file.is_stream:
            with open_stream(
                state, file.stream, NEXT, text_ids=file.stream == "objects/0-28"
            ) as opened:
                opened.finish()
    with Runs(state):
        pass
    assert versions(state) == {VERSION}


def test_a_state_of_a_later_version_is_refused_untouched(state: Path):
    """Going back to an older crmsnap must not spoil what the newer one wrote."""
    path = state / "owners.sqlite"
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA user_version = {VERSION + 1}")
    before = path.read_bytes()
    with pytest.raises(StateTooNew, match="newer crmsnap"):
        open_stream(state, "owners", NEXT)
    assert path.read_bytes() == before
