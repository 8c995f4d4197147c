"""A real S3 server for tests: moto in a process of its own, on a free loopback port.

moto judges neither permissions nor checksums; what a request carries on the wire is shown by the
recording server in `tests/unit/destinations`.
"""

import secrets
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import boto3

ACCESS_KEY_ID = "AKIATEST"
SECRET_ACCESS_KEY = "not-a-secret"
REGION = "eu-central-1"
START_SECONDS = 60

# The server chooses its own port and says which: asking for a free port first and starting on it
# later is a race between test processes.
PROGRAM = """
import sys
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server
server = make_server("127.0.0.1", 0, DomainDispatcherApplication(create_backend_app), threaded=True)
print(server.port, flush=True)
server.serve_forever()
"""


@dataclass(frozen=True, slots=True)
class S3Server:
    """A running S3 server."""

    url: str

    def make_bucket(self) -> str:
        """Create a bucket with a name that no other test has."""
        name = f"crmsnap-test-{secrets.token_hex(6)}"
        client = boto3.client(
            "s3",
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=ACCESS_KEY_ID,
            aws_secret_access_key=SECRET_ACCESS_KEY,
        )
        with closing(client):
            client.create_bucket(
                Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION}
            )
        return name


@contextmanager
def s3_server(log: Path) -> Iterator[S3Server]:
    """Run a server for as long as the block lasts; what it prints goes to `log`."""
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, stderr=errors
        )
        with process:
            try:
                assert process.stdout is not None
                port = process.stdout.readline().decode().strip()
                assert port, f"moto did not start: {log.read_text()}"
                url = f"http://127.0.0.1:{port}"
                _wait_until_it_answers(url)
                yield S3Server(url)
            finally:
                process.terminate()


def _wait_until_it_answers(url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with urllib.request.urlopen(f"{url}/moto-api/", timeout=START_SECONDS):
                return
        except urllib.error.URLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
