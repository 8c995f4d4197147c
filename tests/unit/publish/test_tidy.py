"""Behind a snapshot: strays of crashed runs go, days that are no longer kept go, and nothing else."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from obstore.store import MemoryStore

from crmsnap.destinations.folder import Folder
from crmsnap.destinations.habits import Habits
from crmsnap.destinations.interface import Destination
from crmsnap.destinations.memory import memory
from crmsnap.destinations.write_test import try_to_write
from crmsnap.errors import (
    AccessDenied,
    Busy,
    ConfigError,
    CrmsnapError,
    DestinationError,
    Interrupted,
    RegistryError,
    SnapshotError,
)
from crmsnap.publish.layout import manifest_key
from crmsnap.publish.prune_plan import Keep
from crmsnap.publish.tidy import Tidied, tidy
from crmsnap.state.written import Written
from tests.unit.publish.made_up_days import (
    Files,
    Watched,
    files,
    over,
    part_files,
    pruning,
    publish_day,
    put,
)

CRASHED, TODAY = "2026-11-20", "2026-11-22"


@pytest.fixture
def written(tmp_path: Path) -> Iterator[Written]:
    with Written(tmp_path / "home", "memory://") as record:
        yield record


def crash(destination: Destination, written: Written, day: str, *contents: bytes) -> Files:
    """What a run leaves that was killed before its manifest."""
    parts = part_files(day, *contents)
    written.remember(parts)
    for key, data in parts.items():
        put(destination, key, data)
    return parts


def tidied(destination: Destination, written: Written, keep: Keep | None = None) -> Tidied:
    return tidy(pruning(destination, written), TODAY, keep)


def test_a_crashed_run_s_files_of_today_are_swept_behind_today_s_manifest(written: Written):
    """The run was started again with another selection, say, and wrote other parts."""
    destination = memory()
    strays = crash(destination, written, TODAY, b"stray")
    today = publish_day(destination, TODAY)
    written.remember(today)
    assert tidied(destination, written).swept == tuple(strays)
    assert files(destination) == today


def test_a_day_that_nobody_will_complete_is_swept(written: Written):
    """Its run was killed and never gone on with: today's run took its place."""
    destination = memory()
    strays = crash(destination, written, CRASHED, b"one", b"two")
    foreign = {f"{CRASHED}/notes.txt": b"mine", f"{CRASHED}/T/part-1.csv.gz": b"mine too"}
    for key, data in foreign.items():
        put(destination, key, data)
    today = publish_day(destination, TODAY)
    assert tidied(destination, written).swept == tuple(strays)
    assert files(destination) == today | foreign


def test_what_is_swept_is_forgotten(written: Written):
    """The record of PUTs would grow with every day."""
    destination = memory()
    crash(destination, written, CRASHED, b"one")
    written.remember(publish_day(destination, TODAY))
    tidied(destination, written)
    assert written.days() == ()


def test_yesterday_is_not_given_up(written: Written):
    """A run of another machine that began before midnight may still be at work on it."""
    destination = memory()
    strays = crash(destination, written, "2026-11-21", b"one")
    today = publish_day(destination, TODAY)
    assert tidied(destination, written).swept == ()
    assert files(destination) == today | strays
    assert written.days() == ("2026-11-21",)


def test_a_day_with_parts_of_somebody_else_is_not_given_up(written: Written):
    """Another machine is at work on it, and may rely on a part that both have written."""
    destination = memory()
    both = crash(destination, written, CRASHED, b"in both")
    theirs = part_files(CRASHED, b"theirs")
    for key, data in theirs.items():
        put(destination, key, data)
    today = publish_day(destination, TODAY)
    assert tidied(destination, written).swept == ()
    assert files(destination) == today | both | theirs


def test_a_day_that_another_machine_published_keeps_what_it_lists(written: Written):
    """Ours was killed and theirs was not: of our parts only those go that differ."""
    destination = memory()
    crash(destination, written, CRASHED, b"in both", b"ours")
    theirs = part_files(CRASHED, b"in both", b"theirs")
    published = publish_day(destination, CRASHED, b"in both", b"theirs")
    assert theirs.items() <= published.items()
    today = publish_day(destination, TODAY)
    assert len(tidied(destination, written).swept) == 1
    assert files(destination) == today | published


def test_a_file_that_somebody_put_under_our_name_is_not_swept(written: Written):
    """The name tells what we wrote; this is something else."""
    destination = memory()
    (key,) = crash(destination, written, CRASHED, b"ours")
    destination.delete(key)
    put(destination, key, b"theirs")
    publish_day(destination, TODAY)
    assert tidied(destination, written).swept == ()
    assert destination.get(key) == b"theirs"


def test_unfinished_files_of_a_day_that_is_given_up_go_too(tmp_path: Path, written: Written):
    """A kill between writing and naming leaves `#1` in a folder."""
    folder = Folder(tmp_path / "snapshots")
    with Written(tmp_path / "home", folder.url) as record:
        (key,) = part_files(CRASHED, b"one")
        record.remember([key])
        (tmp_path / "snapshots" / key).parent.mkdir(parents=True)
        (tmp_path / "snapshots" / f"{key}#1").write_bytes(b"o")
        publish_day(folder, TODAY)
        assert tidied(folder, record).swept == (f"{key}#1",)
    assert [path.name for path in (tmp_path / "snapshots").iterdir()] == [TODAY]


def test_an_unfinished_name_of_a_published_file_goes_although_nothing_remembers_it(tmp_path: Path):
    """The power went between the link of the manifest and its first name, and took the record along."""
    folder = Folder(tmp_path / "snapshots")
    published = publish_day(folder, TODAY)
    foreign = tmp_path / "snapshots" / TODAY / "notes.txt#1"
    foreign.write_bytes(b"mine")
    unfinished = [f"{key}#1" for key in sorted(published)]
    for key in unfinished:
        (tmp_path / "snapshots" / key).write_bytes(b"o")
    with Written(tmp_path / "home", folder.url) as record:
        assert sorted(tidied(folder, record).swept) == sorted(unfinished)
    assert foreign.read_bytes() == b"mine"
    assert {key for key in published if folder.head(key) is None} == set()


def test_a_name_like_that_of_an_unfinished_file_harms_nothing_in_a_store(written: Written):
    """Only folders have unfinished files: in a bucket it is somebody's own."""
    raw = MemoryStore()
    destination = over(raw)
    (key,) = crash(destination, written, CRASHED, b"one")
    raw.put(f"{key}#1", b"theirs")
    publish_day(destination, TODAY)
    assert tidied(destination, written) == Tidied(swept=(key,))
    assert raw.get(f"{key}#1").bytes() == b"theirs"


def test_days_that_are_no_longer_kept_go_behind_the_sweep(written: Written):
    """Retention is a prune without a question."""
    destination = memory()
    publish_day(destination, "2026-10-01")
    publish_day(destination, "2026-10-02")
    today = publish_day(destination, TODAY)
    done = tidied(destination, written, Keep(30, monthly=2))
    assert [day.day for day in done.removed] == ["2026-10-02"]
    done = tidied(destination, written, Keep(30))
    assert [day.day for day in done.removed] == ["2026-10-01"]
    assert files(destination) == today


def test_a_day_in_the_future_takes_no_real_day_with_it(written: Written):
    """A clock was wrong once, or somebody tried something; today's snapshot has just been published."""
    destination = memory()
    publish_day(destination, "2026-10-01")
    kept = [publish_day(destination, day) for day in ("2026-11-21", TODAY, "2062-11-22")]
    done = tidied(destination, written, Keep(30))
    assert [day.day for day in done.removed] == ["2026-10-01"]
    assert [(day.day, day.reason) for day in done.left] == [("2062-11-22", f"later than {TODAY}")]
    assert files(destination) == {key: data for whole in kept for key, data in whole.items()}


def test_without_retention_every_day_stays(written: Written):
    """Nobody is asked to lose anything by default."""
    destination = memory()
    publish_day(destination, "2020-01-01")
    publish_day(destination, TODAY)
    before = files(destination)
    assert tidied(destination, written) == Tidied()
    assert files(destination) == before


def test_a_prune_that_was_killed_is_finished_without_retention_too(written: Written):
    """It may have been started by hand."""
    destination = memory()
    whole = publish_day(destination, CRASHED)
    written.begin_prune(CRASHED, whole[manifest_key(CRASHED)])
    destination.delete(manifest_key(CRASHED))
    today = publish_day(destination, TODAY)
    assert [day.day for day in tidied(destination, written).removed] == [CRASHED]
    assert files(destination) == today


def denied(operation: str, key: str) -> None:
    if operation == "delete":
        raise AccessDenied(f"not allowed to remove {key}", cause="no s3:DeleteObject")


def test_a_denial_is_told_once_a_run_and_fails_nothing(written: Written):
    """The narrow policy grants no s3:DeleteObject, and the day is published."""
    destination = memory()
    strays = crash(destination, written, CRASHED, b"one", b"two")
    publish_day(destination, "2026-10-01")
    publish_day(destination, TODAY)
    before = files(destination)
    done = tidied(Watched(destination, denied), written, Keep(30))
    assert done == Tidied(
        warnings=(
            f"strays could not be swept: not allowed to remove {next(iter(strays))}:"
            " no s3:DeleteObject",
            "all files of 2026-10-01 stay: no s3:DeleteObject",
        )
    )
    assert files(destination) == before
    assert written.days() == (CRASHED,)


def test_a_store_that_fails_is_a_warning(written: Written):
    """Nothing that comes behind the manifest can take the snapshot back."""
    destination = memory()
    publish_day(destination, "2026-10-01")
    publish_day(destination, TODAY)

    def gone(operation: str, key: str) -> None:
        raise DestinationError("the store is gone", cause="its power is off")

    done = tidied(Watched(destination, gone), written, Keep(30))
    assert done.warnings == (
        "strays could not be swept: the store is gone: its power is off",
        "old days could not be removed: the store is gone: its power is off",
    )


@pytest.mark.parametrize("kind", [ConfigError, SnapshotError, RegistryError])
def test_whatever_fails_behind_the_manifest_is_a_warning(
    written: Written, kind: type[CrmsnapError]
):
    """Keys from a file that is gone by now, say: the day is published, and the run a good one."""
    destination = memory()
    crash(destination, written, CRASHED, b"one")
    publish_day(destination, "2026-10-01")
    publish_day(destination, TODAY)

    def gone(operation: str, key: str) -> None:
        raise kind("it cannot be used")

    done = tidied(Watched(destination, gone), written, Keep(30))
    assert {warning.split(":")[0] for warning in done.warnings} >= {"old days could not be removed"}
    assert any(warning.startswith("strays ") for warning in done.warnings)
    assert all("it cannot be used" in warning for warning in done.warnings)


@pytest.mark.parametrize("damaged", ["remembered", "there"])
def test_a_prune_that_nobody_can_finish_is_a_warning_and_stays_remembered(
    written: Written, damaged: str
):
    """With one of the two manifests damaged nobody knows what may go; other days still do."""
    destination = memory()
    whole = publish_day(destination, CRASHED)
    publish_day(destination, "2026-10-01")
    today = publish_day(destination, TODAY)
    manifest = whole.pop(manifest_key(CRASHED))
    destination.delete(manifest_key(CRASHED))
    if damaged == "there":
        put(destination, manifest_key(CRASHED), b"{}")
        whole[manifest_key(CRASHED)] = b"{}"
    written.begin_prune(CRASHED, manifest if damaged == "there" else b"{}")
    done = tidied(destination, written, Keep(30))
    assert [day.day for day in done.removed] == ["2026-10-01"]
    assert CRASHED in {day.day for day in done.left}
    (warning,) = done.warnings
    assert warning.startswith(f"{CRASHED} stays: an earlier prune had begun with it, but ")
    assert CRASHED in written.unfinished_prunes()
    assert files(destination) == whole | today


def test_a_damaged_manifest_stops_neither_other_days_nor_retention(written: Written):
    """Its own strays cannot be told from its parts."""
    destination = memory()
    crash(destination, written, "2026-11-01", b"x")
    put(destination, manifest_key("2026-11-01"), b"{}")
    strays = crash(destination, written, CRASHED, b"one")
    publish_day(destination, TODAY)
    done = tidied(destination, written, Keep(3))
    assert done.swept == tuple(strays)
    assert [(day.day, day.verdict) for day in done.left] == [("2026-11-01", "left")]
    (warning,) = done.warnings
    assert "2026-11-01" in warning
    assert "damaged" in warning


def test_a_lost_lease_is_a_warning_and_nothing_is_removed(written: Written):
    """Another machine works on the connection by then; the snapshot of this one is published."""
    destination = memory()
    crash(destination, written, CRASHED, b"one")
    publish_day(destination, "2026-10-01")
    publish_day(destination, TODAY)
    before = files(destination)

    def assure() -> None:
        raise Busy("another run took connection acme over")

    done = tidy(replace(pruning(destination, written), assure=assure), TODAY, Keep(30))
    assert done.warnings == (
        "strays could not be swept: another run took connection acme over",
        "old days could not be removed: another run took connection acme over",
    )
    assert files(destination) == before


def test_a_run_can_be_stopped_while_it_tidies(written: Written):
    """Ctrl-C is no warning."""
    destination = memory()
    crash(destination, written, CRASHED, b"one")
    publish_day(destination, TODAY)

    class Stopped:
        def monotonic(self) -> float:
            return 0.0

        def sleep(self, seconds: float) -> None:
            raise Interrupted("stopped")

    tools = pruning(destination, written)
    with pytest.raises(Interrupted):
        tidy(replace(tools, clock=Stopped()), TODAY, None)


def test_the_write_test_takes_its_own_leftovers_away(tmp_path: Path):
    """Killed between writing and naming, or between writing and removing; others' files stay."""
    folder = Folder(tmp_path)
    (tmp_path / ".crmsnap").mkdir()
    for name in ("write-test", "write-test#1", "write-test#7"):
        (tmp_path / ".crmsnap" / name).touch()
    (tmp_path / ".crmsnap" / "write-test.txt").write_text("mine")
    try_to_write(folder)
    assert list(files_in(tmp_path)) == [".crmsnap/write-test.txt"]


@pytest.mark.parametrize("name", ["write-test-notes.txt", "write-test.bak", "write-test-2#x"])
@pytest.mark.parametrize("content", [b"", b"nineteen bytes long"])
def test_the_write_test_leaves_files_with_names_like_its_own(
    tmp_path: Path, name: str, content: bytes
):
    """Not even an empty one, or one that has the size of ours, goes with it."""
    (tmp_path / ".crmsnap").mkdir()
    (tmp_path / ".crmsnap" / name).write_bytes(content)
    assert try_to_write(Folder(tmp_path)).create_only
    assert (tmp_path / ".crmsnap" / name).read_bytes() == content


@pytest.mark.parametrize("single_writer", [False, True])
@pytest.mark.parametrize("content", [b"nineteen bytes long", b"any other size"])
def test_the_write_test_leaves_somebodys_file_of_its_own_name(content: bytes, single_writer: bool):
    """Also where writes are not conditional; and it finds out what it wants to know all the same."""
    raw = MemoryStore()
    raw.put(".crmsnap/write-test", content)
    raw.put(".crmsnap/write-test-2", content)
    destination = over(raw, Habits(single_writer=single_writer))
    assert try_to_write(destination).create_only
    assert files(destination) == {
        ".crmsnap/write-test": content,
        ".crmsnap/write-test-2": content,
    }


def test_the_write_test_overwrites_nobody_where_conditions_are_ignored():
    """Such a store takes every write, so it must never be tried on a file that is not ours."""
    raw = MemoryStore()
    raw.put(".crmsnap/write-test", b"mine")
    destination = over(raw)

    def overwrite(operation: str, key: str) -> None:
        if operation == "create":
            raw.delete(key)

    assert not try_to_write(Watched(destination, overwrite)).create_only
    assert files(destination) == {".crmsnap/write-test": b"mine"}


def test_the_write_test_leaves_nothing(tmp_path: Path):
    """Not even its folder."""
    try_to_write(Folder(tmp_path / "new"))
    assert list((tmp_path / "new").iterdir()) == []


def test_the_write_test_needs_no_right_to_remove():
    """Publishing does not need it either; what stays is named."""
    destination = memory()
    try_to_write(Watched(destination, denied))
    tried = try_to_write(Watched(destination, denied))
    assert [warning.split(":")[0] for warning in tried.warnings] == [".crmsnap/write-test stays"]
    assert files(destination) == {".crmsnap/write-test": b""}


def files_in(folder: Path) -> Iterator[str]:
    return (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
