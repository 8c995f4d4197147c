"""Virtual time for many threads: it passes only when all of them sleep, and then to the first that wakes."""

import heapq
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Condition


class SharedClock:
    """The clock of a fixed number of threads, which `together` starts."""

    def __init__(self) -> None:
        self.now = 1000.0
        self._awake = 0
        self._sleepers: list[float] = []
        self._changed = Condition()

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            return
        with self._changed:
            wakes_at = self.now + seconds
            heapq.heappush(self._sleepers, wakes_at)
            with self._resting():
                self._changed.wait_for(lambda: self.now >= wakes_at)

    def together(self, work: Callable[[], None], threads: int) -> None:
        """Do this in so many threads at once, to their ends; raise what the first one raised."""
        self._awake = threads

        def one() -> None:
            try:
                work()
            finally:
                with self._changed:
                    self._awake -= 1
                    self._pass_time()

        with ThreadPoolExecutor(threads) as pool:
            for future in [pool.submit(one) for _ in range(threads)]:
                future.result()

    @contextmanager
    def _resting(self) -> Iterator[None]:
        self._awake -= 1
        self._pass_time()
        yield

    def _pass_time(self) -> None:
        if self._awake or not self._sleepers:
            return
        self.now = max(self.now, self._sleepers[0])
        while self._sleepers and self._sleepers[0] <= self.now:
            heapq.heappop(self._sleepers)
            self._awake += 1  # counted here, so that time stands still until they have really woken
        self._changed.notify_all()
