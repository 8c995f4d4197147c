"""What lies in the state of a connection, as readable as it can be: for searching."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from crmsnap.state.packing import Unpacker


def state_bodies(home: Path) -> Iterator[bytes]:
    """Every body of every stream file, unpacked as a table would read it."""
    (folder,) = [path.parent for path in home.rglob("runs.sqlite")]
    for path in folder.rglob("*.sqlite"):
        with sqlite3.connect(path) as db:
            tables = {row[0] for row in db.execute("SELECT name FROM sqlite_master")}
            if "dictionaries" in tables:
                unpack = Unpacker(
                    db.execute("SELECT number, body FROM dictionaries").fetchall()
                ).unpack
                for table in tables & {
                    "records",
                    "histories",
                    "documents",
                    "associations",
                    "events",
                }:
                    for (packed,) in db.execute(f"SELECT body FROM {table}"):
                        yield unpack(packed)
        db.close()
