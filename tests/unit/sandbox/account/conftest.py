"""A small account, and a way to call a handler of the API as the server does."""

from collections.abc import Callable, Iterable
from typing import Any

import orjson
import pytest

from crmsnap.sandbox.account.account import Account
from crmsnap.sandbox.api import (
    associations,
    control_account,
    limits_records,
    object_library,
    objects,
    properties,
    schemas,
    search,
)
from crmsnap.sandbox.api.route import Call, Reply
from crmsnap.sandbox.api.routing import Router

STARTED_MS = 1_790_000_000_000
SMALLEST = 200
"""Every trap is promised from this number of contacts on."""

FAMILIES = (
    objects.FAMILY, search.FAMILY, properties.FAMILY, schemas.FAMILY, *associations.FAMILIES,
    object_library.FAMILY, limits_records.FAMILY, control_account.FAMILY,
)  # fmt: skip


class Api:
    """The account's families without HTTP: a path in, a status and decoded JSON out."""

    def __init__(self, account: Account, scopes: Iterable[str] = ("*",)) -> None:
        self.account = account
        self.scopes = frozenset(scopes)
        self.now_ms = account.started_ms
        self._router = Router(FAMILIES)

    def reply(self, method: str, path: str, body: Any = None, **query: Any) -> Reply:
        """The undecoded answer; raises ApiError as the handler does."""
        match = self._router.match(method, path)
        parameters = {
            name: tuple(map(str, value)) if isinstance(value, list) else (str(value),)
            for name, value in query.items()
        }
        call = Call(match.variables, parameters, body, self.scopes, self.now_ms)
        return match.route.handler(self.account, call)

    def scopes_needed(self, method: str, path: str) -> frozenset[str]:
        """Any one of which the route of a path asks for."""
        match = self._router.match(method, path)
        scopes = match.route.scopes
        call = Call(match.variables, {}, None, self.scopes, self.now_ms)
        return scopes(self.account, call) if callable(scopes) else scopes

    def get(self, path: str, **query: Any) -> Any:
        """The decoded answer to a GET."""
        return orjson.loads(self.reply("GET", path, **query).body)

    def post(self, path: str, body: Any = None, **query: Any) -> Any:
        """The decoded answer to a POST."""
        return orjson.loads(self.reply("POST", path, body, **query).body)

    def all_records(self, type_name: str, **query: Any) -> list[Any]:
        """Every record of a type, page after page until no cursor comes."""
        records, after = [], {}
        while True:
            page = self.get(f"/crm/v3/objects/{type_name}", **query, **after)
            records += page["results"]
            if "paging" not in page:
                return records
            after = {"after": page["paging"]["next"]["after"]}


@pytest.fixture
def make_api() -> Callable[..., Api]:
    """Makes an account of its own with an API around it."""

    def make(contacts: int = SMALLEST, seed: int = 1, scopes: Iterable[str] = ("*",)) -> Api:
        return Api(Account(seed, contacts, STARTED_MS), scopes)

    return make


@pytest.fixture
def api(make_api: Callable[..., Api]) -> Api:
    """The smallest account that has every trap."""
    return make_api()


@pytest.fixture
def readable_names(api: Api) -> list[str]:
    """The names of all contact properties that need no special scope."""
    return [one["name"] for one in api.get("/crm/v3/properties/contacts")["results"]]
