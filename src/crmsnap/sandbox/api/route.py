"""What a family of the API looks like: routes with a handler each; the chassis (`app.py`) does the rest.

By the time a handler is called the request has been authenticated, limited, counted and parsed. A
handler is a plain function of the account and the call: it returns a `Reply` or raises `ApiError`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crmsnap.sandbox.account.account import Account


@dataclass(frozen=True, slots=True)
class Call:
    """One request, as a handler sees it."""

    path: Mapping[str, str]
    """Variables of the template, percent-decoded: `{"type": "contacts"}`."""
    query: Mapping[str, tuple[str, ...]]
    """Every query parameter with all its values, in order."""
    body: Any
    """The decoded JSON body, None when there was none."""
    scopes: frozenset[str]
    """What the token may do; `{"*"}` may do everything."""
    now_ms: int
    """The sandbox's clock, milliseconds since the epoch."""

    def first(self, name: str, default: str | None = None) -> str | None:
        """The first value of a query parameter."""
        values = self.query.get(name)
        return values[0] if values else default


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: JSON already encoded, so that a family may assemble it from prepared fragments."""

    body: bytes
    status: int = 200


class ApiError(Exception):
    """An answer of HubSpot's error form: status, and the JSON body without its correlationId."""

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        super().__init__(status, body)
        self.status = status
        self.body = dict(body)


@dataclass(frozen=True, slots=True)
class Route:
    """One operation of the API under all its paths, dated and legacy."""

    method: str
    templates: tuple[str, ...]
    """Paths without trailing slash; `{name}` is one segment, `{version}` a dated version: 2025-09, 2026-03 or 2026-09."""
    handler: Callable[["Account", Call], Reply]
    scopes: Callable[["Account", Call], frozenset[str]] | frozenset[str] = field(
        default=frozenset()
    )
    """Any one of these lets the call through; empty: every token may."""


@dataclass(frozen=True, slots=True)
class Family:
    """A group of routes that `GET /_sandbox/stats` counts under one name."""

    name: str
    """`objects`, `search`, `associations`, `association-labels`, `properties`, `events`, ..."""
    limit: str
    """Whose rate limit it uses up: `burst`, `search` or `associations`."""
    routes: tuple[Route, ...]
