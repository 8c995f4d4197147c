"""`kill -9` of the real command, with its threads and worker processes, at moments that nobody chose."""

import random
import subprocess
import time
from pathlib import Path

import pytest

from tests.builders.command import Crmsnap
from tests.builders.sandbox_process import sandbox
from tests.builders.snapshot import comparable, files
from tests.faults.crash.days import strays, torn

pytestmark = (
    pytest.mark.full
)  # minutes of CPU together; what they find is also looked at by smaller tests

SELECTION = (
    "--types",
    "contacts,companies",
    "--tables",
    "OBJECTS,OBJECTS_CONTACTS,ASSOCIATIONS,OWNERS",
)


@pytest.mark.parametrize(
    "kills", [3, pytest.param(25, marks=[pytest.mark.full, pytest.mark.timeout(1200)])]
)
def test_a_command_that_is_killed_again_and_again_loses_nothing(kills: int, tmp_path: Path) -> None:
    """Each kill has to land; each copy ends in the bytes of one that was left alone."""
    chance = random.Random(kills)
    with sandbox("--frozen", contacts=100) as account:
        whole = Crmsnap(tmp_path / "whole", account)
        whole.folder.mkdir()
        began_at = time.monotonic()
        assert whole.sync(*SELECTION).exit_code == 0
        seconds = time.monotonic() - began_at
        wanted = comparable(files(whole.snapshots))
        landed = rounds = 0
        while landed < kills:
            rounds += 1
            assert rounds < 4 * kills, "hardly a kill comes before the end"
            copy = Crmsnap(tmp_path / f"copy-{rounds}", account)
            copy.folder.mkdir()
            landed += killed(copy.start_sync(*SELECTION), chance.uniform(0.3, 0.95) * seconds)
            assert not torn(copy.snapshots)
            ended = copy.sync(*SELECTION)
            assert ended.exit_code == 0, ended.stderr
            assert not strays(copy.snapshots)
            assert comparable(files(copy.snapshots)) == wanted


def killed(process: "subprocess.Popen[str]", after_seconds: float) -> bool:
    """Kill it then, unless it has ended; whether the kill was what ended it."""
    with process:
        try:
            process.communicate(timeout=after_seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
    return process.returncode == -9
