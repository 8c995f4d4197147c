"""Readings of everything that says what records are: properties, types, labels, people, events."""

from typing import Any

from hubspot import HubSpot
from hubspot_sdk import HubSpot as HubSpotSdk

from tests.contracts.official_clients.reading import Reading, all_pages, ids, raw, raw_pages

EVENT = "e_visited_page"


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


def legacy_limits_of_pairs(client: HubSpot) -> list[str]:
    """How many associations of a type one record may have."""
    found = client.crm.associations.v4.schema.definition_configurations_api.get_all().results
    return [f"{one.category} {one.type_id} {one.user_enforced_max_to_object_ids}" for one in found]


def dated_limits_of_pairs(client: HubSpotSdk) -> list[str]:
    """How many associations of a type one record may have."""
    found = client.crm.associations_schema.limits.list().results
    return [f"{one.category} {one.type_id} {one.user_enforced_max_to_object_ids}" for one in found]


DEFINITIONS = (
    Reading(
        "account-info",
        lambda client: [str(raw(client, "/account-info/v3/details")["portalId"])],
        lambda client: [str(client.account.get().portal_id)],
        lambda _: 1,
        legacy_is_raw=True,
    ),
    Reading("properties", legacy_properties, dated_properties),
    Reading("schemas", legacy_schemas, dated_schemas),
    Reading("object-library", legacy_enablement, dated_enablement, legacy_is_raw=True),
    Reading("limits-records", legacy_limits, dated_limits, legacy_is_raw=True),
    Reading("association-labels", legacy_labels, dated_labels),
    Reading("association-labels: limits", legacy_limits_of_pairs, dated_limits_of_pairs),
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
