"""The associations of every ordered pair of types that has a definition.

Each direction is read from its own side: an association's type id differs by direction, and nothing in
HubSpot's answers tells the inverse id of a custom label. Associations have no time of change, and do not
move those of their records: so all are read each day while that is cheap enough, and else those that
`association_turns.py` chooses.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from math import ceil

import msgspec

from crmsnap.hubspot.client import Client
from crmsnap.state.folder import open_as_is
from crmsnap.state.reader import StateReader
from crmsnap.state.stream_file import EVERYTHING
from crmsnap.streams.association_rows import BATCH_IDS, Pair, read_batch
from crmsnap.streams.association_turns import Changed, Turn, Turns, read_turn, turn_of
from crmsnap.streams.documents import LabelDocument
from crmsnap.streams.earlier import built_on, days_since
from crmsnap.streams.labels import LABELS
from crmsnap.streams.records import RECORD_STREAMS
from crmsnap.streams.stream import Page, Scope, Stream, Task

_WHOLE, _TURN = "all", "turn"
"""How a position says which way of reading it belongs to."""

_label = msgspec.json.Decoder(LabelDocument).decode


def tasks(scope: Scope) -> Iterator[Task]:
    """One pass for each wanted ordered pair with a definition whose types were read."""
    pairs = list(_pairs(scope))
    counts = {one: scope.reader.count(f"objects/{one}") for one in {one for one, _ in pairs}}
    earlier = {pair: built_on(scope, pair.stream) for pair in pairs}
    notes = {pair: turn_of(found) for pair, found in earlier.items()}
    budget = Budget(
        sum(max(ceil(counts[pair.from_type] / BATCH_IDS), notes[pair].calls) for pair in pairs),
        scope.refresh.association_share,
    )
    changed = Changed(scope.reader, scope.refresh.lag_minutes)
    for pair in pairs:
        found, count = earlier[pair], counts[pair.from_type]
        turns = None
        # Where one call reads everything, it is the least in any case.
        if found is not None and count > BATCH_IDS and scope.refresh.associations != "all":
            days = max(1.0, days_since(found.started_at, scope)) / scope.refresh.association_days
            turns = Turns(
                pair, found.started_at, notes[pair], ceil(count * min(1.0, days)), changed
            )
        may_be_whole = scope.refresh.associations == "auto" and not _was_empty(scope, pair)
        yield Task(
            pair.stream,
            partial(read, scope.reader, pair, turns, budget if may_be_whole else None),
            keeps=True,  # a whole read says itself that what it has not met is gone
        )


@dataclass(frozen=True, slots=True)
class Budget:
    """Whether all associations may be read each day."""

    calls: int
    """What that takes."""
    share: float
    """Of the calls that a day may use."""

    def allows_all(self, client: Client) -> bool:
        """Whether it is cheap enough; where nobody counts the calls of a day it is."""
        a_day = client.calls_a_day
        return a_day is None or self.calls <= self.share * a_day


def read(
    reader: StateReader,
    pair: Pair,
    turns: Turns | None,
    budget: Budget | None,
    client: Client,
    position: str | None,
) -> Iterator[Page]:
    """The associations of a thousand records a page, of all records or of those whose turn it is.

    The position is `all <last record asked about> <calls so far>`, or `turn` and what `read_turn` says.
    """
    way, _, rest = (position or "").partition(" ")
    if turns is None or way == _WHOLE or (not way and budget and budget.allows_all(client)):
        yield from _read_whole(reader, pair, client, rest if way == _WHOLE else "")
        return
    for page in read_turn(reader, turns, client, rest if way == _TURN else ""):
        yield page._replace(position=f"{_TURN} {page.position}")


ASSOCIATIONS = Stream(
    name="associations/<from>__<to>",
    description="The associations of a pair of object types, in one direction, with all their types.",
    endpoint="POST /crm/associations/{version}/{from}/{to}/batch/read",
    scopes=("crm.objects.<type>.read",),
    tasks=tasks,
    after=(*RECORD_STREAMS, LABELS),
)


def _pairs(scope: Scope) -> Iterator[Pair]:
    read_types = set(scope.reader.family("objects"))
    for from_type in scope.reader.family("association-labels"):
        documents = scope.reader.documents(f"association-labels/{from_type}")
        to_types = {_label(document.body).to_type for document in documents}
        for to_type in sorted(to_types & read_types if from_type in read_types else ()):
            if scope.pairs is None or (from_type, to_type) in scope.pairs:
                yield Pair(from_type, to_type)


def _was_empty(scope: Scope, pair: Pair) -> bool:
    return not open_as_is(scope.reader.folder, pair.stream).count(pair.stream)


def _read_whole(reader: StateReader, pair: Pair, client: Client, position: str) -> Iterator[Page]:
    last, calls = map(int, position.split()) if position else (None, 0)
    while ids := _ids(reader, pair.from_type, last):
        last = ids[-1]
        batch = read_batch(client, pair, ids)
        calls += batch.calls
        yield Page(batch.rows, f"{_WHOLE} {last} {calls}")
    yield Page([], f"{_WHOLE} {last or 0} {calls}", whole=[EVERYTHING], note=Turn(calls).as_note)


def _ids(reader: StateReader, from_type: str, last: int | None) -> list[int]:
    # A record that its own API knows by a text is none to the associations API; texts come last.
    ids: list[int | str] = [*reader.record_ids(f"objects/{from_type}", last, BATCH_IDS)]
    return [id_ for id_ in ids if isinstance(id_, int)]
