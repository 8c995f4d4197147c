"""What the last snapshot at each destination was about, in `runs.sqlite`: the next one there is compared with it.

An outline is kept before its snapshot is published and counts from then on: a run that is killed between
two snapshots leaves the comparison as it was.
"""

from dataclasses import dataclass
from pathlib import Path

from crmsnap.state.open_file import OpenFile
from crmsnap.state.sqlite import damage_named, open_for_writing

_TABLE = (
    "CREATE TABLE IF NOT EXISTS outlines (run TEXT PRIMARY KEY, day TEXT NOT NULL,"
    " started_at TEXT NOT NULL, published INTEGER NOT NULL DEFAULT 0, body BLOB NOT NULL,"
    " destination TEXT NOT NULL DEFAULT '')"
)


@dataclass(frozen=True, slots=True)
class KeptOutline:
    """The outline of the last snapshot."""

    day: str
    started_at: str
    """Start of its run, as published."""
    body: bytes


class Outlines(OpenFile):
    """The outlines of one connection for one destination; opened by the one process that holds its lock."""

    def __init__(self, folder: Path, destination: str) -> None:
        self._path = folder / "runs.sqlite"
        self._destination = destination
        self._db = open_for_writing(self._path, "runs")
        with damage_named(self._path):
            self._db.execute(_TABLE)  # files of earlier versions lack it, or its last column
            columns = {row[1] for row in self._db.execute("PRAGMA table_info(outlines)")}
            if "destination" not in columns:
                self._db.execute(
                    "ALTER TABLE outlines ADD COLUMN destination TEXT NOT NULL DEFAULT ''"
                )

    def last_published(self) -> KeptOutline | None:
        """The outline of the last snapshot that this state published there; None: of none is known."""
        with damage_named(self._path):
            row = self._db.execute(
                "SELECT day, started_at, body FROM outlines WHERE published = 1 AND destination = ?",
                (self._destination,),
            ).fetchone()
        return None if row is None else KeptOutline(*row)

    def keep(self, run_id: str, outline: KeptOutline) -> None:
        """Keep the outline of a snapshot that is about to be published."""
        with damage_named(self._path), self._db:
            self._db.execute(
                "INSERT OR REPLACE INTO outlines (run, day, started_at, body, destination)"
                " VALUES (?, ?, ?, ?, ?)",
                (run_id, outline.day, outline.started_at, outline.body, self._destination),
            )

    def published(self, run_id: str) -> None:
        """The snapshot of this run is there: from now on others are compared with it."""
        with damage_named(self._path), self._db:
            self._db.execute("BEGIN IMMEDIATE")
            known = self._db.execute("UPDATE outlines SET published = 1 WHERE run = ?", (run_id,))
            if known.rowcount:
                self._db.execute(
                    "DELETE FROM outlines WHERE run <> ? AND destination IN (?, '')",
                    (run_id, self._destination),
                )
