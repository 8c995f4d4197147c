"""Azurite, Microsoft's own emulator of Azure Blob Storage, in memory and on a free port.

It comes from npm, in one pinned version, into a folder that the next run finds again. Node and npm
come from Debian.
"""

import base64
import hashlib
import hmac
import os
import re
import secrets
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tests.servers.debian import programs

VERSION = "3.35.0"
INSTALL_SECONDS = 300
API_VERSION = "2021-12-02"
ACCOUNT = "acme"


@dataclass(frozen=True, slots=True)
class Azurite:
    """A running emulator with one account."""

    url: str
    """Of the account."""
    key: str = field(repr=False)

    def make_container(self) -> str:
        """A container that no other test has."""
        name = f"lake-{secrets.token_hex(6)}"
        sent = {
            "x-ms-date": datetime.now(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT"),
            "x-ms-version": API_VERSION,
        }
        request = urllib.request.Request(
            f"{self.url}/{name}?restype=container",
            method="PUT",
            headers={**sent, "Authorization": f"SharedKey {ACCOUNT}:{self._signed(name, sent)}"},
        )
        with urllib.request.urlopen(request, timeout=60):
            return name

    def _signed(self, container: str, sent: dict[str, str]) -> str:
        """A signature of "Authorize with Shared Key" (Azure Storage REST reference)."""
        headers = "".join(f"{name}:{value}\n" for name, value in sorted(sent.items()))
        # On an emulator the account stands in the path, and so twice in the resource.
        text = f"PUT{chr(10) * 12}{headers}/{ACCOUNT}/{ACCOUNT}/{container}\nrestype:container"
        made = hmac.new(base64.b64decode(self.key), text.encode(), hashlib.sha256)
        return base64.b64encode(made.digest()).decode()


@contextmanager
def azurite(log: Path) -> Iterator[Azurite]:
    """Run an emulator for as long as the block lasts; what it prints as errors goes to `log`."""
    key = base64.b64encode(secrets.token_bytes(64)).decode()
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [
                *(_installed(), "--blobHost", "127.0.0.1", "--blobPort", "0"),
                *("--inMemoryPersistence", "--skipApiVersionCheck", "--disableTelemetry"),
                "--silent",
            ],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env={**os.environ, "AZURITE_ACCOUNTS": f"{ACCOUNT}:{key}"},
        )
        with process:
            try:
                assert process.stdout is not None
                listens = (re.search(r"listens on (http://\S+)", line) for line in process.stdout)
                found = next((match for match in listens if match), None)
                assert found is not None, f"Azurite did not start: {log.read_text()}"
                yield Azurite(f"{found[1]}/{ACCOUNT}", key)
            finally:
                process.terminate()


def _installed() -> Path:
    folder = Path(tempfile.gettempdir()) / f"crmsnap-azurite-{VERSION}-{os.getuid()}"
    program = folder / "node_modules" / ".bin" / "azurite-blob"
    if not program.exists():
        npm = programs(("npm", "node"), ("npm", "nodejs"))["npm"]
        folder.mkdir(mode=0o700, exist_ok=True)
        subprocess.run(
            [npm, "install", "--no-audit", "--no-fund", f"azurite@{VERSION}"],
            cwd=folder,
            check=True,
            timeout=INSTALL_SECONDS,
            capture_output=True,
        )
    return program
