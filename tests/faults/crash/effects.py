"""The moments at which a run touches the world: each is a point at which it can be killed.

Python tells an audit hook of files that are opened, linked and removed and of requests that are sent
(PEP 578), and SQLite tells a trace callback of each statement before it is run. So nothing of the product
is replaced. What listens cannot be taken back: it belongs into a process that ends with the run.
"""

import os
import signal
import sqlite3
import sys
from functools import partial
from itertools import count
from pathlib import Path
from threading import Lock
from typing import Any

WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
FILES = frozenset({"os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.truncate"})
READS = ("SELECT", "EXPLAIN", "PRAGMA user_version", "PRAGMA query_only", "PRAGMA cache_size")


class Effects:
    """Counts the effects of this process below some folders, and kills it at one of them."""

    def __init__(self, *folders: Path, kill_at: int | None = None) -> None:
        self.names: list[str] = []
        """Of every effect so far, in order; the first one is number 1."""
        self._folders = tuple(f"{folder}/" for folder in folders)
        self._kill_at = kill_at
        self._numbers = count(1)
        self._lock = Lock()

    def install(self) -> None:
        """Listen from now on, until this process ends."""
        sys.addaudithook(self._heard)
        # The audit event of a new connection comes before the connection can be used (Python 3.11).
        sqlite3.connect = partial(sqlite3.connect, factory=self._followed)

    def _heard(self, event: str, args: tuple[Any, ...]) -> None:
        if event == "http.client.send":
            self._happens(event)
        elif event == "open":
            path, _, flags = args
            if flags & WRITES and self._is_ours(path):
                self._happens(f"open {Path(os.fsdecode(path)).name}")
        elif event in FILES and self._is_ours(args[0]):
            self._happens(f"{event} {Path(os.fsdecode(args[0])).name}")

    def _is_ours(self, path: object) -> bool:
        # A path may begin with a descriptor of its folder: those are below the destination, too.
        return isinstance(path, str | bytes | os.PathLike) and os.fsdecode(path).startswith(
            (*self._folders, "/proc/self/fd/")
        )

    def _followed(self, *args: Any, **kwargs: Any) -> sqlite3.Connection:
        """A connection each of whose statements is an effect if it writes; of equal ones in a row the first."""
        connection = sqlite3.Connection(*args, **kwargs)
        before = ""

        def traced(statement: str) -> None:
            nonlocal before
            kind = " ".join(statement.split()[:3])
            if kind != before and not statement.lstrip().startswith(READS):
                self._happens(f"sqlite {kind}")
            before = kind

        connection.set_trace_callback(traced)
        return connection

    def _happens(self, name: str) -> None:
        with self._lock:
            self.names.append(name)
            if next(self._numbers) == self._kill_at:
                os.kill(os.getpid(), signal.SIGKILL)
                signal.pause()  # the other threads may run on for a moment, and this one does nothing more
