"""Which records changed, found by search: none is lost, whatever order and however many HubSpot gives at once."""

from collections.abc import Iterator
from functools import partial

import pytest

from crmsnap.errors import UnexpectedAnswer
from crmsnap.hubspot.auth import StaticToken
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import objects
from crmsnap.hubspot.endpoints.objects import Found
from crmsnap.hubspot.limits import Limits
from crmsnap.hubspot.transport import HttpTransport
from crmsnap.sandbox.server import Address, Options, running
from crmsnap.streams.changed.search import behind
from tests.builders.sandbox_process import SandboxAccount
from tests.unit.hubspot.host import Even, RealClock, Reply, VirtualClock
from tests.unit.hubspot.host import running as host_running

NOW_MS = 1_795_312_800_000  # 2026-11-22T02:00:00Z
CONTACTS = 1_300
"""Their ids have three, four and five digits."""


@pytest.fixture(scope="module")
def address() -> Iterator[Address]:
    with running(Options(contacts=CONTACTS, now_ms=NOW_MS, frozen=True)) as address:
        yield address


@pytest.fixture
def account(address: Address) -> Iterator[SandboxAccount]:
    """The account, whose knobs are turned back."""
    account = SandboxAccount(address.url, address.token)
    before = account.get("/_sandbox/knobs")
    yield account
    account.post("/_sandbox/knobs", before)


@pytest.fixture
def client(address: Address) -> Iterator[Client]:
    clock = VirtualClock()
    with HttpTransport(RealClock()) as transport:
        token = StaticToken(address.token)
        yield Client(transport, token, Limits(clock), clock, Even(), base_url=address.url)


def search(client: Client, above: str | None, offset: str) -> Found:
    """Every contact ever changed: to search that is one stretch of equal times without end."""
    condition = {"propertyName": "lastmodifieddate", "operator": "GTE", "value": "0"}
    return objects.search_ids(client, "0-1", condition, above=above, offset=offset)


def all_ids(client: Client) -> list[str]:
    ids: list[str] = []
    after: str | None = None
    while True:
        page = objects.page(client, "0-1", properties=(), limit=100, after=after)
        ids += [record.id for record in page.results]
        after = page.after
        if after is None:
            return ids


@pytest.mark.parametrize("order", ["number", "text"])
@pytest.mark.parametrize("cap", [50, 10_000])
def test_every_id_is_found_once(account, client, order, cap):
    """More than a query gives, ids of mixed length, compared as numbers or as texts."""
    account.post("/_sandbox/knobs", {"search_id_order": order, "search_cap": cap})
    found = [id_ for page in behind(partial(search, client), None) for id_ in page.ids]
    assert len({len(id_) for id_ in found}) > 1
    assert sorted(found) == sorted(all_ids(client))


@pytest.mark.parametrize("order", ["number", "text"])
def test_a_search_goes_on_behind_the_id_that_was_received_last(account, client, order):
    """The position of a run that was killed."""
    account.post("/_sandbox/knobs", {"search_id_order": order})
    find = partial(search, client)
    whole = [id_ for page in behind(find, None) for id_ in page.ids]
    assert [id_ for page in behind(find, whole[499]) for id_ in page.ids] == whole[500:]


class Pages:
    """A search that gives what it is told to, and remembers what it was asked."""

    def __init__(self, *pages: Found) -> None:
        self._pages = list(pages)
        self.asked: list[tuple[str | None, str]] = []

    def __call__(self, above: str | None, offset: str) -> Found:
        self.asked.append((above, offset))
        return self._pages.pop(0)


def test_an_empty_page_that_says_more_is_no_end():
    """Only there an offset is followed."""
    pages = Pages(Found((), 3, "200"), Found(("7",), 3, None), Found(("8", "9"), 2, None))
    assert [page.ids for page in behind(pages, None)] == [("7",), ("8", "9")]
    assert pages.asked == [(None, "0"), (None, "200"), ("7", "0")]


def test_a_page_that_is_short_of_its_total_is_no_end():
    """A search that gives less than it counts has more."""
    pages = Pages(Found(("7",), 2, None), Found(("8",), 1, None))
    assert [page.ids for page in behind(pages, None)] == [("7",), ("8",)]


def test_a_total_that_is_never_reached_ends_with_an_empty_page():
    """The index counts what it does not give yet."""
    pages = Pages(Found(("7",), 9, None), Found((), 9, None))
    assert [page.ids for page in behind(pages, None)] == [("7",)]


@pytest.mark.parametrize("again", [("7", "8"), ("8",), ("10", "9")])
def test_a_search_that_goes_back_is_an_error(again):
    """It would never end: ids ascend as numbers or as texts, in all pages alike."""
    pages = Pages(Found(("7", "8"), 9, "2"), Found(again, 9, "2"))
    with pytest.raises(UnexpectedAnswer, match="do not come to an end"):
        list(behind(pages, None))


def test_a_search_that_changes_its_order_is_an_error():
    """9, 10 ascend as numbers alone and 10, 9 as texts alone: together they go in a circle."""
    pages = Pages(Found(("9", "10"), 9, "2"), Found(("100", "9"), 9, "2"))
    with pytest.raises(UnexpectedAnswer, match="do not come to an end"):
        list(behind(pages, None))


def test_an_offset_that_does_not_grow_is_an_error():
    """An empty page would send the reader in a circle."""
    with host_running() as host, HttpTransport(RealClock()) as transport:
        host.answer(
            lambda _: Reply({"total": 3, "results": [], "paging": {"next": {"after": "0"}}})
        )
        clock = VirtualClock()
        token = StaticToken("pat")
        client = Client(transport, token, Limits(clock), clock, Even(), base_url=host.url)
        with pytest.raises(UnexpectedAnswer, match="do not come to an end"):
            list(behind(partial(search, client), None))
