"""What lies at a destination: which days are complete, and which strays may be removed."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from crmsnap.destinations.folder import Folder
from crmsnap.destinations.interface import Destination
from crmsnap.destinations.memory import memory
from crmsnap.errors import SnapshotError
from crmsnap.publish.layout import manifest_key, part_key
from crmsnap.publish.published import Day, days, newest_complete_day, read_manifest
from crmsnap.publish.strays import remove_strays
from tests.unit.publish.made_up_tables import DAY, a_table, column, publish_into

TABLE = a_table("T", (column("K", "NUMBER"),), [(1,), (2,)], key=("K",))
STRAY = part_key(DAY, "T", 0, sha256(b"x").hexdigest())


def create(destination: Destination, key: str) -> None:
    destination.create(key, b"x", sha256=sha256(b"x").hexdigest())


def keys(destination: Destination) -> list[str]:
    return [found.key for found in destination.list("")]


def test_only_remembered_keys_that_no_manifest_lists_are_swept() -> None:
    """A foreign file below our prefix is not ours to remove, whatever its name."""
    destination = memory()
    create(destination, STRAY)
    foreign = [
        part_key(DAY, "U", 0, sha256(b"x").hexdigest()),
        f"{DAY}/notes.txt",
        "2026-11-21/T/x",
    ]
    for key in foreign:
        create(destination, key)
    manifest = publish_into(destination, [TABLE])
    listed = [part.key for part in manifest.parts]
    assert remove_strays(
        destination, DAY, frozenset((STRAY, *listed, foreign[2], "never/written"))
    ) == (STRAY,)
    assert sorted(keys(destination)) == sorted([*foreign, *listed, manifest_key(DAY)])


def test_nothing_is_swept_before_the_day_is_complete() -> None:
    """Another run of the day may rely on the part."""
    destination = memory()
    create(destination, STRAY)
    assert remove_strays(destination, DAY, frozenset((STRAY,))) == ()
    assert keys(destination) == [STRAY]


def test_unfinished_files_go_with_the_key_that_they_were_meant_for(tmp_path: Path) -> None:
    """Those of others stay."""
    folder = Folder(tmp_path)
    manifest = publish_into(folder, [TABLE])
    (part,) = manifest.parts
    for key in (f"{part.key}#1", f"{STRAY}#12", f"{DAY}/T/foreign#1"):
        (tmp_path / key).write_bytes(b"half")
    assert remove_strays(folder, DAY, frozenset((STRAY, part.key))) == (
        f"{STRAY}#12",
        f"{part.key}#1",
    )
    assert keys(folder) == [f"{DAY}/T/foreign#1", part.key, manifest_key(DAY)]


KILLED_AT_THE_MANIFEST = """
import os, pathlib, signal, sys
from tests.unit.publish.made_up_tables import publish_into
from tests.unit.publish.test_strays_and_days import TABLE, Folder
link = os.link
def killed(unfinished, path, **how):
    link(unfinished, path, **how)
    if path.name == "_MANIFEST.json":
        os.kill(os.getpid(), signal.SIGKILL)
os.link = killed
publish_into(Folder(pathlib.Path(sys.argv[1])), [TABLE],
             remember=lambda keys: print(*keys, flush=True))
"""


def test_what_a_kill_left_beside_the_manifest_goes_and_the_manifest_stays(tmp_path: Path) -> None:
    """It has its name already then; what has to go is the other name of the same file."""
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_AT_THE_MANIFEST, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    folder = Folder(tmp_path)
    leftover = f"{manifest_key(DAY)}#1"
    assert leftover in keys(folder)
    assert remove_strays(folder, DAY, frozenset(killed.stdout.split())) == (leftover,)
    assert read_manifest(folder, DAY) is not None


def test_of_a_day_with_a_damaged_manifest_nothing_is_removed(tmp_path: Path) -> None:
    """It no longer says what is listed."""
    folder = Folder(tmp_path)
    publish_into(folder, [TABLE])
    create(folder, STRAY)
    (tmp_path / manifest_key(DAY)).write_bytes(b"{}")
    with pytest.raises(SnapshotError, match="is damaged"):
        remove_strays(folder, DAY, frozenset((STRAY,)))
    assert STRAY in keys(folder)


def test_days_say_whether_they_are_complete() -> None:
    """Folders that are no dates are not mentioned."""
    destination = memory()
    publish_into(destination, [TABLE])
    create(destination, "2026-11-23/T/part")
    create(destination, "archive/2026-11-20/_MANIFEST.json")
    assert days(destination) == [Day(DAY, complete=True), Day("2026-11-23", complete=False)]
    assert newest_complete_day(destination) == DAY
    assert newest_complete_day(memory()) is None


def test_a_manifest_that_was_moved_to_another_day_is_refused(tmp_path: Path) -> None:
    """Its parts lie elsewhere."""
    publish_into(Folder(tmp_path), [TABLE])
    (tmp_path / DAY).rename(tmp_path / "2026-11-30")
    with pytest.raises(SnapshotError, match=f"is the manifest of {DAY}"):
        read_manifest(Folder(tmp_path), "2026-11-30")


def test_a_day_without_a_manifest_has_none() -> None:
    """Absence is an answer."""
    destination = memory()
    manifest = publish_into(destination, [TABLE])
    assert read_manifest(destination, DAY) == replace(manifest)
    assert read_manifest(destination, "2026-11-21") is None
