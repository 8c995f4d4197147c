"""HubSpot's error bodies, one function each; the chassis adds `correlationId` and the headers.

The bodies differ more than one would guess: a 429 has `errorType` where the others have `category`,
a 403 for an OAuth token has neither, some families answer `errors` as strings, and a route that does
not exist answers an HTML page. Sources: developers.hubspot.com, "Error handling"; the live bodies
quoted in HubSpot/hubspot-api-python issues 117 and 143.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from crmsnap.sandbox.api.route import ApiError

SCOPES_PAGE = "https://developers.hubspot.com/scopes"
HOW_TO_AUTHENTICATE = (
    "This API supports OAuth 2.0 authentication and you can find more details at "
    "https://developers.hubspot.com/docs/methods/auth/oauth-overview"
)


def bad_request(message: str, errors: Sequence[Mapping[str, Any]] = ()) -> ApiError:
    """400: the request itself is wrong; `errors` are items `{message, code, in, context}`."""
    body: dict[str, Any] = {"status": "error", "message": message}
    if errors:
        body["errors"] = [dict(item) for item in errors]
    return ApiError(400, body | {"category": "VALIDATION_ERROR"})


def unauthorized() -> ApiError:
    """401: no token came, or nobody knows it."""
    message = f"Authentication credentials not found. {HOW_TO_AUTHENTICATE}"
    return ApiError(
        401, {"status": "error", "message": message, "category": "INVALID_AUTHENTICATION"}
    )


def expired(seconds_ago: int, expired_at: str) -> ApiError:
    """401: an OAuth token that was good once; `expired_at` is an ISO time with milliseconds."""
    return ApiError(
        401,
        {
            "status": "error",
            "message": f"The OAuth token used to make this call expired {seconds_ago} second(s) ago.",
            "category": "EXPIRED_AUTHENTICATION",
            "context": {"expire time": [expired_at]},
        },
    )


def missing_scopes(scopes: Iterable[str]) -> ApiError:
    """403 as private apps and service keys get it: any one of `scopes` would have been enough."""
    return ApiError(
        403,
        {
            "status": "error",
            "message": "This app hasn't been granted all required scopes to make this call. "
            f"Read more about required scopes here: {SCOPES_PAGE}.",
            "errors": [
                {
                    "message": "One or more of the following scopes are required.",
                    "context": {"requiredGranularScopes": sorted(scopes)},
                }
            ],
            "links": {"scopes": SCOPES_PAGE},
            "category": "MISSING_SCOPES",
        },
    )


def no_permission(
    action: str, type_name: str, scopes: Iterable[str], portal_id: int = 0
) -> ApiError:
    """403 as OAuth tokens get it: no category at all, the scopes only inside the message."""
    return ApiError(
        403,
        {
            "status": "error",
            "message": f"You do not have permissions to {action} object type "
            f"ObjectTypeId{{legacyObjectType={type_name}}} in portal {portal_id} "
            f"(requires one of [{', '.join(sorted(scopes))}])",
        },
    )


def not_found(message: str = "resource not found", **context: str) -> ApiError:
    """404: the route exists, the thing does not."""
    body: dict[str, Any] = {"status": "error", "message": message, "category": "OBJECT_NOT_FOUND"}
    if context:
        body["context"] = {name: [value] for name, value in context.items()}
    return ApiError(404, body)


def url_too_long(limit: int) -> ApiError:
    """414: too many property names in the query string."""
    return ApiError(
        414,
        {
            "status": "error",
            "message": f"The request URI is longer than {limit} characters.",
            "category": "VALIDATION_ERROR",
        },
    )


def burst_limit(group: str) -> ApiError:
    """429: the rolling ten-second window of this token is full."""
    return ApiError(
        429,
        {
            "status": "error",
            "message": "You have reached your ten_secondly_rolling limit.",
            "errorType": "RATE_LIMIT",
            "policyName": "TEN_SECONDLY_ROLLING",
            "groupName": group,
        },
    )


def secondly_limit(request_id: str) -> ApiError:
    """429 of search: more than five calls within one second, account-wide."""
    return ApiError(
        429,
        {
            "status": "error",
            "message": "You have reached your secondly limit.",
            "errorType": "RATE_LIMIT",
            "policyName": "SECONDLY",
            "requestId": request_id,
        },
    )


def secondly_limit_by_category() -> ApiError:
    """429 of search in its other shape: `category` where `errorType` would be."""
    return ApiError(
        429,
        {
            "status": "error",
            "message": "You have reached your secondly limit.",
            "category": "RATE_LIMITS",
        },
    )


def daily_limit(request_id: str) -> ApiError:
    """429: the account's calls of today are used up, until its own midnight."""
    return ApiError(
        429,
        {
            "status": "error",
            "message": "You have reached your daily limit.",
            "errorType": "RATE_LIMIT",
            "policyName": "DAILY",
            "requestId": request_id,
        },
    )


def locked() -> ApiError:
    """423: the resource is busy; HubSpot asks for at least two seconds of patience."""
    return ApiError(
        423,
        {"status": "error", "message": "The resource is locked.", "category": "LOCKED"},
    )


def migrating() -> ApiError:
    """477: the account moves to another data centre; `Retry-After` says for how long, in seconds."""
    return ApiError(
        477,
        {
            "status": "error",
            "message": "Migration in progress.",
            "category": "MIGRATION_IN_PROGRESS",
        },
    )


def server_error(status: int = 500) -> ApiError:
    """5xx as the APIs answer it in JSON; gateways in front of them answer HTML instead."""
    return ApiError(status, {"status": "error", "message": "internal error"})
