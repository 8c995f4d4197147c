"""Opening a registry: a SQLite file for one machine, PostgreSQL for several."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from crmsnap.errors import RegistryError
from crmsnap.registry.address import file_of
from crmsnap.registry.postgresql import postgresql
from crmsnap.registry.refusals import refusal
from crmsnap.registry.transactions import begin_on_sqlite
from crmsnap.registry.upgrading import upgrade

WAIT_SECONDS = 30
"""How long to wait for a database that somebody else works on."""

Registry: TypeAlias = Engine
"""An open registry, as layers above call it: they know nothing of SQLAlchemy."""


@contextmanager
def open_registry(url: str) -> Iterator[Engine]:
    """The registry behind a URL, with today's schema.

    Raise `RegistryError` when it cannot be used, also for what the database says inside the block.
    """
    try:
        file = file_of(url)
        engine = postgresql(url, wait_seconds=WAIT_SECONDS) if file is None else _sqlite(file)
        try:
            upgrade(engine)
            yield engine
        finally:
            engine.dispose()
    except SQLAlchemyError as error:
        raise refusal(error) from None  # its own text would repeat the URL, with the password


def _sqlite(file: Path) -> Engine:
    _keep_private(file)
    engine = create_engine(
        URL.create("sqlite", database=str(file)),
        connect_args={"timeout": WAIT_SECONDS, "isolation_level": None},
    )
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", begin_on_sqlite)
    return engine


def _on_connect(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    # What was removed is overwritten: it may be a token, even if an encrypted one.
    connection.cursor().execute("PRAGMA secure_delete = ON")


def _keep_private(file: Path) -> None:
    """Make the file for its owner alone. Raise `RegistryError` for one that others can read.

    SQLite gives its journal the permissions of the file itself.
    """
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        mode = file.stat().st_mode
    except OSError as error:
        raise RegistryError(
            f"the registry cannot be opened: {error.strerror}",
            cause=f"{file} cannot be read and written",
            remedy="choose a writable folder with --home or CRMSNAP_HOME",
        ) from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise RegistryError(
            f"{file} holds external ids and tokens, and other users of this machine can read it",
            cause=f"its mode is {stat.filemode(mode)}",
            remedy=f"chmod 600 {file}",
        )
