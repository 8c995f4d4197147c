"""Bits that flip in a state file, and files that are cut: nothing wrong is ever read as right."""

import random
from pathlib import Path

import pytest

from crmsnap.errors import CrmsnapError, StateDamaged
from crmsnap.model import Selection
from crmsnap.state.checking import check_state
from crmsnap.state.folder import open_reader, open_stream
from crmsnap.state.reader import stream_path
from crmsnap.state.runs import RunRow, Runs
from crmsnap.state.stream_file import RunMark

RUN = RunMark("run-1", "2026-11-21 02:00:00.000")
CONTACTS = "objects/0-1"
RECORDS = 400

Row = tuple[int | str, str | None, str, bytes]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A stream's file as a finished run leaves it."""
    folder = tmp_path_factory.mktemp("sound")
    with open_stream(folder, CONTACTS, RUN) as file:
        for start in range(0, RECORDS, 100):
            records = [
                (
                    id_,
                    "2026-11-20 08:15:30.123",
                    b'{"firstname":"Ada","lastname":"%d"}' % (id_ * 7919),
                )
                for id_ in range(start, start + 100)
            ]
            file.save(records, str(start))
        file.finish()
    return stream_path(folder, CONTACTS).read_bytes()


def rows(folder: Path) -> list[Row]:
    """Everything that publishing would read of it."""
    reader = open_reader(folder, (CONTACTS,), RUN.run_id)
    return [
        (one.id, one.updated_at, one.ingested_at, one.body)
        for stream in reader.streams
        for one in reader.records(stream)
    ]


def put(folder: Path, data: bytes) -> Path:
    """A state that holds this file alone, beside the record of its run."""
    path = stream_path(folder, CONTACTS)
    path.parent.mkdir(parents=True)
    path.write_bytes(data)
    with Runs(folder) as runs:
        runs.begin(
            RunRow(RUN.run_id, RUN.ingested_at[:10], RUN.ingested_at, Selection(), "/", "running")
        )
    return folder


def silent(folder: Path, wanted: list[Row]) -> bool:
    """Whether something else is read, and neither reading nor `state check` says that it is wrong."""
    try:
        found = rows(folder)
        faults = [fault for _, _, faults in check_state(folder) for fault in faults]
    except CrmsnapError:
        return False
    return found != wanted and not faults and bool(found)


@pytest.mark.parametrize("mutations", [100, pytest.param(1000, marks=pytest.mark.full)])
def test_no_flipped_bit_is_read_as_something_else(
    mutations: int, sound: bytes, tmp_path: Path
) -> None:
    """SQLite itself notices one in four (measured): the others only our own checksums find."""
    wanted = rows(put(tmp_path / "sound", sound))
    assert len(wanted) == RECORDS
    chance = random.Random(mutations)
    believed = []
    for number in range(mutations):
        data = bytearray(sound)
        at, bit = chance.randrange(len(data)), chance.randrange(8)
        data[at] ^= 1 << bit
        if silent(put(tmp_path / str(number), bytes(data)), wanted):
            believed.append((at, bit))
    assert believed == []


def test_a_schema_that_is_no_text_is_damage_and_no_bug(sound: bytes, tmp_path: Path) -> None:
    """SQLite quotes in its message what it could not read, and Python cannot decode the message."""
    assert b"NOT NULL\n)" in sound
    folder = put(tmp_path, sound.replace(b"NOT NULL\n)", b"NOT N\xf3LL\n)"))
    with pytest.raises(StateDamaged, match=r"0-1\.sqlite is damaged"):
        rows(folder)


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 0.9])
def test_a_file_that_was_cut_is_not_read_as_a_smaller_one(
    share: float, sound: bytes, tmp_path: Path
) -> None:
    """As a copy that stopped in the middle; an empty one counts as never written, and is read again."""
    wanted = rows(put(tmp_path / "sound", sound))
    cut = put(tmp_path / "cut", sound[: int(len(sound) * share)])
    assert not silent(cut, wanted)
