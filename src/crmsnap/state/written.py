"""What a connection wrote to its destination, and what it is about to remove there.

Both are remembered in `runs.sqlite` before they are done: only a key that stands here is swept as
a stray, and a prune that was killed between a manifest and its parts is finished from here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Connection, OperationalError

from crmsnap.state.open_file import OpenFile
from crmsnap.state.sqlite import damage_named, open_for_reading, open_for_writing

_PRUNES = (
    "CREATE TABLE IF NOT EXISTS prunes (destination TEXT NOT NULL, day TEXT NOT NULL,"
    " manifest BLOB NOT NULL, PRIMARY KEY (destination, day))"
)


class Written(OpenFile):
    """The record of one connection at one destination."""

    def __init__(self, folder: Path, destination: str) -> None:
        self._path = folder / "runs.sqlite"
        self._destination = destination
        self._db = open_for_writing(self._path, "runs")
        with damage_named(self._path):
            self._db.execute(_PRUNES)  # files of earlier versions lack it

    def remember(self, keys: Iterable[str]) -> None:
        """Remember, before they are written, keys that will be ours."""
        with damage_named(self._path):
            # The file itself will outlive a power cut, so its record has to.
            self._db.execute("PRAGMA synchronous = FULL")
            with self._db:
                self._db.executemany(
                    "INSERT OR IGNORE INTO puts VALUES (?, ?)",
                    [(self._destination, key) for key in keys],
                )
            self._db.execute("PRAGMA synchronous = NORMAL")

    def days(self) -> tuple[str, ...]:
        """The days of which keys are remembered, oldest first."""
        # A step per day, not per key: the record of one day may hold tens of thousands.
        found: list[str] = []
        with damage_named(self._path):
            after = ""
            while row := self._db.execute(
                "SELECT key FROM puts WHERE destination = ? AND key >= ? ORDER BY key LIMIT 1",
                (self._destination, after),
            ).fetchone():
                day = row[0].partition("/")[0]
                found.append(day)
                after = _end(day)
        return tuple(found)

    def keys(self, day: str) -> frozenset[str]:
        """The keys of a day that this connection was ever about to write."""
        with damage_named(self._path):
            rows = self._db.execute(
                "SELECT key FROM puts WHERE destination = ? AND key >= ? AND key < ?",
                (self._destination, f"{day}/", _end(day)),
            )
            return frozenset(row[0] for row in rows)

    def forget(self, day: str) -> None:
        """Forget the keys of a day: nothing of it can be left any more that its manifest does not list."""
        with damage_named(self._path), self._db:
            self._db.execute(
                "DELETE FROM puts WHERE destination = ? AND key >= ? AND key < ?",
                (self._destination, f"{day}/", _end(day)),
            )

    def begin_prune(self, day: str, manifest: bytes) -> None:
        """Remember the manifest of a day before it is removed: it says what else has to go."""
        with damage_named(self._path):
            # What comes next cannot be taken back: this must survive a power cut, which NORMAL does not.
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.execute(
                "INSERT OR REPLACE INTO prunes VALUES (?, ?, ?)", (self._destination, day, manifest)
            )
            self._db.execute("PRAGMA synchronous = NORMAL")

    def unfinished_prunes(self) -> Mapping[str, bytes]:
        """The manifests of days whose removal has begun and not ended, by day."""
        with damage_named(self._path):
            return _unfinished(self._db, self._destination)

    def end_prune(self, day: str) -> None:
        """Forget the manifest of a day of which nothing is left to remove."""
        with damage_named(self._path), self._db:
            self._db.execute(
                "DELETE FROM prunes WHERE destination = ? AND day = ?", (self._destination, day)
            )


def read_unfinished_prunes(folder: Path, destination: str) -> Mapping[str, bytes]:
    """The same from a state in which nothing may be made or changed, or which is not there."""
    path = folder / "runs.sqlite"
    if not path.exists():
        return {}
    with open_for_reading(path) as db, damage_named(path):
        try:
            return _unfinished(db, destination)
        except OperationalError:
            return {}  # written by a version that knew no prune


def _unfinished(db: Connection, destination: str) -> Mapping[str, bytes]:
    rows = db.execute(
        "SELECT day, manifest FROM prunes WHERE destination = ? ORDER BY day", (destination,)
    )
    return dict(rows.fetchall())


@dataclass(frozen=True, slots=True)
class RememberPuts:
    """Remembers keys before they are written; can be pickled, so that any process may write a part."""

    folder: Path
    destination: str

    def __call__(self, keys: Iterable[str]) -> None:
        with Written(self.folder, self.destination) as written:
            written.remember(keys)


def _end(day: str) -> str:
    """The first text behind every key of a day: `0` follows `/`."""
    return f"{day}0"
