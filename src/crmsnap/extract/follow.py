"""What hangs on records that went, goes too: their associations, from both sides, and memberships.

Some of that was read before the records were found to be gone, or is not read every day. A first run would
not meet it. What happened to a record (its events) stays when it is archived or merged, as HubSpot goes on to
serve it, and goes when it vanished: that is what a deletion for privacy looks like.

No call is made. How far this has come is remembered as the scan of a stream of its own, so that a run which
was killed, or given up, leaves nothing behind.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

import msgspec
import orjson

from crmsnap.extract.read import Reading
from crmsnap.hubspot.object_types import CONTACT
from crmsnap.state.about import events_of, memberships_of
from crmsnap.state.folder import open_stream
from crmsnap.state.reader import EMAIL_EVENTS, Associated, Deletion, Finished
from crmsnap.state.stream_file import Entry, Key
from crmsnap.streams.documents import ListDocument
from crmsnap.streams.recipients import has_addresses, recipients
from crmsnap.streams.recipients_again import looked_up_again
from crmsnap.streams.stream import END, Scope
from crmsnap.streams.vanished import vanished

_STREAM = "followed"
_MEMBERSHIPS = "memberships"
_ROWS_AT_ONCE = 5_000

_list = msgspec.json.Decoder(ListDocument).decode


def follow(scope: Scope, reading: Reading) -> None:
    """Take what hangs on records that went out of every stream that this run has read."""
    earlier = scope.reader.finished(_STREAM)
    gone = _gone(scope, "" if earlier is None else earlier.started_at)
    if gone:
        for one, other in _pairs(scope):
            _Associations(scope, reading, earlier, gone).follow(one, other)
        _memberships(scope, reading, gone)
        _events(scope, reading, gone)
        _mails(scope, reading, gone)
    with open_stream(reading.folder, _STREAM, reading.run) as file:
        file.save([], END)
        file.finish()


Gone = Mapping[str, Mapping[int | str, Deletion]]
"""Object type -> the records that went since this was last done, by id."""


def _gone(scope: Scope, since: str) -> Gone:
    """Also those of the run that did it last: it may have been killed behind it, and have found more."""
    found = {
        object_type: {
            deletion.id: deletion
            for deletion in scope.reader.deletions(f"objects/{object_type}")
            if deletion.ingested_at >= since
        }
        for object_type in scope.reader.family("objects")
    }
    return {object_type: ids for object_type, ids in found.items() if ids}


def _pairs(scope: Scope) -> Iterator[tuple[str, str]]:
    """Every pair of types that has associations in any direction, once."""
    pairs = (pair.split("__") for pair in scope.reader.family("associations"))
    yield from sorted({(min(types), max(types)) for types in pairs})


@dataclass(frozen=True, slots=True)
class _Associations:
    """The associations of records that went, in both directions."""

    scope: Scope
    reading: Reading
    earlier: Finished | None
    gone: Gone

    def follow(self, one: str, other: str) -> None:
        """Take them out of the rows of others first: those are found through the rows that go then."""
        directions = dict.fromkeys([(one, other), (other, one)])
        for from_type, to_type in directions:
            if self._has(from_type, to_type) and to_type in self.gone:
                self._as_targets(from_type, to_type)
        for from_type, to_type in directions:
            if self._has(from_type, to_type) and from_type in self.gone:
                self._change(from_type, to_type, [(id_,) for id_ in self.gone[from_type]], [])

    def _as_targets(self, from_type: str, to_type: str) -> None:
        removed: list[Key] = []
        rows: list[Entry] = []
        for found in self._naming(from_type, to_type):
            targets = orjson.loads(found.body)
            left = [target for target in targets if target[0] not in self.gone[to_type]]
            if not left:
                removed.append((found.from_id,))
            elif len(left) < len(targets):
                rows.append((found.from_id, orjson.dumps(left)))
        self._change(from_type, to_type, removed, rows)

    def _naming(self, from_type: str, to_type: str) -> Iterator[Associated]:
        """The rows of this direction that may name one that went; by its own rows of the other one."""
        stream = _stream(from_type, to_type)
        reader = self.scope.reader
        back: set[int] = set()
        answered: set[int | str] = set()
        if self._has(to_type, from_type):
            for own in reader.associations_of(_stream(to_type, from_type), self.gone[to_type]):
                answered.add(own.from_id)
                back.update(target[0] for target in orjson.loads(own.body))
        others = [gone for id_, gone in self.gone[to_type].items() if id_ not in answered]
        if any(self._may_be_named(from_type, to_type, gone) for gone in others):
            yield from reader.associations(stream)
        else:
            yield from reader.associations_of(stream, back)

    def _may_be_named(self, from_type: str, to_type: str, gone: Deletion) -> bool:
        """Whether rows may name a record that has none of its own in the other direction."""
        if self._has(to_type, from_type) and not self._swept(to_type, from_type):
            return False  # its row would still be there
        was_gone = gone.deleted_at is not None and gone.deleted_at < self.scope.started_at
        # HubSpot names no record that is gone.
        return not (was_gone and self._swept(from_type, to_type, at=self.scope.started_at))

    def _swept(self, from_type: str, to_type: str, at: str | None = None) -> bool:
        """Whether every row was met since this was last done, or by the run that began `at` a time."""
        since = at or ("" if self.earlier is None else self.earlier.started_at)
        finished = self.scope.reader.finished(_stream(from_type, to_type))
        return finished is not None and finished.swept_at >= since

    def _has(self, from_type: str, to_type: str) -> bool:
        return _stream(from_type, to_type) in self.scope.reader.streams

    def _change(self, from_type: str, to_type: str, removed: list[Key], rows: list[Entry]) -> None:
        _change(self.reading, _stream(from_type, to_type), removed, rows)


def _stream(from_type: str, to_type: str) -> str:
    return f"associations/{from_type}__{to_type}"


def _memberships(scope: Scope, reading: Reading, gone: Gone) -> None:
    if _MEMBERSHIPS not in scope.reader.streams:
        return
    lists: dict[str, list[int]] = {}
    for document in scope.reader.documents("lists"):
        found = _list(document.body)
        lists.setdefault(found.object_type, []).append(int(found.id))
    for object_type, records in gone.items():
        members = [id_ for id_ in records if isinstance(id_, int)]
        keys = memberships_of(reading.folder, lists.get(object_type, ()), members)
        _change(reading, _MEMBERSHIPS, keys, [])


def _events(scope: Scope, reading: Reading, gone: Gone) -> None:
    erased = {
        object_type: sorted(vanished(scope.reader, object_type, records), key=str)
        for object_type, records in gone.items()
    }
    for event_type in scope.reader.family("events"):
        stream = f"events/{event_type}"
        for object_type, ids in erased.items():
            if ids:
                _change(reading, stream, events_of(reading.folder, stream, object_type, ids), [])


def _mails(scope: Scope, reading: Reading, gone: Gone) -> None:
    """What became of marketing e-mails belongs to whoever has the address now."""
    contacts: Collection[int | str] = gone.get(CONTACT, ())
    if EMAIL_EVENTS not in scope.reader.streams or not has_addresses(scope):
        return
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
