"""Running an open reader as its users do: its own program, in its own environment, in a process of its own."""

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.builders.sandbox_process import SandboxAccount
from tests.differential.authority import Authority
from tests.differential.comparison import Table
from tests.differential.hubspot_host import Stand, hubspot_host

PATIENCE_SECONDS = 240


@dataclass(frozen=True)
class Sides:
    """HubSpot's raw answers and what we published, by the name of the type."""

    truth: Mapping[str, Table]
    ours: Mapping[str, Table]
    unclassified: Mapping[str, frozenset[str]]
    """Properties of which HubSpot does not say whether they are sensitive."""
    left_out: Mapping[str, frozenset[str]]
    """Properties that our manifest names as left out."""


@dataclass(frozen=True)
class Ran:
    """How a reader ended, and whom it talked to."""

    exit_code: int
    stdout: str
    stderr: str
    asked: Sequence[str]
    refused: Sequence[str]

    def messages(self) -> Iterator[Any]:
        """Standard output as a JSON value a line; only a line feed ends one, values hold U+0085."""
        return map(json.loads, filter(None, self.stdout.split("\n")))


@dataclass(frozen=True)
class Way:
    """How programs reach the account under HubSpot's own address."""

    account: SandboxAccount
    authority: Authority
    folder: Path
    """Where programs write, and what they take for their home."""

    def run(self, stand: Stand, *command: str | Path, **variables: str) -> Ran:
        """Run a program to its end, with nothing of this machine's settings."""
        with hubspot_host(self.account.url, self.authority, stand) as host:
            done = subprocess.run(
                [str(word) for word in command],
                cwd=self.folder,
                env={
                    "HOME": str(self.folder),
                    "LANG": "C.UTF-8",
                    "PATH": "/usr/bin:/bin",
                    **host.environment(),
                    **variables,
                },
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=PATIENCE_SECONDS,
            )
        return Ran(done.returncode, done.stdout, done.stderr, host.asked, host.refused)
