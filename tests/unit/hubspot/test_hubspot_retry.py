"""Which answers are tried again, when, and how often at all."""

from typing import Any

import pytest

from crmsnap.hubspot.refusals import refusal
from crmsnap.hubspot.retry import (
    DEADLINE_SECONDS,
    PATIENCE_SECONDS,
    TRIES,
    Attempt,
    Retry,
    RetryBudget,
    TooLong,
    after_failure,
    after_refusal,
    retry_after_seconds,
)
from tests.unit.hubspot.host import Even

FIRST = Attempt(number=1, elapsed_seconds=0)
NOW = "Sun, 22 Nov 2026 06:00:00 GMT"


class Fixed:
    """Randomness that is none."""

    def __init__(self, value: float) -> None:
        self.value = value

    def random(self) -> float:
        return self.value


def decide(
    status: int, body: bytes = b"{}", attempt: Attempt = FIRST, luck: float = 0.5, **headers: str
) -> Retry | TooLong | None:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return after_refusal(refusal(status, named, body), named, attempt, Fixed(luck))


@pytest.mark.parametrize(
    "status", [500, 502, 503, 504, 521, 522, 523, 524, 525, 526, 530, 423, 477]
)
def test_what_passes_is_tried_again(status: int) -> None:
    """HubSpot's "Error handling" page, and what the network in front of it answers."""
    assert isinstance(decide(status), Retry)


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 405, 409, 414, 422])
def test_what_stays_is_not_tried_again(status: int) -> None:
    """A wrong token does not get better; error answers must stay below 5 % of the calls."""
    assert decide(status) is None


def test_the_daily_limit_is_not_tried_again() -> None:
    """It lasts until midnight in the account's zone."""
    assert decide(429, b'{"policyName": "DAILY"}') is None
    assert decide(429, b'{"message": "You have reached your daily limit."}') is None


@pytest.mark.parametrize(
    ("body", "least", "most"),
    [
        (b'{"policyName": "TEN_SECONDLY_ROLLING"}', 5, 10),
        (b'{"message": "You have reached your ten_secondly_rolling limit."}', 5, 10),
        (b'{"policyName": "SECONDLY"}', 1, 2),
        (b'{"message": "You have reached your secondly limit.", "category": "RATE_LIMITS"}', 1, 2),
        (b"<html>", 5, 10),
    ],
)
def test_a_full_window_is_given_time_to_empty(body: bytes, least: float, most: float) -> None:
    """429 is not documented to say how long: the window's own length decides."""
    for luck in (0.0, 0.999):
        decision = decide(429, body, luck=luck)
        assert isinstance(decision, Retry)
        assert least <= decision.after_seconds <= most


def test_a_locked_record_is_left_alone_for_two_seconds() -> None:
    """That is what HubSpot asks for."""
    decision = decide(423, luck=0.0)
    assert isinstance(decision, Retry)
    assert decision.after_seconds >= 2


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("3", 3.0),
        ("0.5", 0.5),
        ("-20", 0.0),
        ("", None),
        ("soon", None),
        ("nan", None),
        ("Sun, 22 Nov 2026 06:00:30 GMT", 30.0),
        ("Sun, 22 Nov 2026 05:00:00 GMT", 0.0),
        ("Sun, 99 Nov 2026 05:00:00 GMT", None),
    ],
)
def test_retry_after_is_read_in_every_form(text: str, seconds: float | None) -> None:
    """Seconds, fractions and dates come; the date counts from HubSpot's clock, not from ours."""
    assert retry_after_seconds({"retry-after": text, "date": NOW}) == seconds


@pytest.mark.parametrize("text", ["1e9", "inf", "86400", "Mon, 23 Nov 2026 06:00:00 GMT"])
def test_a_wait_that_no_run_sits_out_ends_the_call(text: str) -> None:
    """477 may ask for a day: the run stops, keeps what it has, and the next one goes on."""
    assert isinstance(decide(477, retry_after=text, date=NOW), TooLong)


def test_nobody_comes_back_earlier_than_told() -> None:
    """And not all at the same moment either."""
    waits = [decide(503, luck=luck, retry_after="7") for luck in (0.0, 0.9)]
    assert all(isinstance(wait, Retry) and 7 <= wait.after_seconds <= 8 for wait in waits)
    assert len({str(wait) for wait in waits}) == 2


def test_waits_are_random_below_a_doubling_ceiling() -> None:
    """Full jitter: threads that failed together do not come back together."""
    for number, ceiling in ((1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (9, 16)):
        for luck in (0.0, 0.25, 0.999):
            decision = after_failure(Attempt(number, 0), Fixed(luck))
            assert isinstance(decision, Retry)
            assert decision.after_seconds == pytest.approx(ceiling * luck)


def test_six_tries_and_no_giving_up_within_45_seconds() -> None:
    """An unlucky row of short waits must not end a run over an outage of half a minute."""
    assert isinstance(after_failure(Attempt(TRIES - 1, 100), Fixed(0.5)), Retry)
    assert after_failure(Attempt(TRIES, PATIENCE_SECONDS), Fixed(0.5)) is None
    assert isinstance(after_failure(Attempt(TRIES, PATIENCE_SECONDS - 1), Fixed(0.5)), Retry)


def test_a_call_never_lasts_longer_than_its_deadline() -> None:
    """A wait beyond it is not begun."""
    late = Attempt(2, DEADLINE_SECONDS - 1)
    assert after_failure(late, Fixed(0.9)) is None


def test_a_host_that_never_answered_gets_three_tries() -> None:
    """A wrong base URL is found out in seconds, not after the patience meant for an outage."""
    assert isinstance(after_failure(Attempt(2, 0, answered=False), Fixed(0.5)), Retry)
    assert after_failure(Attempt(3, 0, answered=False), Fixed(0.5)) is None


def test_a_long_outage_is_not_made_worse() -> None:
    """At most 1.2 requests for each call, however long nothing answers: nothing is earned then."""
    budget, jitter = RetryBudget(), Even()
    calls = requests = 0
    for _ in range(5_000):
        calls += 1
        requests += 1
        elapsed, number = 0.0, 1
        while (decision := after_failure(Attempt(number, elapsed), jitter)) and budget.spend():
            elapsed += decision.after_seconds
            number += 1
            requests += 1
    assert requests <= 1.2 * calls


def test_half_a_minute_of_outage_is_within_the_budget() -> None:
    """Sixteen threads that all meet it come through."""
    budget, jitter = RetryBudget(), Even()

    def survives() -> bool:
        elapsed, number = 0.0, 1
        while elapsed < 30:
            decision: Any = after_failure(Attempt(number, elapsed), jitter)
            if decision is None or not budget.spend():
                return False
            elapsed += decision.after_seconds
            number += 1
        return True

    assert all(survives() for _ in range(16))
