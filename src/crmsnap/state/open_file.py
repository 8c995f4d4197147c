"""What every file of the state has that is open for its one writer: it is closed when the block ends."""

from sqlite3 import Connection
from typing import Self


class OpenFile:
    """A file of the state, open until the block ends."""

    _db: Connection

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()
