"""Effects that answer instead of the handler: statuses, gateway pages, rights that are gone.

The daily limit and a revoked token are real from then on: the pool of calls is empty, the token
unknown, so that every later call is refused by the same code as without a fault.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Annotated, Any

import msgspec
import orjson

from crmsnap.sandbox.api import errors
from crmsnap.sandbox.api.answer import Answer
from crmsnap.sandbox.api.faults.effect import Effect, Situation
from crmsnap.sandbox.api.route import ApiError
from crmsnap.sandbox.clock import iso_text


class Status(Effect, frozen=True):
    """Answers a status with HubSpot's body for it, or an HTML page, a JSON value, a raw text."""

    status: Annotated[int, msgspec.Meta(ge=200, le=599)]
    html: bool = False
    body: Any = msgspec.UNSET
    text: str | None = None
    headers: dict[str, str] = msgspec.field(default_factory=dict)

    def instead(self, situation: Situation) -> Answer:
        """The answer with the rule's headers, `Retry-After` or `Location` for example."""
        plain = self._plain(situation)
        headers = tuple(
            (name.lower().encode("latin-1"), value.encode("latin-1"))
            for name, value in self.headers.items()
        )
        return Answer(plain.status, plain.body, plain.content_type, headers)

    def _plain(self, situation: Situation) -> Answer:
        if self.text is not None:
            return Answer(self.status, self.text.encode())
        if self.body is not msgspec.UNSET:
            return Answer(self.status, orjson.dumps(self.body))
        if self.html:
            return Answer.page(self.status, f"Error {self.status} at the gateway")
        usual = USUAL.get(self.status)
        error = usual(situation) if usual else errors.server_error(self.status)
        return Answer.of_error(error, situation.correlation_id)


USUAL: Mapping[int, Callable[[Situation], ApiError]] = MappingProxyType(
    {
        400: lambda _: errors.bad_request("The request is not valid."),
        401: lambda _: errors.unauthorized(),
        403: lambda situation: errors.missing_scopes(situation.required),
        404: lambda _: errors.not_found(),
        423: lambda _: errors.locked(),
        429: lambda situation: errors.burst_limit(situation.token.text),
        477: lambda _: errors.migrating(),
    }
)
"""HubSpot's body for a status that a rule names without one."""


class Html200(Effect, frozen=True):
    """Answers 200 with a web page, as a captive portal or a login page does."""

    def instead(self, situation: Situation) -> Answer:
        """The page."""
        return Answer.page(200, "Sign in")


class Forbid(Effect, frozen=True):
    """Answers 403 from now on; `scopes` are named as missing, the operation's own by default."""

    scopes: tuple[str, ...] = ()

    @property
    def lasts(self) -> bool:
        """A right that was taken away stays away."""
        return True

    def instead(self, situation: Situation) -> Answer:
        """The 403 of a private app."""
        raise errors.missing_scopes(self.scopes or situation.required)


class TokenRevoked(Effect, frozen=True):
    """Revokes the token that makes the call: this call and all later ones get 401."""

    def instead(self, situation: Situation) -> Answer:
        """The 401 of an unknown token."""
        situation.tokens.revoke(situation.token)
        raise errors.unauthorized()


class TokenExpired(Effect, frozen=True):
    """Answers 401 as an OAuth token gets it some seconds after its time."""

    seconds_ago: int = 75

    def instead(self, situation: Situation) -> Answer:
        """The 401 of an expired token."""
        expired_at = iso_text(situation.now_ms - self.seconds_ago * 1000)
        raise errors.expired(self.seconds_ago, expired_at)


class DailyLimit(Effect, frozen=True):
    """Uses up all calls of the day: 429 from now on, until midnight in the account's zone."""

    def instead(self, situation: Situation) -> Answer:
        """The 429 of the daily policy."""
        situation.limits.use_up_the_day(situation.now_ms)
        raise errors.daily_limit(situation.correlation_id)
