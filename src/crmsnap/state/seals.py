"""Checksums of the single rows that say how far a stream was read, and what for.

No row of data is wrong when one of them is, yet the next run would ask for too little: so they are
sealed when they are written, and `crmsnap state check` looks at the seals.
"""

from sqlite3 import Connection
from typing import Literal

from crmsnap.state.packing import checksum

Sealed = Literal["cursor", "finished"]
"""Tables of one row each, in every stream file."""


def seal(db: Connection, table: Sealed, file: str) -> None:
    """Write the checksum of a table's row, in the transaction that changed it.

    The name of the file is part of it: a file in the place of another one is no longer sealed.
    """
    row = _row(db, table)
    if row:
        db.execute(f"UPDATE {table} SET checksum = ?", (_checksum_of(row, file),))  # noqa: S608 - one of two names


def seal_is_broken(db: Connection, table: Sealed, file: str) -> bool:
    """Whether a table's row is not what was sealed; one that an earlier version wrote has no seal."""
    row = _row(db, table)
    return row.get("checksum") is not None and row["checksum"] != _checksum_of(row, file)


def _row(db: Connection, table: str) -> dict[str, object]:
    cursor = db.execute(f"SELECT * FROM {table}")  # noqa: S608 - one of two names
    names = [column[0] for column in cursor.description]
    return dict(zip(names, cursor.fetchone() or (), strict=False))


def _checksum_of(row: dict[str, object], file: str) -> bytes:
    said = sorted((name, value) for name, value in row.items() if name != "checksum")
    return checksum(file.encode(), repr(said))
