"""What this machine refuses: room, memory, descriptors, folders, an output. Each has its error, and costs nothing.

The command itself runs under the limit, as the shell's `ulimit` sets it; the run after it has none, goes
on, and ends in the bytes of a run that met no limit.
"""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders.command import Crmsnap, Ended, assert_refused, wait_until
from tests.builders.sandbox_process import SandboxAccount, sandbox
from tests.builders.snapshot import comparable, files
from tests.faults.crash.days import torn

pytestmark = (
    pytest.mark.full
)  # minutes of CPU together; what they find is also looked at by smaller tests

SELECTION = (
    "--types",
    "contacts,companies",
    "--tables",
    "OBJECTS,OBJECTS_CONTACTS,ASSOCIATIONS,OWNERS",
)


@pytest.fixture(scope="module")
def own_account() -> Iterator[SandboxAccount]:
    """An account whose faults no other test meets."""
    with sandbox("--frozen", contacts=50) as running:
        yield running


@pytest.fixture(scope="module")
def undisturbed(
    tmp_path_factory: pytest.TempPathFactory, own_account: SandboxAccount
) -> dict[str, bytes]:
    """The files of a run without limits."""
    crmsnap = Crmsnap(tmp_path_factory.mktemp("undisturbed"), own_account)
    assert crmsnap.sync(*SELECTION).exit_code == 0
    return comparable(files(crmsnap.snapshots))


@pytest.fixture
def crmsnap(tmp_path: Path, own_account: SandboxAccount) -> Crmsnap:
    return Crmsnap(tmp_path, own_account)


def under(crmsnap: Crmsnap, limit: str) -> Ended:
    """A sync under a limit of the shell."""
    crmsnap.under = ("bash", "-c", f'{limit} && exec "$@"', "bash")
    ended = crmsnap.sync(*SELECTION)
    crmsnap.under = ()
    assert not torn(crmsnap.snapshots)
    return ended


def assert_goes_on(crmsnap: Crmsnap, undisturbed: dict[str, bytes]) -> None:
    """The next run ends what the limit stopped."""
    ended = crmsnap.sync(*SELECTION)
    assert ended.exit_code == 0, ended.stderr
    assert comparable(files(crmsnap.snapshots)) == undisturbed


@pytest.mark.parametrize(
    ("kib", "code"),
    [
        (2, "registry"),
        (76, "state"),
        pytest.param(40, "registry", marks=pytest.mark.full),
    ],
)
def test_a_file_that_may_not_grow_is_a_full_disk(
    kib: int, code: str, crmsnap: Crmsnap, undisturbed: dict[str, bytes]
) -> None:
    """RLIMIT_FSIZE: EFBIG at every write beyond; half a file must never look like a whole one."""
    ended = under(crmsnap, f"ulimit -f {kib}")
    assert_refused(ended, code, 1, "cannot be used")
    assert_goes_on(crmsnap, undisturbed)


@pytest.mark.parametrize(
    "mib", [100, *(pytest.param(mib, marks=pytest.mark.full) for mib in (120, 150, 250))]
)
def test_too_little_memory_is_said(
    mib: int, crmsnap: Crmsnap, undisturbed: dict[str, bytes]
) -> None:
    """RLIMIT_AS: the run ends by a name of its own, not as a bug."""
    ended = under(crmsnap, f"ulimit -v {mib * 1024}")
    assert_refused(ended, "out-of-memory", 1, "ulimit -v")
    assert_goes_on(crmsnap, undisturbed)


def test_few_descriptors_are_enough_or_named(
    crmsnap: Crmsnap, undisturbed: dict[str, bytes]
) -> None:
    """RLIMIT_NOFILE: 64 are what a careful system gives; sixteen are too few for anything."""
    assert under(crmsnap, "ulimit -n 64").exit_code == 0
    assert comparable(files(crmsnap.snapshots)) == undisturbed
    other = Crmsnap(crmsnap.folder / "other", crmsnap.account)
    other.folder.mkdir()
    ended = under(other, "ulimit -n 16")
    assert ended.exit_code == 1
    assert "bug" not in ended.stderr, ended.stderr
    assert_goes_on(other, undisturbed)


def test_no_home_and_no_temporary_folder_are_needed(
    crmsnap: Crmsnap, undisturbed: dict[str, bytes]
) -> None:
    """As under systemd with DynamicUser: only the folders that were named are used."""
    ended = crmsnap.sync(*SELECTION, HOME="/nonexistent", TMPDIR="/nonexistent")
    assert ended.exit_code == 0, ended.stderr
    assert comparable(files(crmsnap.snapshots)) == undisturbed


def test_an_output_on_a_full_disk_is_said_and_costs_nothing_else(
    crmsnap: Crmsnap, undisturbed: dict[str, bytes]
) -> None:
    """/dev/full: ENOSPC at every write. The work is done, and the exit code does not call it well."""
    ended = under(crmsnap, "exec > /dev/full")
    assert_refused(ended, "output-lost", 1, "No space left")
    assert comparable(files(crmsnap.snapshots)) == undisturbed


def test_a_log_on_a_full_disk_stops_nothing(
    crmsnap: Crmsnap, undisturbed: dict[str, bytes]
) -> None:
    """What a run says beside its result is worth no run."""
    ended = under(crmsnap, "exec 2> /dev/full")
    assert ended.exit_code == 0
    assert comparable(files(crmsnap.snapshots)) == undisturbed


@pytest.mark.parametrize("sent", [signal.SIGHUP, signal.SIGTERM])
def test_a_terminal_that_goes_away_stops_the_run_cleanly(
    sent: signal.Signals,
    crmsnap: Crmsnap,
    own_account: SandboxAccount,
    undisturbed: dict[str, bytes],
) -> None:
    """While it waits for HubSpot: it ends at once, says how to go on, and does so."""
    effect = {"kind": "status", "status": 503, "headers": {"Retry-After": "100"}}
    own_account.post("/_sandbox/faults", [{"family": "objects", "nth": 1, "effect": effect}])
    with crmsnap.start_sync(*SELECTION) as process:
        wait_until(lambda: own_account.get("/_sandbox/faults")["rules"][0]["fired"], process)
        process.send_signal(sent)
        stdout, stderr = process.communicate(timeout=60)
    own_account.delete("/_sandbox/faults")
    assert_refused(Ended(process.returncode, stdout, stderr), "interrupted", 130, "sync again")
    assert_goes_on(crmsnap, undisturbed)


def test_a_second_signal_ends_it_at_once_and_loses_nothing(
    crmsnap: Crmsnap, own_account: SandboxAccount, undisturbed: dict[str, bytes]
) -> None:
    """As impatient people do; it is no worse than a kill."""
    own_account.post(
        "/_sandbox/faults", [{"family": "objects", "nth": 1, "effect": {"kind": "hang"}}]
    )
    with crmsnap.start_sync(*SELECTION) as process:
        wait_until(lambda: own_account.get("/_sandbox/faults")["rules"][0]["fired"], process)
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    own_account.delete("/_sandbox/faults")
    assert process.returncode == 130
    assert_goes_on(crmsnap, undisturbed)
