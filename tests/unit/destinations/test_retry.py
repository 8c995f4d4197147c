"""What the retry layer adds to requests; how S3's answers get there is in test_s3_requests."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import pytest
from obstore.exceptions import GenericError
from obstore.store import MemoryStore

from crmsnap.destinations.interface import Destination
from crmsnap.destinations.opening import Opened
from crmsnap.destinations.retry import ATTEMPTS, Passing, Retries
from crmsnap.destinations.store import Store

HASH = sha256(b"x").hexdigest()


@dataclass
class Clock:
    slept: list[float] = field(default_factory=list)

    def monotonic(self) -> float:
        return sum(self.slept)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


class Flaky:
    """obstore's memory, each of whose requests is refused so many times before it is answered."""

    def __init__(self, refusals: int) -> None:
        self.refusals = refusals
        self.left = refusals
        self.asked = 0
        self.listings = 0
        self.broken_listings = 0
        self.breaks_at_once = False
        self._inner: Any = MemoryStore()

    def __getattr__(self, name: str) -> Any:
        """The store's method of that name, which fails first."""

        def call(*given: Any, **named: Any) -> Any:
            self.asked += 1
            if self.left > 0:
                self.left -= 1
                raise GenericError("Server returned non-2xx status code: 503 <Code>SlowDown</Code>")
            self.left = self.refusals
            return getattr(self._inner, name)(*given, **named)

        return call

    def list(self, prefix: str | None) -> Iterator[Any]:
        """Break off one key later each time, while listings are to be broken."""
        self.listings += 1
        if self.breaks_at_once:
            raise GenericError("error sending request")
        for number, meta in enumerate(self._inner.list(prefix).collect(), start=1):
            yield [meta]
            if number == self.listings and self.broken_listings > 0:
                self.broken_listings -= 1
                raise GenericError("error sending request")

    # What opens a store; here there is only one.

    def __call__(self) -> Opened:
        store: Any = self
        return Opened(store)

    def settled(self) -> "Flaky":
        return self

    def elsewhere(self, _: str) -> None:
        return None


def opened(flaky: Flaky, clock: Clock | None = None, luck: float = 0.0) -> Destination:
    return Store("memory://", flaky, Retries(clock or Clock(), lambda: luck))


def test_every_request_of_every_call_survives_passing_failures() -> None:
    """Each request may fail as often as there are attempts but one, also in calls that need several."""
    destination = opened(Flaky(ATTEMPTS - 1))
    destination.create("a/b", b"x", sha256=HASH)
    destination.create("a/b", b"x", sha256=HASH)
    found = destination.head("a/b")
    assert found is not None
    assert found.e_tag is not None
    destination.replace("a/b", b"x", sha256=HASH, e_tag=found.e_tag)
    destination.copy("a/b", "a/c", sha256=HASH)
    assert destination.get("a/c") == b"x"
    assert destination.folders("") == ("a",)
    destination.delete("a/b")
    assert destination.head("a/b") is None


def test_one_failure_too_many_is_the_callers() -> None:
    """The error of the last attempt comes through, and no other layer tries again."""
    flaky = Flaky(ATTEMPTS)
    with pytest.raises(Passing) as raised:
        opened(flaky).head("a")
    assert "SlowDown" in raised.value.cause
    assert flaky.asked == ATTEMPTS


def test_a_listing_that_breaks_after_every_key_still_gives_each_once() -> None:
    """Progress starts the count of attempts anew, so a long listing is no more fragile than a short one."""
    flaky = Flaky(0)
    destination = opened(flaky)
    keys = [f"k{number:02d}" for number in range(3 * ATTEMPTS)]
    for key in keys:
        destination.create(key, b"x", sha256=HASH)
    flaky.broken_listings = len(keys)
    assert [found.key for found in destination.list("")] == keys
    assert flaky.broken_listings == 0


def test_a_listing_that_makes_no_progress_is_given_up() -> None:
    """It must not go on for ever."""
    flaky, clock = Flaky(0), Clock()
    destination = opened(flaky, clock)
    destination.create("a", b"x", sha256=HASH)
    flaky.breaks_at_once = True
    with pytest.raises(Passing):
        list(destination.list(""))
    assert len(clock.slept) == ATTEMPTS - 1


def test_waiting_is_uniform_below_a_doubling_limit() -> None:
    """Full jitter: luck of 1 shows the limits themselves."""
    clock = Clock()
    opened(Flaky(ATTEMPTS - 1), clock, luck=1.0).folders("")
    assert clock.slept == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 20.0]


def test_without_retries_a_failure_is_passed_on_at_once() -> None:
    """Memory has nothing that passes."""
    flaky = Flaky(1)
    with pytest.raises(Passing):
        Store("memory://", flaky).head("a")
    assert flaky.asked == 1
