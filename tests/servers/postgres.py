"""A PostgreSQL server from nothing, in a folder of its own, on a socket there: no port, no other user.

The server refuses to run as root, so as root it runs as `nobody`. Its users need a password, as in
production: an error that repeats it would be seen.
"""

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from tests.servers.debian import programs

PACKAGES = ("postgresql",)
PROGRAMS = ("initdb", "postgres")
START_SECONDS = 60
UNPRIVILEGED = "nobody"
CLUSTER = ("--auth=scram-sha-256", "--no-sync", "--locale=C.UTF-8")
# What a crash of the machine would lose does not matter here.
QUICK = ("-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=50")


@dataclass(frozen=True, slots=True)
class Postgres:
    """A running server."""

    socket: Path
    """The folder of its socket."""
    password: str = field(repr=False)

    def make_database(self) -> str:
        """The URL of an empty database that no other test has, as a user writes it."""
        name = f"registry_{secrets.token_hex(6)}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as db:
            db.execute(f"CREATE DATABASE {name}".encode())
        return self.url(name)

    def url(self, database: str) -> str:
        """The URL of a database."""
        return f"postgresql://crmsnap:{self.password}@/{database}?host={self.socket}"


@contextmanager
def postgres() -> Iterator[Postgres]:
    """Run a server for as long as the block lasts."""
    found = programs(PROGRAMS, PACKAGES)
    # Not pytest's own folder, which only its owner may enter.
    folder = Path(tempfile.mkdtemp(prefix="crmsnap-postgres-"))
    server = Postgres(folder, secrets.token_hex(16))
    try:
        _make_cluster(found["initdb"], server)
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [found["postgres"], "-D", folder / "data", "-k", folder, "-h", "", *QUICK],
                stdout=log,
                stderr=log,
                cwd=folder,
                user=_user(),
            )
            with process:
                try:
                    _wait_until_it_answers(server, process)
                    yield server
                finally:
                    process.send_signal(
                        signal.SIGQUIT
                    )  # "immediate": nothing of it is needed again
    finally:
        shutil.rmtree(folder)


def _make_cluster(initdb: Path, server: Postgres) -> None:
    user, folder = _user(), server.socket
    password = folder / "password"
    password.write_text(server.password)
    if user is not None:
        for path in (folder, password):
            shutil.chown(path, user)
    subprocess.run(
        [initdb, "-D", folder / "data", "-U", "crmsnap", f"--pwfile={password}", *CLUSTER],
        check=True,
        capture_output=True,
        cwd=folder,
        user=user,
        timeout=START_SECONDS,
    )
    password.unlink()


def _user() -> str | None:
    return UNPRIVILEGED if os.geteuid() == 0 else None


def _wait_until_it_answers(server: Postgres, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(server.url("postgres")).close()
        except psycopg.OperationalError:
            log = (server.socket / "log").read_text()
            assert process.poll() is None, f"PostgreSQL did not start: {log}"
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return
