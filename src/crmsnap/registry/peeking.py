"""Whether it is worth opening a registry file: most hold runs alone, and loading SQLAlchemy takes half a second."""

import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote


def may_have_connections(file: Path) -> bool:
    """False when a file is not there or holds no connection; True also for one that only opening it explains."""
    if not file.exists():
        return False
    try:
        with closing(sqlite3.connect(f"file:{quote(str(file))}?mode=ro", uri=True)) as db:
            return db.execute("SELECT 1 FROM connections").fetchone() is not None
    except sqlite3.Error:
        return True
