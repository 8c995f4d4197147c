"""Reading the state: what tables see of it. Several processes may read at the same time.

Every body is checked against its checksum on the way out: a damaged file ends the run with its name,
and never becomes a wrong row.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from sqlite3 import Connection
from typing import NamedTuple
from urllib.parse import quote

import orjson

from crmsnap.state.packing import Unpacker, checksum
from crmsnap.state.seals import seal_is_broken
from crmsnap.state.shapes import kind_of
from crmsnap.state.sqlite import damage_named, damaged, open_for_reading

EMAIL_EVENTS = "email-events"
"""The one stream with the events of marketing e-mails, whatever their types."""

_NAME_MAX = 150
"""Characters of a stream's name in its file's name; file systems take 255 bytes."""


class Document(NamedTuple):
    """A small thing that is read whole."""

    key: str
    ingested_at: str
    body: bytes
    """JSON, as its stream wrote it."""


class Record(NamedTuple):
    """A live record."""

    id: int | str
    """A whole number, or text where a type's own API has other ids: those come after the numbers."""
    updated_at: str | None
    ingested_at: str
    body: bytes
    """JSON object, property -> text, names ascending, without nulls."""


class History(NamedTuple):
    """The property history of a record."""

    id: int
    ingested_at: str
    body: bytes
    """JSON object, property -> [[updated at, value], ...newest first], names ascending.

    Behind the value each version has its source where that was wanted: type, id, label, user id."""


class Associated(NamedTuple):
    """All targets of one record in one pair of types."""

    from_id: int
    ingested_at: str
    body: bytes
    """JSON array of [to id, category, type id], ascending."""


class Membership(NamedTuple):
    """One member of a list."""

    list_id: int
    object_id: int
    joined_at: str | None
    ingested_at: str


class Event(NamedTuple):
    """One occurrence."""

    occurred_at: str
    id: str
    object_type: str
    object_id: str | None
    """None: nobody has the address that a marketing e-mail went to."""
    ingested_at: str
    body: bytes
    """JSON object, property -> text, names ascending, without nulls."""


class Deletion(NamedTuple):
    """A record that is no longer live."""

    id: int | str
    reason: str
    """ARCHIVED, MERGED or VANISHED."""
    deleted_at: str | None
    survivor: int | None
    """The record that it was merged into."""
    ingested_at: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The newest scan of a stream that came to its end."""

    run: str
    started_at: str
    """Start of its run, as published."""
    asked: str
    """What it asked for, in the stream's own words."""
    note: str | None
    """What the stream left for its next scan."""
    swept_at: str
    """Start of the newest run that met every row."""


@dataclass(frozen=True, slots=True)
class StateReader:
    """The state of one connection as one run left it, open for reading; it can be pickled."""

    folder: Path
    streams: tuple[str, ...]
    """The streams that the run has read to their end, in code point order. No others are visible."""

    def family(self, family: str) -> tuple[str, ...]:
        """What follows the slash in the names of a family's streams: `objects` -> (`0-1`, `0-2`)."""
        return tuple(
            name.removeprefix(family + "/")
            for name in self.streams
            if name.startswith(family + "/")
        )

    def finished(self, stream: str) -> Finished | None:
        """What is known of a stream's newest scan that came to its end, by whichever run; None: none did."""
        path = stream_path(self.folder, stream)
        if not path.exists():
            return None
        with open_for_reading(path) as db, damage_named(path):
            sql = "SELECT run, started_at, asked, note, swept_at FROM finished"
            row = db.execute(sql).fetchone() if _has(db, "finished") else None
            if row is not None and seal_is_broken(db, "finished", path.name):
                raise damaged(path, "its row in finished is not what was written")
        return None if row is None else Finished(*row)

    def deletions(self, stream: str) -> Iterator[Deletion]:
        """The records of a stream that are no longer live, by id; none if the run has not read it."""
        if stream not in self.streams:
            return
        with self._open(stream) as file:
            if not file.has("deletions"):
                return
            for *row, digest in file.db.execute(
                "SELECT id, reason, deleted_at, survivor, ingested_at, checksum FROM deletions ORDER BY id"
            ):
                found = Deletion(*row)
                text = " ".join(map(str, found[:-1]))
                if checksum(b"", text) != digest:
                    raise damaged(file.path, f"the checksum of deletion {found.id} does not match")
                yield found

    def documents(self, stream: str) -> Iterator[Document]:
        """The documents of a stream in order of their keys; none if the run has not read it."""
        if stream not in self.streams:
            return
        with self._open(stream) as file:
            for key, ingested_at, digest, packed in file.db.execute(
                "SELECT key, ingested_at, checksum, body FROM documents ORDER BY key"
            ):
                yield Document(key, ingested_at, file.body(packed, digest, key))

    def records(
        self, stream: str, low: int | str | None = None, high: int | str | None = None
    ) -> Iterator[Record]:
        """The records with low < id <= high, by id."""
        sql = "SELECT id, updated_at, ingested_at, checksum, body FROM records"
        with self._open(stream) as file:
            body = file.body
            for id_, updated_at, ingested_at, digest, packed in file.db.execute(
                *_between(sql, "id", low, high)
            ):
                yield Record(
                    id_, updated_at, ingested_at, body(packed, digest, f"{id_} {updated_at}")
                )

    def record_times(
        self, stream: str, low: int | str | None = None, high: int | str | None = None
    ) -> Iterator[tuple[int | str, str | None, str]]:
        """(id, updated at, ingested at) of the same records, without reading their properties."""
        sql = "SELECT id, updated_at, ingested_at FROM records"
        with self._open(stream) as file:
            yield from file.db.execute(*_between(sql, "id", low, high))

    def changed_ids(self, stream: str, since: str) -> list[int | str]:
        """The ids of records that changed in runs that began behind a published time, ascending."""
        sql = "SELECT id FROM records WHERE ingested_at > ? ORDER BY id"
        with self._open(stream) as file:
            return [row[0] for row in file.db.execute(sql, (since,))]

    def records_of(self, stream: str, ids: Sequence[int | str]) -> Iterator[Record]:
        """Those of these records that there are, in no order; a few hundred ids at most."""
        marks = ", ".join("?" * len(ids))
        sql = (
            f"SELECT id, updated_at, ingested_at, checksum, body FROM records WHERE id IN ({marks})"  # noqa: S608 - only marks
        )
        with self._open(stream) as file:
            for id_, updated_at, ingested_at, digest, packed in file.db.execute(sql, ids):
                body = file.body(packed, digest, f"{id_} {updated_at}")
                yield Record(id_, updated_at, ingested_at, body)

    def record_ids(self, stream: str, low: int | None, count: int) -> list[int]:
        """Up to `count` ids greater than `low`, ascending."""
        sql, values = _between("SELECT id FROM records", "id", low, None)
        with self._open(stream) as file:
            return [row[0] for row in file.db.execute(f"{sql} LIMIT {count:d}", values)]

    def last_id(self, stream: str) -> int | None:
        """The greatest id of a stream of records; None when it has none."""
        with self._open(stream) as file:
            found = file.db.execute("SELECT max(id) FROM records").fetchone()[0]
            return None if found is None else int(found)

    def histories(
        self, stream: str, low: int | str | None = None, high: int | str | None = None
    ) -> Iterator[History]:
        """The histories of the records with low < id <= high, by id; none where the type has none."""
        sql = "SELECT id, ingested_at, checksum, body FROM histories"
        with self._open(stream) as file:
            if not file.has("histories"):
                return
            for id_, ingested_at, digest, packed in file.db.execute(
                *_between(sql, "id", low, high)
            ):
                yield History(id_, ingested_at, file.body(packed, digest, f"{id_}"))

    def associations(
        self, stream: str, low: int | str | None = None, high: int | str | None = None
    ) -> Iterator[Associated]:
        """The associations of the records with low < id <= high, by id."""
        sql = "SELECT from_id, ingested_at, checksum, body FROM associations"
        with self._open(stream) as file:
            for id_, ingested_at, digest, packed in file.db.execute(
                *_between(sql, "from_id", low, high)
            ):
                yield Associated(id_, ingested_at, file.body(packed, digest, f"{id_}"))

    def associations_of(self, stream: str, ids: Iterable[int | str]) -> Iterator[Associated]:
        """The associations of those of these records that have any, by id."""
        sql = (
            "SELECT from_id, ingested_at, checksum, body FROM associations"
            " WHERE from_id IN (SELECT value FROM json_each(?)) ORDER BY from_id"
        )
        with self._open(stream) as file:
            for id_, ingested_at, digest, packed in file.db.execute(
                sql, (orjson.dumps(list(ids)).decode(),)
            ):
                yield Associated(id_, ingested_at, file.body(packed, digest, f"{id_}"))

    def lists_moved(self, since: str) -> frozenset[str]:
        """The lists whose marks moved in runs that began behind a published time; new ones are among them."""
        with self._open("lists") as file:
            rows = file.db.execute("SELECT key FROM list_marks WHERE ingested_at > ?", (since,))
            return frozenset(row[0] for row in rows)

    def lists_with_members(self, stream: str) -> list[int]:
        """The ids of the lists that have members, ascending."""
        found: list[int] = []
        with self._open(stream) as file:
            # A step per list and not per member: a list may have a million.
            sql = "SELECT min(list_id) FROM memberships WHERE list_id > ?"
            while (row := file.db.execute(sql, (found[-1] if found else -1,)).fetchone()) != (
                None,
            ):
                found.append(row[0])
        return found

    def memberships(self, stream: str) -> Iterator[Membership]:
        """All members of all lists, by list, then by id; none if the run has not read them."""
        if stream not in self.streams:
            return
        with self._open(stream) as file:
            for list_id, object_id, joined_at, ingested_at, digest in file.db.execute(
                "SELECT list_id, object_id, joined_at, ingested_at, checksum FROM memberships"
                " ORDER BY list_id, object_id"
            ):
                row = f"{list_id} {object_id} {joined_at}"
                if checksum(b"", row) != digest:
                    raise damaged(file.path, f"the checksum of row {row} does not match")
                yield Membership(list_id, object_id, joined_at, ingested_at)

    def events(self, stream: str) -> Iterator[Event]:
        """The occurrences of an event type, by time, then by id."""
        with self._open(stream) as file:
            for at, id_, object_type, object_id, ingested_at, digest, packed in file.db.execute(
                "SELECT occurred_at, id, object_type, object_id, ingested_at, checksum, body"
                " FROM events ORDER BY occurred_at, id"
            ):
                body = file.body(packed, digest, f"{at} {id_} {object_type} {object_id}")
                yield Event(at, id_, object_type, object_id, ingested_at, body)

    def email_events(self, event_type: str) -> Iterator[Event]:
        """The events of marketing e-mails of one type, by time, then by id."""
        with self._open(EMAIL_EVENTS) as file:
            for at, id_, object_type, object_id, ingested_at, digest, packed in file.db.execute(
                "SELECT occurred_at, id, object_type, object_id, ingested_at, checksum, body"
                " FROM events WHERE type = ? ORDER BY occurred_at, id",
                (event_type,),
            ):
                row = f"{event_type} {at} {id_} {object_type} {object_id}"
                body = file.body(packed, digest, row)
                yield Event(at, id_, object_type, object_id, ingested_at, body)

    def email_event_types(self) -> dict[str, tuple[int, str]]:
        """Type -> how many events it has, and the `ingested_at` of the oldest change; by name."""
        if EMAIL_EVENTS not in self.streams:
            return {}
        sql = "SELECT type, count(*), min(ingested_at) FROM events GROUP BY type ORDER BY type"
        with self._open(EMAIL_EVENTS) as file:
            return {row[0]: (row[1], row[2]) for row in file.db.execute(sql)}

    def email_event_names(self) -> dict[str, list[str]]:
        """Type -> every property name that its events ever had, ascending."""
        if EMAIL_EVENTS not in self.streams:
            return {}
        found: dict[str, list[str]] = {}
        with self._open(EMAIL_EVENTS) as file:
            for type_, name in file.db.execute("SELECT type, name FROM names ORDER BY type, name"):
                found.setdefault(type_, []).append(name)
        return found

    def seen_names(self, stream: str) -> tuple[str, ...]:
        """Every property name that a stream's rows ever had, ascending; none where it keeps none."""
        with self._open(stream) as file:
            if not file.has("names"):
                return ()
            return tuple(row[0] for row in file.db.execute("SELECT name FROM names ORDER BY name"))

    def count(self, stream: str) -> int:
        """How many rows a stream has: records, documents, records with associations, members, events."""
        if stream not in self.streams:
            return 0
        kind = kind_of(stream)
        with self._open(stream) as file:
            row = file.db.execute(f"SELECT count(*) FROM {kind.main.table}").fetchone()  # noqa: S608 - a name from shapes.py
            return int(row[0])

    def borders(
        self, stream: str, every: int
    ) -> Iterator[tuple[int | str | None, int | str | None, int]]:
        """Cut a stream of single keys into stretches of `every` rows: (low, high, rows).

        The borders follow from the rows alone; the last stretch has no upper border.
        """
        main = kind_of(stream).main
        table, key = main.table, main.keys[0]
        low: int | str | None = None
        with self._open(stream) as file:
            while True:
                sql, values = _between(f"SELECT {key} FROM {table}", key, low, None)  # noqa: S608 - names from shapes.py
                row = file.db.execute(f"{sql} LIMIT 1 OFFSET {every - 1:d}", values).fetchone()
                if row is None:
                    left = len(file.db.execute(f"{sql} LIMIT {every:d}", values).fetchall())
                    if left:
                        yield low, None, left
                    return
                yield low, row[0], every
                low = row[0]

    @contextmanager
    def _open(self, stream: str) -> Iterator["_File"]:
        path = stream_path(self.folder, stream)
        with open_for_reading(path) as db, damage_named(path):
            yield _File(path, db)


def stream_path(folder: Path, stream: str) -> Path:
    """Where a stream's file lies. Event types have names of any kind, so names are made safe."""
    family, slash, name = stream.partition("/")
    safe = quote(name, safe="")
    if len(safe) > _NAME_MAX:
        safe = f"{safe[:_NAME_MAX]}-{blake2b(name.encode(), digest_size=8).hexdigest()}"
    return folder / f"{family}{slash}{safe}.sqlite"


class _File:
    """A stream file that is being read."""

    def __init__(self, path: Path, db: Connection) -> None:
        self.path = path
        self.db = db
        self._unpack = Unpacker(
            db.execute("SELECT number, body FROM dictionaries").fetchall()
        ).unpack

    def has(self, table: str) -> bool:
        """Whether the file has a table: kinds of streams differ in what lies beside."""
        return _has(self.db, table)

    def body(self, packed: bytes, digest: bytes, row: str) -> bytes:
        """What a row's body says, when it is what was written."""
        try:
            body = self._unpack(packed)
        except ValueError as error:
            raise damaged(self.path, f"{error} in row {row}") from error
        if checksum(body, row) != digest:
            raise damaged(self.path, f"the checksum of row {row} does not match")
        return body


def _has(db: Connection, table: str) -> bool:
    sql = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?"
    return db.execute(sql, (table,)).fetchone() is not None


def _between(
    sql: str, key: str, low: int | str | None, high: int | str | None
) -> tuple[str, tuple[int | str, ...]]:
    conditions = [
        (f"{key} {sign} ?", value)
        for sign, value in ((">", low), ("<=", high))
        if value is not None
    ]
    where = " WHERE " + " AND ".join(text for text, _ in conditions) if conditions else ""
    return f"{sql}{where} ORDER BY {key}", tuple(value for _, value in conditions)
