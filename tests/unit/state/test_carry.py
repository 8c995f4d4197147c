"""Carrying a state: each day on an empty disk, killed at every step, and two machines that meet."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from crmsnap.destinations.folder import Folder
from crmsnap.destinations.interface import Destination
from crmsnap.errors import Busy, DestinationError, StateError, StateTooNew
from crmsnap.model import Selection
from crmsnap.state.carried import INDEX_KEY, index_from_bytes, index_to_bytes
from crmsnap.state.carry import bring, carried
from crmsnap.state.files import state_files
from crmsnap.state.packs import PACK_BYTES, plan_packs
from crmsnap.state.runs import RunRow, Runs
from crmsnap.state.stream_file import RunMark
from tests.builders.account_state import AccountState
from tests.unit.publish.made_up_days import Killed, Watched, files

_numbers = count()


def new_id() -> str:
    return f"send-{next(_numbers):04d}"


def a_day(folder: Path, day: int) -> None:
    """What a run does to a state: it remembers itself, and writes some streams."""
    run = RunMark(f"run-{day}", f"2026-11-{day:02d} 02:00:00.000")
    with Runs(folder) as runs:
        runs.claim("4711")
        row = RunRow(
            run.run_id, run.ingested_at[:10], run.ingested_at, Selection(), "/x", "running"
        )
        runs.begin(row)
        runs.end(run.run_id, "published", run.ingested_at, None)
    state = AccountState(folder)
    for object_type in ("0-1", "0-2"):
        records = [(n, None, b'{"a":"%d"}' % n) for n in range(1, 10 * day)]
        state.write(f"objects/{object_type}", records, run=run)
    if day % 2:
        state.write("owners", [("1", b'{"day":%d}' % day)], run=run)


def synced(
    folder: Path, store: Destination, day: int, then: Callable[[], object] = lambda: None
) -> None:
    """A run on a machine that carries its state; something else may happen before it ends."""
    folder.mkdir(parents=True, exist_ok=True)
    with carried(folder, store, "acme", new_id):
        a_day(folder, day)
        then()


def fetched(folder: Path, store: Destination) -> Path:
    """A machine with an empty disk, and then what the store has."""
    folder.mkdir()
    bring(folder, store, "acme")
    return folder


def content(folder: Path) -> dict[str, bytes]:
    """The files of a state, as they lie."""
    return {
        file.path.relative_to(folder).as_posix(): file.path.read_bytes()
        for file in state_files(folder)
    }


@pytest.fixture
def store(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "store")


def test_each_day_can_run_on_an_empty_disk(tmp_path: Path, store: Folder):
    """What one machine leaves is, byte for byte, what the next one begins with."""
    for day in range(1, 5):
        machine = tmp_path / f"machine-{day}"
        machine.mkdir()
        before = content(tmp_path / f"machine-{day - 1}")
        with carried(machine, store, "acme", new_id):
            assert content(machine) == before
            a_day(machine, day)


def test_what_did_not_change_is_not_sent_again(tmp_path: Path, store: Folder):
    """Only packs with other content are new; those that no index names any more are gone."""
    synced(tmp_path / "here", store, 1)
    first = set(files(store))
    with carried(tmp_path / "here", store, "acme", new_id):
        pass
    assert set(files(store)) == first
    synced(tmp_path / "here", store, 2)
    index = index_from_bytes(store.get(INDEX_KEY), store.url)
    assert {pack.key for pack in index.packs} == set(files(store)) - {INDEX_KEY}


def test_files_go_into_packs_of_bounded_size():
    """A large file is cut, small ones share a pack, and every byte is in one of them."""
    sizes = {"a": 3, "b": 0, "big": 2 * PACK_BYTES + 5, "c": PACK_BYTES, "d": 7}
    packs = list(plan_packs(sizes))
    assert all(sum(piece.bytes for piece in pack) <= PACK_BYTES for pack in packs)
    for name, size in sizes.items():
        pieces = [piece for pack in packs for piece in pack if piece.file == name]
        assert [piece.at for piece in pieces] == list(range(0, max(size, 1), PACK_BYTES))
        assert sum(piece.bytes for piece in pieces) == size


def test_a_machine_with_an_older_state_takes_the_newer_one(tmp_path: Path, store: Folder):
    """It has nothing that the store lacks, so nothing is lost."""
    synced(tmp_path / "one", store, 1)
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    synced(tmp_path / "one", store, 2)
    with carried(tmp_path / "two", store, "acme", new_id):
        assert content(tmp_path / "two") == content(tmp_path / "one")


def test_a_machine_that_went_on_by_itself_is_refused(tmp_path: Path, store: Folder):
    """Its state and the store's have both gone on: neither may replace the other."""
    synced(tmp_path / "one", store, 1)
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    synced(tmp_path / "one", store, 2)
    a_day(tmp_path / "two", 3)
    before, there = content(tmp_path / "two"), files(store)
    with pytest.raises(StateError, match="both have gone on") as raised:
        synced(tmp_path / "two", store, 4)
    assert "move " in raised.value.remedy
    assert (content(tmp_path / "two"), files(store)) == (before, there)


def test_a_state_that_was_never_sent_does_not_replace_one_that_was(tmp_path: Path, store: Folder):
    """Somebody gives a second machine, with a state of its own, the same state_url."""
    synced(tmp_path / "one", store, 1)
    (tmp_path / "two").mkdir()
    a_day(tmp_path / "two", 1)
    with pytest.raises(StateError, match="both have gone on"):
        synced(tmp_path / "two", store, 2)


def test_of_two_machines_at_once_the_second_is_refused(tmp_path: Path, store: Folder):
    """The index is swapped by its e-tag: whoever comes later says so, and loses nothing of the first."""
    synced(tmp_path / "one", store, 1)
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    with pytest.raises(Busy, match="meanwhile") as raised:
        synced(tmp_path / "two", store, 2, then=lambda: synced(tmp_path / "one", store, 3))
    assert raised.value.exit_code == 75
    synced(tmp_path / "three", store, 4)
    with Runs(tmp_path / "three") as runs:
        assert [run.id for run in runs.newest_first()] == ["run-4", "run-3", "run-1"]


def test_two_machines_that_send_first_at_once(tmp_path: Path, store: Folder):
    """Without an index to compare with, only one of them can make it."""
    with pytest.raises(Busy):
        synced(tmp_path / "two", store, 2, then=lambda: synced(tmp_path / "one", store, 3))


@pytest.mark.parametrize(
    "error", [DestinationError("no room"), Busy("taken over"), StateError("?")]
)
def test_a_failed_run_sends_what_it_has_read(tmp_path: Path, store: Folder, error: Exception):
    """The next machine goes on with it; but not what somebody else has taken over, or what is damaged."""
    synced(tmp_path / "here", store, 1)
    before = store.get(INDEX_KEY)
    with pytest.raises(type(error)):
        synced(tmp_path / "here", store, 2, then=partial(_raise, error))
    assert (store.get(INDEX_KEY) == before) is not isinstance(error, DestinationError)


def _raise(error: Exception) -> None:
    raise error


def test_a_machine_killed_at_any_step_of_sending_or_fetching_loses_nothing(tmp_path: Path):
    """Whatever it was about to do: it goes on by itself, and an empty disk finds a whole state."""
    steps = 0
    for step in count():
        ended = _killed_at(tmp_path / str(step), step)
        if ended:
            break
        steps += 1
    assert steps > 6


def _killed_at(folder: Path, step: int) -> bool:
    """One scenario, killed before its step number so-and-so; whether it came to its end before that."""
    store = Folder(folder / "store")
    synced(folder / "first", store, 1)
    old = content(folder / "first")
    machine = folder / "second"
    machine.mkdir()
    ended = False
    with suppress(Killed):
        synced(machine, Watched(store, _kill_at(step)), 2)
        ended = True
    sound = fetched(folder / "sound", store)
    with Runs(sound) as runs:
        known = [run.id for run in runs.newest_first()]
    assert content(sound) == old if known == ["run-1"] else known == ["run-2", "run-1"]
    synced(machine, store, 3)  # it goes on: what it did is not refused as another machine's
    assert content(fetched(folder / "last", store)) == content(machine)
    index = index_from_bytes(store.get(INDEX_KEY), store.url)
    assert {pack.key for pack in index.packs} == set(files(store)) - {INDEX_KEY}
    return ended


def _kill_at(step: int) -> Callable[[str, str], None]:
    steps = count()

    def before(operation: str, key: str) -> None:
        if next(steps) == step:
            raise Killed

    return before


def test_a_damaged_pack_is_found_and_named(tmp_path: Path, store: Folder):
    """A wrong row must not come back from the store; the error names the key."""
    synced(tmp_path / "one", store, 1)
    (key,) = set(files(store)) - {INDEX_KEY}
    path = store.root / key
    damaged = bytearray(path.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    path.write_bytes(damaged)
    with pytest.raises(StateError) as raised:
        fetched(tmp_path / "two", store)
    assert key in raised.value.message
    assert content(tmp_path / "two") == {}


def test_a_missing_pack_is_said(tmp_path: Path, store: Folder):
    """Somebody removed it: nothing of a half state is taken for a whole one."""
    synced(tmp_path / "one", store, 1)
    (key,) = set(files(store)) - {INDEX_KEY}
    store.delete(key)
    with pytest.raises(StateError, match="not whole"):
        fetched(tmp_path / "two", store)


def test_a_damaged_index_is_refused(tmp_path: Path, store: Folder):
    """It has a checksum of its own."""
    synced(tmp_path / "one", store, 1)
    path = store.root / INDEX_KEY
    path.write_bytes(path.read_bytes().replace(b"acme", b"acne"))
    with pytest.raises(StateError, match="damaged"):
        synced(tmp_path / "one", store, 2)


def test_a_state_of_a_newer_version_is_refused_untouched(tmp_path: Path, store: Folder):
    """An older crmsnap must not send over what it does not understand."""
    synced(tmp_path / "one", store, 1)
    path = store.root / INDEX_KEY
    index = index_from_bytes(path.read_bytes(), store.url)
    newer = index_to_bytes(type(index)(index.id, index.connection, 99, index.packs))
    path.write_bytes(newer)
    (tmp_path / "two").mkdir()
    with pytest.raises(StateTooNew, match="newer"):
        synced(tmp_path / "two", store, 2)
    assert path.read_bytes() == newer


def test_the_state_of_another_connection_is_refused(tmp_path: Path, store: Folder):
    """Two connections with one state_url would mix two accounts."""
    synced(tmp_path / "one", store, 1)
    (tmp_path / "two").mkdir()
    with pytest.raises(StateError, match="that of connection acme"):
        bring(tmp_path / "two", store, "other")


def test_a_file_that_somebody_reads_meanwhile_is_sent_whole(tmp_path: Path, store: Folder):
    """`crmsnap runs` may hold an old view of a file: its log cannot be emptied then, and a copy is sent."""
    synced(tmp_path / "one", store, 1)
    path = tmp_path / "one" / "owners.sqlite"
    with (
        closing(sqlite3.connect(path, isolation_level=None)) as reader,
        carried(tmp_path / "one", store, "acme", new_id),
    ):
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM documents").fetchall()
        a_day(tmp_path / "one", 3)
    fetched(tmp_path / "two", store)
    with closing(sqlite3.connect(tmp_path / "two" / "owners.sqlite")) as copy:
        (at,) = copy.execute("SELECT ingested_at FROM documents").fetchone()
    assert at == "2026-11-03 02:00:00.000"


def test_only_the_owner_may_read_what_was_fetched(tmp_path: Path, store: Folder):
    """It holds the whole account."""
    synced(tmp_path / "one", store, 1)
    fetched(tmp_path / "two", store)
    for file in state_files(tmp_path / "two"):
        assert file.path.stat().st_mode & 0o077 == 0
