"""What the retry layer adds to any destination; how S3's answers get there is in test_s3_requests."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256

import pytest

from crmsnap.destinations.interface import Destination, Found
from crmsnap.destinations.memory import memory
from crmsnap.destinations.retry import ATTEMPTS, Passing, Retrying

HASH = sha256(b"x").hexdigest()


@dataclass
class Clock:
    slept: list[float] = field(default_factory=list)

    def monotonic(self) -> float:
        return sum(self.slept)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


@dataclass
class Flaky:
    """A destination whose next calls fail in passing, before they do anything."""

    inner: Destination
    failures: int
    listings: int = 0

    @property
    def url(self) -> str:
        return self.inner.url

    def fail(self) -> None:
        if self.failures > 0:
            self.failures -= 1
            raise Passing("busy")

    def create(self, key: str, data: bytes, *, sha256: str) -> None:
        self.fail()
        self.inner.create(key, data, sha256=sha256)

    def replace(self, key: str, data: bytes, *, sha256: str, e_tag: str) -> None:
        self.fail()
        self.inner.replace(key, data, sha256=sha256, e_tag=e_tag)

    def copy(self, source: str, key: str, *, sha256: str) -> None:
        self.fail()
        self.inner.copy(source, key, sha256=sha256)

    def get(self, key: str) -> bytes:
        self.fail()
        return self.inner.get(key)

    def head(self, key: str) -> Found | None:
        self.fail()
        return self.inner.head(key)

    def list(self, prefix: str) -> Iterator[Found]:
        """Break off one key later each time, while failures are left."""
        self.listings += 1
        for number, found in enumerate(self.inner.list(prefix), start=1):
            yield found
            if number == self.listings:
                self.fail()

    def folders(self, prefix: str) -> tuple[str, ...]:
        self.fail()
        return self.inner.folders(prefix)

    def delete(self, key: str) -> None:
        self.fail()
        self.inner.delete(key)


def test_every_call_survives_passing_failures() -> None:
    """No call of the interface was forgotten."""
    flaky = Flaky(memory(), 0)
    destination = Retrying(flaky, Clock(), lambda: 0.0)

    def with_failures() -> Retrying:
        flaky.failures = ATTEMPTS - 1
        return destination

    with_failures().create("a/b", b"x", sha256=HASH)
    found = with_failures().head("a/b")
    assert found is not None
    assert found.e_tag is not None
    with_failures().replace("a/b", b"x", sha256=HASH, e_tag=found.e_tag)
    with_failures().copy("a/b", "a/c", sha256=HASH)
    assert with_failures().get("a/c") == b"x"
    assert with_failures().folders("") == ("a",)
    with_failures().delete("a/b")
    assert destination.head("a/b") is None


def test_one_failure_too_many_is_the_callers() -> None:
    """The error of the last attempt comes through as it is."""
    destination = Retrying(Flaky(memory(), ATTEMPTS), Clock(), lambda: 0.0)
    with pytest.raises(Passing, match="busy"):
        destination.head("a")


def test_a_listing_that_breaks_after_every_key_still_gives_each_once() -> None:
    """Progress starts the count of attempts anew, so a long listing is no more fragile than a short one."""
    inner = memory()
    keys = [f"k{number:02d}" for number in range(3 * ATTEMPTS)]
    for key in keys:
        inner.create(key, b"x", sha256=HASH)
    destination = Retrying(Flaky(inner, len(keys)), Clock(), lambda: 0.0)
    assert [found.key for found in destination.list("")] == keys


def test_waiting_is_uniform_below_a_doubling_limit() -> None:
    """Full jitter: luck of 1 shows the limits themselves."""
    clock = Clock()
    Retrying(Flaky(memory(), ATTEMPTS - 1), clock, lambda: 1.0).head("a")
    assert clock.slept == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 20.0]
