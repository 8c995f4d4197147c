"""What a client has used of the account's API: the figures of progress bars and reports."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from types import MappingProxyType

from crmsnap.hubspot.families import FAMILIES, family_of

NO_ANSWER = 0
"""The status under which calls are counted that got no answer."""


@dataclass(frozen=True, slots=True)
class Usage:
    """A snapshot of a client's figures."""

    calls: Mapping[str, Mapping[int, int]]
    """Requests sent, by what they ask or what they are for, and by HTTP status."""
    retries: int
    waited_seconds: float
    """For turns and before retries, all threads together."""
    replaced_surrogates: int
    """Lone surrogates in HubSpot's texts that became U+FFFD."""
    daily_limit: int | None
    """Calls a day that HubSpot allows; None where it does not say."""
    daily_remaining: int | None

    @property
    def total_calls(self) -> int:
        """All requests sent."""
        return sum(sum(by_status.values()) for by_status in self.calls.values())

    @property
    def by_family(self) -> dict[str, int]:
        """Requests sent by family, as people are told of them, in the order of `FAMILIES`."""
        found = Counter[str]()
        for name, by_status in self.calls.items():
            found[family_of(name)] += sum(by_status.values())
        return {name: found[name] for name in FAMILIES if found[name]}


class UsageCounter:
    """Counts what the threads of a client do."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._calls: Counter[tuple[str, int]] = Counter()
        self._retries = 0
        self._surrogates = 0

    def sent(self, family: str, status: int) -> None:
        """Count a request with the status of its answer, or `NO_ANSWER`."""
        with self._lock:
            self._calls[family, status] += 1

    def retried(self) -> None:
        """Count a retry."""
        with self._lock:
            self._retries += 1

    def replaced(self, surrogates: int) -> None:
        """Count lone surrogates that were replaced."""
        with self._lock:
            self._surrogates += surrogates

    def snapshot(
        self, *, waited_seconds: float, daily_limit: int | None, daily_remaining: int | None
    ) -> Usage:
        """The figures now, with those that others count."""
        with self._lock:
            calls: dict[str, dict[int, int]] = {}
            for (family, status), number in sorted(self._calls.items()):
                calls.setdefault(family, {})[status] = number
            return Usage(
                calls=MappingProxyType(calls),
                retries=self._retries,
                waited_seconds=waited_seconds,
                replaced_surrogates=self._surrogates,
                daily_limit=daily_limit,
                daily_remaining=daily_remaining,
            )
