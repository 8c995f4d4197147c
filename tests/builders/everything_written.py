"""A search through everything that a run has written, as readable as it can be made."""

import gzip
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from zstandard import decompress

from crmsnap.state.packing import Unpacker


def places_of(text: bytes, *folders: Path) -> list[str]:
    """Where a text stands below these folders: in files as they lie, unpacked parts, decoded state rows."""
    found = []
    for folder in folders:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            for how, data in _readable(path):
                if text in data:
                    found.append(f"{path.relative_to(folder)}: {how}")
                    break
    return found


def _readable(path: Path) -> Iterator[tuple[str, bytes]]:
    yield "as it lies", path.name.encode() + b"\n" + path.read_bytes()
    if path.suffix == ".gz":
        yield "unpacked", gzip.decompress(path.read_bytes())
    if path.suffix == ".sqlite":
        with sqlite3.connect(path) as db:
            yield from _rows(db)
        db.close()


def _rows(db: sqlite3.Connection) -> Iterator[tuple[str, bytes]]:
    """Every cell of every table; a packed body also as a table of the snapshot would read it."""
    tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    known = []
    if "dictionaries" in tables:
        known = db.execute("SELECT number, body FROM dictionaries").fetchall()
    unpack = Unpacker(known).unpack
    for table in tables:
        cursor = db.execute(f'SELECT * FROM "{table}"')
        columns = [column[0] for column in cursor.description]
        for row in cursor:
            for column, cell in zip(columns, row, strict=True):
                is_packed = column == "body" and table != "dictionaries" and isinstance(cell, bytes)
                readable = _BODIES.get(table, unpack)
                yield f"{table}.{column}", readable(cell) if is_packed else str(cell).encode()


_BODIES: Mapping[str, Callable[[bytes], bytes]] = {"outlines": decompress, "ranges": bytes}
"""Table -> how a body is read that is no row of a stream, and so is not packed with a dictionary."""
