"""HubSpot's rate policies: a rolling window per kind of call, and a pool of calls a day.

Figures: developers.hubspot.com, "API usage guidelines and limits". The windows are real time even
when the sandbox's clock stands still; the day is the account's own, on the sandbox's clock.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from crmsnap.sandbox.api import errors
from crmsnap.sandbox.api.route import ApiError
from crmsnap.sandbox.api.scopes import Token

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Tier:
    """What a subscription allows; None is no limit."""

    burst: int | None
    """Calls of one token in ten seconds."""
    associations: int | None
    """Calls of one token to the associations API in ten seconds, a window of its own."""
    search: int | None
    """Searches of the whole account in one second."""
    daily: int | None
    """Calls of the whole account in a day."""
    associations_daily: int | None
    """Calls to the associations API in a day; they use up `daily` as well."""


TIERS: Mapping[str, Tier] = MappingProxyType(
    {
        "starter": Tier(100, 100, 5, 250_000, None),
        "professional": Tier(190, 150, 5, 625_000, 500_000),
        "enterprise": Tier(190, 150, 5, 1_000_000, 500_000),
        "unlimited": Tier(None, None, None, None, None),
    }
)

OAUTH_BURST = 110
"""Calls of one public app in ten seconds, in any tier; its calls use up no day."""
BURST_SECONDS = 10.0
SEARCH_SECONDS = 1.0
UNLIMITED_BURST = 1_000_000
UNLIMITED_DAILY = 1_000_000_000


class Limits:
    """Admits a call or refuses it with 429, and says in headers what is left."""

    def __init__(
        self, tier: Tier, zone: ZoneInfo, portal_id: int, daily: int | None = None
    ) -> None:
        self._tier = tier
        self._group = f"publicapi:private-app-api-calls-ten-secondly:{portal_id}"
        self._account = _Pool(tier.daily if daily is None else daily, zone)
        self._associations = _Pool(tier.associations_daily, zone)
        self._windows: dict[tuple[str, str], _Window] = {}
        self._refused_searches = 0

    def admit(self, kind: str, token: Token, seconds: float, now_ms: int, request_id: str) -> None:
        """Count one call, or raise 429; `seconds` is monotonic real time. Refused calls are free."""
        window = self._window(kind, token)
        pools = self._pools(kind, token)
        for pool in pools:
            pool.turn_to(now_ms)
        if window.is_full(seconds):
            raise self._refusal(kind, request_id)
        if any(pool.is_empty for pool in pools):
            raise errors.daily_limit(request_id)
        window.calls.append(seconds)
        for pool in pools:
            pool.used += 1

    def headers(self, kind: str, token: Token, seconds: float) -> Headers:
        """What is left, in HubSpot's headers: search has none, OAuth tokens none for the day."""
        if kind == "search":
            return []
        window = self._window(kind, token)
        window.forget(seconds)
        most = UNLIMITED_BURST if window.limit is None else window.limit
        headers = [
            (b"x-hubspot-ratelimit-interval-milliseconds", b"%d" % (BURST_SECONDS * 1000)),
            (b"x-hubspot-ratelimit-max", b"%d" % most),
            (b"x-hubspot-ratelimit-remaining", b"%d" % (most - len(window.calls))),
            # Deprecated and not enforced, but still sent: a reader should not fall for them.
            (b"x-hubspot-ratelimit-secondly", b"%d" % (most // 10)),
            (b"x-hubspot-ratelimit-secondly-remaining", b"%d" % (most // 10 - 1)),
        ]
        pools = self._pools(kind, token)
        if pools:
            scarcest = min(pools, key=lambda pool: pool.left)
            headers += [
                (b"x-hubspot-ratelimit-daily", b"%d" % scarcest.size),
                (b"x-hubspot-ratelimit-daily-remaining", b"%d" % scarcest.left),
            ]
        return headers

    def daily_usage(self) -> tuple[int, int]:
        """How many calls the account made today, and how many a day it may make."""
        return self._account.used, self._account.size

    def use_up_the_day(self, now_ms: int) -> None:
        """Leave no call for today."""
        self._account.turn_to(now_ms)
        self._account.drained = True

    def _window(self, kind: str, token: Token) -> "_Window":
        # Search is limited for the whole account, everything else for one token.
        key = (kind, "" if kind == "search" else token.text)
        window = self._windows.get(key)
        if window is None:
            window = self._windows[key] = self._new_window(kind, token)
        return window

    def _new_window(self, kind: str, token: Token) -> "_Window":
        if kind == "search":
            return _Window(self._tier.search, SEARCH_SECONDS)
        if token.is_oauth and self._tier.burst is not None:
            return _Window(OAUTH_BURST, BURST_SECONDS)
        limit = self._tier.associations if kind == "associations" else self._tier.burst
        return _Window(limit, BURST_SECONDS)

    def _pools(self, kind: str, token: Token) -> "tuple[_Pool, ...]":
        """The pools of calls a day that a call takes from."""
        if token.is_oauth:
            return ()
        if kind == "associations":
            return (self._account, self._associations)
        return (self._account,)

    def _refusal(self, kind: str, request_id: str) -> ApiError:
        if kind != "search":
            return errors.burst_limit(self._group)
        # Both shapes have been seen in the wild, so a reader meets them in turn.
        self._refused_searches += 1
        if self._refused_searches % 2:
            return errors.secondly_limit(request_id)
        return errors.secondly_limit_by_category()


@dataclass(slots=True)
class _Window:
    """The calls of the last few seconds; at most `limit` of them are remembered."""

    limit: int | None
    seconds: float
    calls: deque[float] = field(default_factory=deque)

    def is_full(self, now: float) -> bool:
        self.forget(now)
        return self.limit is not None and len(self.calls) >= self.limit

    def forget(self, now: float) -> None:
        while self.calls and self.calls[0] <= now - self.seconds:
            self.calls.popleft()


@dataclass(slots=True)
class _Pool:
    """The calls of one day, which begins at midnight in the account's own time zone."""

    limit: int | None
    zone: ZoneInfo
    used: int = 0
    drained: bool = False
    day: date | None = None

    @property
    def size(self) -> int:
        return UNLIMITED_DAILY if self.limit is None else self.limit

    @property
    def left(self) -> int:
        return 0 if self.drained else max(0, self.size - self.used)

    @property
    def is_empty(self) -> bool:
        return self.left == 0

    def turn_to(self, now_ms: int) -> None:
        today = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(self.zone).date()
        if today != self.day:
            self.day, self.used, self.drained = today, 0, False
