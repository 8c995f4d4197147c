"""How fast calls go out, and when none does."""

from collections import deque
from collections.abc import Sequence

import pytest

from crmsnap.errors import DailyLimitReached, Interrupted
from crmsnap.hubspot.limits import Limits
from crmsnap.hubspot.paths import Kind
from tests.unit.hubspot.host import VirtualClock


def headers(most: int, *, daily: int = 250_000, remaining: int = 250_000) -> dict[str, str]:
    return {
        "x-hubspot-ratelimit-max": str(most),
        "x-hubspot-ratelimit-interval-milliseconds": "10000",
        "x-hubspot-ratelimit-daily": str(daily),
        "x-hubspot-ratelimit-daily-remaining": str(remaining),
    }


def calls_of(limits: Limits, clock: VirtualClock, kind: Kind, seconds: float) -> list[float]:
    """When the calls of some seconds are admitted, as fast as they can be."""
    end = clock.now + seconds
    times = []
    while clock.now < end:
        limits.admit(kind)
        times.append(clock.now)
    return times


def fullest_window(times: Sequence[float], seconds: float) -> int:
    window: deque[float] = deque()
    fullest = 0
    for time in times:
        window.append(time)
        while window[0] <= time - seconds:
            window.popleft()
        fullest = max(fullest, len(window))
    return fullest


@pytest.mark.parametrize("most", [100, 110, 150, 190, 250])
def test_a_learned_limit_is_used_up_and_never_passed(clock: VirtualClock, most: int) -> None:
    """HubSpot counts in a true rolling window, so the fullest ten seconds of all count."""
    limits = Limits(clock)
    limits.learn("burst", headers(most))
    times = calls_of(limits, clock, "burst", 120)
    assert fullest_window(times, 10) <= 0.95 * most
    assert len(times) / 120 >= 0.88 * most / 10


def test_the_smallest_published_limit_holds_until_an_answer_says_more(clock: VirtualClock) -> None:
    """Whoever starts at the fast plan's rate is refused on the slow one."""
    assert fullest_window(calls_of(Limits(clock), clock, "burst", 60), 10) <= 95


def test_kinds_have_limits_of_their_own(clock: VirtualClock) -> None:
    """150 association calls in ten seconds come on top of 190 others; neither slows the other."""
    limits = Limits(clock)
    limits.learn("associations", headers(150))
    limits.learn("burst", headers(190))
    assert fullest_window(calls_of(limits, clock, "associations", 60), 10) <= 143
    assert 165 <= fullest_window(calls_of(limits, clock, "burst", 60), 10) <= 180


def test_search_stays_below_five_a_second_whatever_headers_say(clock: VirtualClock) -> None:
    """Search answers carry no limits, and its own is for the whole account."""
    limits = Limits(clock)
    limits.learn("search", headers(190))
    times = calls_of(limits, clock, "search", 30)
    assert fullest_window(times, 1) <= 5
    assert len(times) >= 30 * 4.4


def test_headers_that_make_no_sense_change_nothing(clock: VirtualClock) -> None:
    """A zero or a word in a header must neither stop the run nor open the gate."""
    limits = Limits(clock)
    for most in ("0", "-1", "many", "9" * 30):
        limits.learn("burst", headers(100) | {"x-hubspot-ratelimit-max": most})
    assert 85 <= fullest_window(calls_of(limits, clock, "burst", 60), 10) <= 95


def test_a_pause_holds_all_calls_of_its_kind(clock: VirtualClock) -> None:
    """After a 429 the window is full for everyone: other threads would only be refused as well."""
    limits = Limits(clock)
    limits.pause("burst", 6)
    limits.admit("search")
    before = clock.now
    limits.admit("burst")
    assert clock.now - before >= 5.9


def test_the_last_fifth_of_the_day_is_left_to_others(clock: VirtualClock) -> None:
    """The pool is shared by all integrations of the account; emptying it stops them."""
    limits = Limits(clock, daily_share=0.8)
    limits.learn("burst", headers(190, daily=1000, remaining=201))
    limits.admit("burst")
    limits.learn("burst", headers(190, daily=1000, remaining=200))
    with pytest.raises(DailyLimitReached) as raised:
        limits.admit("search")
    assert "200 of 1000" in raised.value.cause


def test_after_a_spent_day_nothing_is_sent_and_nobody_goes_on_waiting(clock: VirtualClock) -> None:
    """Each call after it would be refused and still counts as an error of this app."""
    limits = Limits(clock)
    limits.learn_reset("2026-11-23T05:00:00Z", 3600.0)
    limits.spend_the_day("abc")
    for kind in ("burst", "search", "associations"):
        with pytest.raises(DailyLimitReached, match="daily limit") as raised:
            limits.admit(kind)  # type: ignore[arg-type]  # a loop over literals
        assert raised.value.correlation_id == "abc"
        assert "2026-11-23T05:00:00Z" in raised.value.remedy
    with pytest.raises(DailyLimitReached):
        limits.wait(3600)
    assert clock.now <= 1001


def test_a_run_that_was_asked_to_stop_sends_nothing_more() -> None:
    """The clock raises on any sleep then, also where there is nothing to wait for."""

    class Stopped(VirtualClock):
        def sleep(self, seconds: float) -> None:
            raise Interrupted("stopped")

    with pytest.raises(Interrupted):
        Limits(Stopped()).admit("burst")


def test_a_share_that_is_none_is_refused(clock: VirtualClock) -> None:
    """80 instead of 0.8 would mean: never stop."""
    with pytest.raises(ValueError, match="share"):
        Limits(clock, daily_share=80)
