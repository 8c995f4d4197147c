"""Records that leave a state at once: their rows, what hangs on them, and copies in logs and free pages.

Of a record that was there stays its id with the reason VANISHED, as of any that HubSpot no longer has: so the
next snapshot tells that it is gone. One that HubSpot still has comes back with the next run that reads it.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import orjson

from crmsnap.state.compaction import empty_log
from crmsnap.state.files import StateFile, kind_in, state_files, tables_in
from crmsnap.state.ids import number_of
from crmsnap.state.reader import StateReader
from crmsnap.state.shapes import DELETIONS, Kind
from crmsnap.state.sqlite import open_for_reading, open_to_tidy
from crmsnap.state.stream_file import Entry, Key, RunMark, StreamFile

RecordId = tuple[str, str]
"""Object type id and record id, as they are published."""

Lists = Mapping[str, Collection[int]]
"""Object type -> the ids of its lists: a membership does not say of which type its member is."""

Found = tuple[list[Key], list[Entry]]
"""Keys of rows that go, and rows that stay with less in them."""


def holding(folder: Path, records: Collection[RecordId], lists: Lists) -> dict[str, int]:
    """How many rows of each stream are about records, for those that have any; nothing is changed."""
    return {
        leaving.file.stream: len(leaving.gone) + len(leaving.rows)
        for leaving in _found(folder, records, lists)
    }


def leave(
    folder: Path, records: Collection[RecordId], lists: Lists, ingested_at: str
) -> dict[str, int]:
    """Take records out of every stream; return how many rows each lost or changed, for those that did.

    `ingested_at` is what changed rows carry. Scans that have not ended go on where they are. The caller holds
    the folder's lock.
    """
    changed: dict[str, int] = {}
    for leaving in _found(folder, records, lists):
        with StreamFile(leaving.file.path, leaving.kind, RunMark(leaving.run, ingested_at)) as file:
            deleted = [(*key, "VANISHED", None, None) for key in leaving.gone]
            has_deletions = DELETIONS in leaving.kind.beside
            file.leave(leaving.gone, leaving.rows, deleted if has_deletions else ())
            file.settle()
        with open_to_tidy(leaving.file.path) as db:
            empty_log(db)  # which holds the pages as they were
        changed[leaving.file.stream] = len(leaving.gone) + len(leaving.rows)
    return changed


class _Leaving(NamedTuple):
    """What of one stream is about records."""

    file: StateFile
    kind: Kind
    run: str
    """Which has written it last."""
    gone: list[Key]
    rows: list[Entry]


def _found(folder: Path, records: Collection[RecordId], lists: Lists) -> Iterator[_Leaving]:
    for file in state_files(folder):
        family, _, name = file.stream.partition("/")
        find = _FAMILIES.get(family)
        opened = None if find is None else _opened(file)
        if find is None or opened is None:
            continue
        run, kind = opened
        gone, rows = find(_Stream(folder, file, name, kind), records, lists)
        if gone or rows:
            yield _Leaving(file, kind, run, gone, rows)


class _Stream:
    """A stream that is asked which of its rows are about records."""

    def __init__(self, folder: Path, file: StateFile, name: str, kind: Kind) -> None:
        self.file = file
        self.name = name
        """What follows the family."""
        self._kind = kind
        self.reader = StateReader(folder, (file.stream,))

    def keys(self, where: str, *values: object) -> Iterator[Key]:
        """The keys of the main table's rows with these values."""
        main = self._kind.main
        sql = f"SELECT {', '.join(main.keys)} FROM {main.table} WHERE {where}"  # noqa: S608 - names from shapes.py and this file
        with open_for_reading(self.file.path) as db:
            yield from db.execute(sql, values).fetchall()


def _opened(file: StateFile) -> tuple[str, Kind] | None:
    """The run that a file was last written by, and its kind; None where nothing was written."""
    with open_for_reading(file.path) as db:
        if "cursor" not in tables_in(db):
            return None
        row = db.execute("SELECT run FROM cursor").fetchone()
        return None if row is None else (row[0], kind_in(file, db))


def _of_records(stream: _Stream, records: Collection[RecordId], _: Lists) -> Found:
    ids = [id_ for type_, id_ in records if type_ == stream.name]
    return [key for id_ in ids for key in stream.keys("id = ?", _stored(id_))], []


def _of_associations(stream: _Stream, records: Collection[RecordId], _: Lists) -> Found:
    from_type, to_type = stream.name.split("__")
    froms = {_stored(id_) for type_, id_ in records if type_ == from_type}
    targets = {_stored(id_) for type_, id_ in records if type_ == to_type}
    gone: list[Key] = [key for id_ in froms for key in stream.keys("from_id = ?", id_)]
    rows: list[Entry] = []
    for found in stream.reader.associations(stream.file.stream) if targets else ():
        there = orjson.loads(found.body)
        left = [target for target in there if target[0] not in targets]
        if found.from_id in froms or len(left) == len(there):
            continue
        if left:
            rows.append((found.from_id, orjson.dumps(left)))
        else:
            gone.append((found.from_id,))
    return gone, rows


def _of_memberships(stream: _Stream, records: Collection[RecordId], lists: Lists) -> Found:
    return [
        key
        for type_, id_ in records
        for key in stream.keys("object_id = ?", _stored(id_))
        if key[0] in lists.get(type_, ())
    ], []


def _of_events(stream: _Stream, records: Collection[RecordId], _: Lists) -> Found:
    where = "object_type = ? AND object_id = ?"
    return [key for record in records for key in stream.keys(where, *record)], []


_FAMILIES: Mapping[str, Callable[[_Stream, Collection[RecordId], Lists], Found]] = {
    "objects": _of_records,
    "associations": _of_associations,
    "memberships": _of_memberships,
    "events": _of_events,
    "email-events": _of_events,
}


def _stored(id_: str) -> int | str:
    number = number_of(id_)
    return id_ if number is None else number
