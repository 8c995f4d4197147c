"""Readings of records: objects, searches, associations, lists."""

from typing import Any

import hubspot.crm.associations.v4 as legacy_associations
import hubspot.crm.lists as legacy_lists
import hubspot.crm.objects as legacy_objects
from hubspot import HubSpot
from hubspot_sdk import HubSpot as HubSpotSdk

from tests.contracts.official_clients.reading import Reading, Truth, after_of, all_pages, ids


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


def legacy_links_of_one(client: HubSpot) -> list[str]:
    """From each company by itself to contacts, two at a time."""
    read = client.crm.associations.v4.basic_api.get_page
    return [
        f"{one} {to.to_object_id} {kind.category} {kind.type_id}"
        for one in ids(client.crm.companies.get_all(limit=10))
        for to in all_pages(
            read, object_type="companies", object_id=one, to_object_type="contacts", limit=2
        )
        for kind in to.association_types
    ]


def dated_links_of_one(client: HubSpotSdk) -> list[str]:
    """From each company by itself to contacts, two at a time."""
    return [
        f"{one} {to.to_object_id} {kind.category} {kind.type_id}"
        for one in ids(client.crm.objects.companies.list(limit=10).results)
        for to in client.crm.associations.list(
            "contacts", object_type="companies", object_id=one, limit=2
        )
        for kind in to.association_types
    ]


def links(results: Any) -> list[str]:
    """One text for each pair and type of association."""
    return [
        f"{one._from.id if hasattr(one, '_from') else one.from_.id} {to.to_object_id} {kind.category} {kind.type_id}"
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


NUMERIC_ID = "toObjectId is a number, the model says it is a string"

RECORDS = (
    Reading(
        "objects",
        legacy_contacts,
        dated_contacts,
        lambda truth: truth["types"]["0-1"],
        unlike_the_models="an empty property is null, the model says it is a string",
    ),
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
    Reading(
        "associations",
        legacy_links,
        dated_links,
        lambda truth: truth["associations"]["0-2/0-1"],
        unlike_the_models=NUMERIC_ID,
    ),
    Reading(
        "associations: of one record",
        legacy_links_of_one,
        dated_links_of_one,
        unlike_the_models=NUMERIC_ID,
    ),
    Reading("lists", legacy_list_ids, dated_list_ids, lambda truth: len(truth["lists"])),
    Reading(
        "lists: memberships",
        legacy_members,
        dated_members,
        lambda truth: sum(truth["lists"].values()),
    ),
)
