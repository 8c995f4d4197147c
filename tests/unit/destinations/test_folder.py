"""What a local folder promises beyond the suite of all destinations: durability, and clear refusals."""

import fcntl
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import pytest

from crmsnap.destinations.folder import Folder
from crmsnap.errors import AccessDenied, AlreadyThere, DestinationError

KEY = "2026-11-22/OWNERS/part-00000-x.csv.gz"
DATA = b"some part"
HASH = sha256(DATA).hexdigest()
NOBODY = 65534


def create(folder: Folder, data: bytes = DATA) -> None:
    folder.create(KEY, data, sha256=sha256(data).hexdigest())


def run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )


CREATE = """
import sys, hashlib, pathlib
from crmsnap.destinations.folder import Folder
data = b"x" * int(sys.argv[2])
Folder(pathlib.Path(sys.argv[1])).create(
    "2026-11-22/OWNERS/part-00000-x.csv.gz", data, sha256=hashlib.sha256(data).hexdigest())
"""


def test_nothing_but_the_file_is_left_behind(tmp_path: Path) -> None:
    """A folder that people look into holds what the manifest lists."""
    create(Folder(tmp_path))
    create(Folder(tmp_path))
    assert [found.key for found in Folder(tmp_path).list("")] == [KEY]


def test_a_file_that_was_never_finished_is_listed_and_can_be_removed(tmp_path: Path) -> None:
    """A crashed writer's leftover is found as a stray, under a name that no reader takes for a part."""
    create(Folder(tmp_path))
    (tmp_path / f"{KEY}#1").write_bytes(b"half")
    folder = Folder(tmp_path)
    assert [found.key for found in folder.list("2026-11-22/")] == [KEY, f"{KEY}#1"]
    folder.delete(f"{KEY}#1")
    assert [found.key for found in folder.list("2026-11-22/")] == [KEY]


def test_a_leftover_does_not_stand_in_the_way(tmp_path: Path) -> None:
    """The next run writes the same name again."""
    (tmp_path / KEY).parent.mkdir(parents=True)
    (tmp_path / f"{KEY}#1").write_bytes(b"half")
    create(Folder(tmp_path))
    assert Folder(tmp_path).get(KEY) == DATA
    assert (tmp_path / f"{KEY}#1").read_bytes() == b"half"


@pytest.mark.full  # needs strace
def test_data_is_synced_before_its_name_exists_and_the_name_after(tmp_path: Path) -> None:
    """After a power cut a name shows the whole file or is not there."""
    trace = tmp_path / "trace"
    command = [
        *("strace", "-f", "-y", "-e", "trace=fsync,link,linkat", "-o", str(trace)),
        *(sys.executable, "-c", CREATE, str(tmp_path / "root"), "9"),
    ]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run(command, check=True, timeout=60, env=environment)
    calls = re.findall(r"(fsync|link(?:at)?)\((.*)\)\s+= 0", trace.read_text())
    names = [
        "file" if "#1>" in text else "link" if "link" in name else "folder" for name, text in calls
    ]
    assert names[-3:] == ["file", "link", "folder"]


@contextmanager
def somebody_else() -> Iterator[None]:
    """Root may write everywhere, so as root the test becomes nobody for a moment."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_folder_that_may_not_be_written_is_named(tmp_path: Path) -> None:
    """The operator sees which folder, and what to do."""
    tmp_path.chmod(0o555)
    try:
        with somebody_else(), pytest.raises(AccessDenied, match=re.escape(str(tmp_path))) as raised:
            create(Folder(tmp_path / "snapshots"))
    finally:
        tmp_path.chmod(0o755)
    assert "choose another folder" in raised.value.remedy


def test_a_file_where_a_folder_is_needed_is_named(tmp_path: Path) -> None:
    """`--to ./notes.txt` is a typing error."""
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(DestinationError, match=r"could not write .* at .*notes\.txt"):
        create(Folder(tmp_path / "notes.txt"))


FULL = """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
"""


def test_a_full_disk_is_called_full_and_holds_no_half_file(tmp_path: Path) -> None:
    """A limit on the size of files stands for the disk: the write breaks off in the middle too."""
    result = run(FULL + CREATE, str(tmp_path), "5000")
    assert "crmsnap.errors.StoreFull: could not write" in result.stderr
    assert list(Folder(tmp_path).list("")) == []


KILLED = """
import os, signal
os.link = lambda *names, **how: os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_writer_killed_before_the_name_leaves_only_a_stray(tmp_path: Path) -> None:
    """The name does not exist, and the next run is not held up."""
    result = run(KILLED + CREATE, str(tmp_path), "9")
    assert result.returncode == -signal.SIGKILL, result.stderr
    assert [found.key for found in Folder(tmp_path).list("")] == [f"{KEY}#1"]
    assert Folder(tmp_path).head(KEY) is None
    create(Folder(tmp_path))
    assert Folder(tmp_path).get(KEY) == DATA


SWEPT_BY_A_TWIN = """
import os, sys, pathlib
link = os.link
def late(unfinished, path, **how):
    path.write_bytes(sys.argv[3].encode())
    unfinished.unlink()
    link(unfinished, path, **how)
os.link = late
"""


def test_a_twin_that_came_first_may_sweep_the_unfinished_file(tmp_path: Path) -> None:
    """Then the name is there, and counts as if only its own link had failed."""
    for folder, content in (("same", "x" * 9), ("other", "y")):
        result = run(SWEPT_BY_A_TWIN + CREATE, str(tmp_path / folder), "9", content)
        last = result.stderr.strip().rpartition("\n")[2]
        assert (result.returncode == 0) == (folder == "same"), result.stderr
        assert not last or last.startswith("crmsnap.errors.AlreadyThere:")
        assert Folder(tmp_path / folder).get(KEY) == content.encode()


def test_a_replace_waits_for_another_and_then_sees_what_it_did(tmp_path: Path) -> None:
    """Between looking at the e-tag and the rename nobody else may replace."""
    folder = Folder(tmp_path)
    create(folder, b"old")
    found = folder.head(KEY)
    assert found is not None
    e_tag = found.e_tag
    assert e_tag is not None
    other = os.open((tmp_path / KEY).parent, os.O_RDONLY)
    fcntl.flock(other, fcntl.LOCK_EX)
    with ThreadPoolExecutor(1) as threads:
        late = threads.submit(folder.replace, KEY, DATA, sha256=HASH, e_tag=e_tag)
        with pytest.raises(TimeoutError):
            late.result(timeout=0.2)
        (tmp_path / KEY).write_bytes(b"new")
        os.close(other)
        with pytest.raises(AlreadyThere):
            late.result(timeout=30)
    assert folder.get(KEY) == b"new"


def test_deleting_removes_the_folders_that_become_empty_but_not_the_root(tmp_path: Path) -> None:
    """An object store has no empty folders either."""
    folder = Folder(tmp_path / "root")
    create(folder)
    folder.delete(KEY)
    assert list((tmp_path / "root").iterdir()) == []
