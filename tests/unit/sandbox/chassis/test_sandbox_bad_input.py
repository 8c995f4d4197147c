"""Nonsense gets 400 or 404 from every route, never a failure of the server."""

import re
from collections.abc import Iterator
from itertools import product
from urllib.parse import quote

import orjson
import pytest
import urllib3

from crmsnap.sandbox.api.control import CONTROL
from crmsnap.sandbox.api.families import FAMILIES
from crmsnap.sandbox.api.route import Route
from crmsnap.sandbox.server import Address, Options, running

ROUTES = [route for family in FAMILIES if family.name != CONTROL for route in family.routes]
ANSWERS = {200, 207, 400, 404}
TEXTS = [
    "",
    "0",
    "-1",
    "99999999999999999999999",
    "1.5",
    "x",
    "²",
    "\x00",
    "é☃",
    "../..",
    "a" * 5000,
]
VALUES = [
    None,
    True,
    -1,
    1.5,
    10**18,
    "",
    "x",
    "²",
    [],
    [None],
    ["x", 1],
    {},
    {"a": {}},
    [{"id": []}],
]
PARAMETERS = [
    "limit",
    "after",
    "archived",
    "properties",
    "propertiesWithHistory",
    "associations",
    "idProperty",
    "dataSensitivity",
    "email",
    "eventType",
    "objectType",
    "objectId",
    "occurredAfter",
    "occurredBefore",
    "sort",
    "listIds",
    "includeProperties",
    "count",
    "offset",
    "searchString",
    "includeStats",
    "createdAfter",
    "updatedAt",
]
FIELDS = [
    "inputs",
    "properties",
    "propertiesWithHistory",
    "idProperty",
    "filterGroups",
    "sorts",
    "limit",
    "after",
    "query",
    "count",
    "offset",
    "listIds",
    "processingTypes",
    "additionalProperties",
    "objectTypeId",
]
FILTERS = [
    {"propertyName": "createdate", "operator": operator, key: value}
    for operator in ("EQ", "BETWEEN", "IN", "LT", "CONTAINS_TOKEN", "HAS_PROPERTY", "x", None, 1)
    for key, value in product(
        ("value", "values", "highValue", "propertyName"), (None, 1, "x", "²", [1], {})
    )
]
DEEP_BODIES = [
    *({"filterGroups": [{"filters": [one]}]} for one in FILTERS),
    *({"filterGroups": [{"filters": value}]} for value in VALUES),
    *({"sorts": [{"propertyName": value, "direction": value}]} for value in VALUES),
    *({"inputs": [{"id": value}]} for value in VALUES),
    *({"inputs": [{"id": "1", "after": value}]} for value in VALUES),
    *({"inputs": [{"id": "1"}], "idProperty": value} for value in VALUES),
]
GOOD_VARIABLES = {"version": "2026-09", "type": "contacts", "from": "contacts", "to": "companies"}


@pytest.fixture(scope="module")
def address() -> Iterator[Address]:
    """A whole sandbox."""
    with running(Options(contacts=200)) as found:
        yield found


@pytest.fixture(scope="module")
def pool() -> Iterator[urllib3.PoolManager]:
    """A client that does not retry."""
    with urllib3.PoolManager(retries=False, timeout=20) as found:
        yield found


def name_of(route: Route) -> str:
    """How a failing case is called."""
    return f"{route.method} {route.templates[0]}"


@pytest.mark.parametrize("route", ROUTES, ids=name_of)
def test_no_nonsense_makes_the_server_fail(
    route: Route, address: Address, pool: urllib3.PoolManager
) -> None:
    """In the path, in the query, in the body: HubSpot answers 400 or 404, not 422 or 500."""
    headers = {"authorization": f"Bearer {address.token}"}
    failed = []
    for path, body in requests(route):
        content = None if body is None else orjson.dumps(body)
        answer = pool.request(route.method, address.url + path, body=content, headers=headers)
        if answer.status not in ANSWERS and not is_cms_answer(route, answer):
            failed.append((answer.status, path[:200], body))
    assert not failed


def is_cms_answer(route: Route, answer: urllib3.BaseHTTPResponse) -> bool:
    """Whether this is how HubSpot's CMS answers an id that it does not know: 500, but in its own form."""
    of_cms = route.templates[0].startswith("/cms/") and "{objectId}" in route.templates[0]
    return of_cms and answer.status == 500 and answer.json()["message"] == "internal error"


def requests(route: Route) -> Iterator[tuple[str, object]]:
    """Paths and bodies, one thing wrong in each."""
    template = route.templates[-1]
    good = filled(template)
    for text in TEXTS:
        for variable in re.findall(r"{(\w+)}", template):
            if variable != "version":
                yield filled(template, {variable: text}), {} if route.method == "POST" else None
    if route.method == "GET":
        for name, text in product(PARAMETERS, TEXTS):
            yield f"{good}?{name}={quote(text)}", None
    else:
        for name, value in product(FIELDS, VALUES):
            yield good, {name: value}
        for body in DEEP_BODIES:
            yield good, body
        yield good, None


def filled(template: str, values: dict[str, str] | None = None) -> str:
    """A path of this template."""
    chosen = GOOD_VARIABLES | (values or {})
    return re.sub(r"{(\w+)}", lambda found: quote(chosen.get(found[1], "1"), safe=""), template)
