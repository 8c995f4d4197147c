"""The `crmsnap` command as users run it: a process of its own, judged by what it prints."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.builders.sandbox_process import SandboxAccount

SOURCE = Path(__file__).parents[2] / "src"
PATIENCE_SECONDS = 180
"""For a machine that others use too; nothing here is judged by its time."""


def environment(**more: str) -> dict[str, str]:
    """The environment of a child: this one's, the source, and what a test adds."""
    return {**os.environ, "PYTHONPATH": str(SOURCE), "COLUMNS": "200", **more}


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def json(self) -> Any:
        """The whole answer of a command that was given `--json`."""
        return json.loads(self.stdout)

    @property
    def json_lines(self) -> list[dict[str, Any]]:
        """The lines of `sync --json`; the last one is the report."""
        return [json.loads(line) for line in self.stdout.splitlines()]

    @property
    def code(self) -> str | None:
        """The code of the error that was shown, if one was."""
        found = re.search(r"^error\[([a-z-]+)\]: ", self.stderr, re.MULTILINE)
        return found and found[1]


class Crmsnap:
    """Runs commands in one folder, against one account; the state lies in `home`."""

    def __init__(self, folder: Path, account: "SandboxAccount") -> None:
        self.folder = folder
        self.account = account
        self.home = folder / "home"
        self.snapshots = folder / "snapshots"
        self.under: tuple[str, ...] = ()
        """A command under which ours is run: `strace ...`."""

    def __call__(self, *arguments: str, **variables: str) -> Ended:
        """Run a command to its end."""
        with self.start(*arguments, **variables) as process:
            stdout, stderr = process.communicate(timeout=PATIENCE_SECONDS)
        return Ended(process.returncode, stdout, stderr)

    def start(self, *arguments: str, **variables: str) -> "subprocess.Popen[str]":
        """Start a command and leave it running."""
        return subprocess.Popen(
            [*self.under, sys.executable, "-m", "crmsnap", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.folder,
            env=environment(**self._variables(variables)),
        )

    def sync(self, *arguments: str, **variables: str) -> Ended:
        """`crmsnap sync` of the account into the snapshots folder."""
        return self("sync", *self._where(arguments), **variables)

    def start_sync(self, *arguments: str, **variables: str) -> "subprocess.Popen[str]":
        """The same, left running."""
        return self.start("sync", *self._where(arguments), **variables)

    def _where(self, arguments: tuple[str, ...]) -> tuple[str, ...]:
        defaults = {"--to": str(self.snapshots), "--base-url": self.account.url}
        missing = [
            word
            for option in defaults
            if option not in arguments
            for word in (option, defaults[option])
        ]
        return (*missing, *arguments)

    def _variables(self, more: Mapping[str, str]) -> dict[str, str]:
        return {"CRMSNAP_HOME": str(self.home), "HUBSPOT_TOKEN": self.account.token, **more}

    def write_config(self, text: str) -> None:
        """Write crmsnap.toml into the folder, for its owner alone."""
        file = self.folder / "crmsnap.toml"
        file.write_text(text)
        file.chmod(0o600)


def wait_until(
    met: Callable[[], object],
    process: "subprocess.Popen[str]",
    seconds: float = PATIENCE_SECONDS,
) -> None:
    """Wait for what a running command brings about. It may neither end before nor take longer: then it is
    killed, and the failure shows what it printed.
    """
    deadline = time.monotonic() + seconds
    while not met():
        has_ended = process.poll() is not None
        if has_ended or time.monotonic() > deadline:
            process.kill()
            stdout, stderr = process.communicate()
            why = f"ended with {process.returncode}" if has_ended else f"took over {seconds} s"
            raise AssertionError(f"the command {why}\n{stdout}\n{stderr}")
        time.sleep(0.01)


def assert_refused(ended: Ended, code: str, exit_code: int, *words: str) -> None:
    """The error was said with its code, cause or remedy, and without a traceback."""
    assert ended.code == code, ended.stderr
    assert ended.exit_code == exit_code
    assert "Traceback" not in ended.stderr
    assert "  remedy: " in ended.stderr
    for word in words:
        assert word in ended.stderr, ended.stderr
