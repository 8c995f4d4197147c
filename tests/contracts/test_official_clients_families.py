"""HubSpot's own clients read owners, users, pipelines, lists, events and account info to the end.

`hubspot-api-client` asks for the legacy paths, `hubspot-sdk` for the dated ones, through a real
server. An account is a function of its seed, so a second account of the same seed says what they
must find. What a client has no typed call for is asked by its raw request.
"""

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

import httpx
import hubspot.crm.lists as legacy_lists
import hubspot_sdk
import pytest
from hubspot import HubSpot
from hubspot.crm.owners.exceptions import ApiException as OwnersError
from hubspot.events.exceptions import ApiException as EventsError
from hubspot.events.exceptions import ForbiddenException as EventsForbidden

from crmsnap.sandbox.account import events, lists, owners
from crmsnap.sandbox.account.account import Account
from crmsnap.sandbox.account.event_definitions import custom_types, visible_types
from crmsnap.sandbox.account.teams import teams
from crmsnap.sandbox.server import Address, Options, running

NOW_MS = 1_795_651_200_000
OPTIONS = Options(contacts=600, seed=7, now_ms=NOW_MS, frozen=True)
WITH_PIPELINES = ("deals", "tickets", "leads", "orders", "services", "listings", "courses", "pets")


class Legacy:
    """`hubspot-api-client`: typed calls on v3 paths, definitions and account info by raw request."""

    def __init__(self, address: Address) -> None:
        self.client = HubSpot(access_token=address.token, host=address.url)
        self.url = address.url

    def owners(self, *, archived: bool) -> list[Any]:
        return _paged(self.client.crm.owners.owners_api.get_page, limit=3, archived=archived)

    def users(self) -> list[Any]:
        return _paged(self.client.settings.users.users_api.get_page, limit=4)

    def teams(self) -> list[Any]:
        return self.client.settings.users.teams_api.get_all().results

    def pipelines(self, name: str) -> list[Any]:
        return self.client.crm.pipelines.pipelines_api.get_all(name).results

    def stages(self, name: str, pipeline: str) -> list[Any]:
        return self.client.crm.pipelines.pipeline_stages_api.get_all(name, pipeline).results

    def list_ids(self) -> list[str]:
        found: list[str] = []
        while True:
            request = legacy_lists.ListSearchRequest(count=4, offset=len(found))
            answer = self.client.crm.lists.lists_api.do_search(request)
            found += [one.list_id for one in answer.lists]
            if not answer.has_more:
                return found

    def list_size(self, list_id: str) -> int:
        return self.client.crm.lists.lists_api.get_by_id(list_id).list.size

    def members(self, list_id: str) -> list[Any]:
        return _paged(self.client.crm.lists.memberships_api.get_page, list_id, limit=100)

    def members_by_joining(self, list_id: str) -> list[Any]:
        call = self.client.crm.lists.memberships_api.get_page_ordered_by_added_to_list_date
        return _paged(call, list_id, limit=100)

    def event_types(self) -> list[str]:
        return self.client.events.events_api.get_types().event_types

    def occurrences(self, name: str) -> list[Any]:
        return _paged(self.client.events.events_api.get_page, event_type=name, limit=100)

    def definitions(self) -> list[str]:
        found: list[str] = []
        after: dict[str, str] = {}
        while True:
            answer = self.raw("/events/v3/event-definitions", limit="4", **after)
            found += [one["fullyQualifiedName"] for one in answer["results"]]
            if "paging" not in answer:
                return found
            after = {"after": answer["paging"]["next"]["after"]}

    def portal_id(self) -> int:
        return int(self.raw("/account-info/v3/details")["portalId"])

    def usage_limit(self) -> int:
        answer = self.raw("/account-info/v3/api-usage/daily/private-apps")
        return int(answer["results"][0]["usageLimit"])

    def raw(self, path: str, **query: str) -> Any:
        request = {"base_url": self.url, "path": path, "qs": query}
        return self.client.api_request(request).json()


class Dated:
    """`hubspot-sdk`: typed calls on dated paths, for everything."""

    def __init__(self, address: Address) -> None:
        self.client = hubspot_sdk.HubSpot(access_token=address.token, base_url=address.url)

    def owners(self, *, archived: bool) -> list[Any]:
        return list(self.client.crm.owners.list(limit=3, archived=archived))

    def users(self) -> list[Any]:
        return list(self.client.settings.users.list(limit=4))

    def teams(self) -> list[Any]:
        return self.client.settings.users.list_teams().results

    def pipelines(self, name: str) -> list[Any]:
        return self.client.crm.pipelines.list(name).results

    def stages(self, name: str, pipeline: str) -> list[Any]:
        return self.client.crm.pipelines.list_stages(pipeline, object_type=name).results

    def list_ids(self) -> list[str]:
        found: list[str] = []
        while True:
            answer = self.client.crm.lists.list_by_search(
                list_ids=[], processing_types=[], count=4, offset=len(found)
            )
            found += [one.list_id for one in answer.lists]
            if not answer.has_more:
                return found

    def list_size(self, list_id: str) -> int:
        # This version of the client leaves the nested model a dict.
        whole: Any = self.client.crm.lists.get(list_id).list
        return int(whole["size"] if isinstance(whole, dict) else whole.size)

    def members(self, list_id: str) -> list[Any]:
        return list(self.client.crm.lists.list_memberships(list_id, limit=100))

    def members_by_joining(self, list_id: str) -> list[Any]:
        return list(self.client.crm.lists.get_memberships_join_order(list_id, limit=100))

    def event_types(self) -> list[str]:
        return self.client.events.occurrences.list_event_types().event_types

    def occurrences(self, name: str) -> list[Any]:
        return list(self.client.events.occurrences.list(event_type=name, limit=100))

    def definitions(self) -> list[str]:
        return [
            one.fully_qualified_name
            for one in self.client.events.definitions.list(limit=4, include_properties=True)
        ]

    def portal_id(self) -> int:
        return self.client.account.get().portal_id

    def usage_limit(self) -> int:
        return self.client.account.get_daily_private_apps_usage().results[0].usage_limit


Client = Legacy | Dated


def _paged(call: Callable[..., Any], *arguments: Any, **query: Any) -> list[Any]:
    """Every result of a legacy call, following `paging.next.after` until it is absent."""
    pages: list[list[Any]] = []
    after: dict[str, str] = {}
    while True:
        answer = call(*arguments, **query, **after)
        pages.append(answer.results)
        if answer.paging is None:
            return list(chain(*pages))
        after = {"after": answer.paging.next.after}


@pytest.fixture(scope="module")
def address() -> Iterator[Address]:
    with running(OPTIONS) as found:
        yield found


@pytest.fixture(scope="module", params=[Legacy, Dated])
def client(request: pytest.FixtureRequest, address: Address) -> Client:
    return request.param(address)


@pytest.fixture(scope="module")
def twin() -> Account:
    """The same account once more: what the server computes, without HTTP."""
    return Account(OPTIONS.seed, OPTIONS.contacts, NOW_MS)


def test_owners_are_read_in_two_passes(client, twin):
    """Active and archived ones together are all of them, with names in every alphabet."""
    found = [*client.owners(archived=False), *client.owners(archived=True)]
    expected = [owners.owner(twin, index, NOW_MS) for index in range(owners.truth(twin, NOW_MS))]
    assert {(one.id, one.last_name, one.archived, one.type) for one in found} == {
        (str(one.id), one.last_name, one.archived, one.type.value) for one in expected
    }
    assert len(found) == len(expected)


def test_users_and_teams_are_read(client, twin):
    """Users page by page, teams at once."""
    assert [one.id for one in client.users()] == [
        str(one.id) for _, one in owners.users_from(twin, 0, NOW_MS)
    ]
    assert [(one.id, one.name) for one in client.teams()] == [
        (str(one.id), one.name) for one in teams(twin)
    ]


@pytest.mark.parametrize("name", WITH_PIPELINES)
def test_pipelines_are_read_with_their_stages(client, name):
    """The stages inline are those of the route of their own."""
    found = client.pipelines(name)
    assert found
    for pipeline in found:
        assert client.stages(name, pipeline.id) == pipeline.stages


def test_lists_and_their_members_are_read(client, twin):
    """Every list with as many members as it says, in both orders."""
    sizes = lists.truth(twin, NOW_MS)
    assert client.list_ids() == list(sizes)
    for list_id, size in sizes.items():
        by_id = [one.record_id for one in client.members(list_id)]
        by_joining = [one.record_id for one in client.members_by_joining(list_id)]
        assert len(by_id) == len(set(by_id)) == size == client.list_size(list_id)
        assert sorted(by_id) == sorted(by_joining)


def test_every_occurrence_of_every_event_type_is_read(client, twin):
    """Names with spaces included, and types that never occurred."""
    names = client.event_types()
    assert names == [kind.name for kind in visible_types(twin.portal_id)]
    counts = events.truth(twin, NOW_MS)
    for name in names:
        found = client.occurrences(name)
        assert len({one.id for one in found}) == len(found) == counts.get(name, 0)


def test_definitions_of_custom_events_are_read(client, twin):
    """All pages of them."""
    assert client.definitions() == [kind.name for kind in custom_types(twin.portal_id)]


def test_the_account_tells_its_id_and_its_usage(client, twin):
    """The tier of this sandbox has no limit worth the name."""
    assert client.portal_id() == twin.portal_id
    assert client.usage_limit() >= 1_000_000_000


def test_both_clients_see_the_same_texts(address):
    """Two parsers, one wire: hostile texts arrive alike."""
    legacy, dated = Legacy(address), Dated(address)
    for name in legacy.event_types():
        assert {one.id: one.properties for one in legacy.occurrences(name)} == {
            one.id: one.properties for one in dated.occurrences(name)
        }


def test_a_question_about_everything_raises_their_own_error(address):
    """400 in the form that both know."""
    with pytest.raises(EventsError) as legacy:
        Legacy(address).client.events.events_api.get_page(limit=1)
    assert legacy.value.status == 400
    with pytest.raises(
        hubspot_sdk.BadRequestError, match="Must specify an eventType or objectType"
    ):
        list(Dated(address).client.events.occurrences.list(limit=1))


def test_a_smaller_subscription_raises_their_own_error():
    """Events need Enterprise: 403 for the clients, everything else still answers."""
    with running(Options(contacts=200, tier="professional")) as address:
        legacy, dated = Legacy(address), Dated(address)
        with pytest.raises(EventsForbidden):
            legacy.event_types()
        with pytest.raises(hubspot_sdk.PermissionDeniedError, match="MISSING_SCOPES"):
            dated.event_types()
        assert legacy.owners(archived=False)


def test_a_token_without_the_scope_raises_their_own_error():
    """A token for lists reads lists and no owners."""
    with running(Options(contacts=200, tokens=("pat-lists=crm.lists.read",))) as address:
        legacy, dated = Legacy(address), Dated(address)
        assert legacy.list_ids() == dated.list_ids()
        with pytest.raises(OwnersError) as caught:
            legacy.owners(archived=False)
        assert caught.value.status == 403
        with pytest.raises(hubspot_sdk.PermissionDeniedError):
            dated.owners(archived=False)


def test_a_type_without_pipelines_raises_their_own_error(address):
    """Contacts have none here."""
    with pytest.raises(hubspot_sdk.BadRequestError):
        Dated(address).pipelines("contacts")


@pytest.mark.parametrize("version", ["2025-09", "2026-03", "2026-09"])
@pytest.mark.parametrize(
    "path",
    [
        "/crm/owners/{}",
        "/crm/pipelines/{}/0-3",
        "/settings/users/{}",
        "/events/event-occurrences/{}/event-types",
        "/events/{}/event-definitions",
        "/events/custom/{}/event-definitions",
        "/account-info/{}/details",
    ],
)
def test_every_dated_version_answers(address, path, version):
    """With and without a slash at the end."""
    headers = {"Authorization": f"Bearer {address.token}"}
    for slash in ("", "/"):
        answer = httpx.get(address.url + path.format(version) + slash, headers=headers)
        assert answer.status_code == 200
