"""What hangs on records that went, goes too: their associations, from both sides, and memberships.

Some of that was read before the records were found to be gone, or is not read every day. A first run would
not meet it. What happened to a record (its events) stays when it is archived or merged, as HubSpot goes on to
serve it, and goes when it vanished: that is what a deletion for privacy looks like.

No call is made. How far this has come is remembered for each stream that hangs on records, and for each type
of these: so nothing is left behind by a run that was killed, or given up, or that had selected less.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import msgspec
import orjson

from crmsnap.extract.read import Reading
from crmsnap.hubspot.object_types import CONTACT
from crmsnap.state.about import count_of_members, events_of, memberships_of
from crmsnap.state.folder import forget_scan, open_as_is, open_stream
from crmsnap.state.reader import EMAIL_EVENTS, Associated, Deletion, StateReader, stream_path
from crmsnap.state.rows import ListPlace
from crmsnap.state.shapes import LIST_PLACES
from crmsnap.state.sqlite import is_made
from crmsnap.state.stream_file import Entry, Key
from crmsnap.streams.documents import ListDocument
from crmsnap.streams.memberships import place_row
from crmsnap.streams.recipients import has_addresses, recipients
from crmsnap.streams.recipients_again import looked_up_again
from crmsnap.streams.stream import END, Scope
from crmsnap.streams.vanished import vanished

_STREAM = "followed"
_MEMBERSHIPS = "memberships"
_ROWS_AT_ONCE = 5_000

_HANGING = frozenset({"associations", _MEMBERSHIPS, "events", EMAIL_EVENTS})

_times = msgspec.json.Decoder(dict[str, str]).decode
_list = msgspec.json.Decoder(ListDocument).decode


def clear_left_behind(scope: Scope, reading: Reading) -> None:
    """Take what hangs on records that went out of every stream that this run has read."""
    gone = _Gone(scope)
    for one, other in _pairs(scope):
        _Associations(scope, reading, gone).clear(one, other)
    _memberships(scope, reading, gone)
    _events(scope, reading, gone)
    _mails(scope, reading, gone)
    with open_stream(reading.folder, _STREAM, reading.run) as file:
        file.save(list(gone.marks()), END)
        file.finish(keeps=True)


def read_anew(folder: Path) -> None:
    """Let this run read anew what hangs on records of types of which the state has lost who went.

    It does when the file of a type is rebuilt, or is gone: nobody could tell any more whose associations
    and events have to go. Taken back before anything is read, so that a run that is killed has it too.
    """
    known = open_as_is(folder, _STREAM)
    for stream, times in _marks(known).items():
        is_lost = any(_is_lost(known, object_type) for object_type in times)
        if is_lost and is_made(stream_path(folder, stream)):
            forget_scan(folder, stream)


def _marks(reader: StateReader) -> dict[str, dict[str, str]]:
    """Stream -> object type -> how far this has come."""
    return {one.key: _times(one.body) for one in reader.documents(_STREAM)}


def _is_lost(reader: StateReader, object_type: str) -> bool:
    return reader.finished(f"objects/{object_type}") is None


_Records = Mapping[int | str, Deletion]


class _Gone:
    """The records that went since this was last done for a stream."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._types = scope.reader.family("objects")
        known = open_as_is(scope.reader.folder, _STREAM)
        self._done = {
            stream: {one: at for one, at in times.items() if not _is_lost(known, one)}
            for stream, times in _marks(known).items()
        }
        self._found: dict[tuple[str, str], _Records] = {}

    def since(self, stream: str, object_type: str) -> str:
        """Start of the run that did it last for the records of a type, as published; empty: none did."""
        return self._done.get(stream, {}).get(object_type, "")

    def of(self, stream: str, object_type: str) -> _Records:
        """These records of a type by id, as far as this run has read the type.

        Also those of the run that did it last: it may have been killed behind it, and have found more.
        """
        asked = (object_type, self.since(stream, object_type))
        if asked not in self._found:
            found = self._scope.reader.deletions(f"objects/{object_type}", asked[1])
            self._found[asked] = {deletion.id: deletion for deletion in found}
        return self._found[asked]

    def by_type(self, stream: str) -> Mapping[str, _Records]:
        """These records of every type that has any."""
        found = {object_type: self.of(stream, object_type) for object_type in self._types}
        return {object_type: records for object_type, records in found.items() if records}

    def marks(self) -> Iterator[Entry]:
        """What the next run has to know: only of what this one has read."""
        for stream in self._scope.reader.streams:
            family, _, name = stream.partition("/")
            if family not in _HANGING:
                continue
            types = name.split("__") if family == "associations" else self._types
            now = dict.fromkeys({*types}.intersection(self._types), self._scope.started_at)
            yield (
                stream,
                orjson.dumps(self._done.get(stream, {}) | now, option=orjson.OPT_SORT_KEYS),
            )


def _pairs(scope: Scope) -> Iterator[tuple[str, str]]:
    """Every pair of types that has associations in any direction, once."""
    pairs = (pair.split("__") for pair in scope.reader.family("associations"))
    yield from sorted({(min(types), max(types)) for types in pairs})


@dataclass(frozen=True, slots=True)
class _Associations:
    """The associations of records that went, in both directions."""

    scope: Scope
    reading: Reading
    gone: _Gone

    def clear(self, one: str, other: str) -> None:
        """Take them out of the rows of others first: those are found through the rows that go then."""
        directions = dict.fromkeys([(one, other), (other, one)])
        for from_type, to_type in directions:
            if not self._has(from_type, to_type):
                continue
            if gone := self.gone.of(_stream(from_type, to_type), to_type):
                self._as_targets(from_type, to_type, gone)
        for from_type, to_type in directions:
            if not self._has(from_type, to_type):
                continue
            if gone := self.gone.of(_stream(from_type, to_type), from_type):
                self._change(from_type, to_type, [(id_,) for id_ in gone], [])

    def _as_targets(self, from_type: str, to_type: str, gone: _Records) -> None:
        removed: list[Key] = []
        rows: list[Entry] = []
        for found in self._naming(from_type, to_type, gone):
            targets = orjson.loads(found.body)
            left = [target for target in targets if target[0] not in gone]
            if not left:
                removed.append((found.from_id,))
            elif len(left) < len(targets):
                rows.append((found.from_id, orjson.dumps(left)))
        self._change(from_type, to_type, removed, rows)

    def _naming(self, from_type: str, to_type: str, gone: _Records) -> Iterator[Associated]:
        """The rows of this direction that may name one that went; by its own rows of the other one."""
        stream = _stream(from_type, to_type)
        reader = self.scope.reader
        back: set[int] = set()
        answered: set[int | str] = set()
        if self._has(to_type, from_type):
            for own in reader.associations_of(_stream(to_type, from_type), gone):
                answered.add(own.from_id)
                back.update(target[0] for target in orjson.loads(own.body))
        others = [one for id_, one in gone.items() if id_ not in answered]
        if any(self._may_be_named(from_type, to_type, one) for one in others):
            yield from reader.associations(stream)
        else:
            yield from reader.associations_of(stream, back)

    def _may_be_named(self, from_type: str, to_type: str, gone: Deletion) -> bool:
        """Whether rows may name a record that has none of its own in the other direction."""
        since = self.gone.since(_stream(from_type, to_type), to_type)
        done = self.gone.since(_stream(to_type, from_type), to_type)
        was_kept = done <= since and not self._swept(to_type, from_type, since)
        if self._has(to_type, from_type) and was_kept:
            return False  # its row would still be there
        was_gone = gone.deleted_at is not None and gone.deleted_at < self.scope.started_at
        # HubSpot names no record that is gone.
        return not (was_gone and self._swept(from_type, to_type, self.scope.started_at))

    def _swept(self, from_type: str, to_type: str, since: str) -> bool:
        """Whether every row was met by a run that began at a time or later."""
        finished = self.scope.reader.finished(_stream(from_type, to_type))
        return finished is not None and finished.swept_at >= since

    def _has(self, from_type: str, to_type: str) -> bool:
        return _stream(from_type, to_type) in self.scope.reader.streams

    def _change(self, from_type: str, to_type: str, removed: list[Key], rows: list[Entry]) -> None:
        _change(self.reading, _stream(from_type, to_type), removed, rows)


def _stream(from_type: str, to_type: str) -> str:
    return f"associations/{from_type}__{to_type}"


def _memberships(scope: Scope, reading: Reading, gone: _Gone) -> None:
    if _MEMBERSHIPS not in scope.reader.streams:
        return
    records_of = gone.by_type(_MEMBERSHIPS)
    if not records_of:
        return
    lists: dict[str, list[int]] = {}
    for document in scope.reader.documents("lists"):
        found = _list(document.body)
        lists.setdefault(found.object_type, []).append(int(found.id))
    for object_type, records in records_of.items():
        members = [id_ for id_ in records if isinstance(id_, int)]
        keys = memberships_of(reading.folder, lists.get(object_type, ()), members)
        places = scope.reader.list_places()
        _change(reading, _MEMBERSHIPS, keys, [])
        _explained(reading, {str(key[0]) for key in keys}, places)


def _explained(reading: Reading, touched: Collection[str], places: Mapping[str, ListPlace]) -> None:
    """Keep how far those lists were read that now have as many members as HubSpot counts.

    The others are read: somebody came or left of whom their marks did not tell, like one who was restored on
    the day on which another one went.
    """
    rows = [
        place_row(id_, place._replace(is_open=False))
        for id_ in touched
        if (place := places.get(id_))
        and place.marks.size == str(count_of_members(reading.folder, int(id_)))
    ]
    if rows:
        with open_stream(reading.folder, _MEMBERSHIPS, reading.run) as file:
            file.leave([], [], beside={LIST_PLACES: rows})


def _events(scope: Scope, reading: Reading, gone: _Gone) -> None:
    known: dict[tuple[str, str], Sequence[int | str]] = {}
    for event_type in scope.reader.family("events"):
        stream = f"events/{event_type}"
        for object_type, records in gone.by_type(stream).items():
            which = (
                object_type,
                gone.since(stream, object_type),
            )  # the same for most of the streams
            if which not in known:
                known[which] = sorted(vanished(scope.reader, object_type, records), key=str)
            if ids := known[which]:
                _change(reading, stream, events_of(reading.folder, stream, object_type, ids), [])


def _mails(scope: Scope, reading: Reading, gone: _Gone) -> None:
    """What became of marketing e-mails belongs to whoever has the address now."""
    if EMAIL_EVENTS not in scope.reader.streams or not has_addresses(scope):
        return
    contacts = gone.of(EMAIL_EVENTS, CONTACT)
    if not contacts or not events_of(reading.folder, EMAIL_EVENTS, CONTACT, contacts):
        return
    with recipients(scope.reader) as addresses:
        for page in looked_up_again(scope.reader, addresses, END):
            _change(reading, EMAIL_EVENTS, page.removed, page.rows)


def _change(
    reading: Reading, stream: str, removed: Collection[Key], rows: Collection[Entry]
) -> None:
    if not (removed or rows):
        return
    left, written = iter(removed), iter(rows)
    with open_stream(reading.folder, stream, reading.run) as file:
        while keys := list(islice(left, _ROWS_AT_ONCE)):
            file.leave(keys, [])
        while entries := list(islice(written, _ROWS_AT_ONCE)):
            file.leave([], entries)
        file.settle()
