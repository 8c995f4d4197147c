"""HubSpot is ill for minutes: the real client, limits and retries over loopback, in virtual time.

What counts is how many requests there are for each call: whoever repeats without measure keeps the other
side from getting up again (AWS Well-Architected, REL05-BP03).
"""

from collections.abc import Iterator
from contextlib import suppress
from itertools import count

import pytest

from crmsnap.errors import Unavailable
from crmsnap.hubspot.auth import StaticToken
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.limits import Limits
from crmsnap.hubspot.paths import OWNERS
from crmsnap.hubspot.transport import HttpTransport
from tests.faults.shared_clock import SharedClock
from tests.unit.hubspot.host import Even, Got, Host, RealClock, Reply, running

THREADS = 16
TEN_MINUTES = 600.0
AMPLIFICATION_MAX = 1.2
GOOD = Reply({"results": []})
ILL = Reply({"message": "internal error"}, 503)


@pytest.fixture
def host() -> Iterator[Host]:
    with running() as host:
        yield host


class Caller:
    """A client whose threads call again and again, whatever becomes of their calls."""

    def __init__(self, transport: HttpTransport, host: Host) -> None:
        self.clock = SharedClock()
        self.calls = self.failed = 0
        self._client = Client(
            transport,
            StaticToken("pat-secret"),
            Limits(self.clock),
            self.clock,
            Even(),
            base_url=host.url,
        )
        self._client.get(OWNERS)  # a host that never answered well is treated otherwise

    def call_for(self, seconds: float) -> None:
        """Call in all threads for so long."""
        until = self.clock.now + seconds

        def call() -> None:
            while self.clock.now < until:
                self.calls += 1
                try:
                    self._client.get(OWNERS)
                except Unavailable:
                    self.failed += 1

        self.clock.together(call, THREADS)

    def call_until_refused(self) -> None:
        """Call in all threads until each has met an error: that is where a run ends."""

        def call() -> None:
            with suppress(Unavailable):
                while True:
                    self._client.get(OWNERS)

        self.clock.together(call, THREADS)


@pytest.fixture
def caller(host: Host) -> Iterator[Caller]:
    with HttpTransport(RealClock(), connections=THREADS) as transport:
        yield Caller(transport, host)


def requests(host: Host) -> int:
    """Since the last time somebody asked."""
    number = len(host.got)
    host.got.clear()
    return number


def test_ten_minutes_without_any_answer_are_not_made_worse(caller: Caller, host: Host) -> None:
    """However much is asked for, hardly more is sent; and the client is well again at once behind it."""
    requests(host)
    host.answer(ILL)
    caller.call_for(TEN_MINUTES)
    assert caller.failed == caller.calls > 1000
    assert requests(host) <= AMPLIFICATION_MAX * caller.calls
    host.answer(GOOD)
    before = caller.failed
    caller.call_for(10.0)
    assert caller.failed == before


def test_a_run_that_ends_in_an_outage_sends_less_than_a_healthy_one(
    caller: Caller, host: Host
) -> None:
    """Sixteen threads are patient for a while, and then there is silence: far below what they would read."""
    requests(host)
    caller.call_for(TEN_MINUTES)
    healthy = requests(host)
    host.answer(ILL)
    began_at = caller.clock.now
    caller.call_until_refused()
    assert caller.clock.now - began_at < TEN_MINUTES / 2
    assert requests(host) < healthy / 20


def test_half_a_minute_without_any_answer_ends_no_run(caller: Caller, host: Host) -> None:
    """A deployment of theirs, a router that starts again."""
    until = caller.clock.now + 30.0

    def answer(_: Got) -> Reply:
        return ILL if caller.clock.now < until else GOOD

    host.answer(answer)
    caller.call_for(60.0)
    assert caller.failed == 0


def test_a_503_for_every_seventh_request_ends_no_run(caller: Caller, host: Host) -> None:
    """It can go on like that for hours: the retries earn their keep from the answers in between."""
    numbers = count(1)

    def answer(_: Got) -> Reply:
        return ILL if next(numbers) % 7 == 0 else GOOD

    host.answer(answer)
    requests(host)
    caller.call_for(TEN_MINUTES)
    assert caller.failed == 0
    assert requests(host) <= AMPLIFICATION_MAX * caller.calls
