"""`crmsnap state check`: whatever happens to a state's files is found, or says the same as before."""

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from crmsnap.bootstrap.upkeep import states
from crmsnap.errors import UsageError
from crmsnap.state.checking import check_state
from crmsnap.state.files import chosen_files, forget, state_files
from crmsnap.state.published import PublishedRanges, RangePublished
from tests.unit.state.made_up_state import SECOND, a_state, begun

DEFAULT, FULL = 60, 1_000


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state that nothing has happened to."""
    folder = tmp_path_factory.mktemp("acme")
    a_state(folder)
    return folder


@pytest.fixture
def state(tmp_path: Path, sound: Path) -> Path:
    """A copy of it, to be damaged."""
    return shutil.copytree(sound, tmp_path / "acme")


def faults(folder: Path) -> list[str]:
    """What is found, as `<stream>: <sentence>`."""
    return [f"{one.stream}: {one.sentence}" for _, _, found in check_state(folder) for one in found]


def said(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    """Everything that the files of a state say, but for what SQLite keeps of itself."""
    found = {}
    for file in state_files(folder):
        with closing(sqlite3.connect(file.path)) as db:
            tables = [
                row[0] for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
            ]
            for table in sorted(tables):
                rows = db.execute(f"SELECT * FROM {table}").fetchall()
                found[f"{file.stream} {table}"] = sorted(rows, key=repr)
    return found


def test_a_sound_state_has_no_fault_and_every_row_is_read(sound: Path):
    """A check that cries wolf is not read any more."""
    checked = list(check_state(sound))
    assert [one for _, _, found in checked for one in found] == []
    rows = {file.stream: rows for file, rows, _ in checked}
    assert rows["objects/0-1"] == 59 + 59 + 1  # records, histories, the deleted one
    assert rows["memberships"] == 19
    assert rows["objects/0-28"] == 2 + 2


@pytest.mark.parametrize("count", [DEFAULT, pytest.param(FULL, marks=pytest.mark.full)])
def test_damage_is_found_or_changes_nothing(tmp_path: Path, sound: Path, count: int):
    """Flipped bits, lost ends, zeroed pages, swapped files: none is ever read as something else."""
    random = Random(4711)
    before = said(sound)
    found = 0
    for number in range(count):
        folder = shutil.copytree(sound, tmp_path / "damaged")
        what = DAMAGES[number % len(DAMAGES)](folder, random)
        if faults(folder):
            found += 1
        else:
            assert said(folder) == before, f"{what} was not found"
        shutil.rmtree(folder)
    assert found > count / 2


def flip(folder: Path, random: Random) -> str:
    """One bit of any stream's file; what `runs.sqlite` tells of past runs has no checksums."""
    file = random.choice([file for file in state_files(folder) if file.is_stream])
    data = bytearray(file.path.read_bytes())
    at = random.randrange(len(data) * 8)
    data[at // 8] ^= 1 << at % 8
    file.path.write_bytes(data)
    return f"bit {at} of {file.stream}"


def truncate(folder: Path, random: Random) -> str:
    file = random.choice(state_files(folder))
    size = random.choice((0, random.randrange(1, file.path.stat().st_size)))
    os.truncate(file.path, size)
    return f"{file.stream} cut to {size}"


def zero_a_page(folder: Path, random: Random) -> str:
    file = random.choice(state_files(folder))
    data = bytearray(file.path.read_bytes())
    page = random.randrange(len(data) // 4096)
    data[page * 4096 : (page + 1) * 4096] = bytes(4096)
    file.path.write_bytes(data)
    return f"page {page} of {file.stream}"


def swap(folder: Path, random: Random) -> str:
    one, other = random.sample(state_files(folder), 2)
    data = one.path.read_bytes(), other.path.read_bytes()
    one.path.write_bytes(data[1])
    other.path.write_bytes(data[0])
    return f"{one.stream} and {other.stream} swapped"


DAMAGES: tuple[Callable[[Path, Random], str], ...] = (flip, flip, flip, truncate, zero_a_page, swap)


def change(folder: Path, stream: str, sql: str) -> None:
    (file,) = [file for file in state_files(folder) if file.stream == stream]
    with closing(sqlite3.connect(file.path)) as db, db:
        db.execute(sql)


@pytest.mark.parametrize(
    ("stream", "sql"),
    [
        ("objects/0-1", "UPDATE records SET updated_at = NULL WHERE id = 3"),
        ("objects/0-1", "UPDATE records SET ingested_at = '2026-11-21 02:00:07.312' WHERE id = 3"),
        (
            "objects/0-1",
            "UPDATE histories SET body = (SELECT body FROM histories WHERE id = 4) WHERE id = 3",
        ),
        ("objects/0-1", "UPDATE deletions SET reason = 'MERGED'"),
        ("objects/0-1", "UPDATE finished SET note = 'x'"),
        ("objects/0-1", "UPDATE cursor SET position = '3', done = 0"),
        ("objects/0-28", "UPDATE names SET name = 'nane' WHERE name = 'name'"),
        ("memberships", "UPDATE memberships SET object_id = 77 WHERE object_id = 7"),
        ("email-events", "UPDATE events SET object_id = '1' WHERE id = 'm3'"),
        ("objects/0-1", "UPDATE spans SET rows = rows - 1"),
        ("memberships", "UPDATE spans SET digest = x'00'"),
        ("email-events", "DELETE FROM spans"),
        ("runs", "UPDATE runs SET report = '{'"),
        ("runs", "UPDATE account SET portal_id = 'x'"),
    ],
)
def test_a_changed_value_is_found(state: Path, stream: str, sql: str):
    """SQLite's own check finds none of these."""
    change(state, stream, sql)
    assert [fault.partition(":")[0] for fault in faults(state)] == [stream]


def test_a_record_that_is_both_live_and_deleted_is_found(state: Path):
    """Each row is sound by itself; together they cannot be true."""
    change(state, "objects/0-1", "UPDATE cursor SET checksum = NULL")
    change(
        state,
        "objects/0-1",
        "INSERT INTO records SELECT 60, updated_at, ingested_at, checksum, body FROM records WHERE id = 3",
    )
    assert "objects/0-1: record 60 is both live and deleted" in faults(state)


def test_the_file_of_another_connection_is_found(state: Path, tmp_path: Path):
    """It is sound, and of the same type: only its run is not one of ours."""
    other = tmp_path / "other"
    a_state(other)
    begun(other, SECOND)
    with closing(sqlite3.connect(state / "runs.sqlite")) as db, db:
        db.execute("UPDATE runs SET id = 'own-' || id")
        db.execute("UPDATE runs SET started_at = '2026-11-22 04:00:00.000', day = '2026-11-22'")
    shutil.copy(other / "objects" / "0-1.sqlite", state / "objects" / "0-1.sqlite")
    assert any("does not know" in fault for fault in faults(state))


def test_a_file_of_a_newer_version_is_said_and_untouched(state: Path):
    """An older crmsnap cannot tell whether it is whole."""
    path = state / "owners.sqlite"
    change(state, "owners", "PRAGMA user_version = 99")
    before = path.read_bytes()
    assert any("newer crmsnap" in fault for fault in faults(state))
    assert path.read_bytes() == before


def test_a_file_that_others_may_read_is_said(state: Path):
    """It holds people's data."""
    (state / "owners.sqlite").chmod(0o644)
    assert faults(state) == ["owners: others than its owner may read or change it: chmod 600"]


def test_what_is_found_can_be_mended_by_the_remedy(state: Path):
    """The stream that is named is forgotten, and the state is sound without it."""
    change(state, "objects/0-1", "UPDATE records SET body = x'00' WHERE id = 3")
    (fault,) = [one for _, _, found in check_state(state) for one in found]
    assert "crmsnap state rebuild objects/0-1 --connection acme" in fault.remedy
    forget(chosen_files(state, [fault.stream]))
    assert faults(state) == []
    assert "objects/0-1" not in {file.stream for file in state_files(state)}


def test_only_a_stream_can_be_forgotten(state: Path):
    """The record of runs and of what was written is in no other place."""
    with pytest.raises(UsageError, match="no stream 'runs'"):
        chosen_files(state, ["runs"])


def test_what_parts_were_made_of_is_checked_and_can_be_forgotten(state: Path):
    """It is no stream, and a run makes it anew."""
    ranges = {b"made": RangePublished((), (), (), 0, {}, ())}
    PublishedRanges(state, "/data").remember(ranges)
    assert faults(state) == []
    change(state, "published", "UPDATE ranges SET body = CAST(replace(body, '0', '1') AS BLOB)")
    assert faults(state) == ["published: the checksums of 1 of its rows do not match"]
    forget(chosen_files(state, ["published"]))
    assert faults(state) == []


@pytest.mark.parametrize("stream", ["objects/0-1", "owners", "runs"])
def test_a_file_that_was_emptied_is_found(state: Path, stream: str):
    """It looks like one that nobody has written yet; but the last run came to its end with it."""
    (file,) = [file for file in state_files(state) if file.stream == stream]
    os.truncate(file.path, 0)
    assert faults(state) == [f"{stream}: it is empty: what a run wrote into it is gone"]


def test_a_file_that_a_killed_run_has_just_made_is_no_fault(state: Path):
    """The next run goes on with it."""
    change(state, "runs", "UPDATE runs SET status = 'running' WHERE id = 'run-2'")
    (state / "teams.sqlite").touch(mode=0o600)
    assert faults(state) == []


@pytest.mark.parametrize("selection", ["'{'", "'[1'"])
def test_a_damaged_record_of_runs_is_told_alone(state: Path, selection: str):
    """Of each other file it could only be said that its run is not known, with a remedy that is none."""
    change(state, "runs", f"UPDATE runs SET selection = {selection}")
    assert [fault.partition(":")[0] for fault in faults(state)] == ["runs"]


def test_a_state_without_its_record_of_runs_is_still_checked(state: Path):
    """Deleting it is its remedy: everything else has to be whole, and is found by the folder's name."""
    (state / "lock").touch()
    (state / "runs.sqlite").unlink()
    assert faults(state) == []
    assert states(state.parent) == {"acme": state}
    change(state, "objects/0-1", "UPDATE records SET body = x'00' WHERE id = 3")
    (fault,) = [one for _, _, found in check_state(state) for one in found]
    assert "crmsnap state rebuild objects/0-1 --connection acme" in fault.remedy
