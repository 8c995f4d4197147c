"""Room that is free in a state is given back: a bounded share behind each run, all of it by command."""

import shutil
import sqlite3
from collections import namedtuple
from contextlib import closing
from pathlib import Path

import pytest

from crmsnap.errors import StateError
from crmsnap.state.checking import check_state
from crmsnap.state.compaction import compact, tidy_up
from crmsnap.state.files import state_files
from crmsnap.state.folder import open_stream
from crmsnap.state.showing import shown
from tests.unit.state.made_up_state import FIRST, SECOND, a_state, begun

CONTACTS = "objects/0-1"
MANY = 2_000


def shrunk(folder: Path) -> Path:
    """A state whose contacts were many, of which nearly all have gone."""
    begun(folder, FIRST)
    begun(folder, SECOND)
    for run, last in ((FIRST, MANY), (SECOND, 10)):
        with open_stream(folder, CONTACTS, run) as file:
            # Ids in a disorder, so that what goes lies between what stays.
            rows = [(n * 7919 % 10_007, None, b'{"a":"%s"}' % (b"x" * 150)) for n in range(1, last)]
            file.save(rows, "end")
            file.finish()
    return folder / "objects" / "0-1.sqlite"


def pages(path: Path) -> tuple[int, int]:
    """All pages, and the free ones."""
    with closing(sqlite3.connect(path)) as db:
        found = [
            db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count")
        ]
        return found[0], found[1]


def test_behind_a_run_a_file_gives_free_pages_back_and_its_log_is_empty(tmp_path: Path):
    """No second copy of anything is made for it."""
    path = shrunk(tmp_path)
    before, free = pages(path)
    assert free > before // 2
    tidy_up(tmp_path)
    after, left = pages(path)
    assert after < before / 2
    assert left <= before // 8
    log = path.with_name(path.name + "-wal")
    assert not log.exists() or log.stat().st_size == 0
    assert [found for _, _, found in check_state(tmp_path) if found] == []


def test_a_file_that_is_nearly_full_is_left_as_it_is(tmp_path: Path):
    """What is free is filled by the next day; giving it back would only cost writes."""
    a_state(tmp_path)
    before = {file.stream: pages(file.path) for file in state_files(tmp_path)}
    tidy_up(tmp_path)
    after = {file.stream: pages(file.path) for file in state_files(tmp_path)}
    assert after == before


def test_a_damaged_file_does_not_keep_the_others_from_being_tidied(tmp_path: Path):
    """Who reads it says so; behind a published day nobody wants to hear of a stream that is not copied."""
    path = shrunk(tmp_path)
    (tmp_path / "aaa.sqlite").write_bytes(b"no database" * 500)
    tidy_up(tmp_path)
    assert pages(path)[1] <= pages(path)[0]


def test_compaction_gives_back_all_room_and_changes_no_row(tmp_path: Path):
    """Also of files that cannot give back single pages."""
    path = shrunk(tmp_path)
    with closing(sqlite3.connect(path)) as db:
        rows = db.execute("SELECT * FROM records ORDER BY id").fetchall()
    found = {one.stream: one for one in compact(tmp_path)}
    assert found[CONTACTS].bytes_after < found[CONTACTS].bytes_before / 3
    assert pages(path)[1] == 0
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT * FROM records ORDER BY id").fetchall() == rows
    assert [found for _, _, found in check_state(tmp_path) if found] == []


def test_without_room_for_a_copy_nothing_is_begun(tmp_path: Path, full_disk: None):
    """VACUUM on a full disk fails half way, and says less."""
    shrunk(tmp_path)
    with pytest.raises(StateError, match="no room") as raised:
        list(compact(tmp_path))
    assert "nothing was changed" in raised.value.remedy


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that says that a thousand bytes are left."""
    usage = namedtuple("usage", "total used free")(10_000, 9_000, 1_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)


def test_what_a_state_holds_is_shown_without_reading_its_rows(tmp_path: Path):
    """By stream: rows, the newest scan, and what comes next."""
    a_state(tmp_path)
    with open_stream(tmp_path, "objects/0-2", SECOND) as file:
        file.save([(1, None, b"{}")], "1")
    streams = {stream.stream: stream for stream in shown(tmp_path)}
    contacts = streams[CONTACTS]
    assert contacts.rows | {"records": 59, "histories": 59, "deletions": 1} == contacts.rows
    assert contacts.finished is not None
    assert contacts.finished.started_at == SECOND.ingested_at
    assert contacts.next == "reads what changed since"
    assert streams["owners"].next == "reads it whole"
    half = streams["objects/0-2"]
    assert (half.next, half.rows_read) == ("goes on with the scan that has not ended", 1)
    assert all(stream.bytes > 0 for stream in streams.values())
