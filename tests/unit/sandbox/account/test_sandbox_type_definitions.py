"""Schemas, the object library and HubSpot's own counts."""

import pytest

from crmsnap.sandbox.api.route import ApiError


def test_schemas_list_custom_types_only(api):
    """Standard types are read one by one."""
    found = api.get("/crm-object-schemas/2026-03/schemas")["results"]
    assert len(found) == 7
    assert all(one["objectTypeId"].startswith("2-") for one in found)
    assert all(
        one["fullyQualifiedName"] == f"p{api.account.portal_id}_{one['name']}" for one in found
    )


def test_an_archived_type_is_listed_on_request_and_cannot_be_read(api):
    """Its definition stays visible."""
    found = api.get("/crm-object-schemas/v3/schemas", archived="true")["results"]
    assert [one["name"] for one in found] == ["retired_machines"]
    with pytest.raises(ApiError):
        api.get("/crm/v3/objects/retired_machines")


def test_a_schema_names_its_properties_and_associations(api):
    """Sensitive ones left out, with the flag that says there are some."""
    pets = api.get(f"/crm/v3/schemas/p{api.account.portal_id}_pets")
    names = {one["name"] for one in pets["properties"]}
    assert "title" in names
    assert "chip_number" not in names
    assert pets["allowsSensitiveProperties"] is True
    assert {"0-1", "0-46"} <= {one["toObjectTypeId"] for one in pets["associations"]}


def test_a_standard_type_has_its_labels(api):
    """The only place that gives them."""
    deals = api.get("/crm-object-schemas/2026-03/schemas/0-3")
    assert deals["labels"] == {"singular": "Deal", "plural": "Deals"}


def test_the_library_says_which_types_the_account_uses(api):
    """Every type that can be read, and some that cannot."""
    enabled = api.get("/crm/object-library/2026-03/enablement")["enablementByObjectTypeId"]
    assert {key for key, used in enabled.items() if used} == {one.id for one in api.account.types()}
    assert enabled["0-44"] is False
    assert api.get("/crm/v3/object-library/enablement/0-1") == {"enablement": True}


def test_hubspots_own_counts_are_the_live_records(api):
    """What a copy is compared with."""
    usage = api.get("/crm/limits/2026-03/records")
    listed = usage["hubspotDefinedObjectTypes"] + usage["customObjectTypes"]["byObjectType"]
    counts = {one["objectTypeId"]: one["usage"] for one in listed}
    assert counts == api.get("/_sandbox/truth")["types"]
