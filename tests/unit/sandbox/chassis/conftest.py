"""A toy API of four operations behind the real chassis and a real server."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest
import urllib3

from crmsnap.sandbox.account.account import Account
from crmsnap.sandbox.api import errors
from crmsnap.sandbox.api.app import Sandbox
from crmsnap.sandbox.api.limits import TIERS, Limits
from crmsnap.sandbox.api.route import Call, Family, Reply, Route
from crmsnap.sandbox.api.scopes import Token, Tokens
from crmsnap.sandbox.clock import Clock, milliseconds
from crmsnap.sandbox.server import serving

NOON_MS = milliseconds("2026-11-22T12:00:00Z")
RECORDS = 30


def list_records(_: Account, call: Call) -> Reply:
    """Thirty records, ids from 1, paged by the last id."""
    after, limit = int(call.first("after", "0") or 0), int(call.first("limit", "10") or 10)
    if limit > 100:
        raise errors.bad_request("limit is too high")
    ids = range(after + 1, min(after + limit, RECORDS) + 1)
    page: dict[str, Any] = {"results": [{"id": str(one), "text": "x" * 50} for one in ids]}
    if after + limit < RECORDS:
        page["paging"] = {"next": {"after": str(after + limit)}}
    return Reply(orjson.dumps(page))


def echo(_: Account, call: Call) -> Reply:
    """What the handler was given."""
    seen = {"path": dict(call.path), "query": call.query, "body": call.body, "now": call.now_ms}
    return Reply(orjson.dumps(seen | {"scopes": sorted(call.scopes)}))


def type_scopes(_: Account, call: Call) -> frozenset[str]:
    """The scope for the type in the path."""
    return frozenset({f"crm.schemas.{call.path['type']}.read"})


OBJECTS = ("/crm/objects/{version}/{type}", "/crm/v3/objects/{type}")
FAMILIES = (
    Family("objects", "burst", (Route("GET", OBJECTS, list_records),)),
    Family("search", "search", (Route("POST", tuple(f"{path}/search" for path in OBJECTS), echo),)),
    Family("associations", "associations", (Route("POST", ("/crm/v4/{type}/read",), echo),)),
    Family("properties", "burst", (Route("GET", ("/properties/{type}",), echo, type_scopes),)),
)


@dataclass(frozen=True)
class Client:
    """A client of one sandbox; answers are decoded only when asked."""

    url: str
    pool: urllib3.PoolManager
    bearer: str = "full"
    headers: Mapping[str, str] = field(default_factory=dict)

    def ask(
        self, method: str, path: str, body: Any = None, **headers: str
    ) -> urllib3.BaseHTTPResponse:
        """The answer to one request."""
        sent = {"authorization": f"Bearer {self.bearer}"} | dict(self.headers) | headers
        content = body if isinstance(body, bytes | None) else orjson.dumps(body)
        return self.pool.request(
            method, self.url + path, body=content, headers=sent, retries=False, redirect=False
        )

    def get(self, path: str, **headers: str) -> urllib3.BaseHTTPResponse:
        """The answer to a GET."""
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: Any) -> urllib3.BaseHTTPResponse:
        """The answer to a POST."""
        return self.ask("POST", path, body)

    def faults(self, *rules: dict[str, Any]) -> None:
        """Put a fault plan in force."""
        assert self.post("/_sandbox/faults", list(rules)).status == 200

    def fired(self) -> list[int]:
        """How often each rule fired."""
        return [rule["fired"] for rule in self.get("/_sandbox/faults").json()["rules"]]

    def stats(self) -> dict[str, dict[str, int]]:
        """Requests by family and status."""
        found: dict[str, dict[str, int]] = self.get("/_sandbox/stats").json()["requests"]
        return found


StartSandbox = Callable[..., Client]


@pytest.fixture(scope="session")
def start_sandbox() -> Iterator[StartSandbox]:
    """Start a sandbox with the toy API; keywords say what differs from the unlimited default."""
    with ExitStack() as stack:

        def start_one(
            tier: str = "unlimited",
            daily: int | None = None,
            tokens: tuple[str, ...] = ("full",),
            latency_seconds: float = 0.0,
        ) -> Client:
            account = Account(1, 200, NOON_MS)
            application = Sandbox(
                account,
                FAMILIES,
                clock=Clock(NOON_MS, frozen=True),
                tokens=Tokens(map(Token.parse, tokens)),
                limits=Limits(TIERS[tier], ZoneInfo("America/New_York"), account.portal_id, daily),
                latency_seconds=latency_seconds,
            )
            url = stack.enter_context(serving(application))
            pool = stack.enter_context(urllib3.PoolManager(timeout=5))
            return Client(url, pool)

        yield start_one


@pytest.fixture(scope="session")
def shared_client(start_sandbox: StartSandbox) -> Client:
    """One sandbox for all tests that leave its clock and its tokens alone."""
    return start_sandbox()


@pytest.fixture
def client(shared_client: Client) -> Client:
    """An unlimited sandbox without faults, its statistics empty."""
    shared_client.ask("DELETE", "/_sandbox/faults")
    shared_client.ask("POST", "/_sandbox/stats/reset")
    return shared_client
