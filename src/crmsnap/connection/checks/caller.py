"""One call to AWS and what came back, success or not, read the same way; the HTTP status decides."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from crmsnap.connection.aws_client import aws_errors, reason
from crmsnap.connection.aws_refusal import is_late, read_refused
from crmsnap.destinations.answer import gives_reason
from crmsnap.model import Clock

ATTEMPTS = 3
WAIT_SECONDS = 1.0

_PASSING = frozenset({429, 500, 502, 503, 504})
_PASSING_CODES = frozenset({"Throttling", "ThrottlingException", "RequestTimeout"})
_CLOCK = "this machine's clock differs too much from the store's"
_OWN_KEYS = {
    "InvalidClientTokenId": "AWS does not know the access key",
    "InvalidAccessKeyId": "the store does not know the access key",
    "UnrecognizedClientException": "AWS does not know the access key",
    "SignatureDoesNotMatch": "the secret key does not fit the access key, or the clock is wrong",
    "ExpiredToken": "the session of our own keys has ended",
    "ExpiredTokenException": "the session of our own keys has ended",
    "InvalidToken": "the session token is not valid here",
    "RequestTimeTooSkewed": _CLOCK,
}
_ELSEWHERE = {
    "service control policy": "a service control policy of the organization",
    "resource control policy": "a resource control policy of the organization",
    "vpc endpoint policy": "the policy of a VPC endpoint",
    "permissions boundary": "the permissions boundary of the role",
    "session policy": "the policy of our session, which admits this bucket, path and owner alone",
    "explicit deny": "an explicit deny, most likely of the bucket policy",
}


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back."""

    status: int | None
    """None: nothing came back."""
    code: str = ""
    """AWS's error code; empty for a success, and where the store sent none."""
    message: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""
    body: Mapping[str, Any] = field(default_factory=dict)

    @property
    def worked(self) -> bool:
        """Whether it was done."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def passes(self) -> bool:
        """Whether it may be otherwise a moment later."""
        return self.status is None or self.status in _PASSING or self.code in _PASSING_CODES

    @property
    def denied(self) -> bool:
        """Whether a right is missing, or proof of who asks."""
        return self.status in {401, 403} or self.code in _OWN_KEYS

    @property
    def own_keys(self) -> str:
        """What is wrong with the keys themselves, or the clock; empty when they are not the cause."""
        return _CLOCK if self.wrong_clock else _OWN_KEYS.get(self.code, "")

    @property
    def wrong_clock(self) -> bool:
        """Whether it was refused for the time of this machine: nobody's keys are wrong then."""
        return self.code == "RequestTimeTooSkewed" or is_late(self.code, self.message)

    @property
    def about_kms(self) -> bool:
        """Whether it was the encryption key that refused, and not the bucket."""
        # The message also names bucket, role and session, and people put anything into those.
        return not self.worked and (
            self.code.startswith("KMS.") or "to perform: kms:" in self.message.lower()
        )

    @property
    def elsewhere(self) -> str:
        """What denies it when that is not the role's own policy, as far as AWS says so."""
        said = self.message.lower()
        return next((what for sign, what in _ELSEWHERE.items() if sign in said), "")

    @property
    def reasoned(self) -> bool:
        """Whether a denial says which policy is missing something, or forbids it."""
        return gives_reason(self.message)

    def __str__(self) -> str:
        if self.status is None:
            return f"no answer: {self.message}"
        said = ": ".join(part for part in (self.code, self.message) if part)
        return f"status {self.status}" + (f", {said}" if said else "")


class Caller:
    """Calls, a few times where a failure may pass, and learns from each answer what time it is there."""

    def __init__(self, clock: Clock, now: Callable[[], datetime]) -> None:
        self._clock = clock
        self._now = now
        self.skew: timedelta | None = None
        """How much this machine's clock is ahead of the store's; None before the first answer."""

    @property
    def time_there(self) -> datetime:
        """What time it is at the store, as its last answer said."""
        return self._now() - (self.skew or timedelta(0))

    def ask(self, call: Callable[..., Any], **said: Any) -> Reply:
        """What a method of a boto3 client brings; arguments that are None are not sent."""
        given = {name: value for name, value in said.items() if value is not None}
        for attempt in range(1, ATTEMPTS):
            reply = _ask(call, given)
            if not reply.passes:
                break
            self._clock.sleep(attempt * WAIT_SECONDS)
        else:
            reply = _ask(call, given)
        if (then := _time(reply.headers.get("date", ""))) is not None:
            self.skew = self._now() - then
        return reply


def _time(date: str) -> datetime | None:
    try:
        then = parsedate_to_datetime(date)
    except ValueError:  # no Date, or none that anybody could read
        return None
    return then if then.tzinfo else then.replace(tzinfo=UTC)


def _ask(call: Callable[..., Any], said: Mapping[str, Any]) -> Reply:
    from botocore.exceptions import ClientError

    try:
        body = call(**said)
        if "Body" in body:
            body["Body"] = body["Body"].read()
    except ClientError as error:
        refused = read_refused(error.response)
        return Reply(refused.status, refused.code, refused.message, refused.headers)
    except aws_errors() as error:
        return Reply(None, message=reason(error))
    about = body.get("ResponseMetadata", {})
    return Reply(about.get("HTTPStatusCode"), headers=about.get("HTTPHeaders", {}), body=body)
