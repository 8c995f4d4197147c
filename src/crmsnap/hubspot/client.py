"""The one way to HubSpot: waits for its turn, authenticates, retries, and understands every refusal.

An answer counts only when it is complete JSON of the shape that the caller expects: a proxy's web page
with status 200, or a body that was cut in the middle, is a failed try like any other.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import MappingProxyType
from typing import Generic, TypeVar
from urllib.parse import urlencode

import msgspec

from crmsnap import __version__
from crmsnap.errors import HubSpotError, UnexpectedAnswer
from crmsnap.hubspot.auth import StaticToken
from crmsnap.hubspot.json_body import NotJson, decoded
from crmsnap.hubspot.limits import Limits
from crmsnap.hubspot.paths import DEFAULT_VERSION, Endpoint, Kind, Paths, fill
from crmsnap.hubspot.refusals import error_of, is_html, refusal, suspended
from crmsnap.hubspot.retry import (
    Attempt,
    Randomness,
    Retry,
    RetryBudget,
    TooLong,
    after_failure,
    after_refusal,
)
from crmsnap.hubspot.times import seconds_between
from crmsnap.hubspot.transport import Response, SendFailed, Transport
from crmsnap.hubspot.usage import NO_ANSWER, Usage, UsageCounter
from crmsnap.model import Clock

T = TypeVar("T")

NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Answer:
    """A good answer, not yet taken apart."""

    status: int
    body: bytes
    """Complete, valid UTF-8 JSON."""
    date: datetime
    """HubSpot's clock."""


class Client:
    """HubSpot's API for one account; used by many threads at once."""

    def __init__(
        self,
        transport: Transport,
        token: StaticToken,
        limits: Limits,
        clock: Clock,
        randomness: Randomness,
        *,
        base_url: str,
        api_version: str = DEFAULT_VERSION,
    ) -> None:
        self._transport = transport
        self._token = token
        self._limits = limits
        self._clock = clock
        self._randomness = randomness
        self._base_url = base_url.rstrip("/")
        self._paths = Paths(api_version)
        self._budget = RetryBudget()
        self._counter = UsageCounter()
        self._family: str | None = None
        self._host = _Host()

    def counted_as(self, family: str) -> "Client":
        """The same client, whose calls are counted as this family: what they are for, not whom they ask."""
        same = copy(self)
        same._family = family
        return same

    def get(
        self,
        endpoint: Endpoint,
        *,
        path: Mapping[str, str] = NOTHING,
        query: Sequence[tuple[str, str]] = (),
    ) -> Answer:
        """The answer to a GET; raises `HubSpotError` when there is no good one."""
        return _answer(self._call(_Request(endpoint, "GET", path, query), _raw))

    def post(
        self,
        endpoint: Endpoint,
        *,
        path: Mapping[str, str] = NOTHING,
        query: Sequence[tuple[str, str]] = (),
        body: object,
    ) -> Answer:
        """The answer to a POST with a JSON body; all of ours only read, so they may be repeated."""
        return _answer(self._call(_Request(endpoint, "POST", path, query, _json(body)), _raw))

    def ask(
        self,
        endpoint: Endpoint,
        decode: Callable[[bytes], T],
        *,
        path: Mapping[str, str] = NOTHING,
        query: Sequence[tuple[str, str]] = (),
        body: object = None,
    ) -> T:
        """What `decode` makes of the answer; JSON that it refuses is no answer and is asked for again.

        A POST if there is a body. `decode` raises `msgspec.DecodeError`.
        """
        content = None if body is None else _json(body)
        method = "GET" if content is None else "POST"
        return self._call(_Request(endpoint, method, path, query, content), decode).value

    def url_of(
        self,
        endpoint: Endpoint,
        *,
        path: Mapping[str, str] = NOTHING,
        query: Sequence[tuple[str, str]] = (),
    ) -> str:
        """The whole address of a call, as it would be sent now."""
        return self._url(_Request(endpoint, "GET", path, query), self._paths.template(endpoint))

    def server_date(self) -> datetime:
        """HubSpot's time, from the newest answer; there has to be one."""
        if self._host.date is None:
            raise RuntimeError("HubSpot's time is known from its first answer on")
        return self._host.date

    @property
    def knows_date(self) -> bool:
        """Whether an answer has told HubSpot's time."""
        return self._host.date is not None

    def learn_reset(self, resets_at: str) -> None:
        """Remember when the day's calls start anew, an ISO time: the error of a spent day says it."""
        self._limits.learn_reset(resets_at, seconds_between(self.server_date(), resets_at))

    def calls_per_second(self, kind: Kind) -> float:
        """How many calls of a kind may be sent, as far as HubSpot's answers have said."""
        return self._limits.calls_per_second(kind)

    @property
    def calls_a_day(self) -> int | None:
        """How many calls a day may use, as far as answers have said; None: nobody counts them."""
        return self._limits.calls_a_day

    @property
    def usage(self) -> Usage:
        """What has been used so far."""
        daily = self._limits.daily
        return self._counter.snapshot(
            waited_seconds=self._limits.waited_seconds,
            daily_limit=daily.limit if daily else None,
            daily_remaining=daily.remaining if daily else None,
        )

    def _call(self, request: "_Request", decode: Callable[[bytes], T]) -> "_Good[T]":
        """Try until there is a good answer, or none is to be expected."""
        started_at = self._clock.monotonic()
        number = 1
        while True:
            elapsed_seconds = self._clock.monotonic() - started_at
            outcome = self._try(
                request, decode, Attempt(number, elapsed_seconds, self._host.answered)
            )
            if isinstance(outcome, _Good):
                return outcome
            if outcome.again is None or not self._budget.spend():
                raise outcome.error
            self._counter.retried()
            self._limits.wait(outcome.again.after_seconds)
            number += 1

    def _try(
        self, request: "_Request", decode: Callable[[bytes], T], attempt: Attempt
    ) -> "_Good[T] | _Bad":
        try:
            response = self._exchange(request)
            if not 200 <= response.status < 300:
                return self._refused(request, response, attempt)
            value, replaced = decoded(decode, response.body)
            date = _date(response)
        except SendFailed as failed:
            return _Bad(
                failed.error, after_failure(attempt, self._randomness) if failed.again else None
            )
        except NotJson as not_json:
            error = _unexpected(request, response, str(not_json))
            return _Bad(error, after_failure(attempt, self._randomness))
        self._counter.replaced(replaced)
        self._budget.earn()
        self._host.answered, self._host.date = True, date
        return _Good(value, response.status, date)

    def _exchange(self, request: "_Request") -> Response:
        """One answer from a path that exists."""
        while True:
            template = self._paths.template(request.endpoint)
            response = self._send(request, template)
            missing = response.status == 404 and is_html(response.headers, response.body)
            if not (missing and self._paths.fall_back(request.endpoint, template)):
                return response

    def _send(self, request: "_Request", template: str) -> Response:
        endpoint = request.endpoint
        headers = {
            "authorization": self._token.header(),
            "accept": "application/json",
            "accept-encoding": "gzip",
            "user-agent": f"crmsnap/{__version__}",
        }
        if request.content is not None:
            headers["content-type"] = "application/json"
        self._limits.admit(endpoint.kind)
        try:
            response = self._transport.send(
                request.method, self._url(request, template), headers, request.content
            )
        except SendFailed:
            self._counter.sent(self._family or endpoint.name, NO_ANSWER)
            raise
        self._counter.sent(self._family or endpoint.name, response.status)
        self._limits.learn(endpoint.kind, response.headers)
        return response

    def _refused(self, request: "_Request", response: Response, attempt: Attempt) -> "_Bad":
        said = refusal(response.status, response.headers, self._token.redacted(response.body))
        if said.policy == "DAILY":
            # By this clock it is told how long the day still lasts, also when no answer was ever good.
            with suppress(NotJson):
                self._host.date = _date(response)
            return _Bad(self._limits.spend_the_day(said.correlation_id))
        verdict = after_refusal(said, response.headers, attempt, self._randomness)
        if isinstance(verdict, TooLong):
            return _Bad(suspended(said, request.what, verdict.after_seconds))
        if verdict is not None and said.status == 429:
            self._limits.pause(request.endpoint.kind, verdict.after_seconds)
        return _Bad(error_of(said, request.what), verdict)

    def _url(self, request: "_Request", template: str) -> str:
        url = self._base_url + fill(template, request.path)
        return f"{url}?{urlencode(request.query)}" if request.query else url


@dataclass(slots=True)
class _Host:
    """What the answers so far have told of the host; one for all families of a client."""

    answered: bool = False
    date: datetime | None = None
    """HubSpot's clock, by the newest answer."""


@dataclass(frozen=True, slots=True)
class _Request:
    endpoint: Endpoint
    method: str
    path: Mapping[str, str]
    query: Sequence[tuple[str, str]]
    content: bytes | None = None

    @property
    def what(self) -> str:
        """The call in words, for messages: `read objects of 0-1`."""
        of = f" of {', '.join(self.path.values())}" if self.path else ""
        return f"read {self.endpoint.name}{of}"


@dataclass(frozen=True, slots=True)
class _Good(Generic[T]):
    """A try that succeeded."""

    value: T
    status: int
    date: datetime


@dataclass(frozen=True, slots=True)
class _Bad:
    """A try that failed: what to raise, unless there is another one."""

    error: HubSpotError
    again: Retry | None = None


_raw = msgspec.json.Decoder(msgspec.Raw).decode


def _answer(good: _Good[msgspec.Raw]) -> Answer:
    return Answer(good.status, bytes(good.value), good.date)


def _json(body: object) -> bytes:
    return msgspec.json.encode(body)


def _date(response: Response) -> datetime:
    text = response.headers.get("date", "")
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except ValueError as error:
        raise NotJson("it has no Date header, by which a day of data is named") from error


def _unexpected(request: _Request, response: Response, cause: str) -> UnexpectedAnswer:
    page = is_html(response.headers, response.body)
    return UnexpectedAnswer(
        f"the host did not answer like HubSpot when asked to {request.what}",
        cause=f"it answered {response.status} with a web page" if page else cause,
        remedy="check the base URL and any proxy in between; if they are right, report this",
        correlation_id=response.headers.get("x-hubspot-correlation-id", ""),
    )
