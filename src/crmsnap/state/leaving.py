"""Records that leave a state at once: their rows, what hangs on them, and copies in logs and free pages.

Of a record that was there stays its id with the reason VANISHED, as of any that HubSpot no longer has: so the
next snapshot tells that it is gone. One that HubSpot still has comes back with the next run.
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


class Found(NamedTuple):
    """What of a stream is about records."""

    gone: list[Key]
    """Keys of rows that go."""
    rows: list[Entry]
    """Rows that stay with less in them."""
    ids: frozenset[str]
    """Of the records that all these are about."""


class Held(NamedTuple):
    """The rows of a stream that are about records."""

    rows: int
    ids: frozenset[str]
    """Of those records."""


def holding(folder: Path, records: Collection[RecordId], lists: Lists) -> dict[str, Held]:
    """The rows of each stream that are about records, for those that have any; nothing is changed."""
    return {leaving.file.stream: leaving.held for leaving in _found(folder, records, lists)}


def leave(
    folder: Path,
    records: Collection[RecordId],
    lists: Lists,
    ingested_at: str,
    unfinished: str | None = None,
) -> dict[str, Held]:
    """Take records out of every stream; return the rows that each lost or changed, for those that did.

    Each of these is read whole by the next run: a record that HubSpot still has would else be missing in it, and
    make up in the counts for one that HubSpot has lost. What the `unfinished` run, by its id, has read of them is
    read again. `ingested_at` is what changed rows carry. The caller holds the folder's lock.
    """
    changed: dict[str, Held] = {}
    for leaving in _found(folder, records, lists):
        with StreamFile(leaving.file.path, leaving.kind, RunMark(leaving.run, ingested_at)) as file:
            found = leaving.found
            file.doubt()
            if leaving.run == unfinished:
                file.start_again()
            deleted = [(*key, "VANISHED", None, None) for key in found.gone]
            has_deletions = DELETIONS in leaving.kind.beside
            file.leave(found.gone, found.rows, deleted if has_deletions else ())
            file.settle()
        with open_to_tidy(leaving.file.path) as db:
            empty_log(db)  # which holds the pages as they were
        changed[leaving.file.stream] = leaving.held
    return changed


class _Leaving(NamedTuple):
    """What of one stream is about records."""

    file: StateFile
    kind: Kind
    run: str
    """Which has written it last."""
    found: Found

    @property
    def held(self) -> Held:
        """How much that is."""
        return Held(len(self.found.gone) + len(self.found.rows), self.found.ids)


def _found(folder: Path, records: Collection[RecordId], lists: Lists) -> Iterator[_Leaving]:
    for file in state_files(folder):
        family, _, name = file.stream.partition("/")
        find = _FAMILIES.get(family)
        opened = None if find is None else _opened(file)
        if find is None or opened is None:
            continue
        run, kind = opened
        found = find(_Stream(folder, file, name, kind), records, lists)
        if found.gone or found.rows:
            yield _Leaving(file, kind, run, found)


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
    return _by_id({id_: list(stream.keys("id = ?", _stored(id_))) for id_ in ids})


def _of_associations(stream: _Stream, records: Collection[RecordId], _: Lists) -> Found:
    from_type, to_type = stream.name.split("__")
    froms = {_stored(id_) for type_, id_ in records if type_ == from_type}
    targets = {_stored(id_) for type_, id_ in records if type_ == to_type}
    own = _by_id({str(id_): list(stream.keys("from_id = ?", id_)) for id_ in froms})
    gone, ids = own.gone, set(own.ids)
    rows: list[Entry] = []
    for found in stream.reader.associations(stream.file.stream) if targets else ():
        there = orjson.loads(found.body)
        left = [target for target in there if target[0] not in targets]
        ids.update(str(target[0]) for target in there if target[0] in targets)
        if found.from_id in froms or len(left) == len(there):
            continue
        if left:
            rows.append((found.from_id, orjson.dumps(left)))
        else:
            gone.append((found.from_id,))
    return Found(gone, rows, frozenset(ids))


def _of_memberships(stream: _Stream, records: Collection[RecordId], lists: Lists) -> Found:
    found: dict[str, list[Key]] = {}
    for type_, id_ in records:
        keys = stream.keys("object_id = ?", _stored(id_))
        found.setdefault(id_, []).extend(key for key in keys if key[0] in lists.get(type_, ()))
    return _by_id(found)


def _of_events(stream: _Stream, records: Collection[RecordId], _: Lists) -> Found:
    where = "object_type = ? AND object_id = ?"
    found: dict[str, list[Key]] = {}
    for type_, id_ in records:
        found.setdefault(id_, []).extend(stream.keys(where, type_, id_))
    return _by_id(found)


def _by_id(keys: Mapping[str, list[Key]]) -> Found:
    """The rows that go, by the id of the record that they are about."""
    gone = [key for of in keys.values() for key in of]
    return Found(gone, [], frozenset(id_ for id_, of in keys.items() if of))


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
