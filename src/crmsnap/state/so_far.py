"""What a scan of records asks of the file that it fills: what is known of the ids on its next page.

The file is open for its writer meanwhile, and shows what every page before has left in it.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson

from crmsnap.state.reader import stream_path
from crmsnap.state.sqlite import damage_named, open_for_reading

_TIMES = "SELECT id, updated_at FROM records WHERE id IN (SELECT value FROM json_each(?))"
_REASONS = "SELECT id, reason FROM deletions WHERE id IN (SELECT value FROM json_each(?))"
_LEFT = (
    "SELECT id FROM archive WHERE has_left = 0 AND id NOT IN (SELECT id FROM archive_met)"
    " ORDER BY id LIMIT ?"
)
_VANISHED = (
    "SELECT id FROM deletions WHERE reason = 'VANISHED' AND (ingested_at > ? OR ingested_at = ?)"
    " AND id > ?"
    " ORDER BY id LIMIT ?"
)


@dataclass(frozen=True, slots=True)
class SoFar:
    """The records of one stream as they are now, in the middle of its scan."""

    folder: Path
    stream: str

    def times(self, ids: Iterable[int | str]) -> dict[int, str | None]:
        """When each of these records was last changed, of those that are there."""
        return dict(self._of_ids(_TIMES, ids))

    def reasons(self, ids: Iterable[int]) -> dict[int, str]:
        """Why each of these records is no longer live, of those that went."""
        return dict(self._of_ids(_REASONS, ids))

    def count(self) -> int:
        """How many records there are."""
        return self._number("SELECT count(*) FROM records")

    def newest(self) -> int | None:
        """The greatest id; None: there is no record."""
        with self._open() as db:
            (newest,) = db.execute("SELECT max(id) FROM records").fetchone()
        return newest if newest is None else int(newest)

    def left_archive(self, count: int) -> list[int]:
        """Up to `count` ids that were in HubSpot's archive, and that this scan has not met there; ascending."""
        with self._open() as db:
            return [id_ for (id_,) in db.execute(_LEFT, (count,))]

    def vanished(self, since: str, now: str, above: int, count: int) -> list[int]:
        """Up to `count` ids greater than `above` that runs behind `since`, or the one that began `now`, have not
        met any more, ascending."""
        with self._open() as db:
            rows = db.execute(_VANISHED, (since, now, above, count))
            return [id_ for (id_,) in rows]

    def _number(self, sql: str) -> int:
        with self._open() as db:
            return int(db.execute(sql).fetchone()[0])

    def _of_ids(self, sql: str, ids: Iterable[int | str]) -> list[tuple[int, str]]:
        wanted = orjson.dumps(list(ids)).decode()
        with self._open() as db:
            return db.execute(sql, (wanted,)).fetchall()

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        path = stream_path(self.folder, self.stream)
        with open_for_reading(path) as db, damage_named(path):
            yield db
