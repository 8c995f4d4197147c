"""What a database says when it cannot be used, in words that hold neither its address nor a password."""

import sqlite3
from pathlib import Path

from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from crmsnap.errors import RegistryError

_SQLSTATES = {
    "28": "the server refuses this user or password",
    "3D": "there is no such database",
    "42501": "the user may not do this in the database",
    "53": "the server has no room or no connection left",
    "57": "the server is being shut down, or took too long",
    "55P03": "another transaction holds what is needed for too long",
}
"""PostgreSQL's error codes, or their class (PostgreSQL documentation, appendix A)."""


def refusal(error: SQLAlchemyError, file: Path | None = None) -> RegistryError:
    """The error of a database as ours. The driver's own text may name server and user."""
    if file is not None and _is_damaged(error):
        return RegistryError(
            f"the registry of connections is damaged: {file}",
            cause=_cause(error),
            remedy="restore a copy of this file, or move it away: connections that commands made are"
            " made again then, with new external ids",
        )
    return RegistryError(
        "the registry of connections cannot be used",
        cause=_cause(error),
        remedy="check the setting `registry` (CRMSNAP_REGISTRY), or who may write the home folder",
    )


def no_driver() -> RegistryError:
    """For a PostgreSQL registry, and an installation that cannot speak to one."""
    return RegistryError(
        "a PostgreSQL registry needs psycopg, which is not installed",
        cause="it comes with the extra `postgres`",
        remedy="pip install 'crmsnap[postgres]'",
    )


def unknown_database() -> RegistryError:
    """For a URL that means no database that a registry can be in."""
    return RegistryError(
        "the registry is in a database that crmsnap does not know",
        cause="it can be a file or PostgreSQL",
        remedy="write `registry` as postgresql://user@host/database, or leave it out",
    )


def _is_damaged(error: SQLAlchemyError) -> bool:
    code = getattr(getattr(error, "orig", None), "sqlite_errorcode", None)
    return code is not None and code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _cause(error: SQLAlchemyError) -> str:
    if isinstance(error, ArgumentError):
        return "its URL cannot be understood"
    if not isinstance(error, DBAPIError) or error.orig is None:
        return type(error).__name__
    driver = type(error.orig).__module__.partition(".")[0]
    if driver == "sqlite3":
        return f"SQLite says: {error.orig}"  # names tables at most: it knows no addresses
    state = getattr(error.orig, "sqlstate", None)
    if state is None:
        return "the server cannot be reached, or does not let us in"
    known = _SQLSTATES.get(state) or _SQLSTATES.get(state[:2])
    return f"{known or 'PostgreSQL refuses'} (SQLSTATE {state})"
