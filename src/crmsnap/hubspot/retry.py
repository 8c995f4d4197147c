"""The only retry layer: which answers are worth another try, when, and how many tries there are at all.

An outage must not be made worse by us, so waits are random between zero and a ceiling that doubles
(full jitter), and all calls of a client share a budget of retries that grows with the good answers it gets.
(developers.hubspot.com: "Error handling"; AWS Builders' Library: "Timeouts, retries, and backoff with
jitter".)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from threading import Lock
from typing import Protocol

from crmsnap.hubspot.refusals import Refusal

TRIES = 6
PATIENCE_SECONDS = 45.0
"""A call is not given up before: half a minute of 5xx is nothing to end a run for."""
TRIES_BEFORE_FIRST_ANSWER = 3
"""A host that has never answered well is more likely a wrong setting than an outage."""
DEADLINE_SECONDS = 300.0
"""For one call with all its tries; a wait that would go beyond it is not begun."""

BASE_SECONDS = 1.0
CEILING_SECONDS = 16.0
LOCKED_SECONDS = 2.0
"""423: HubSpot asks for at least two seconds."""
WINDOW_SECONDS = 10.0
"""The rolling window of the burst limit; 429 is not documented to carry `Retry-After`."""

TRANSIENT = frozenset({408, 423, 429, 477}) | frozenset(range(500, 600))
"""423 locked, 477 moving to another data centre, 52x and 530 from the network in front of HubSpot."""


class Randomness(Protocol):
    """Where jitter comes from: `random.Random` has it; passed in, so that tests own it."""

    def random(self) -> float:
        """A number from 0 up to, but not including, 1."""
        ...


@dataclass(frozen=True, slots=True)
class Attempt:
    """How far a call has come."""

    number: int
    """Tries made, this one included."""
    elapsed_seconds: float
    """Since the first try was sent."""
    answered: bool = True
    """Whether this client ever got a good answer."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Try again after a wait."""

    after_seconds: float


@dataclass(frozen=True, slots=True)
class TooLong:
    """Trying again makes sense, but only after a wait that no run sits out."""

    after_seconds: float


def after_refusal(
    said: Refusal, headers: Mapping[str, str], attempt: Attempt, randomness: Randomness
) -> Retry | TooLong | None:
    """Whether and when to send a refused call again; None: never."""
    if said.status not in TRANSIENT or said.policy == "DAILY":
        return None
    told = retry_after_seconds(headers)
    if told is None:
        return _within(attempt, _own_wait(said, attempt, randomness))
    # Jitter on top, never below: whoever waits exactly as long as told meets all the others.
    wait = told + randomness.random() * BASE_SECONDS
    if attempt.elapsed_seconds + wait > DEADLINE_SECONDS:
        return TooLong(told)
    return _within(attempt, wait)


def after_failure(attempt: Attempt, randomness: Randomness) -> Retry | None:
    """Whether and when to send a call again that got no answer, or one that was cut or no JSON."""
    return _within(attempt, _jitter(attempt, randomness))


def retry_after_seconds(headers: Mapping[str, str]) -> float | None:
    """What `Retry-After` asks for, never below 0; None when it is absent or makes no sense.

    A date in it counts from the answer's own `Date`, as our clock may differ from HubSpot's.
    """
    text = headers.get("retry-after", "").strip()
    try:
        seconds = float(text)
    except ValueError:
        return _seconds_between(headers.get("date", ""), text)
    return min(max(seconds, 0.0), _YEAR_SECONDS) if seconds == seconds else None  # NaN is no number


class RetryBudget:
    """The retries that all calls of a client share.

    Where some requests fail and others do not, they add at most a fifth to the calls: so one failure in
    six is lived with for ever. Where nothing answers, nothing is earned, and there is a fixed stock.
    """

    STOCK = 150.0
    """Enough for 16 threads to sit out half a minute."""
    PER_ANSWER = 0.2

    def __init__(self) -> None:
        self._lock = Lock()
        self._left = self.STOCK

    def earn(self) -> None:
        """Count a good answer."""
        with self._lock:
            self._left = min(self.STOCK, self._left + self.PER_ANSWER)

    def spend(self) -> bool:
        """Take one retry; False when none is left."""
        with self._lock:
            if self._left < 1:
                return False
            self._left -= 1
            return True


_YEAR_SECONDS = 366 * 86_400.0


def _within(attempt: Attempt, wait_seconds: float) -> Retry | None:
    if attempt.elapsed_seconds + wait_seconds > DEADLINE_SECONDS:
        return None
    if not attempt.answered:
        return Retry(wait_seconds) if attempt.number < TRIES_BEFORE_FIRST_ANSWER else None
    if attempt.number < TRIES or attempt.elapsed_seconds < PATIENCE_SECONDS:
        return Retry(wait_seconds)
    return None


def _own_wait(said: Refusal, attempt: Attempt, randomness: Randomness) -> float:
    if said.status == 423:
        return LOCKED_SECONDS + _jitter(attempt, randomness)
    if said.status == 429 and said.policy == "SECONDLY":
        return 1.0 + randomness.random()
    if said.status == 429:
        return WINDOW_SECONDS * (0.5 + 0.5 * randomness.random())
    return _jitter(attempt, randomness)


def _jitter(attempt: Attempt, randomness: Randomness) -> float:
    ceiling = min(CEILING_SECONDS, BASE_SECONDS * 2.0 ** (attempt.number - 1))
    return ceiling * randomness.random()


def _seconds_between(now: str, then: str) -> float | None:
    try:
        seconds = (parsedate_to_datetime(then) - parsedate_to_datetime(now)).total_seconds()
    except (TypeError, ValueError):  # no dates, or one of them without a zone
        return None
    return max(seconds, 0.0)
