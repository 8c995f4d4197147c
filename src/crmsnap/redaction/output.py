"""The end of the pipe: what is written to stdout and stderr passes the redactor, whoever writes it.

Libraries, tracebacks and threads write there too, so it is the stream that is guarded, not each print.
"""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock
from typing import TextIO

from crmsnap.redaction.redactor import Redactor


@contextmanager
def redacted_output(redactor: Redactor) -> Iterator["RedactedStream"]:
    """Guard stdout and stderr while the block lasts; gives the guarded stdout."""
    before = sys.stdout, sys.stderr
    guarded = RedactedStream(before[0], redactor), RedactedStream(before[1], redactor)
    sys.stdout, sys.stderr = guarded
    try:
        yield guarded[0]
    finally:
        sys.stdout, sys.stderr = before
        for stream in guarded:
            stream.end()


def behind(stream: TextIO) -> TextIO:
    """The stream behind a guarded one, for what was redacted value by value; pending text goes first.

    Rows of a customer's table may hold what looks like a secret, and are theirs to see whole.
    """
    return stream.end() if isinstance(stream, RedactedStream) else stream


class RedactedStream(io.TextIOBase):
    """A text stream that lets lines through when they are whole, without their secrets.

    A reader that has gone away is no error: a run goes on without being watched, to the end and the exit
    code that it would have had. It goes on too where a disk is full, and `lost` says so at its end.
    """

    def __init__(self, stream: TextIO, redactor: Redactor) -> None:
        super().__init__()
        self._stream = stream
        self._redactor = redactor
        self._pending = ""
        self._lock = RLock()
        self.lost: OSError | None = None
        """Why a part of the text was not written, but for a reader that has gone away."""

    @property
    def encoding(self) -> str:  # type: ignore[override]  # the base has an attribute of any kind
        """As that of the stream behind it."""
        return self._stream.encoding

    @property
    def errors(self) -> str | None:  # type: ignore[override]  # the base has an attribute of any kind
        """As those of the stream behind it."""
        return self._stream.errors

    def writable(self) -> bool:
        """It is."""
        return True

    def isatty(self) -> bool:
        """Whether a person reads it."""
        return self._stream.isatty()

    def fileno(self) -> int:
        """The descriptor behind it: what is written there directly is not guarded."""
        return self._stream.fileno()

    def write(self, text: str) -> int:
        """Take text; what follows the last line break waits for the rest of its line."""
        with self._lock:
            self._pending += text
            self._let_through(self._pending.rfind("\n") + 1)
        return len(text)

    def flush(self) -> None:
        """Let everything through but what may be the beginning of a secret."""
        with self._lock:
            self._let_through(len(self._pending))
            with self._or_nowhere():
                self._stream.flush()

    def end(self) -> TextIO:
        """Let the rest through, and return the stream behind."""
        with self._lock:
            rest, self._pending = self._pending, ""
            with self._or_nowhere():
                self._stream.write(self._redactor.redacted(rest))
                self._stream.flush()
        return self._stream

    def _let_through(self, end: int) -> None:
        ready = self._pending[:end]
        if not ready:
            return
        shown, waiting = self._redactor.shown(ready)
        with self._or_nowhere():
            self._stream.write(shown)
        self._pending = waiting + self._pending[end:]

    @contextmanager
    def _or_nowhere(self) -> Iterator[None]:
        """Point the stream to where nobody reads once its reader has gone, or its disk is full.

        What it still holds is written there too, with what follows and with what the interpreter flushes
        at its end (docs.python.org, "Note on SIGPIPE").
        """
        try:
            yield
        except OSError as error:
            self.lost = self.lost or (None if isinstance(error, BrokenPipeError) else error)
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)
