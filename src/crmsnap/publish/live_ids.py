"""Which records are live, asked by the million, without keeping them in memory.

Ids lie sorted in a temporary file, eight bytes each, and are looked up by bisection.
"""

import tempfile
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from mmap import ACCESS_READ, mmap
from typing import IO

from crmsnap.state.ids import number_of

_ID_BYTES = 8
_FLUSH_IDS = 8192


@contextmanager
def live_ids() -> Iterator["LiveIds"]:
    """Something that ids can be added to, for as long as the block lasts."""
    with tempfile.TemporaryFile() as file:
        ids = LiveIds(file)
        try:
            yield ids
        finally:
            ids.close()


class LiveIds:
    """Takes ids in the order of OBJECTS, then answers."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._numbers: array[int] = array("Q")
        self._others: set[tuple[str, str]] = set()
        self._written = 0
        self._ends: dict[str, tuple[int, int]] = {}
        self._map: mmap | None = None
        self._view: memoryview | None = None

    def close(self) -> None:
        """Let go of the file."""
        if self._view is not None:
            self._view.release()
        if self._map is not None:
            self._map.close()

    def add(self, type_id: str, record_id: str) -> None:
        """Note a live record; types come one after the other, ids ascending."""
        number = number_of(record_id)
        if number is None:
            self._others.add((type_id, record_id))  # GUIDs of forms: a few
            return
        start, _ = self._ends.get(type_id, (self._written, self._written))
        self._numbers.append(number)
        self._written += 1
        self._ends[type_id] = (start, self._written)
        if len(self._numbers) == _FLUSH_IDS:
            self._flush()

    def missing(self, records: Iterable[tuple[str, str]]) -> int:
        """How many of these (type, id) are not live; no more `add` after this."""
        if self._view is None:
            self._view = self._sealed()
        return sum(not self._has(self._view, type_id, record_id) for type_id, record_id in records)

    def _has(self, view: memoryview, type_id: str, record_id: str) -> bool:
        number = number_of(record_id)
        if number is None:
            return (type_id, record_id) in self._others
        start, end = self._ends.get(type_id, (0, 0))
        found = bisect_left(view, number, start, end)
        return found < end and view[found] == number

    def _flush(self) -> None:
        self._file.write(self._numbers.tobytes())
        self._numbers = array("Q")

    def _sealed(self) -> memoryview:
        self._flush()
        self._file.flush()
        if self._written == 0:
            return memoryview(b"").cast("Q")
        self._map = mmap(self._file.fileno(), self._written * _ID_BYTES, access=ACCESS_READ)
        return memoryview(self._map).cast("Q")
