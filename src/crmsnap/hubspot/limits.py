"""How fast HubSpot may be asked: a token bucket per kind of call, and the pool of calls of a day.

The limits are learned from the headers of the answers, for each kind from its own; search answers carry
none. HubSpot counts in a true rolling window, so a bucket of `b` calls that fills at `r` calls a second
sends at most `b + 10 r` calls in any ten seconds, and that sum has to stay below the limit.
(developers.hubspot.com: "API usage guidelines and limits".)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock

from crmsnap.errors import DailyLimitReached
from crmsnap.hubspot.paths import Kind
from crmsnap.hubspot.refusals import daily_limit
from crmsnap.model import Clock

RATE_SHARE = 0.91
BUCKET_SHARE = 0.03
"""Of a window's limit: 94 % in the worst window. The rest is for answers that overtake each other."""

SEARCH_PER_SECOND = 5 * 0.9
"""HubSpot's limit is 5 a second for the whole account, shared with every integration."""

UNKNOWN_MAX = 100
UNKNOWN_INTERVAL_SECONDS = 10.0
"""The smallest published limit, until an answer says more."""

SLEEP_MIN_SECONDS = 0.001
"""Less may not move the clock at all: a rest of 1e-17 seconds is lost in a float."""
SLEEP_MAX_SECONDS = 1.0
"""How late a waiting thread may learn that limits have changed or that no call is left."""


@dataclass(frozen=True, slots=True)
class Daily:
    """The pool of calls of a day, as an answer described it."""

    limit: int
    remaining: int


class Limits:
    """Admits calls one by one at the rate HubSpot allows; shared by all threads of a client."""

    def __init__(self, clock: Clock, *, daily_share: float = 0.8) -> None:
        if not 0 < daily_share <= 1:
            raise ValueError(f"daily_share is a share of the daily limit, not {daily_share}")
        self._clock = clock
        self._daily_share = daily_share
        self._lock = Lock()
        now = clock.monotonic()
        unknown = _Rate.of(UNKNOWN_MAX, UNKNOWN_INTERVAL_SECONDS)
        self._buckets: dict[Kind, _Bucket] = {
            "burst": _Bucket(unknown, now),
            "associations": _Bucket(unknown, now),
            "search": _Bucket(_Rate(SEARCH_PER_SECOND, 1.0), now),
        }
        self._daily: dict[Kind, Daily] = {}
        self._spent: DailyLimitReached | None = None
        self._resets_at = ""
        self._reset: float | None = None
        """By our own clock."""
        self._waited_seconds = 0.0

    def calls_per_second(self, kind: Kind) -> float:
        """The rate at which calls of a kind are admitted in the long run."""
        with self._lock:
            return self._buckets[kind].rate.calls_per_second

    def admit(self, kind: Kind) -> None:
        """Return when a call of this kind may be sent; raise `DailyLimitReached` when none may be."""
        self._clock.sleep(0)  # a run that was asked to stop sends nothing more
        while wait_seconds := self._take(kind):
            self._sleep(min(max(wait_seconds, SLEEP_MIN_SECONDS), SLEEP_MAX_SECONDS))

    def wait(self, seconds: float) -> None:
        """Wait before a retry, unless the day's calls get used up meanwhile."""
        end = self._clock.monotonic() + seconds
        while (left := end - self._clock.monotonic()) > 0:
            self._sleep(min(left, SLEEP_MAX_SECONDS))
            self._check_day()

    def learn(self, kind: Kind, headers: Mapping[str, str]) -> None:
        """Take over what an answer's headers say about the limits."""
        most = _number(headers, "x-hubspot-ratelimit-max")
        interval_ms = _number(headers, "x-hubspot-ratelimit-interval-milliseconds")
        limit = _number(headers, "x-hubspot-ratelimit-daily")
        remaining = _number(headers, "x-hubspot-ratelimit-daily-remaining")
        with self._lock:
            if kind != "search" and most and interval_ms:
                rate = _Rate.of(most, interval_ms / 1000)
                self._buckets[kind].change(rate, self._clock.monotonic())
            if limit is not None and remaining is not None:
                self._daily[kind] = Daily(limit, remaining)

    def pause(self, kind: Kind, seconds: float) -> None:
        """Send nothing of a kind for a while: HubSpot said that its window is full."""
        with self._lock:
            bucket = self._buckets[kind]
            bucket.closed_until = max(
                bucket.closed_until, self._clock.monotonic() + min(seconds, bucket.rate.window)
            )

    def spend_the_day(self, correlation_id: str) -> DailyLimitReached:
        """Send nothing more at all: HubSpot said that the day's calls are used up."""
        with self._lock:
            self._spent = self._spent or self._daily_limit(correlation_id)
            return self._spent

    def learn_reset(self, resets_at: str, after_seconds: float | None) -> None:
        """Remember when the day's pool is filled again: by HubSpot's clock, and from now."""
        self._resets_at = resets_at
        self._reset = None if after_seconds is None else self._clock.monotonic() + after_seconds

    @property
    def daily(self) -> Daily | None:
        """The tightest pool that any kind of call was told of."""
        known = self._daily.copy().values()
        return min(known, key=lambda daily: daily.remaining, default=None)

    @property
    def calls_a_day(self) -> int | None:
        """Our share of the smallest pool that an answer told of; None where no answer told of one."""
        limits = [daily.limit for daily in self._daily.copy().values()]
        return int(self._daily_share * min(limits)) if limits else None

    @property
    def waited_seconds(self) -> float:
        """How long all threads together have waited."""
        return self._waited_seconds

    def _take(self, kind: Kind) -> float:
        with self._lock:
            self._check_day()
            return self._buckets[kind].take(self._clock.monotonic())

    def _check_day(self) -> None:
        if self._spent is not None:
            raise self._daily_limit(self._spent.correlation_id, self._spent.cause)
        for daily in self._daily.copy().values():
            if daily.remaining <= round((1 - self._daily_share) * daily.limit):
                left = f"{daily.remaining} of {daily.limit} calls are left today"
                rest = f"{1 - self._daily_share:.0%} stay for the account's other integrations"
                raise self._daily_limit(cause=f"{left}, and {rest}")

    def _daily_limit(self, correlation_id: str = "", cause: str = "") -> DailyLimitReached:
        left = None if self._reset is None else max(0.0, self._reset - self._clock.monotonic())
        return daily_limit(correlation_id, self._resets_at, cause, left)

    def _sleep(self, seconds: float) -> None:
        self._clock.sleep(seconds)
        with self._lock:
            self._waited_seconds += seconds


@dataclass(frozen=True, slots=True)
class _Rate:
    calls_per_second: float
    bucket: float
    """How many calls may be sent at once after a rest."""
    window: float = 1.0
    """Seconds."""

    @classmethod
    def of(cls, most: int, interval_seconds: float) -> "_Rate":
        return cls(
            calls_per_second=RATE_SHARE * most / interval_seconds,
            bucket=max(1.0, BUCKET_SHARE * most),
            window=interval_seconds,
        )


class _Bucket:
    """The calls that may be sent now; filled as time goes by."""

    __slots__ = ("_calls", "_filled_at", "closed_until", "rate")

    def __init__(self, rate: _Rate, now: float) -> None:
        self.rate = rate
        self.closed_until = now
        self._calls = rate.bucket
        self._filled_at = now

    def take(self, now: float) -> float:
        """Take one call and return 0, or return the seconds until there may be one."""
        if now < self.closed_until:
            return self.closed_until - now
        self._fill(now)
        if self._calls < 1:
            return (1 - self._calls) / self.rate.calls_per_second
        self._calls -= 1
        return 0.0

    def change(self, rate: _Rate, now: float) -> None:
        if rate != self.rate:
            self._fill(now)
            self.rate = rate
            self._calls = min(self._calls, rate.bucket)

    def _fill(self, now: float) -> None:
        gained = (now - self._filled_at) * self.rate.calls_per_second
        self._calls = min(self.rate.bucket, self._calls + gained)
        self._filled_at = now


def _number(headers: Mapping[str, str], name: str) -> int | None:
    text = headers.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
