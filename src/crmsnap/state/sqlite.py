"""Opening one SQLite file of the state: its schema, its version, and what damage looks like.

A file has one writer (its stream's task) and may have several readers, which WAL allows.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shlex import quote
from urllib.parse import unquote

import msgspec

from crmsnap.errors import StateDamaged, StateError, StateTooNew

RUNS_FILE = "runs.sqlite"
"""Beside the streams' files: whose state it is, and what was run."""

LOCK_FILE = "lock"
"""In a state's folder, as long as there is one; empty, and never removed."""

VERSION = 2
"""Of every file's schema, kept in `user_version`; a file with a higher one is refused untouched."""

_SQL = Path(__file__).parent / "sql"

_SINCE = {
    "finished": 2,
    "deletions": 2,
    "archive": 2,
    "list_marks": 2,
    "list_places": 2,
    "sealed_names": 2,
    "spans": 2,
}
"""The version that a schema came with, where that was not the first."""

_PATIENCE_SECONDS = 1.0
"""For somebody who reads a file that is tidied: it can wait until the next run."""

_SMALL = frozenset({"documents", "runs"})
"""Schemas of files that stay small: to give back single pages would take a page more in each of hundreds."""


def open_for_writing(path: Path, *schemas: str) -> sqlite3.Connection:
    """Open a file, made with these schemas if it is new. Autocommit: transactions are explicit."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with damage_named(path):
        connection = sqlite3.connect(path, isolation_level=None)
        try:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            _refuse_newer(path, version)
            if version == 0 and _SMALL.isdisjoint(schemas):
                # Has to be said first of all. Pages that become free can then be given back one by one, where
                # VACUUM needs room for a copy of everything (sqlite.org/pragma.html#pragma_auto_vacuum).
                connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            # WAL keeps readers and the writer apart; NORMAL loses nothing to a killed process, and a
            # power cut costs the last pages, which are read again (sqlite.org/pragma.html).
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA cache_size = -4096")
            # What was deleted is overwritten, not left in free pages: it may be a person's data.
            connection.execute("PRAGMA secure_delete = ON")
            if version == 0:
                _create(connection, schemas)
                path.chmod(0o600)
            elif version < VERSION:
                _upgrade(connection, version, schemas)
        except BaseException:
            connection.close()
            raise
    return connection


@contextmanager
def open_for_reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a file that exists, to read only."""
    with damage_named(path):
        # Not `mode=ro`: a file whose writer was killed has to be rolled back first, which only a
        # connection that may write can do (sqlite.org/c3ref/c_abort_rollback.html: READONLY_ROLLBACK).
        # A reader that nobody exhausts is closed by whichever thread collects it.
        connection = sqlite3.connect(
            f"file:{_quoted(path)}?mode=rw", uri=True, check_same_thread=False
        )
        try:
            _refuse_newer(path, connection.execute("PRAGMA user_version").fetchone()[0])
            connection.execute("PRAGMA query_only = ON")
            connection.execute("PRAGMA cache_size = -4096")
            yield connection
        finally:
            connection.close()


def is_made(path: Path) -> bool:
    """Whether a file is there with its schema: one whose writer was killed while making it holds nothing."""
    if not path.exists():
        return False
    with open_for_reading(path) as db:
        return bool(db.execute("PRAGMA user_version").fetchone()[0])


@contextmanager
def open_to_tidy(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a file that exists to change nothing of what it says: no schema is made or upgraded."""
    with damage_named(path):
        connection = sqlite3.connect(
            f"file:{_quoted(path)}?mode=rw",
            uri=True,
            isolation_level=None,
            timeout=_PATIENCE_SECONDS,
        )
        try:
            _refuse_newer(path, connection.execute("PRAGMA user_version").fetchone()[0])
            connection.execute("PRAGMA secure_delete = ON")
            yield connection
        finally:
            connection.close()


@contextmanager
def damage_named(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into ours, with the file's name and what to do."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if "decode" in str(error):  # "Could not decode to UTF-8 column": nothing else was written
            raise damaged(path, "a value in it is no text") from error
        raise StateError(
            f"the state file {path.name} cannot be used: {error}",
            cause=f"{path} cannot be opened or written",
            remedy="check that its folder is writable and its disk is not full, then sync again",
        ) from error
    except sqlite3.ProgrammingError:
        raise  # our mistake, not the file's
    except sqlite3.DatabaseError as error:
        raise damaged(path, str(error)) from error
    except msgspec.DecodeError as error:
        raise damaged(path, "a value in it is not what was written") from error
    except UnicodeDecodeError as error:  # SQLite hands a column's name out as it finds it
        raise damaged(path, "a name in it is no text") from error


def damaged(path: Path, how: str) -> StateDamaged:
    """The error for a file that does not hold what was written into it."""
    return StateDamaged(
        f"the state file {path.name} is damaged: {how}",
        cause=f"{path} does not hold what crmsnap wrote into it",
        remedy=remedy_for(path),
    )


def remedy_for(path: Path) -> str:
    """What to do about a file that is damaged."""
    if path.name == RUNS_FILE:
        return "delete that file: the next sync makes it anew, and knows nothing of earlier runs"
    # A family's files lie one folder below the connection's.
    folder = next((at for at in path.parents[:2] if _is_state(at)), path.parent)
    stream = path.relative_to(folder).with_suffix("").as_posix()
    return (
        f"crmsnap state rebuild {quote(unquote(stream))} --connection {folder.name}:"
        " the next sync reads it anew"
    )


def _is_state(folder: Path) -> bool:
    return any((folder / name).exists() for name in (RUNS_FILE, LOCK_FILE))


def _create(connection: sqlite3.Connection, schemas: tuple[str, ...]) -> None:
    # `executescript` commits first, so the transaction is part of the script: a file has its whole
    # schema and its version, or nothing.
    script = "".join((_SQL / f"{name}.sql").read_text() for name in schemas)
    connection.executescript(f"BEGIN;\n{script}\nPRAGMA user_version = {VERSION};\nCOMMIT;")


def _upgrade(connection: sqlite3.Connection, version: int, schemas: tuple[str, ...]) -> None:
    _create(connection, tuple(name for name in schemas if _SINCE.get(name, 1) > version))


def _refuse_newer(path: Path, version: int) -> None:
    if version > VERSION:
        raise StateTooNew(
            f"the state was written by a newer crmsnap: {path.name}",
            cause=f"its format is {version}, this crmsnap knows {VERSION}",
            remedy="install the crmsnap that wrote it, or give this one another --home",
        )


def _quoted(path: Path) -> str:
    return str(path).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
