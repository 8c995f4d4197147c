"""What a run is given: a clock that can be stopped, executors that end with their parent."""

import os
import pickle
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crmsnap import bootstrap
from crmsnap.bootstrap import INLINE_ROWS, InlineExecutor, Known, RunClock, open_executor
from crmsnap.config import ConnectionSettings
from crmsnap.errors import AccessDenied, ConfigError, Interrupted
from tests.builders.command import environment


def test_a_stopped_clock_interrupts_every_sleep():
    """Also one of no length, which is how busy threads ask."""
    clock = RunClock()
    clock.sleep(0)
    clock.stop()
    with pytest.raises(Interrupted):
        clock.sleep(0)
    began_at = clock.monotonic()
    with pytest.raises(Interrupted):
        clock.sleep(60)
    assert clock.monotonic() - began_at < 5


def test_a_signal_stops_the_clock_and_the_handlers_are_given_back():
    """SIGTERM is what schedulers send."""
    before = signal.getsignal(signal.SIGTERM)
    with bootstrap.stoppable() as clock:
        os.kill(os.getpid(), signal.SIGTERM)
        with pytest.raises(Interrupted):
            clock.sleep(60)
    assert signal.getsignal(signal.SIGTERM) is before


STUBBORN = """
from crmsnap.bootstrap import stoppable
from crmsnap.errors import Interrupted
with stoppable() as clock:
    print("ready", flush=True)
    while True:
        try:
            clock.sleep(60)
        except Interrupted:
            print("stopping", flush=True)
            while True:
                pass
"""


def test_a_second_signal_ends_the_process_at_once():
    """Whoever presses Ctrl-C twice means now, whatever the run still has to do."""
    with subprocess.Popen(
        [sys.executable, "-c", STUBBORN], stdout=subprocess.PIPE, text=True, env=environment()
    ) as process:
        assert process.stdout is not None
        for said in ("ready\n", "stopping\n"):
            assert process.stdout.readline() == said
            process.send_signal(signal.SIGINT)
        assert process.wait(10) == 130


def test_a_clock_travels_to_workers_as_one_of_their_own():
    """A destination carries its clock along; a worker is ended by its parent."""
    clock = RunClock()
    clock.stop()
    pickle.loads(pickle.dumps(clock)).sleep(0)  # noqa: S301 - our own bytes


def test_few_rows_are_written_in_this_thread():
    """Starting processes would cost more than it saves."""
    with open_executor(RunClock(), INLINE_ROWS) as executor:
        assert isinstance(executor, InlineExecutor)
        assert executor.submit(os.getpid).result() == os.getpid()


def test_an_inline_task_that_fails_fails_where_its_result_is_asked():
    """As in any other executor."""
    future = InlineExecutor(RunClock()).submit(int, "x")
    with pytest.raises(ValueError, match="invalid literal"):
        future.result()


def test_a_stopped_run_submits_nothing_more():
    """Between two tasks, since one task is short."""
    clock = RunClock()
    clock.stop()
    with pytest.raises(Interrupted):
        InlineExecutor(clock).submit(os.getpid)


def test_many_rows_are_written_by_processes(monkeypatch: pytest.MonkeyPatch):
    """One for each core that this process may use."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
    with open_executor(RunClock(), INLINE_ROWS + 1) as executor:
        assert isinstance(executor, ProcessPoolExecutor)
        assert executor.submit(os.getpid).result() != os.getpid()


PARENT = """
import os, sys, time
from crmsnap.bootstrap import INLINE_ROWS, RunClock, open_executor
if __name__ == "__main__":
    os.sched_getaffinity = lambda _: {0, 1}
    with open_executor(RunClock(), INLINE_ROWS + 1) as executor:
        print(executor.submit(os.getpid).result(), flush=True)
        time.sleep(60)
"""


def test_workers_end_with_their_parent_however_it_ends(tmp_path):
    """A killed run leaves no process behind that could still write."""
    program = tmp_path / "parent.py"
    program.write_text(PARENT)
    with subprocess.Popen(
        [sys.executable, program], stdout=subprocess.PIPE, text=True, env=environment()
    ) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        parent.kill()
        parent.wait()
    deadline = time.monotonic() + 10
    while is_alive(worker):
        assert time.monotonic() < deadline, "the worker is still there"
        time.sleep(0.05)


def test_workers_do_not_hold_a_run_that_was_stopped(monkeypatch: pytest.MonkeyPatch):
    """One of them may wait for a busy store for minutes, and no signal is sent to it."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1}, raising=False)

    def stopped_in_the_middle() -> None:
        with open_executor(RunClock(), INLINE_ROWS + 1) as executor:
            assert executor.submit(abs, -1).result() == 1
            executor.submit(time.sleep, 60)
            raise Interrupted("stopped")

    began_at = time.monotonic()
    with pytest.raises(Interrupted):
        stopped_in_the_middle()
    assert time.monotonic() - began_at < 30


def is_alive(process_id: int) -> bool:
    """Whether a process still runs; one that only waits for its end to be noticed does not."""
    try:
        os.kill(process_id, 0)
        status = Path(f"/proc/{process_id}/stat")  # Linux; elsewhere the signal alone decides
        return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


def test_run_ids_sort_by_time_and_are_never_given_twice():
    """They name runs of all machines."""
    ids = [bootstrap.new_run_id(datetime(2026, 11, day, 5, tzinfo=UTC)) for day in (20, 20, 21)]
    assert len(set(ids)) == 3
    assert ids[2] == max(ids)
    assert ids[0].startswith("20261120T050000Z-")


def test_a_connection_without_a_destination_is_refused_by_name():
    """The remedy says where to set it."""
    with pytest.raises(ConfigError, match="connection acme has no destination"):
        bootstrap.destination_of(Known("acme", ConnectionSettings()), RunClock())


def test_keys_of_the_environment_are_used_for_a_bucket(monkeypatch: pytest.MonkeyPatch):
    """And nothing is asked over the network to open it."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIA")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-a-secret")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    settings = ConnectionSettings(to="s3://lake/x")
    destination = bootstrap.destination_of(Known("acme", settings), RunClock())
    assert destination.url == "s3://lake/x"
    assert "not-a-secret" not in repr(destination)


def test_a_profile_that_does_not_exist_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path):
    """Instead of AWS's own keys of this machine."""
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIA")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-a-secret")
    settings = ConnectionSettings.model_validate({"to": "s3://lake/x", "s3": {"profile": "nobody"}})
    with pytest.raises(AccessDenied, match="nobody"):
        bootstrap.destination_of(Known("acme", settings), RunClock())
