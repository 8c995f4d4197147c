"""The lease that a run keeps while it works: renewed, given back, lost, and left by the dead."""

import shutil
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import text

from crmsnap.bootstrap.lease import HOLDER_FILE, leased
from crmsnap.errors import Busy
from crmsnap.registry.leases import live_lease, take_lease
from crmsnap.registry.opening import open_registry
from crmsnap.state.sqlite import LOCK_FILE
from tests.builders.command import environment

PATIENCE_SECONDS = 60


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'registry.sqlite'}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a state, whose lock the run is said to hold."""
    folder = tmp_path / "acme"
    folder.mkdir()
    (folder / LOCK_FILE).touch()
    return folder


def holder(url: str) -> str | None:
    """Who has acme now."""
    with open_registry(url) as registry:
        lease = live_lease(registry, "acme")
    return lease and lease.holder


def let_others_have_it(url: str, seconds: float) -> None:
    """What another machine does after this one was paused for too long."""
    with open_registry(url) as registry:
        with registry.begin() as db:
            db.execute(text("UPDATE leases SET until = '2000-01-01 00:00:00.000'"))
        take_lease(registry, "acme", "other:1:x", seconds=seconds)


def test_it_is_held_for_the_block_and_no_longer(url: str, folder: Path):
    """Also when the run fails."""
    with suppress(ZeroDivisionError), leased(url, folder, "acme"):
        assert holder(url) is not None
        raise ZeroDivisionError
    assert holder(url) is None


def test_who_holds_it_is_written_for_the_owner_alone(url: str, folder: Path):
    """Like all that lies beside it; also over a file that was open to others."""
    for _ in range(2):
        with leased(url, folder, "acme"):
            assert (folder / HOLDER_FILE).stat().st_mode & 0o777 == 0o600
        (folder / HOLDER_FILE).chmod(0o644)


def test_it_is_renewed_while_the_run_works(url: str, folder: Path):
    """A run of hours has it all the time, though it lasts a minute."""
    with leased(url, folder, "acme", seconds=2), open_registry(url) as registry:
        first = live_lease(registry, "acme")
        assert first is not None
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (live_lease(registry, "acme") or first).until == first.until:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_a_run_of_another_home_is_refused(url: str, folder: Path, tmp_path: Path):
    """Two machines with one registry: what the lock of a folder cannot see."""
    other = tmp_path / "other"
    other.mkdir()
    with leased(url, folder, "acme"):
        with pytest.raises(Busy, match="acme"), leased(url, other, "acme"):
            pass
        assert holder(url) is not None


def test_a_lost_one_is_noticed_when_it_matters(url: str, folder: Path):
    """Before the manifest is written. Giving back takes nothing from the other run."""
    with leased(url, folder, "acme") as lease:
        lease.assure()
        let_others_have_it(url, seconds=60)
        with pytest.raises(Busy, match="acme"):
            lease.assure()
    assert holder(url) == "other:1:x"


def test_one_that_the_other_run_has_given_up_is_taken_again(url: str, folder: Path):
    """Whether it published is for the destination to say."""
    with leased(url, folder, "acme") as lease:
        let_others_have_it(url, seconds=0)
        lease.assure()
        assert (holder(url) or "").count(":") == 2
        assert holder(url) != "other:1:x"


def test_a_registry_that_is_gone_does_not_stop_the_run(url: str, folder: Path):
    """The snapshot is safe without it: nobody can have written its manifest twice."""
    file = Path(url.removeprefix("sqlite:///"))
    with leased(url, folder, "acme") as lease:
        file.write_text("no database")
        lease.assure()


HOLD = """
import sys, time
from pathlib import Path
from crmsnap.bootstrap.lease import leased
with leased(sys.argv[1], Path(sys.argv[2]), "acme"):
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def killed(url: str, folder: Path) -> None:
    """A run from the folder has the lease, and is dead."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, url, str(folder)],
        stdout=subprocess.PIPE,
        env=environment(),
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        process.kill()


@pytest.mark.usefixtures("killed")
def test_what_a_killed_run_held_is_free_for_the_next_one_of_its_folder(
    url: str, folder: Path, tmp_path: Path
):
    """That one holds the lock of the folder, so the other is dead. A run elsewhere cannot know, and waits."""
    with pytest.raises(Busy), leased(url, tmp_path, "acme"):
        pass
    with leased(url, folder, "acme"):
        pass


def test_a_copy_of_the_folder_does_not_say_that_a_run_is_dead(
    url: str, folder: Path, tmp_path: Path
):
    """A home that was copied while its run worked has a lock of its own, which nobody holds."""
    with leased(url, folder, "acme"):
        copy = Path(shutil.copytree(folder, tmp_path / "copy"))
        with pytest.raises(Busy), leased(url, copy, "acme"):
            pass


@pytest.mark.usefixtures("killed")
@pytest.mark.parametrize("second_line", ["", "\nfa8c1a4e-1111-4222-8333-444455556666 1:2"])
def test_what_another_machine_or_version_wrote_does_not_either(
    url: str, folder: Path, second_line: str
):
    """A disk that is seen by two machines, or was moved: its lock is not theirs."""
    file = folder / HOLDER_FILE
    file.write_text(file.read_text().splitlines()[0] + second_line)
    with pytest.raises(Busy), leased(url, folder, "acme"):
        pass
