"""Giving back the room that is free in a state's files.

Behind each run a bounded share of it, which needs no second copy of anything; all of it, and rows in their
order again, by command, which needs room for a copy of one file at a time.
"""

import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Connection

from crmsnap.errors import StateError
from crmsnap.state.files import StateFile, state_files
from crmsnap.state.sqlite import open_to_tidy

_FREE_SHARE = 8
"""A file keeps an eighth of its pages free: the next run fills them, and taking them back costs writes."""

_PAGES_A_RUN = 16_384
"""64 MiB in pages of 4 KiB: at most so much is given back behind one run."""

_INCREMENTAL = 2
"""`PRAGMA auto_vacuum` of files that can give back single pages; those of version 1 cannot."""

_LARGE_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Compacted:
    """What became of a file's size."""

    stream: str
    bytes_before: int
    bytes_after: int


def tidy_up(folder: Path) -> None:
    """Give back free pages and empty the logs behind a run; the caller holds the folder's lock.

    Somebody who reads a file meanwhile keeps its log: the next run empties it.
    """
    for file in state_files(folder):
        # A file that is damaged is named by whoever reads it.
        with suppress(StateError), open_to_tidy(file.path) as db:
            _give_back(db)
            empty_log(db)


def compact(folder: Path) -> Iterator[Compacted]:
    """Rewrite every file without free room, one after the other; the caller holds the folder's lock.

    Raise `StateError` when the disk has no room for a copy of the next one: those before it are done.
    """
    for file in state_files(folder):
        before = file.bytes
        _refuse_without_room(file)
        with open_to_tidy(file.path) as db:
            empty_log(db)
            if (
                file.bytes > _LARGE_BYTES
            ):  # of version 1: those learn here to give back single pages
                db.execute(f"PRAGMA auto_vacuum = {_INCREMENTAL}")
            db.execute("VACUUM")
            empty_log(db)
        yield Compacted(file.stream, before, file.bytes)


def _give_back(db: Connection) -> None:
    pages, free = (
        db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count")
    )
    if (
        db.execute("PRAGMA auto_vacuum").fetchone()[0] == _INCREMENTAL
        and free > pages // _FREE_SHARE
    ):
        surplus = min(free - pages // _FREE_SHARE, _PAGES_A_RUN)
        # A script, because it goes on until the statement has ended: each of its steps is a page without a
        # row, and `execute` takes one step.
        db.executescript(f"PRAGMA incremental_vacuum({surplus})")


def empty_log(db: Connection) -> bool:
    """Bring everything into the file itself; False while somebody reads what the log still holds."""
    busy: int = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    return not busy


def _refuse_without_room(file: StateFile) -> None:
    # VACUUM writes a copy beside it and then the log: "as much as twice the size" (sqlite.org/lang_vacuum.html).
    needed, free = 2 * file.bytes, shutil.disk_usage(file.path.parent).free
    if free < needed:
        raise StateError(
            f"there is no room to compact {file.path.name}",
            cause=f"it takes up to {needed:,} bytes, and {free:,} are free",
            remedy="make room, then compact again; nothing was changed",
        )
