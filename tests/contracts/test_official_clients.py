"""HubSpot's own clients read the sandbox: clients that nobody here wrote, so no mistake is shared.

`hubspot-api-client` asks for the legacy paths, `hubspot-sdk` for the dated ones. What a client has no
typed call for is asked by its raw request. Both must find the same things, and as many as the
sandbox's own count says. The table in docs/reference/sandbox.md is compared with `READINGS`.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hubspot.crm.associations.v4 as legacy_associations
import hubspot.crm.lists as legacy_lists
import hubspot.crm.objects as legacy_objects
import pytest
import urllib3
from hubspot import HubSpot
from hubspot_sdk import HubSpot as HubSpotSdk

from crmsnap.sandbox.server import Address, Options, running

CONTACTS = 230  # three pages of 100, and every trap of the account exists from 200 on
EVENT = "e_visited_page"

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


def ids(things: Any, name: str = "id") -> list[str]:
    """What identifies each of them."""
    return [str(getattr(thing, name)) for thing in things]


# Objects


def legacy_contacts(client: HubSpot) -> list[str]:
    """By the client's own paging."""
    return ids(client.crm.contacts.get_all(properties=["email", "createdate"]))


def dated_contacts(client: HubSpotSdk) -> list[str]:
    """By the client's own paging."""
    return ids(client.crm.objects.contacts.list(limit=100, properties=["email", "createdate"]))


def custom_type(types: Truth) -> str:
    """The id of a type that only this account has."""
    return next(type_id for type_id in sorted(types) if type_id.startswith("2-"))


def legacy_custom_objects(client: HubSpot) -> list[str]:
    """The first custom type, found through its schema."""
    schemas = client.crm.schemas.core_api.get_all(archived=False).results
    first = sorted(schema.object_type_id for schema in schemas)[0]
    return ids(all_pages(client.crm.objects.basic_api.get_page, object_type=first, limit=7))


def dated_custom_objects(client: HubSpotSdk) -> list[str]:
    """The first custom type, found through its schema."""
    first = sorted(schema.object_type_id for schema in client.crm.object_schemas.list().results)[0]
    return ids(client.crm.objects.custom.list(first, limit=7))


def legacy_archived(client: HubSpot) -> list[str]:
    """A pass of its own."""
    pages = all_pages(
        client.crm.objects.basic_api.get_page, object_type="contacts", archived=True, limit=2
    )
    return ids(pages)


def dated_archived(client: HubSpotSdk) -> list[str]:
    """A pass of its own."""
    return ids(client.crm.objects.contacts.list(archived=True, limit=2))


def legacy_history(client: HubSpot) -> list[str]:
    """Every version of one property, pages of 50."""
    found = client.crm.contacts.get_all(properties_with_history=["lifecyclestage"])
    return [
        f"{one.id} {version.value} {version.timestamp:%Y-%m-%dT%H:%M:%S.%f} {version.source_type}"
        for one in found
        for version in one.properties_with_history.get("lifecyclestage", [])
    ]


def dated_history(client: HubSpotSdk) -> list[str]:
    """Every version of one property, pages of 50."""
    found = client.crm.objects.contacts.list(limit=50, properties_with_history=["lifecyclestage"])
    return [
        f"{one.id} {version.value} {version.timestamp:%Y-%m-%dT%H:%M:%S.%f} {version.source_type}"
        for one in found
        for version in (one.properties_with_history or {}).get("lifecyclestage", [])
    ]


def legacy_batch(client: HubSpot) -> list[str]:
    """Values of deals by their ids."""
    some = ids(client.crm.deals.basic_api.get_page(limit=20).results)
    request = legacy_objects.BatchReadInputSimplePublicObjectId(
        inputs=[{"id": one} for one in some],
        properties=["dealname"],
        properties_with_history=[],
    )
    found = client.crm.objects.batch_api.read("deals", request).results
    return [f"{one.id} {one.properties['dealname']}" for one in found]


def dated_batch(client: HubSpotSdk) -> list[str]:
    """Values of deals by their ids."""
    some = ids(client.crm.objects.generic_objects.list("deals", limit=20).results)
    found = client.crm.objects.generic_objects.batch.get(
        "deals",
        inputs=[{"id": one} for one in some],
        properties=["dealname"],
        properties_with_history=[],
    )
    return [f"{one.id} {one.properties['dealname']}" for one in found.results]


SEARCH: dict[str, Any] = {
    "filter_groups": [{"filters": [{"propertyName": "createdate", "operator": "HAS_PROPERTY"}]}],
    "sorts": [{"propertyName": "hs_object_id", "direction": "ASCENDING"}],
    "properties": ["hs_object_id"],
    "limit": 90,
}


def legacy_search(client: HubSpot) -> list[str]:
    """All contacts, 90 at a time."""
    found: list[str] = []
    after: str | None = "0"
    while after is not None:
        request = legacy_objects.PublicObjectSearchRequest(**SEARCH, after=after)
        page = client.crm.objects.search_api.do_search("contacts", request)
        found += ids(page.results)
        after = after_of(page)
    assert page.total == len(found)
    return found


def dated_search(client: HubSpotSdk) -> list[str]:
    """All contacts, 90 at a time."""
    found: list[str] = []
    after: str | None = "0"
    while after is not None:
        page = client.crm.objects.contacts.search(**SEARCH, after=after)
        found += ids(page.results)
        after = page.paging.next.after if page.paging and page.paging.next else None
    assert page.total == len(found)
    return found


# Definitions


def legacy_properties(client: HubSpot) -> list[str]:
    """Of contacts, live and archived."""
    return [
        f"{one.name} {one.type} {one.field_type} {one.archived}"
        for archived in (False, True)
        for one in client.crm.properties.core_api.get_all("contacts", archived=archived).results
    ]


def dated_properties(client: HubSpotSdk) -> list[str]:
    """Of contacts, live and archived."""
    return [
        f"{one.name} {one.type} {one.field_type} {one.archived}"
        for archived in (False, True)
        for one in client.crm.properties.list("contacts", archived=archived).results
    ]


def legacy_schemas(client: HubSpot) -> list[str]:
    """Custom types, live and archived."""
    return [
        f"{one.object_type_id} {one.fully_qualified_name} {one.labels.singular}"
        for archived in (False, True)
        for one in client.crm.schemas.core_api.get_all(archived=archived).results
    ]


def dated_schemas(client: HubSpotSdk) -> list[str]:
    """Custom types, live and archived."""
    return [
        f"{one.object_type_id} {one.fully_qualified_name} {one.labels.singular}"
        for archived in (False, True)
        for one in client.crm.object_schemas.list(archived=archived).results
    ]


def legacy_enablement(client: HubSpot) -> list[str]:
    """Which types the account may use."""
    found = raw(client, "/crm/v3/object-library/enablement")["enablementByObjectTypeId"]
    return [f"{type_id} {enabled}" for type_id, enabled in found.items()]


def dated_enablement(client: HubSpotSdk) -> list[str]:
    """Which types the account may use."""
    found = client.crm.object_library.enablement.get_all().enablement_by_object_type_id
    return [f"{type_id} {enabled}" for type_id, enabled in found.items()]


def legacy_limits(client: HubSpot) -> list[str]:
    """How many records each type has."""
    found = raw(client, "/crm/v3/limits/records")
    every = found["hubspotDefinedObjectTypes"] + found["customObjectTypes"]["byObjectType"]
    return [f"{one['objectTypeId']} {one['usage']}" for one in every]


def dated_limits(client: HubSpotSdk) -> list[str]:
    """How many records each type has."""
    found = client.crm.limits.get_record_limits()
    every = [*found.hubspot_defined_object_types, *found.custom_object_types.by_object_type]
    return [f"{one.object_type_id} {one.usage}" for one in every]


def legacy_labels(client: HubSpot) -> list[str]:
    """Between contacts and companies."""
    found = client.crm.associations.v4.schema.definitions_api.get_all("contacts", "companies")
    return [f"{one.category} {one.type_id} {one.label}" for one in found.results]


def dated_labels(client: HubSpotSdk) -> list[str]:
    """Between contacts and companies."""
    found = client.crm.associations_schema.labels.list_labels(
        "companies", from_object_type="contacts"
    )
    return [f"{one.category} {one.type_id} {one.label}" for one in found.results]


# Associations


def legacy_links(client: HubSpot) -> list[str]:
    """From every company to contacts, inner pages included."""
    inputs = [{"id": one} for one in ids(client.crm.companies.get_all())]
    found: list[str] = []
    while inputs:
        request = legacy_associations.BatchInputPublicFetchAssociationsBatchRequest(inputs=inputs)
        answer = client.crm.associations.v4.batch_api.get_page("companies", "contacts", request)
        found += links(answer.results)
        inputs = following(answer.results)
    return found


def dated_links(client: HubSpotSdk) -> list[str]:
    """From every company to contacts, inner pages included."""
    companies = client.crm.objects.companies.list(limit=100)
    inputs = [{"id": one} for one in ids(companies)]
    found: list[str] = []
    while inputs:
        answer = client.crm.associations.batch.get(
            "contacts", from_object_type="companies", inputs=inputs
        )
        found += links(answer.results)
        inputs = following(answer.results)
    return found


def links(results: Any) -> list[str]:
    """One text for each pair and type of association."""
    return [
        f"{one._from.id if hasattr(one, '_from') else one.from_.id} {to.to_object_id} {kind.type_id}"
        for one in results
        for to in one.to
        for kind in to.association_types
    ]


def following(results: Any) -> list[dict[str, str]]:
    """The inputs whose targets go on."""
    return [
        {
            "id": one._from.id if hasattr(one, "_from") else one.from_.id,
            "after": one.paging.next.after,
        }
        for one in results
        if one.paging and one.paging.next
    ]


# Lists


def legacy_list_ids(client: HubSpot) -> list[str]:
    """By search, three at a time."""
    found: list[str] = []
    while True:
        request = legacy_lists.ListSearchRequest(
            list_ids=[],
            offset=len(found),
            query="",
            count=3,
            processing_types=[],
            additional_properties=["hs_list_size"],
        )
        page = client.crm.lists.lists_api.do_search(request)
        found += ids(page.lists, "list_id")
        if not page.has_more:
            return found


def dated_list_ids(client: HubSpotSdk) -> list[str]:
    """By search, three at a time."""
    found: list[str] = []
    while True:
        page = client.crm.lists.list_by_search(
            list_ids=[],
            offset=len(found),
            processing_types=[],
            count=3,
            query="",
        )
        found += ids(page.lists, "list_id")
        if not page.has_more:
            return found


def legacy_members(client: HubSpot) -> list[str]:
    """Of every list."""
    return [
        f"{list_id} {one.record_id} {one.membership_timestamp:%Y-%m-%dT%H:%M:%S.%f}"
        for list_id in legacy_list_ids(client)
        for one in all_pages(client.crm.lists.memberships_api.get_page, list_id=list_id, limit=99)
    ]


def dated_members(client: HubSpotSdk) -> list[str]:
    """Of every list."""
    return [
        f"{list_id} {one.record_id} {one.membership_timestamp:%Y-%m-%dT%H:%M:%S.%f}"
        for list_id in dated_list_ids(client)
        for one in client.crm.lists.list_memberships(list_id, limit=99)
    ]


# People and pipelines


def legacy_owners(client: HubSpot) -> list[str]:
    """Active and archived."""
    return [
        f"{one.id} {one.user_id_including_inactive} {one.archived}"
        for archived in (False, True)
        for one in all_pages(client.crm.owners.owners_api.get_page, limit=5, archived=archived)
    ]


def dated_owners(client: HubSpotSdk) -> list[str]:
    """Active and archived."""
    return [
        f"{one.id} {one.user_id_including_inactive} {one.archived}"
        for archived in (False, True)
        for one in client.crm.owners.list(limit=5, archived=archived)
    ]


def legacy_teams(client: HubSpot) -> list[str]:
    """With their members."""
    found = client.settings.users.teams_api.get_all().results
    return [f"{one.id} {one.name} {one.user_ids} {one.secondary_user_ids}" for one in found]


def dated_teams(client: HubSpotSdk) -> list[str]:
    """With their members."""
    found = client.settings.users.list_teams().results
    return [f"{one.id} {one.name} {one.user_ids} {one.secondary_user_ids}" for one in found]


def stages(pipelines: Any) -> list[str]:
    """One text for each stage."""
    return [f"{one.id} {stage.id} {stage.label}" for one in pipelines for stage in one.stages]


# Events


def legacy_events(client: HubSpot) -> list[str]:
    """Of one type, 100 at a time."""
    return ids(all_pages(client.events.events_api.get_page, event_type=EVENT, limit=100))


def dated_events(client: HubSpotSdk) -> list[str]:
    """Of one type, 100 at a time."""
    return ids(client.events.occurrences.list(event_type=EVENT, limit=100))


def legacy_definitions(client: HubSpot) -> list[str]:
    """Two at a time, with their properties."""
    found = raw_pages(client, "/events/v3/event-definitions", limit="2", includeProperties="true")
    return [
        f"{one['fullyQualifiedName']} {[field['name'] for field in one['properties']]}"
        for one in found
    ]


def dated_definitions(client: HubSpotSdk) -> list[str]:
    """Two at a time, with their properties."""
    found = client.events.definitions.list(limit=2, include_properties=True)
    return [
        f"{one.fully_qualified_name} {[field.name for field in one.properties]}" for one in found
    ]


READINGS = (
    Reading(
        "account-info",
        lambda client: [str(raw(client, "/account-info/v3/details")["portalId"])],
        lambda client: [str(client.account.get().portal_id)],
        lambda _: 1,
        legacy_is_raw=True,
    ),
    Reading("objects", legacy_contacts, dated_contacts, lambda truth: truth["types"]["0-1"]),
    Reading(
        "objects: custom",
        legacy_custom_objects,
        dated_custom_objects,
        lambda truth: truth["types"][custom_type(truth["types"])],
    ),
    Reading("objects: archived", legacy_archived, dated_archived),
    Reading("objects: history", legacy_history, dated_history),
    Reading("objects: batch read", legacy_batch, dated_batch, lambda _: 20),
    Reading("search", legacy_search, dated_search, lambda truth: truth["types"]["0-1"]),
    Reading("properties", legacy_properties, dated_properties),
    Reading("schemas", legacy_schemas, dated_schemas),
    Reading("object-library", legacy_enablement, dated_enablement, legacy_is_raw=True),
    Reading("limits", legacy_limits, dated_limits, legacy_is_raw=True),
    Reading("association-labels", legacy_labels, dated_labels),
    Reading(
        "associations",
        legacy_links,
        dated_links,
        lambda truth: truth["associations"]["0-2/0-1"],
    ),
    Reading("lists", legacy_list_ids, dated_list_ids, lambda truth: len(truth["lists"])),
    Reading(
        "lists: memberships",
        legacy_members,
        dated_members,
        lambda truth: sum(truth["lists"].values()),
    ),
    Reading("owners", legacy_owners, dated_owners, lambda truth: truth["owners"]),
    Reading(
        "users",
        lambda client: ids(all_pages(client.settings.users.users_api.get_page, limit=5)),
        lambda client: ids(client.settings.users.list(limit=5)),
    ),
    Reading("users: teams", legacy_teams, dated_teams),
    Reading(
        "pipelines",
        lambda client: stages(client.crm.pipelines.pipelines_api.get_all("deals").results),
        lambda client: stages(client.crm.pipelines.list("deals").results),
    ),
    Reading(
        "event-types",
        lambda client: client.events.events_api.get_types().event_types,
        lambda client: client.events.occurrences.list_event_types().event_types,
    ),
    Reading("event-definitions", legacy_definitions, dated_definitions, legacy_is_raw=True),
    Reading("events", legacy_events, dated_events, lambda truth: truth["events"][EVENT]),
)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Address]:
    """An account that stands still."""
    with running(Options(contacts=CONTACTS, frozen=True)) as address:
        yield address


@pytest.fixture(scope="module")
def truth(sandbox: Address) -> Truth:
    """What the account holds, by its own count."""
    with urllib3.PoolManager() as pool:
        return json.loads(pool.request("GET", f"{sandbox.url}/_sandbox/truth").data)


@pytest.fixture(scope="module")
def legacy(sandbox: Address) -> HubSpot:
    """hubspot-api-client; the raw requests take their address from a second setting."""
    return HubSpot(access_token=sandbox.token, host=sandbox.url, base_url=sandbox.url)


@pytest.fixture(scope="module")
def dated(sandbox: Address) -> Iterator[HubSpotSdk]:
    """hubspot-sdk, told to refuse every answer that does not fit its models."""
    with HubSpotSdk(
        access_token=sandbox.token, base_url=sandbox.url, _strict_response_validation=True
    ) as client:
        yield client


@pytest.mark.parametrize("reading", READINGS, ids=str)
def test_both_clients_read_a_family_to_its_end(
    reading: Reading, legacy: HubSpot, dated: HubSpotSdk, truth: Truth
) -> None:
    """The same things on both generations of paths, none twice, as many as there are."""
    by_legacy, by_dated = reading.legacy(legacy), reading.dated(dated)
    assert by_legacy, "there is something to read"
    assert sorted(by_legacy) == sorted(by_dated)
    assert len(set(by_legacy)) == len(by_legacy)
    if reading.expected is not None:
        assert len(by_legacy) == reading.expected(truth)


def test_every_family_is_read(sandbox: Address) -> None:
    """A new family of the sandbox needs a reading here: the sandbox counts what was asked."""
    from crmsnap.sandbox.api.families import FAMILIES

    read = {reading.family.partition(":")[0] for reading in READINGS}
    assert {family.name for family in FAMILIES if family.name != "_sandbox"} == read


def test_the_documentation_has_this_table() -> None:
    """Which client reads which family, and how."""
    page = (Path(__file__).parents[2] / "docs/reference/sandbox.md").read_text(encoding="utf-8")
    for reading in READINGS:
        row = f"| {reading.family} | {'raw' if reading.legacy_is_raw else 'typed'} | typed |"
        assert row in page
