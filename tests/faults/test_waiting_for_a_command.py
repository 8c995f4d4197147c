"""How these tests wait: what never comes about fails them, and does not hang them."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.builders.command import wait_until


@contextmanager
def command(text: str) -> Iterator["subprocess.Popen[str]"]:
    with subprocess.Popen(
        [sys.executable, "-c", text], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "started\n"
        yield process


def test_a_command_that_takes_too_long_is_killed_and_shown():
    """Nobody would wait for a test that hangs, and nobody would know why."""
    text = "import sys, time; print('on', file=sys.stderr); print('started', flush=True); time.sleep(600)"
    with command(text) as process, pytest.raises(AssertionError, match="on\n") as found:
        wait_until(lambda: False, process, seconds=0.2)
    assert "took over 0.2 s" in str(found.value)
    assert process.returncode == -9


def test_a_command_that_ends_before_is_shown():
    """What it said is why."""
    text = "import sys; print('started', flush=True); sys.exit('no such account')"
    with command(text) as process, pytest.raises(AssertionError, match="no such account") as found:
        wait_until(lambda: False, process)
    assert "ended with 1" in str(found.value)


def test_what_is_there_is_not_waited_for():
    """The command goes on."""
    with command("import time; print('started', flush=True); time.sleep(600)") as process:
        wait_until(lambda: True, process, seconds=0)
        assert process.poll() is None
        process.kill()
        process.communicate()
