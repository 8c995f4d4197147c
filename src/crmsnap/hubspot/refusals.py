"""What HubSpot says when it does not answer a call, as one of our errors.

HubSpot promises none of the fields of an error body: a 429 has `errorType` where the others have
`category`, a 403 for an OAuth token has no category and names the scopes only in its text, `errors` may
be texts or objects, and a gateway answers HTML. So the status decides and every field may be missing.
(developers.hubspot.com: "Error handling".)
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from crmsnap.errors import (
    BadRequest,
    BadToken,
    DailyLimitReached,
    HubSpotError,
    MissingScope,
    NoSuchPath,
    NotFound,
    Suspended,
    Unavailable,
    UnexpectedAnswer,
    UriTooLong,
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that is no success, as far as its body could be understood."""

    status: int
    message: str
    policy: str
    """`DAILY`, `TEN_SECONDLY_ROLLING`, `SECONDLY`; what the message implies where there is no such field."""
    scopes: tuple[str, ...]
    """Any one of these would have been enough."""
    correlation_id: str
    is_html: bool


def refusal(status: int, headers: Mapping[str, str], body: bytes) -> Refusal:
    """What an answer that is no success says."""
    parsed = _parsed(body)
    message = _text(parsed, "message")
    return Refusal(
        status=status,
        message=message[:MESSAGE_MAX],
        policy=_policy(parsed, message) if status == 429 else "",
        scopes=_scopes(parsed, message) if status == 403 else (),
        correlation_id=_text(parsed, "correlationId")
        or headers.get("x-hubspot-correlation-id", ""),
        is_html=is_html(headers, body),
    )


def is_html(headers: Mapping[str, str], body: bytes) -> bool:
    """Whether the answer is a web page: no endpoint of ours has one."""
    return "html" in headers.get("content-type", "").lower() or body[:100].lstrip()[:1] == b"<"


def error_of(said: Refusal, what: str) -> HubSpotError:
    """The error for an answer that stays a refusal; `what` names the call."""
    build = _ERRORS.get(said.status)
    if build is None:
        build = _unavailable if said.status >= 423 else _refused
    return build(said, what)


def daily_limit(
    correlation_id: str = "",
    resets_at: str = "",
    cause: str = "",
    after_seconds: float | None = None,
) -> DailyLimitReached:
    """The day's calls are used up, as far as this connection may use them, for so many seconds more."""
    when = f"at {resets_at}" if resets_at else "at midnight in the account's time zone"
    return DailyLimitReached(
        "the daily limit of HubSpot API calls is reached",
        cause=cause or "HubSpot refuses further calls of this account today",
        remedy=f"sync again after the limit resets, {when}: the run goes on where it stopped",
        correlation_id=correlation_id,
        after_seconds=after_seconds,
        resets_at=resets_at,
    )


def suspended(said: Refusal, what: str, seconds: float) -> Suspended:
    """HubSpot asks to be left alone for longer than a run can wait."""
    return Suspended(
        f"HubSpot asks to wait {_span(seconds)} before the next call to {what}",
        cause=f"{_said(said)} (477: the account is being moved to another data centre)"
        if said.status == 477
        else _said(said),
        remedy="sync again after that time: the run goes on where it stopped",
        correlation_id=said.correlation_id,
        after_seconds=seconds,
    )


MESSAGE_MAX = 300
_NO_LETTERS = re.compile(r"[\x00-\x1f\x7f]+")
_REQUIRES_ONE_OF = re.compile(r"requires (?:one|all) of \[([^\]]*)\]")


def _bad_request(said: Refusal, what: str) -> HubSpotError:
    return BadRequest(
        f"HubSpot refused to {what} as a wrong request",
        cause=_said(said),
        remedy="report this with the correlation id: crmsnap asked for something HubSpot does not take",
        correlation_id=said.correlation_id,
    )


def _bad_token(said: Refusal, what: str) -> HubSpotError:
    return BadToken(
        f"HubSpot does not accept the token (asked to {what})",
        cause=_said(said),
        remedy="copy the token of the service key or private app again (HubSpot: Settings > Integrations)",
        correlation_id=said.correlation_id,
    )


def _missing_scope(said: Refusal, what: str) -> HubSpotError:
    return MissingScope(
        f"the token may not {what}", scopes=said.scopes, correlation_id=said.correlation_id
    )


def _not_found(said: Refusal, what: str) -> HubSpotError:
    if said.is_html:
        return NoSuchPath(
            f"the host has no page to {what}",
            cause=f"it answered {said.status} with a web page, as for an address that does not exist",
            remedy="check the base URL and the API version setting",
            correlation_id=said.correlation_id,
        )
    return NotFound(
        f"HubSpot has nothing to {what}",
        cause=_said(said),
        remedy="nothing to do if the account does not have this feature",
        correlation_id=said.correlation_id,
    )


def _uri_too_long(said: Refusal, what: str) -> HubSpotError:
    return UriTooLong(
        f"the URL to {what} is too long for HubSpot",
        cause=_said(said),
        remedy="report this: so many property names should have gone into the body of a batch read",
        correlation_id=said.correlation_id,
    )


def _limited(said: Refusal, what: str) -> HubSpotError:
    if said.policy == "DAILY":
        return daily_limit(said.correlation_id)
    return Unavailable(
        f"HubSpot kept limiting the calls to {what}",
        cause=_said(said),
        remedy="see what else uses this key or account, then sync again",
        correlation_id=said.correlation_id,
    )


def _unavailable(said: Refusal, what: str) -> HubSpotError:
    return Unavailable(
        f"HubSpot failed to {what}",
        cause=_said(said),
        remedy="see status.hubspot.com, then sync again: the run goes on where it stopped",
        correlation_id=said.correlation_id,
    )


def _refused(said: Refusal, what: str) -> HubSpotError:
    return UnexpectedAnswer(
        f"HubSpot gave an answer nobody expects when asked to {what}",
        cause=_said(said),
        remedy="check the base URL; if it is right, report this with the correlation id",
        correlation_id=said.correlation_id,
    )


_ERRORS = {
    400: _bad_request,
    401: _bad_token,
    403: _missing_scope,
    404: _not_found,
    405: _not_found,
    414: _uri_too_long,
    429: _limited,
}


def _said(said: Refusal) -> str:
    text = "with a web page" if said.is_html else said.message or "without a reason"
    return f"HubSpot answered {said.status}: {text}"


def _span(seconds: float) -> str:
    return f"{seconds / 3600:.1f} hours" if seconds >= 3600 else f"{seconds / 60:.1f} minutes"


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        parsed = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return {}
    return parsed if isinstance(parsed, dict) else {}


def _text(parsed: Mapping[str, Any], name: str) -> str:
    value = parsed.get(name)
    return _NO_LETTERS.sub(" ", value) if isinstance(value, str) else ""


def _policy(parsed: Mapping[str, Any], message: str) -> str:
    told = _text(parsed, "policyName").upper()
    if told:
        return told
    for word, policy in (
        ("daily", "DAILY"),
        ("ten_secondly", "TEN_SECONDLY_ROLLING"),
        ("secondly", "SECONDLY"),
    ):
        if word in message.lower():
            return policy
    return ""


def _scopes(parsed: Mapping[str, Any], message: str) -> tuple[str, ...]:
    items = parsed.get("errors")
    for item in items if isinstance(items, list) else ():
        context = item.get("context") if isinstance(item, dict) else None
        named = context.get("requiredGranularScopes") if isinstance(context, dict) else None
        if isinstance(named, list) and named:
            return tuple(scope for scope in named if isinstance(scope, str))
    found = _REQUIRES_ONE_OF.search(message)
    return tuple(scope.strip() for scope in found[1].split(",") if scope.strip()) if found else ()
