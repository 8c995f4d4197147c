"""One file of a stream that is being read: where it lies, and what its packed rows say."""

from hashlib import blake2b
from pathlib import Path
from sqlite3 import Connection
from urllib.parse import quote

from crmsnap.state.packing import Unpacker, checksum
from crmsnap.state.sqlite import damaged

_NAME_MAX = 150
"""Characters of a stream's name in its file's name; file systems take 255 bytes."""


def stream_path(folder: Path, stream: str) -> Path:
    """Where a stream's file lies. Event types have names of any kind, so names are made safe."""
    family, slash, name = stream.partition("/")
    safe = quote(name, safe="")
    if len(safe) > _NAME_MAX:
        safe = f"{safe[:_NAME_MAX]}-{blake2b(name.encode(), digest_size=8).hexdigest()}"
    return folder / f"{family}{slash}{safe}.sqlite"


class StreamFileRead:
    """A stream file that is being read."""

    def __init__(self, path: Path, db: Connection) -> None:
        self.path = path
        self.db = db
        self._unpack = Unpacker(
            db.execute("SELECT number, body FROM dictionaries").fetchall()
        ).unpack

    def has(self, table: str) -> bool:
        """Whether the file has a table: kinds of streams differ in what lies beside."""
        return has_table(self.db, table)

    def body(self, packed: bytes, digest: bytes, row: str) -> bytes:
        """What a row's body says, when it is what was written."""
        try:
            body = self._unpack(packed)
        except ValueError as error:
            raise damaged(self.path, f"{error} in row {row}") from error
        if checksum(body, row) != digest:
            raise damaged(self.path, f"the checksum of row {row} does not match")
        return body


def has_table(db: Connection, table: str) -> bool:
    """Whether a file has a table."""
    sql = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?"
    return db.execute(sql, (table,)).fetchone() is not None


def between(
    sql: str,
    key: str,
    low: int | str | None,
    high: int | str | None,
    of_type: str | None = None,
) -> tuple[str, tuple[int | str, ...]]:
    """A query for the rows with low < key <= high, by key, and the values of its marks."""
    conditions = [
        (condition, value)
        for condition, value in (("type = ?", of_type), (f"{key} > ?", low), (f"{key} <= ?", high))
        if value is not None
    ]
    where = " WHERE " + " AND ".join(text for text, _ in conditions) if conditions else ""
    return f"{sql}{where} ORDER BY {key}", tuple(value for _, value in conditions)
