"""Rate windows and daily pools, with times given by hand."""

from zoneinfo import ZoneInfo

import pytest

from crmsnap.sandbox.api.limits import TIERS, Limits
from crmsnap.sandbox.api.route import ApiError
from crmsnap.sandbox.api.scopes import Token
from crmsnap.sandbox.clock import milliseconds

TOKEN = Token.parse("t")
DAY_MS = milliseconds("2026-11-22T12:00:00Z")


def limits(tier: str, daily: int | None = None) -> Limits:
    """The limits of an account in New York."""
    return Limits(TIERS[tier], ZoneInfo("America/New_York"), 4242, daily)


def admitted(subject: Limits, kind: str, times: list[float], caller: str = "t") -> list[bool]:
    """Which of these calls get through."""
    return [is_admitted(subject, kind, seconds, caller) for seconds in times]


def is_admitted(
    subject: Limits, kind: str, seconds: float, caller: str = "t", now_ms: int = DAY_MS
) -> bool:
    """Whether this call gets through."""
    try:
        subject.admit(kind, Token.parse(caller), seconds, now_ms, "id")
    except ApiError:
        return False
    return True


def refusal(subject: Limits, kind: str, seconds: float = 0.0) -> dict[str, object]:
    """The body of a 429."""
    with pytest.raises(ApiError) as caught:
        subject.admit(kind, TOKEN, seconds, DAY_MS, "id")
    return caught.value.body


@pytest.mark.parametrize(
    ("tier", "kind", "most"),
    [
        ("starter", "burst", 100),
        ("starter", "associations", 100),
        ("professional", "burst", 190),
        ("professional", "associations", 150),
        ("enterprise", "burst", 190),
        ("enterprise", "associations", 150),
    ],
)
def test_ten_seconds_hold_so_many_calls(tier: str, kind: str, most: int) -> None:
    """The published figures of each subscription."""
    assert admitted(limits(tier), kind, [0.0] * (most + 1)) == [True] * most + [False]


def test_the_window_rolls() -> None:
    """A fixed window would let 380 calls through around its border."""
    subject = limits("professional")
    assert all(admitted(subject, "burst", [0.0] * 100 + [9.0] * 90))
    assert admitted(subject, "burst", [9.9, 10.0, 10.1]) == [False, True, True]
    assert admitted(subject, "burst", [10.1] * 99)[-2:] == [True, False]


def test_a_refused_call_does_not_fill_the_window() -> None:
    """A reader that hammers is refused, not locked out for good."""
    subject = limits("starter")
    admitted(subject, "burst", [0.0] * 100 + [5.0] * 50)
    assert admitted(subject, "burst", [10.0]) == [True]


def test_search_takes_five_a_second_of_the_whole_account() -> None:
    """Its limit is shared by all tokens, unlike the others."""
    subject = limits("enterprise")
    assert admitted(subject, "search", [0.0] * 3, "one") == [True] * 3
    assert admitted(subject, "search", [0.5] * 3, "two") == [True, True, False]
    assert admitted(subject, "search", [1.0], "two") == [True]


def test_each_token_has_a_burst_window_of_its_own() -> None:
    """Other apps of the account do not slow this one."""
    subject = limits("starter")
    admitted(subject, "burst", [0.0] * 100, "one")
    assert admitted(subject, "burst", [0.0], "two") == [True]


def test_kinds_do_not_share_a_window() -> None:
    """A stream of searches must not slow the lists."""
    subject = limits("starter")
    admitted(subject, "search", [0.0] * 5)
    admitted(subject, "associations", [0.0] * 100)
    assert admitted(subject, "burst", [0.0]) == [True]


def test_the_daily_pool_ends_and_comes_back_at_the_accounts_midnight() -> None:
    """Midnight in New York, five hours after UTC's."""
    subject = limits("unlimited", daily=2)
    last_minute = milliseconds("2026-11-23T04:59:00Z")
    assert [is_admitted(subject, "burst", 0.0, now_ms=last_minute) for _ in range(3)] == [
        True,
        True,
        False,
    ]
    assert is_admitted(subject, "burst", 0.0, now_ms=last_minute + 60_000)


def test_search_counts_into_the_day_and_has_no_headers() -> None:
    """A reader cannot learn the search limit; it must know it."""
    subject = limits("unlimited", daily=1)
    admitted(subject, "search", [0.0])
    assert subject.daily_usage() == (1, 1)
    assert subject.headers("search", TOKEN, 0.0) == []
    assert admitted(subject, "burst", [0.0]) == [False]


def test_associations_have_a_smaller_pool_of_their_own() -> None:
    """500,000 a day on Professional and Enterprise, whatever the account may do."""
    headers = dict(limits("enterprise").headers("associations", TOKEN, 0.0))
    assert headers[b"x-hubspot-ratelimit-daily"] == b"500000"
    assert headers[b"x-hubspot-ratelimit-max"] == b"150"


def test_headers_say_what_is_left() -> None:
    """The names and the arithmetic that a reader learns its rate from."""
    subject = limits("professional")
    admitted(subject, "burst", [0.0, 1.0, 2.0])
    assert dict(subject.headers("burst", TOKEN, 10.5)) == {
        b"x-hubspot-ratelimit-daily": b"625000",
        b"x-hubspot-ratelimit-daily-remaining": b"624997",
        b"x-hubspot-ratelimit-interval-milliseconds": b"10000",
        b"x-hubspot-ratelimit-max": b"190",
        b"x-hubspot-ratelimit-remaining": b"188",
        b"x-hubspot-ratelimit-secondly": b"19",
        b"x-hubspot-ratelimit-secondly-remaining": b"18",
    }


def test_an_oauth_token_has_110_calls_and_no_day() -> None:
    """Public apps are limited otherwise than private ones, and say nothing of a day."""
    subject = limits("enterprise", daily=0)
    assert admitted(subject, "burst", [0.0] * 111, "oauth-app") == [True] * 110 + [False]
    names = [name for name, _ in subject.headers("burst", Token.parse("oauth-app"), 0.0)]
    assert b"x-hubspot-ratelimit-max" in names
    assert b"x-hubspot-ratelimit-daily" not in names


def test_unlimited_never_refuses_and_says_large_numbers() -> None:
    """Benchmarks run on it; a reader sizes its buckets from the headers all the same."""
    subject = limits("unlimited")
    assert all(admitted(subject, "burst", [0.0] * 500) + admitted(subject, "search", [0.0] * 50))
    headers = dict(subject.headers("burst", TOKEN, 0.0))
    assert headers[b"x-hubspot-ratelimit-max"] == b"1000000"
    assert headers[b"x-hubspot-ratelimit-daily"] == b"1000000000"


def test_the_bodies_of_429_are_hubspots() -> None:
    """`errorType` and the policy's name; search comes in two shapes."""
    subject = limits("starter", daily=105)
    admitted(subject, "burst", [0.0] * 100)
    assert refusal(subject, "burst")["policyName"] == "TEN_SECONDLY_ROLLING"
    admitted(subject, "search", [0.0] * 5)
    shapes = [refusal(subject, "search"), refusal(subject, "search")]
    assert [shape.get("errorType") for shape in shapes] == ["RATE_LIMIT", None]
    assert [shape.get("category") for shape in shapes] == [None, "RATE_LIMITS"]
    assert refusal(subject, "associations")["policyName"] == "DAILY"
