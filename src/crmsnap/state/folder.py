"""One connection's state: a folder of stream files, and the lock that lets one run work on it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crmsnap.errors import Busy, StateError
from crmsnap.state.reader import StateReader, stream_path
from crmsnap.state.shapes import TEXT_ID_RECORDS, kind_of
from crmsnap.state.sqlite import (
    LOCK_FILE,
    damage_named,
    is_made,
    open_for_reading,
    open_to_tidy,
)
from crmsnap.state.stream_file import RunMark, StreamFile


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder for this process; the lock dies with it. Raise `Busy` when it is held.

    `flock` on a file of its own: a killed run leaves nothing behind that somebody must clean up.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StateError(
            f"the state folder cannot be used: {error.strerror}",
            cause=f"{folder} cannot be written",
            remedy="choose a writable folder with --home or CRMSNAP_HOME",
        ) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy(
                "another run works on this connection",
                cause=f"it holds {folder / 'lock'}",
                remedy="wait until it has ended, then run this command again",
            ) from error
        yield
    finally:
        os.close(descriptor)


def open_stream(folder: Path, stream: str, run: RunMark, *, text_ids: bool = False) -> StreamFile:
    """The file of a stream, open for its one writer; `text_ids`: of records without whole numbers as ids."""
    kind = TEXT_ID_RECORDS if text_ids else kind_of(stream)
    return StreamFile(stream_path(folder, stream), kind, run)


def open_reader(folder: Path, streams: tuple[str, ...], run_id: str) -> StateReader:
    """The state as a run left it: those of the streams that it has read to their end."""
    return StateReader(
        folder, tuple(sorted(name for name in streams if _is_done(folder, name, run_id)))
    )


def open_as_is(folder: Path, *streams: str) -> StateReader:
    """Whatever is there of these streams, by any run, finished or not: for what outlives runs."""
    return StateReader(
        folder, tuple(sorted(name for name in streams if is_made(stream_path(folder, name))))
    )


def forget_scan(folder: Path, stream: str) -> None:
    """Forget that a stream was ever read to its end: its rows stay until the next scan, which meets all or
    removes them."""
    with open_to_tidy(stream_path(folder, stream)) as db:
        if db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'finished'").fetchone():
            db.execute("DELETE FROM finished")


def _is_done(folder: Path, stream: str, run_id: str) -> bool:
    path = stream_path(folder, stream)
    if not is_made(path):
        return False
    with open_for_reading(path) as db, damage_named(path):
        row = db.execute("SELECT run, done FROM cursor").fetchone()
    return row is not None and row[0] == run_id and bool(row[1])
