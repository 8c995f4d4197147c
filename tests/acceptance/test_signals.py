"""Ctrl-C and SIGTERM in the middle: a clean end within ten seconds, and nothing lost."""

import signal
import time
from collections.abc import Iterator

import pytest

from tests.builders.command import Crmsnap, Ended, assert_refused
from tests.builders.sandbox_process import DAY, SandboxAccount, sandbox

CLEAN_WITHIN_SECONDS = 10


@pytest.fixture(scope="module")
def slow_account() -> Iterator[SandboxAccount]:
    """A run takes minutes here, so that every signal comes in its middle."""
    with sandbox("--frozen", "--latency-ms", "500") as running:
        yield running


@pytest.mark.parametrize(
    "sent", [pytest.param(signal.SIGINT, marks=pytest.mark.full), signal.SIGTERM]
)
def test_a_signal_ends_the_run_cleanly_and_the_next_one_goes_on(
    crmsnap: Crmsnap, slow_account: SandboxAccount, sent: signal.Signals
):
    """Exit 130 and a remedy; no half day, no traceback, and the run is not lost."""
    slow = Crmsnap(crmsnap.folder, slow_account)
    with slow.start_sync() as process:
        assert process.stderr is not None
        said = next(process.stderr) + next(
            line for line in process.stderr if line.startswith("read ")
        )
        sent_at = time.monotonic()
        process.send_signal(sent)
        stdout, rest = process.communicate(timeout=60)
    assert time.monotonic() - sent_at < CLEAN_WITHIN_SECONDS
    ended = Ended(process.returncode, stdout, said + rest)
    assert_refused(ended, "interrupted", 130, "sync again")
    assert not (slow.snapshots / DAY).exists()
    (run,) = slow("runs", "--json").json
    assert run["status"] == "interrupted"
