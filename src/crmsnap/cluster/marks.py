"""Whether a worker sees the same folder as the run, and not only one of the same name.

The run leaves a small file with a word that nobody else knows in each folder that its tasks use, and
takes it away at the end. A worker of another machine would else read its own older state, or write
parts that the run never finds.
"""

import secrets
import socket
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

from crmsnap.errors import ExecutorError

NAME = "seen-by-workers"


class Mark(NamedTuple):
    """A file that a worker has to find with this content."""

    path: Path
    word: str

    def check(self) -> None:
        """Raise `ExecutorError` if this machine does not see the folder."""
        try:
            word = self.path.read_text()
        except OSError as error:
            raise self._unseen(f"it cannot read {self.path}: {error.strerror}") from error
        if word != self.word:
            raise self._unseen("it has another folder of that name")

    def _unseen(self, cause: str) -> ExecutorError:
        return ExecutorError(
            f"the worker on {socket.gethostname()} does not see {self.path.parent}",
            cause=cause,
            remedy="give all workers the same folder at the same path,"
            " or use workers of this machine alone",
        )


class Marks:
    """The marks of one run; they go when it ends."""

    def __init__(self) -> None:
        self._word = secrets.token_hex(16)
        self._marked: dict[Path, Mark] = {}
        self._made: list[Path] = []

    def __enter__(self) -> "Marks":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with suppress(OSError):  # a mark that stays is written over by the next run
            for mark in self._marked.values():
                mark.path.unlink(missing_ok=True)
            for folder in self._made:
                folder.rmdir()

    def of(self, folder: Path) -> Mark:
        """The mark of a folder, which is left there when it is first asked for."""
        if folder not in self._marked:
            mark = Mark(folder / NAME, self._word)
            try:
                self._make(folder)
                mark.path.write_text(mark.word)
            except OSError as error:
                raise ExecutorError(
                    f"{folder} cannot be marked for the workers of the cluster",
                    cause=str(error.strerror),
                    remedy="make it writable, then sync again",
                ) from error
            self._marked[folder] = mark
        return self._marked[folder]

    def _make(self, folder: Path) -> None:
        if not folder.is_dir():
            folder.mkdir(parents=True)
            self._made.append(folder)
