"""What a reading is: one family of the API, read to its end by both of HubSpot's own clients."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
from hubspot import HubSpot
from hubspot_sdk import HubSpot as HubSpotSdk

Read = Callable[[Any], list[str]]
Truth = dict[str, Any]


@dataclass(frozen=True)
class Reading:
    """How both clients read one family to its end, as a list of what identifies each thing."""

    family: str
    legacy: Read
    dated: Read
    expected: Callable[[Truth], int] | None = None
    """How many there must be; None where the sandbox's own count does not say."""
    legacy_is_raw: bool = False
    dated_is_raw: bool = False
    unlike_the_models: str = ""
    """What real answers do that hubspot-sdk's models do not allow; empty: they are checked."""
    unlike_the_legacy_models: str = ""
    """The same of hubspot-api-client's models."""

    def __str__(self) -> str:
        return self.family


def after_of(page: Any) -> str | None:
    """The cursor of a typed page of hubspot-api-client."""
    return page.paging.next.after if page.paging and page.paging.next else None


def all_pages(read: Callable[..., Any], **parameters: Any) -> Iterator[Any]:
    """The results of every page, by a typed call of hubspot-api-client."""
    after = None
    while True:
        page = read(**parameters) if after is None else read(**parameters, after=after)
        yield from page.results
        after = after_of(page)
        if after is None:
            return


def raw(client: HubSpot, path: str, **query: str) -> Any:
    """The JSON of a raw request of hubspot-api-client."""
    answer = client.api_request({"path": path, "qs": query})
    assert answer.status_code == 200, answer.text
    return answer.json()


def raw_pages(client: HubSpot, path: str, **query: str) -> Iterator[Any]:
    """The results of every page, by raw requests of hubspot-api-client."""
    while True:
        page = raw(client, path, **query)
        yield from page["results"]
        if "paging" not in page:
            return
        query["after"] = page["paging"]["next"]["after"]


def raw_dated(client: HubSpotSdk, path: str, **query: str) -> Any:
    """The JSON of a raw request of hubspot-sdk."""
    return client.get(path, cast_to=httpx.Response, options={"params": query}).json()


def raw_dated_pages(client: HubSpotSdk, path: str, **query: str) -> Iterator[Any]:
    """The results of every page, by raw requests of hubspot-sdk."""
    while True:
        page = raw_dated(client, path, **query)
        yield from page["results"]
        if "paging" not in page:
            return
        query["after"] = page["paging"]["next"]["after"]


def ids(things: Any, name: str = "id") -> list[str]:
    """What identifies each of them."""
    return [str(getattr(thing, name)) for thing in things]
