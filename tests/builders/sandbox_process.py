"""A sandbox account in a process of its own, as users start it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.request import Request, urlopen

from tests.builders.command import environment

NOW = "2026-11-20T05:00:00Z"
DAY = "2026-11-20"
"""The sync day of every account here, unless its clock is advanced."""
A_QUIET_DAY = {
    "days": 1,
    "changed": 0.0,
    "created": 0.0,
    "archived": 0.0,
    "merged": 0.0,
    "gdpr_deleted": 0.0,
}
"""A day on which nothing happens, to be advanced by; of itself the sandbox lets a little of each happen."""


@dataclass(frozen=True)
class SandboxAccount:
    """Where the account is, and the token that opens it."""

    url: str
    token: str

    def post(self, path: str, body: object) -> Any:
        """Ask one of the sandbox's own control endpoints for something."""
        request = Request(
            self.url + path,
            json.dumps(body).encode(),
            {"content-type": "application/json"},
            method="POST",
        )
        with urlopen(request) as answer:
            return json.load(answer)

    def delete(self, path: str) -> None:
        """Take back what was asked for."""
        with urlopen(Request(self.url + path, method="DELETE")) as answer:
            answer.read()

    def get(self, path: str) -> Any:
        """Read one of the sandbox's own control endpoints."""
        with urlopen(self.url + path) as answer:
            return json.load(answer)


@contextmanager
def sandbox(*options: str, contacts: int = 200) -> Iterator[SandboxAccount]:
    """A sandbox for as long as the block lasts."""
    command = [sys.executable, "-m", "crmsnap", "sandbox", "--now", NOW]
    with subprocess.Popen(
        [*command, "--contacts", str(contacts), *options],
        stdout=subprocess.PIPE,
        text=True,
        env=environment(),
    ) as process:
        assert process.stdout is not None
        try:
            yield SandboxAccount(**json.loads(process.stdout.readline()))
        finally:
            process.terminate()
