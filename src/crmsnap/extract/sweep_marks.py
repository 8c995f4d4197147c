"""What was there before a run began to sweep a type, so that it can tell what its sweeps have changed.

In the state: a run that was killed in a sweep is gone on with by one that finds the counts equal, and tells of
what was repaired all the same.
"""

from collections.abc import Iterable, Mapping

import msgspec

from crmsnap.extract.read import Reading
from crmsnap.state.folder import open_as_is, open_stream
from crmsnap.state.reader import StateReader
from crmsnap.streams.stream import END, Scope

_STREAM = "sweeps"


class Mark(msgspec.Struct, frozen=True):
    """What there was of a type before the first sweep."""

    run: str
    rows: int
    gone: int
    """Records that had gone on the same day."""


def marks(reading: Reading) -> Mapping[str, Mark]:
    """Those of the types that this run has begun to sweep."""
    known = open_as_is(reading.folder, _STREAM).documents(_STREAM)
    found = {one.key: _decode(one.body) for one in known}
    return {id_: mark for id_, mark in found.items() if mark.run == reading.run.run_id}


def mark(scope: Scope, reading: Reading, types: Iterable[str]) -> None:
    """Keep them of more types; of those that have one the first one stays."""
    known = marks(reading)
    new = {id_: _mark(scope, reading, id_) for id_ in types if id_ not in known}
    if new:
        with open_stream(reading.folder, _STREAM, reading.run) as file:
            file.save([(id_, msgspec.json.encode(one)) for id_, one in new.items()], END)
            file.finish(keeps=True)


def changed_since(scope: Scope, object_type: str, mark: Mark) -> tuple[int, int]:
    """About how many records have come to be ours since then, and how many have gone.

    One that had gone on the same day, and was back before it was swept, is in neither number.
    """
    gone = max(_gone(scope.reader, scope.started_at, object_type) - mark.gone, 0)
    return max(_rows(scope.reader, object_type) - mark.rows + gone, 0), gone


def _mark(scope: Scope, reading: Reading, object_type: str) -> Mark:
    return Mark(
        reading.run.run_id,
        _rows(scope.reader, object_type),
        _gone(scope.reader, scope.started_at, object_type),
    )


def _rows(reader: StateReader, object_type: str) -> int:
    return reader.count(f"objects/{object_type}")


def _gone(reader: StateReader, started_at: str, object_type: str) -> int:
    return sum(1 for _ in reader.deletions(f"objects/{object_type}", started_at))


_decode = msgspec.json.Decoder(Mark).decode
