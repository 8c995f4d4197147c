"""HubSpot's own answer: the account read with Python's standard library alone, by a few lines without retries."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from tests.builders.sandbox_process import SandboxAccount
from tests.differential.comparison import Table

OWNER_FIELDS = {
    "id": "string",
    "userId": "number",
    "email": "string",
    "firstName": "string",
    "lastName": "string",
    "type": "string",
    "archived": "bool",
    "userIdIncludingInactive": "number",
    "createdAt": "datetime",
    "updatedAt": "datetime",
}
"""What an owner has, in HubSpot's words, with the type of each as properties have one."""


def records(account: SandboxAccount, type_: str) -> Table:
    """The live records of a type with every property that is listed; to compare are those with a class."""
    definitions = get(account, f"/crm/v3/properties/{type_}")["results"]
    names = ",".join(one["name"] for one in definitions)
    found = _pages(account, f"/crm/v3/objects/{type_}", limit=100, properties=names)
    types = {one["name"]: one["type"] for one in definitions if "dataSensitivity" in one}
    return Table(types, {one["id"]: one["properties"] for one in found})


def unclassified(account: SandboxAccount, type_: str) -> frozenset[str]:
    """The properties of which HubSpot does not say whether they are sensitive."""
    definitions = get(account, f"/crm/v3/properties/{type_}")["results"]
    return frozenset(one["name"] for one in definitions if "dataSensitivity" not in one)


def owners(account: SandboxAccount) -> Table:
    """The owners, active and archived ones."""
    found = [
        one
        for archived in ("false", "true")
        for one in _pages(account, "/crm/v3/owners", limit=100, archived=archived)
    ]
    return Table(OWNER_FIELDS, {one["id"]: one for one in found})


def get(account: SandboxAccount, path: str, **query: object) -> Any:
    """The JSON of one answer."""
    request = Request(
        f"{account.url}{path}?{urlencode(query)}",
        headers={"Authorization": f"Bearer {account.token}"},
    )
    with urlopen(request) as answer:
        return json.load(answer)


def _pages(account: SandboxAccount, path: str, **query: object) -> Iterator[Any]:
    while True:
        page = get(account, path, **query)
        yield from page["results"]
        if "paging" not in page:
            return
        query["after"] = page["paging"]["next"]["after"]
