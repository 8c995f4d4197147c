"""The one retry layer of destinations: every request for itself, with full jitter.

The store's own client retries nothing. Waiting is uniform between zero and a doubling limit, which
spreads many writers best (AWS Architecture Blog, "Exponential Backoff And Jitter"). Requests are tried
again, not calls of the interface: where a store refuses every second request, a call that needs three
would hardly ever get through.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from crmsnap.errors import DestinationError
from crmsnap.model import Clock

ATTEMPTS = 8
WAIT_SECONDS_FIRST = 0.5
WAIT_SECONDS_MAX = 20.0

T = TypeVar("T")


class Passing(DestinationError):
    """A failure that may be gone a moment later: busy, cut off, timed out."""


class StartOver(Passing):
    """What was found on the way makes the whole call begin again: another writer was in between."""


@dataclass(frozen=True, slots=True)
class Retries:
    """Tries again what failed in passing.

    The clock and `randomness` (uniform in [0, 1)) travel with the destination to other processes, so
    both have to be picklable where processes are used.
    """

    clock: Clock
    randomness: Callable[[], float]

    def of(self, attempt: Callable[[], T], again: type[Passing]) -> T:
        """The result of the first attempt that does not fail in this way; else its last failure."""
        for number in range(1, ATTEMPTS):
            try:
                return attempt()
            except again:
                self.wait(number)
        return attempt()

    def wait(self, number: int) -> None:
        """Wait after the attempt of this number, counted from 1."""
        limit = min(WAIT_SECONDS_MAX, WAIT_SECONDS_FIRST * 2 ** (number - 1))
        self.clock.sleep(self.randomness() * limit)
