"""Whether keys are distinct when they do not come in order, in memory that does not grow with them.

Keys become 16-byte digests, sorted in runs on a temporary file, and the runs are merged. Two keys
with one digest are out of reach: at a billion keys the odds are about one in 10^20.
"""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import blake2b
from heapq import merge
from itertools import pairwise
from os import pread
from typing import IO

DIGEST_BYTES = 16
RUN_KEYS = 100_000
_READ_KEYS = 512


@contextmanager
def distinct_keys(run_keys: int = RUN_KEYS) -> Iterator["Distinct"]:
    """Something that keys can be added to, for as long as the block lasts."""
    with tempfile.TemporaryFile() as file:
        yield Distinct(file, run_keys)


class Distinct:
    """Takes any number of keys and tells how many of them came before."""

    def __init__(self, file: IO[bytes], run_keys: int) -> None:
        self._file = file
        self._run_keys = run_keys
        self._run: list[bytes] = []
        self._runs: list[tuple[int, int]] = []

    def add(self, keys: Iterable[str]) -> None:
        """Take more keys."""
        for key in keys:
            self._run.append(blake2b(key.encode(), digest_size=DIGEST_BYTES).digest())
            if len(self._run) == self._run_keys:
                self._write_run()

    def repeated(self) -> int:
        """How many keys had been there already."""
        self._write_run()
        self._file.flush()
        digests = merge(*(self._read_run(start, end) for start, end in self._runs))
        return sum(before == after for before, after in pairwise(digests))

    def _write_run(self) -> None:
        start = self._file.tell()
        self._file.write(b"".join(sorted(self._run)))
        self._runs.append((start, self._file.tell()))
        self._run = []

    def _read_run(self, start: int, end: int) -> Iterator[bytes]:
        step = DIGEST_BYTES * _READ_KEYS
        for position in range(start, end, step):
            block = pread(self._file.fileno(), min(step, end - position), position)
            for offset in range(0, len(block), DIGEST_BYTES):
                yield block[offset : offset + DIGEST_BYTES]
