"""Writing one stream's file: pages in, each in one transaction with the cursor that covers it.

A scan belongs to a run. Opened again by the same run it goes on behind the last page that was saved,
whatever happened in between; opened by another run it begins anew. What a whole scan does not meet again
is removed at its end; a scan of changes names what goes. Rows that did not change keep their
`ingested_at`, so they publish the same bytes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from crmsnap.state.open_file import OpenFile
from crmsnap.state.packing import Packer, checksum, dictionary_of
from crmsnap.state.rows import NEVER
from crmsnap.state.seals import Sealed, seal, seal_is_broken
from crmsnap.state.shapes import ARCHIVE, DELETIONS, Kind, Shape
from crmsnap.state.spans import is_tracked, settle
from crmsnap.state.sqlite import damage_named, damaged, open_for_writing

Entry = tuple[str | int | bytes | None, ...]
"""One row of a shape: its keys, its values, then its body if the shape has one."""

Key = tuple[str | int, ...]
"""The key of a row in its main table, or the beginning of one."""

EVERYTHING: Key = ()
"""The beginning of every key."""

STRIPPED = "stripped"
"""The note of a scan whose rows were stripped since; the next one begins without it."""

_DICTIONARY_FROM_BYTES = 20_000
"""A page with so much in it gets a dictionary of its member names; smaller ones do without."""


@dataclass(frozen=True, slots=True)
class RunMark:
    """The run that writes, and the time that its changes carry."""

    run_id: str
    ingested_at: str
    """Start of the run by HubSpot's clock, as published."""


class StreamFile(OpenFile):
    """A stream's file, open for its one writer."""

    def __init__(self, path: Path, kind: Kind, run: RunMark) -> None:
        self._path = path
        self._kind = kind
        self._run = run
        self._db = open_for_writing(path, *kind.schemas)
        self._packers = {shape: Packer() for shape in (kind.main, *kind.beside) if shape.body}
        self._with_dictionary: set[Shape] = set()
        self.position: str | None = None
        """Where the scan goes on: what `save` was last given; None: at the beginning."""
        self.done = False
        """Whether this run has read the stream to its end."""
        self.rows = 0
        """Read by this scan so far."""
        try:
            with damage_named(path):
                self._begin()
                self._load_dictionaries()
        except BaseException:
            self._db.close()
            raise

    def save(
        self,
        rows: Sequence[Entry],
        position: str,
        beside: Mapping[Shape, Iterable[Entry]] | None = None,
        *,
        met: Sequence[Key] = (),
        known: bool = False,
        removed: Sequence[Key] = (),
        whole: Sequence[Key] = (),
        note: str | None = None,
    ) -> None:
        """Keep a page and the position behind it: both or neither.

        `met` are keys of rows that stay as they are, `removed` of rows that go; below the beginnings of
        keys in `whole` everything goes that this scan has not met. Rows that were `known` are not met by that.
        """
        main = self._kind.main
        with damage_named(self._path), self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._write(main, rows)
            for shape, entries in (beside or {}).items():
                self._write(shape, entries)
            if not self._fresh:
                width = len(main.keys)
                self._forget_beside(rows, beside or {})
                self._see(met)
                self._see([] if known else [row[:width] for row in rows])
            self._remove(removed)
            for prefix in whole:
                self._remove_unseen(prefix)
            self._db.execute(
                "UPDATE cursor SET position = ?, rows = rows + ?, note = coalesce(?, note)",
                (position, len(rows), note),
            )
            seal(self._db, "cursor", self._path.name)
        self.position = position
        self.rows += len(rows)

    def asks(self, asked: str, *, keeps: bool = False) -> None:
        """Say what this scan asks for, and whether it `keeps` what it does not meet, before it goes on.

        One that was begun in another way begins anew: a position does not say which rows another way
        would have met before it.
        """
        began = self._db.execute("SELECT asked, keeps FROM cursor").fetchone()
        if self.position is not None and began != (asked, int(keeps)):
            self.start_again()
        with damage_named(self._path), self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.execute("UPDATE cursor SET asked = ?, keeps = ?", (asked, int(keeps)))
            seal(self._db, "cursor", self._path.name)

    def leave(
        self,
        removed: Sequence[Key],
        rows: Sequence[Entry],
        deleted: Sequence[Entry] = (),
        beside: Mapping[Shape, Iterable[Entry]] | None = None,
    ) -> None:
        """Remove rows and write others outside of a scan, whose position stays; `deleted` tells of the removed."""
        with damage_named(self._path), self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._write(self._kind.main, rows)
            self._remove(removed)
            if deleted:
                self._write(DELETIONS, deleted)
            for shape, entries in (beside or {}).items():
                self._write(shape, entries)

    def doubt(self) -> None:
        """Let the next scan meet every row: something is taken out that HubSpot may still have, and that no
        change would bring back."""
        with damage_named(self._path), self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.execute("UPDATE finished SET swept_at = ?", (NEVER,))
            seal(self._db, "finished", self._path.name)

    def strip(self) -> None:
        """Leave the keys alone of all rows, and beside them only what outlives rows: the next scan knows which
        rows there were, and reads all of them again."""
        main = self._kind.main
        with damage_named(self._path), self._db:
            self._db.execute("BEGIN IMMEDIATE")
            keys = self._db.execute(f"SELECT {', '.join(main.keys)} FROM {main.table}").fetchall()  # noqa: S608 - names from shapes.py
            for shape in self._kind.beside:
                if shape.stamped and not shape.outlives:
                    self._db.execute(f"DELETE FROM {shape.table}")  # noqa: S608 - a name from shapes.py
            nothing = (*(None for _ in main.values), b"{}")
            self._write(main, [(*key, *nothing) for key in keys])
            self._db.execute("UPDATE finished SET asked = ''")
            self._db.execute("UPDATE cursor SET note = ?", (STRIPPED,))
            seal(self._db, "finished", self._path.name)
            seal(self._db, "cursor", self._path.name)
            if is_tracked(self._db):
                settle(self._db, self._kind)

    def start_again(self, *, forget: bool = False) -> None:
        """Begin the scan anew, also one that has ended; what it has read so far stays until its end,
        unless it vanishes. `forget`: no scan has ended then, and the next one builds on none.
        """
        with damage_named(self._path), self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._own_up_to_a_mixture()
            self._forget_met()
            if forget:
                self._db.execute("DELETE FROM finished")
            self._db.execute(
                "UPDATE cursor SET position = NULL, done = 0, rows = 0, fresh = 0, swept = 0, note = NULL"
            )
            seal(self._db, "cursor", self._path.name)
        self.position, self.done, self.rows, self._fresh = None, False, 0, False

    def finish(self, asked: str = "", *, keeps: bool = False) -> None:
        """Mark the scan as complete, and remember what it `asked` for.

        What it has not met is removed unless it `keeps` that: then it has read changes alone.
        """
        with damage_named(self._path), self._db:
            self._db.execute("BEGIN IMMEDIATE")
            if not keeps:
                self._remove_unseen(EVERYTHING)
            if self._kind.main.once:
                self._db.execute(self._kind.main.remove_repeated)
            if DELETIONS in self._kind.beside:
                self._db.execute("DELETE FROM deletions WHERE id IN (SELECT id FROM records)")
            if ARCHIVE in self._kind.beside:
                self._forget_archive()
            self._forget_met()
            self._db.execute(
                "INSERT INTO finished (only, run, started_at, asked, note, swept_at)"
                " SELECT 1, run, :at, :asked, note, :at FROM cursor WHERE true"
                " ON CONFLICT (only) DO UPDATE SET run = excluded.run, started_at = excluded.started_at,"
                " asked = excluded.asked, note = coalesce(excluded.note, note),"
                " swept_at = CASE (SELECT swept FROM cursor) WHEN 1 THEN :at ELSE swept_at END",
                {"at": self._run.ingested_at, "asked": asked},
            )
            self._db.execute("UPDATE cursor SET done = 1")
            settle(self._db, self._kind)
            seal(self._db, "cursor", self._path.name)
            seal(self._db, "finished", self._path.name)
        self.done = True

    def settle(self) -> None:
        """Bring the spans up to date after a change outside of a scan: until then nothing of the file can be
        found unchanged. Before its first scan has ended it has none."""
        with damage_named(self._path), self._db:
            self._db.execute("BEGIN IMMEDIATE")
            if is_tracked(self._db):
                settle(self._db, self._kind)

    def _forget_archive(self) -> None:
        """Forget who has left HubSpot's archive; a scan that met every live record need not look for them."""
        self._db.execute("DELETE FROM archive WHERE has_left = 1")
        self._db.execute(
            "DELETE FROM archive WHERE (SELECT swept FROM cursor) = 1"
            " AND id NOT IN (SELECT id FROM archive_met)"
        )

    def _forget_met(self) -> None:
        self._db.execute("DELETE FROM seen")
        if ARCHIVE in self._kind.beside:
            self._db.execute("DELETE FROM archive_met")

    def _begin(self) -> None:
        for table in get_args(Sealed):
            if seal_is_broken(self._db, table, self._path.name):
                raise damaged(self._path, f"its row in {table} is not what was written")
        row = self._db.execute("SELECT run, position, done, fresh, rows FROM cursor").fetchone()
        if row is not None and row[0] == self._run.run_id:
            self.position, self.done, self._fresh, self.rows = (
                row[1],
                bool(row[2]),
                bool(row[3]),
                row[4],
            )
            return
        main = self._kind.main.table
        self._fresh = self._db.execute(f"SELECT 1 FROM {main} LIMIT 1").fetchone() is None  # noqa: S608 - a name from shapes.py
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._own_up_to_a_mixture()
            self._forget_met()
            self._db.execute(
                "INSERT OR REPLACE INTO cursor (only, run, position, done, fresh, rows, swept, note)"
                " VALUES (1, ?, NULL, 0, ?, 0, 0, NULL)",
                (self._run.run_id, int(self._fresh)),
            )
            seal(self._db, "cursor", self._path.name)

    def _own_up_to_a_mixture(self) -> None:
        """Forget what rows were read for, where a scan that goes no further has asked for something else."""
        self._db.execute(
            "UPDATE finished SET asked = '' WHERE EXISTS (SELECT 1 FROM cursor WHERE done = 0"
            " AND position IS NOT NULL AND cursor.asked <> finished.asked)"
        )
        seal(self._db, "finished", self._path.name)

    def _write(self, shape: Shape, entries: Iterable[Entry]) -> None:
        if shape == ARCHIVE:
            entries = list(entries)
            met = [entry[:1] for entry in entries]
            self._db.executemany("INSERT OR IGNORE INTO archive_met VALUES (?)", met)
        if not shape.stamped:
            sealed = ((*entry, checksum(b"", _text(entry))) for entry in entries)
            self._db.executemany(shape.upsert, sealed)
            return
        ingested_at = self._run.ingested_at
        if not shape.body:
            stamped: Iterable[Entry] = (
                (*entry, ingested_at, checksum(b"", _text(entry))) for entry in entries
            )
        else:
            stamped = self._packed(shape, entries, ingested_at)
        self._db.executemany(shape.upsert, stamped)

    def _see(self, keys: Iterable[Entry]) -> None:
        marks = ", ".join("?" * len(self._kind.main.keys))
        self._db.executemany(f"INSERT OR IGNORE INTO seen VALUES ({marks})", keys)  # noqa: S608 - only marks

    def _remove(self, keys: Sequence[Key]) -> None:
        main = self._kind.main
        self._db.executemany(main.remove, keys)
        for shape in self._kind.beside:
            if shape.stamped and not shape.outlives:
                self._db.executemany(shape.remove, [key[: len(shape.keys)] for key in keys])

    def _remove_unseen(self, prefix: Key) -> None:
        if prefix == EVERYTHING:
            self._db.execute("UPDATE cursor SET swept = 1")
        if self._fresh:
            return  # there was nothing before
        keys = self._db.execute(self._kind.main.unseen(len(prefix)), prefix).fetchall()
        self._remove(keys)
        if DELETIONS in self._kind.beside:
            self._write(DELETIONS, [(*key, "VANISHED", None, None) for key in keys])

    def _forget_beside(self, rows: Sequence[Entry], beside: Mapping[Shape, object]) -> None:
        """Remove what earlier runs kept beside these rows and this run does not read any more."""
        for shape in self._kind.beside:
            if shape.stamped and not shape.outlives and shape not in beside:
                width = len(shape.keys)
                self._db.executemany(shape.remove, [row[:width] for row in rows])

    def _packed(self, shape: Shape, entries: Iterable[Entry], ingested_at: str) -> Iterable[Entry]:
        entries = list(entries)
        bodies: list[bytes] = [entry[-1] for entry in entries]  # type: ignore[misc]  # a shape's last column is its body
        if shape not in self._with_dictionary and sum(map(len, bodies)) >= _DICTIONARY_FROM_BYTES:
            self._add_dictionary(shape, bodies)
        pack = self._packers[shape].pack
        for entry, body in zip(entries, bodies, strict=True):
            row = entry[:-1]
            yield (*row, ingested_at, checksum(body, _text(row)), pack(body))

    def _add_dictionary(self, shape: Shape, bodies: list[bytes]) -> None:
        dictionary = dictionary_of(bodies)
        self._with_dictionary.add(shape)
        if not dictionary:
            return
        number = 1 + self._db.execute("SELECT count(*) FROM dictionaries").fetchone()[0]
        self._db.execute(
            "INSERT INTO dictionaries (number, shape, body) VALUES (?, ?, ?)",
            (number, shape.table, dictionary),
        )
        self._packers[shape].use(number, dictionary)

    def _load_dictionaries(self) -> None:
        by_table = {shape.table: shape for shape in self._packers}
        for number, table, body in self._db.execute(
            "SELECT number, shape, body FROM dictionaries ORDER BY number"
        ):
            self._packers[by_table[table]].use(number, body)
            self._with_dictionary.add(by_table[table])


def _text(row: Entry) -> str:
    return " ".join(map(str, row))
