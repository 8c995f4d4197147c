"""Associations of the records whose turn it is, where reading all of them each day costs too much.

Each day those of every record that changed, on either side of the pair, and those of the next stretch of
the others: so each record comes within `association_days`, however quiet it is. What was associated or
parted without a trace on both records shows when the turn of the record comes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from threading import Lock

import msgspec

from crmsnap.hubspot.client import Client
from crmsnap.hubspot.times import earlier
from crmsnap.state.reader import Finished, StateReader
from crmsnap.state.stream_file import Entry, Key
from crmsnap.streams.association_rows import BATCH_IDS, Pair, read_batch
from crmsnap.streams.stream import Page

_PARTNERS, _OWN = "partners", "own"


class Turn(msgspec.Struct, frozen=True):
    """The note of a scan of one pair."""

    calls: int = 0
    """What the newest read of all of its associations took."""
    last: int = 0
    """The record behind which the next stretch begins."""

    @property
    def as_note(self) -> str:
        """It as `Page.note` keeps it."""
        return msgspec.json.encode(self).decode()


def turn_of(found: Finished | None) -> Turn:
    """What the scan that is built on has left."""
    return _turn(found.note) if found is not None and found.note else Turn()


_turn = msgspec.json.Decoder(Turn).decode


class Changed:
    """The records that changed since a time, found once for all pairs of a type.

    Those that changed while the earlier run went on are among them: where its counts made it sweep a type, it
    has met them behind its read of the associations.
    """

    def __init__(self, reader: StateReader, lag_minutes: int) -> None:
        self._reader = reader
        self._lag = lag_minutes
        self._lock = Lock()
        self._found: dict[tuple[str, str], list[int]] = {}

    def since(self, object_type: str, since: str) -> list[int]:
        """Ids of records that changed since a run that began at a published time, ascending."""
        with self._lock:
            if (object_type, since) not in self._found:
                begun = earlier(since, minutes=self._lag)
                ids = self._reader.changed_ids(f"objects/{object_type}", since, begun)
                self._found[object_type, since] = [id_ for id_ in ids if isinstance(id_, int)]
            return self._found[object_type, since]


@dataclass(frozen=True, slots=True)
class Turns:
    """Whose turn it is in one pair."""

    pair: Pair
    since: str
    """Start of the run that read the pair last, as published."""
    turn: Turn
    stretch: int
    """How many records come without having changed."""
    changed: Changed


def read_turn(reader: StateReader, turns: Turns, client: Client, position: str) -> Iterator[Page]:
    """The associations of these records; the position is `partners <last record of the other type>`, then
    `own <last record asked about>`.
    """
    phase, _, last = (position or f"{_PARTNERS} 0").partition(" ")
    pair = turns.pair
    changed = turns.changed.since(pair.from_type, turns.since)
    if phase == _PARTNERS:
        yield from _of_partners(turns, frozenset(changed), client, int(last))
        last = "0"
    stretch = _stretch(reader, turns)
    own = sorted(id_ for id_ in {*changed, *stretch} if id_ > int(last))
    for ids in _in_batches(own):
        batch = read_batch(client, pair, ids)
        yield Page(batch.rows, f"{_OWN} {ids[-1]}", removed=batch.without)
    following = Turn(turns.turn.calls, stretch[-1] if stretch else 0)
    yield Page([], f"{_OWN} {own[-1] if own else last}", note=following.as_note)


def _of_partners(turns: Turns, own: frozenset[int], client: Client, last: int) -> Iterator[Page]:
    """Associations with changed records of the other type: read from there to learn of whom, then from here."""
    back = Pair(turns.pair.to_type, turns.pair.from_type)
    others = turns.changed.since(turns.pair.to_type, turns.since)
    for changed in _in_batches([id_ for id_ in others if id_ > last]):
        partners = read_batch(client, back, changed).targets
        rows: list[Entry] = []
        removed: list[Key] = []
        for ids in _in_batches(sorted(partners - own)):
            batch = read_batch(client, turns.pair, ids)
            rows += batch.rows
            removed += batch.without
        yield Page(rows, f"{_PARTNERS} {changed[-1]}", removed=removed)


def _stretch(reader: StateReader, turns: Turns) -> list[int]:
    """The records whose turn has come; behind the last one the first ones follow."""
    stream, count = f"objects/{turns.pair.from_type}", turns.stretch
    ids = [*reader.record_ids(stream, turns.turn.last, count)]
    if len(ids) < count:
        ids += reader.record_ids(stream, None, count - len(ids))
    return [id_ for id_ in ids if isinstance(id_, int)]


def _in_batches(ids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), BATCH_IDS):
        yield ids[start : start + BATCH_IDS]
