"""Reading the state: what tables see of it. Several processes may read at the same time.

Every body is checked against its checksum on the way out: a damaged file ends the run with its name,
and never becomes a wrong row.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from sqlite3 import Connection
from typing import Any
from urllib.parse import quote

import orjson

from crmsnap.state.needs import About, Need, unnoted
from crmsnap.state.packing import Unpacker, checksum
from crmsnap.state.rows import (
    Associated,
    Deletion,
    Document,
    Event,
    Finished,
    History,
    ListMarks,
    ListPlace,
    Membership,
    Record,
)
from crmsnap.state.seals import seal_is_broken
from crmsnap.state.shapes import kind_of
from crmsnap.state.spans import Stretch, stretches
from crmsnap.state.sqlite import damage_named, damaged, open_for_reading

__all__ = [
    "EMAIL_EVENTS",
    "Associated",
    "Deletion",
    "Document",
    "Event",
    "Finished",
    "History",
    "Membership",
    "Record",
    "StateReader",
    "stream_path",
]

EMAIL_EVENTS = "email-events"
"""The one stream with the events of marketing e-mails, whatever their types."""

_NAME_MAX = 150
"""Characters of a stream's name in its file's name; file systems take 255 bytes."""


@dataclass(frozen=True, slots=True)
class StateReader:
    """The state of one connection as one run left it, open for reading; it can be pickled."""

    folder: Path
    streams: tuple[str, ...]
    """The streams that the run has read to their end, in code point order. No others are visible.
    What makes rows asks `has` and `family`, which can be noted."""
    note: Callable[[Need], None] = field(default=unnoted, compare=False)
    """Told of every question; what is written then depends on nothing else in the state."""

    def has(self, stream: str) -> bool:
        """Whether the run has read a stream to its end."""
        self._note("stream", stream)
        return stream in self.streams

    def family(self, family: str) -> tuple[str, ...]:
        """What follows the slash in the names of a family's streams: `objects` -> (`0-1`, `0-2`)."""
        self._note("family", family)
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
            sql = (
                "SELECT run, started_at, asked, note, swept_at, (SELECT asked FROM cursor"
                " WHERE done = 0 AND position IS NOT NULL) FROM finished"
            )
            row = db.execute(sql).fetchone() if _has(db, "finished") else None
            if row is not None and seal_is_broken(db, "finished", path.name):
                raise damaged(path, "its row in finished is not what was written")
        return None if row is None else Finished(*row)

    def deletions(self, stream: str, since: str = "") -> Iterator[Deletion]:
        """The records of a stream that are no longer live, by id; none if the run has not read it.

        Only what runs have seen that began at `since` or later: a state remembers deletions of years.
        """
        self._note("deletions", stream)
        if stream not in self.streams:
            return
        with self._open(stream) as file:
            if not file.has("deletions"):
                return
            for *row, digest in file.db.execute(
                "SELECT id, reason, deleted_at, survivor, ingested_at, checksum FROM deletions"
                " WHERE ingested_at >= ? ORDER BY id",
                (since,),
            ):
                found = Deletion(*row)
                text = " ".join(map(str, found[:-1]))
                if checksum(b"", text) != digest:
                    raise damaged(file.path, f"the checksum of deletion {found.id} does not match")
                yield found

    def deletion_marks(self, stream: str) -> Iterator[bytes]:
        """Of every deletion what changes whenever it does, by id; none if the run has not read the stream."""
        self._note("deletions", stream)
        if stream not in self.streams:
            return
        with self._open(stream) as file:
            if file.has("deletions"):
                sql = "SELECT id, ingested_at, checksum FROM deletions ORDER BY id"
                for id_, ingested_at, digest in file.db.execute(sql):
                    yield f"{id_} {ingested_at} ".encode() + digest

    def documents(self, stream: str) -> Iterator[Document]:
        """The documents of a stream in order of their keys; none if the run has not read it."""
        self._note("documents", stream)
        if stream not in self.streams:
            return
        with self._open(stream) as file:
            for key, ingested_at, digest, packed in file.db.execute(
                "SELECT key, ingested_at, checksum, body FROM documents ORDER BY key"
            ):
                yield Document(key, ingested_at, file.body(packed, digest, key))

    def document(self, stream: str, key: str) -> Document | None:
        """One document of a stream, if it is there and the run has read it."""
        self._note("document", stream, key)
        if stream not in self.streams:
            return None
        sql = "SELECT ingested_at, checksum, body FROM documents WHERE key = ?"
        with self._open(stream) as file:
            row = file.db.execute(sql, (key,)).fetchone()
            return None if row is None else Document(key, row[0], file.body(row[2], row[1], key))

    def document_marks(self, stream: str) -> Iterator[tuple[str, bytes]]:
        """Every document's key, with what changes whenever the document or its `ingested_at` does."""
        self._note("documents", stream)
        with self._open(stream) as file:
            sql = "SELECT key, ingested_at, checksum FROM documents ORDER BY key"
            for key, ingested_at, digest in file.db.execute(sql):
                yield key, ingested_at.encode() + digest

    def records(
        self, stream: str, low: int | str | None = None, high: int | str | None = None
    ) -> Iterator[Record]:
        """The records with low < id <= high, by id."""
        self._note("rows", stream, "", low, high)
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
        self._note("rows", stream, "", low, high)
        sql = "SELECT id, updated_at, ingested_at FROM records"
        with self._open(stream) as file:
            yield from file.db.execute(*_between(sql, "id", low, high))

    def changed_ids(self, stream: str, since: str, changed_from: str) -> list[int | str]:
        """The ids of records that changed in runs that began behind a published time, ascending; and of those
        that the run which began right then brought, and that were changed from another time on.
        """
        self._note("rows", stream)
        sql = (
            "SELECT id FROM records WHERE ingested_at > ? OR (ingested_at = ? AND updated_at >= ?)"
            " ORDER BY id"
        )
        with self._open(stream) as file:
            return [row[0] for row in file.db.execute(sql, (since, since, changed_from))]

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
        self._note("rows", stream, "", low)
        sql, values = _between("SELECT id FROM records", "id", low, None)
        with self._open(stream) as file:
            return [row[0] for row in file.db.execute(f"{sql} LIMIT {count:d}", values)]

    def last_id(self, stream: str) -> int | None:
        """The greatest id of a stream of records; None when it has none."""
        with self._open(stream) as file:
            found = file.db.execute("SELECT max(id) FROM records").fetchone()[0]
            return None if found is None else int(found)

    def keeps_histories(self, stream: str) -> bool:
        """Whether a stream of records has histories beside them: types with APIs of their own have none."""
        with self._open(stream) as file:
            return file.has("histories")

    def histories(
        self, stream: str, low: int | str | None = None, high: int | str | None = None
    ) -> Iterator[History]:
        """The histories of the records with low < id <= high, by id; none where the type has none."""
        self._note("rows", stream, "", low, high)
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
        self._note("rows", stream, "", low, high)
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

    def list_marks(self) -> dict[str, ListMarks]:
        """What tells whether the members of a list have changed, by the list's id."""
        with self._open("lists") as file:
            sql = "SELECT key, size, added_at, removed_at FROM list_marks"
            return {row[0]: ListMarks(*row[1:]) for row in file.db.execute(sql)}

    def list_places(self) -> dict[str, ListPlace]:
        """How far each list was read whose members are known as they were then, by the list's id."""
        found: dict[str, ListPlace] = {}
        sql = "SELECT list_id, size, added_at, removed_at, last_page, is_open, checksum FROM list_places"
        with self._open("memberships") as file:
            for *row, digest in file.db.execute(sql):
                if checksum(b"", " ".join(map(str, row))) != digest:
                    raise damaged(file.path, f"the checksum of list {row[0]} does not match")
                list_id, *marks, last_page, is_open = row
                found[str(list_id)] = ListPlace(ListMarks(*marks), last_page, bool(is_open))
        return found

    def lists_with_members(self, stream: str) -> list[int]:
        """The ids of the lists that have members, ascending."""
        self._note("rows", stream)
        found: list[int] = []
        with self._open(stream) as file:
            # A step per list and not per member: a list may have a million.
            sql = "SELECT min(list_id) FROM memberships WHERE list_id > ?"
            while (row := file.db.execute(sql, (found[-1] if found else -1,)).fetchone()) != (
                None,
            ):
                found.append(row[0])
        return found

    def memberships(
        self, stream: str, low: int | str | None = None, high: int | str | None = None
    ) -> Iterator[Membership]:
        """The members of the lists with low < id <= high, by list, then by id; none if not read."""
        self._note("rows", stream, "", low, high)
        if stream not in self.streams:
            return
        sql = "SELECT list_id, object_id, joined_at, ingested_at, checksum FROM memberships"
        sql, values = _between(sql, "list_id", low, high)
        with self._open(stream) as file:
            for list_id, object_id, joined_at, ingested_at, digest in file.db.execute(
                f"{sql}, object_id", values
            ):
                row = f"{list_id} {object_id} {joined_at}"
                if checksum(b"", row) != digest:
                    raise damaged(file.path, f"the checksum of row {row} does not match")
                yield Membership(list_id, object_id, joined_at, ingested_at)

    def events(
        self, stream: str, low: int | str | None = None, high: int | str | None = None
    ) -> Iterator[Event]:
        """The occurrences of an event type with low < time <= high, by time, then by id."""
        self._note("rows", stream, "", low, high)
        sql = "SELECT occurred_at, id, object_type, object_id, ingested_at, checksum, body FROM events"
        sql, values = _between(sql, "occurred_at", low, high)
        with self._open(stream) as file:
            for at, id_, object_type, object_id, ingested_at, digest, packed in file.db.execute(
                f"{sql}, id", values
            ):
                body = file.body(packed, digest, f"{at} {id_} {object_type} {object_id}")
                yield Event(at, id_, object_type, object_id, ingested_at, body)

    def email_events(
        self, event_type: str, low: int | str | None = None, high: int | str | None = None
    ) -> Iterator[Event]:
        """The events of marketing e-mails of one type with low < time <= high, by time, then by id."""
        self._note("rows", EMAIL_EVENTS, event_type, low, high)
        sql = "SELECT occurred_at, id, object_type, object_id, ingested_at, checksum, body FROM events"
        sql, values = _between(sql, "occurred_at", low, high, of_type=event_type)
        with self._open(EMAIL_EVENTS) as file:
            for at, id_, object_type, object_id, ingested_at, digest, packed in file.db.execute(
                f"{sql}, id", values
            ):
                row = f"{event_type} {at} {id_} {object_type} {object_id}"
                body = file.body(packed, digest, row)
                yield Event(at, id_, object_type, object_id, ingested_at, body)

    def email_event_types(self) -> dict[str, str]:
        """Type -> the `ingested_at` of the oldest change of its events; by name."""
        self._note("kinds", EMAIL_EVENTS)
        return dict(self._of_email_events("min(ingested_at)"))

    def email_event_counts(self) -> dict[str, int]:
        """Type -> how many events it has, by name."""
        self._note("rows", EMAIL_EVENTS)
        return dict(self._of_email_events("count(*)"))

    def _of_email_events(self, what: str) -> list[tuple[str, Any]]:
        if EMAIL_EVENTS not in self.streams:
            return []
        sql = f"SELECT type, {what} FROM events GROUP BY type ORDER BY type"  # noqa: S608 - from above
        with self._open(EMAIL_EVENTS) as file:
            return file.db.execute(sql).fetchall()

    def email_event_names(self) -> dict[str, list[str]]:
        """Type -> every property name that its events ever had, ascending."""
        self._note("kinds", EMAIL_EVENTS)
        if EMAIL_EVENTS not in self.streams:
            return {}
        found: dict[str, list[str]] = {}
        with self._open(EMAIL_EVENTS) as file:
            for type_, name in file.db.execute("SELECT type, name FROM names ORDER BY type, name"):
                found.setdefault(type_, []).append(name)
        return found

    def seen_names(self, stream: str) -> tuple[str, ...]:
        """Every property name that a stream's rows ever had, ascending; none where it keeps none."""
        self._note("names", stream)
        with self._open(stream) as file:
            if not file.has("names"):
                return ()
            return tuple(row[0] for row in file.db.execute("SELECT name FROM names ORDER BY name"))

    def count(self, stream: str) -> int:
        """How many rows a stream has: records, documents, records with associations, members, events."""
        self._note("rows", stream)
        if stream not in self.streams:
            return 0
        kind = kind_of(stream)
        with self._open(stream) as file:
            found = None if kind.apart else stretches(file.db)
            if found is not None:
                return sum(stretch.rows for stretch in found)
            row = file.db.execute(f"SELECT count(*) FROM {kind.main.table}").fetchone()  # noqa: S608 - a name from shapes.py
            return int(row[0])

    def stretches(self, stream: str, apart: str = "") -> list[Stretch] | None:
        """The spans of a stream, or of one of its types; None where nobody knows what changed in them."""
        if (kind_of(stream).apart is None) != (not apart):
            return None
        with self._open(stream) as file:
            return stretches(file.db, apart)

    def borders(
        self, stream: str, apart: str = ""
    ) -> Iterator[tuple[int | str | None, int | str | None, int]]:
        """The stretches of a stream, or of one of its types: (low, high, rows).

        They are its spans; the last one has no upper border. A stream without spans is one stretch.
        """
        self._note("rows", stream, apart)
        found = self.stretches(stream, apart)
        if found is None and (rows := self.count(stream)):
            yield None, None, rows
        for stretch in found or ():
            yield stretch.low, stretch.high, stretch.rows

    def _note(
        self,
        about: About,
        stream: str,
        apart: str = "",
        low: int | str | None = None,
        high: int | str | None = None,
    ) -> None:
        if self.note is not unnoted:
            self.note(Need(about, stream, apart, low, high))

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
    sql: str,
    key: str,
    low: int | str | None,
    high: int | str | None,
    of_type: str | None = None,
) -> tuple[str, tuple[int | str, ...]]:
    conditions = [
        (condition, value)
        for condition, value in (("type = ?", of_type), (f"{key} > ?", low), (f"{key} <= ?", high))
        if value is not None
    ]
    where = " WHERE " + " AND ".join(text for text, _ in conditions) if conditions else ""
    return f"{sql}{where} ORDER BY {key}", tuple(value for _, value in conditions)
