"""System calls that fail, and kills in the middle of one: strace stands between the command and the kernel.

Without `--seccomp-bpf`: with it the signals of `inject` are never sent (strace 6.1).
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders.command import Crmsnap, Ended
from tests.builders.sandbox_process import SandboxAccount, sandbox
from tests.builders.snapshot import comparable, files
from tests.faults.crash.days import strays, torn
from tests.servers.debian import programs

pytestmark = [pytest.mark.full, pytest.mark.timeout(1200)]

SELECTION = ("--types", "contacts", "--tables", "OBJECTS,OWNERS")
CALLS = "pwrite64,write,fsync,fdatasync,ftruncate,openat,mkdir,linkat,unlink"
NAMED = {
    "state",
    "state-damaged",
    "registry",
    "destination",
    "destination-full",
    "destination-access-denied",
    "hubspot-unavailable",
    "output-lost",
    "usage",
}
"""Errors that a failing call may end in: each names what could not be done."""


class Traced:
    """A connection whose runs go through strace."""

    def __init__(self, folder: Path, account: SandboxAccount, wanted: dict[str, bytes]) -> None:
        folder.mkdir()
        self.crmsnap = Crmsnap(folder, account)
        self._log = folder / "trace"
        self._wanted = wanted

    def run(self, call: str, what: str) -> Ended:
        """A sync one of whose calls goes wrong; an empty log would prove that none did."""
        self.crmsnap.under = (
            *("strace", "-f", "-qq", "-o", str(self._log), "-e", f"trace={CALLS}"),
            *("-e", f"inject={call}:{what}"),
        )
        ended = self.crmsnap.sync(*SELECTION)
        self.crmsnap.under = ()
        return ended

    @property
    def fired(self) -> bool:
        """Whether something was injected."""
        return bool(re.search(r"\(INJECTED\)|killed by SIGKILL", self._log.read_text()))

    def assert_goes_on(self) -> None:
        """The next run ends in the bytes of one that met no fault."""
        assert not torn(self.crmsnap.snapshots)
        ended = self.crmsnap.sync(*SELECTION)
        assert ended.exit_code == 0, ended.stderr
        assert not strays(self.crmsnap.snapshots)
        assert comparable(files(self.crmsnap.snapshots)) == self._wanted


@pytest.fixture(scope="module")
def own_account() -> Iterator[SandboxAccount]:
    programs(["strace"], ["strace"])
    with sandbox("--frozen", contacts=20) as running:
        yield running


@pytest.fixture(scope="module")
def undisturbed(
    tmp_path_factory: pytest.TempPathFactory, own_account: SandboxAccount
) -> dict[str, bytes]:
    crmsnap = Crmsnap(tmp_path_factory.mktemp("undisturbed"), own_account)
    assert crmsnap.sync(*SELECTION).exit_code == 0
    return comparable(files(crmsnap.snapshots))


@pytest.mark.parametrize(
    ("call", "times"),
    [
        ("pwrite64", (1, 2, 5, 20, 60)),
        ("fdatasync", (1, 3)),
        ("fsync", (1, 2, 4)),
        ("linkat", (1, 2, 3)),
        ("unlink", (1, 3, 6)),
        ("mkdir", (1, 3, 5)),
        ("ftruncate", (1, 4)),
    ],
)
def test_a_kill_in_the_middle_of_a_call_loses_nothing(
    call: str,
    times: tuple[int, ...],
    tmp_path: Path,
    own_account: SandboxAccount,
    undisturbed: dict[str, bytes],
) -> None:
    """The kernel has begun, and nobody learns how it ended. Of these numbers at least one has to be reached."""
    fired = 0
    for number in times:
        traced = Traced(tmp_path / f"{call}-{number}", own_account, undisturbed)
        traced.run(call, f"signal=SIGKILL:when={number}")
        fired += traced.fired
        traced.assert_goes_on()
    assert fired > 0


@pytest.mark.parametrize("error", ["ENOSPC", "EIO", "EINTR"])
@pytest.mark.parametrize("call", ["pwrite64", "fsync", "fdatasync", "linkat", "mkdir"])
def test_a_call_that_fails_is_a_named_error_and_loses_nothing(
    call: str,
    error: str,
    tmp_path: Path,
    own_account: SandboxAccount,
    undisturbed: dict[str, bytes],
) -> None:
    """A full disk, a broken one, a signal in between: no bug, no half file, and the next run goes on."""
    fired = 0
    for number in (1, 2, 4):
        traced = Traced(tmp_path / f"{call}-{number}", own_account, undisturbed)
        ended = traced.run(call, f"error={error}:when={number}")
        fired += traced.fired
        assert ended.exit_code == 0 or ended.code in NAMED, ended.stderr
        traced.assert_goes_on()
    assert fired > 0


def test_too_many_open_files_are_named(
    tmp_path: Path, own_account: SandboxAccount, undisturbed: dict[str, bytes]
) -> None:
    """EMFILE for every file that is opened from some moment on."""
    for number in (600, 800, 1000):
        traced = Traced(tmp_path / str(number), own_account, undisturbed)
        ended = traced.run("openat", f"error=EMFILE:when={number}+")
        assert ended.exit_code == 0 or "Traceback" not in ended.stderr, ended.stderr
        traced.assert_goes_on()
