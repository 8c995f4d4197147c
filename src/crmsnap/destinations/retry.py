"""The one retry layer of destinations: a wrapper around the same interface, with full jitter.

The store's own client retries nothing. Waiting is uniform between zero and a doubling limit, which
spreads many writers best (AWS Architecture Blog, "Exponential Backoff And Jitter").
"""

from collections.abc import Callable, Iterator
from typing import TypeVar

from crmsnap.destinations.interface import Destination, Found
from crmsnap.errors import DestinationError
from crmsnap.model import Clock

ATTEMPTS = 8
WAIT_SECONDS_FIRST = 0.5
WAIT_SECONDS_MAX = 20.0

T = TypeVar("T")


class Passing(DestinationError):
    """A failure that may be gone a moment later: busy, cut off, timed out."""


class Retrying:
    """A destination that tries again what failed in passing.

    Every call may be repeated: creates and replaces recognise their own earlier effect. The clock
    and `randomness` (uniform in [0, 1)) travel with the destination to other processes, so both
    have to be picklable where processes are used.
    """

    def __init__(self, inner: Destination, clock: Clock, randomness: Callable[[], float]) -> None:
        self._inner = inner
        self._clock = clock
        self._randomness = randomness

    @property
    def url(self) -> str:
        """Where it is, without secrets."""
        return self._inner.url

    def create(self, key: str, data: bytes, *, sha256: str) -> None:
        """Write a key that does not exist yet."""
        self._try(lambda: self._inner.create(key, data, sha256=sha256))

    def replace(self, key: str, data: bytes, *, sha256: str, e_tag: str) -> None:
        """Swap a key's content if it still has this `e_tag`."""
        self._try(lambda: self._inner.replace(key, data, sha256=sha256, e_tag=e_tag))

    def copy(self, source: str, key: str, *, sha256: str) -> None:
        """Give a key that does not exist yet the content of another one."""
        self._try(lambda: self._inner.copy(source, key, sha256=sha256))

    def get(self, key: str) -> bytes:
        """The whole content."""
        return self._try(lambda: self._inner.get(key))

    def head(self, key: str) -> Found | None:
        """Size and SHA-256 of a key, None if it does not exist."""
        return self._try(lambda: self._inner.head(key))

    def folders(self, prefix: str) -> tuple[str, ...]:
        """The names of the folders directly below `prefix`."""
        return self._try(lambda: self._inner.folders(prefix))

    def delete(self, key: str) -> None:
        """Remove one key."""
        self._try(lambda: self._inner.delete(key))

    def list(self, prefix: str) -> Iterator[Found]:
        """Every key that starts with `prefix`; after a break the listing goes on behind the last key."""
        last = ""
        attempt = 0
        while True:
            try:
                for found in self._inner.list(prefix):
                    if found.key > last:
                        last, attempt = found.key, 0
                        yield found
            except Passing:
                attempt += 1
                if attempt == ATTEMPTS:
                    raise
                self._wait(attempt)
            else:
                return

    def _try(self, call: Callable[[], T]) -> T:
        for attempt in range(1, ATTEMPTS):
            try:
                return call()
            except Passing:
                self._wait(attempt)
        return call()

    def _wait(self, attempt: int) -> None:
        limit = min(WAIT_SECONDS_MAX, WAIT_SECONDS_FIRST * 2 ** (attempt - 1))
        self._clock.sleep(self._randomness() * limit)
