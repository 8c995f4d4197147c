"""Types that come overnight, labels that change overnight, and properties that go for good."""

import pytest

from crmsnap.sandbox.api.route import ApiError
from tests.builders.sandbox_process import A_QUIET_DAY

SCHEMAS = "/crm-object-schemas/v3/schemas"


def overnight(api, **changes):
    """Change definitions and nothing else."""
    api.post("/_sandbox/advance", {**A_QUIET_DAY, "days": 0, **changes})


def plurals(api):
    """The plural label of every custom type by the name that never changes."""
    return {one["name"]: one["labels"]["plural"] for one in api.get(SCHEMAS)["results"]}


def test_a_new_type_is_everywhere_at_once(api):
    """Schemas, enablement, usage, properties, records, associations and the account's own count."""
    assert "rockets" not in plurals(api)
    overnight(api, new_types=[{"name": "rockets", "plural": "Raketen", "records": 30}])
    assert plurals(api)["rockets"] == "Raketen"
    schema = api.get(f"{SCHEMAS}/rockets")
    type_id = schema["objectTypeId"]
    assert schema["createdAt"] == "2026-09-21T14:13:20.000Z"
    enabled = api.get("/crm/v3/object-library/enablement")["enablementByObjectTypeId"]
    assert enabled[type_id] is True
    assert api.get("/crm/v3/properties/rockets")["results"]
    records = api.all_records(type_id, limit=7, properties="title")
    assert len({one["id"] for one in records}) == 30 == len(records)
    truth = api.get("/_sandbox/truth")
    assert truth["types"][type_id] == 30
    assert truth["associations"][f"{type_id}/0-1"] == truth["associations"][f"0-1/{type_id}"] == 30
    assert api.get(f"/crm/v4/associations/contacts/{type_id}/labels")["results"]


def test_a_new_type_is_in_the_journal_before_its_records(api):
    """As a change of what the account is."""
    overnight(api, new_types=[{"name": "rockets", "records": 1}])
    actions = [one["action"] for one in api.get("/_sandbox/journal")["entries"]]
    assert actions == ["TYPE", "CREATE", "ASSOCIATION_ADDED"]


def test_a_new_type_ages_like_any_other(api):
    """Its records change and go."""
    overnight(api, new_types=[{"name": "rockets", "records": 200}])
    api.post("/_sandbox/advance", {"days": 1, "changed": 0.1, "created": 0.1, "archived": 0.1})
    type_id = api.get(f"{SCHEMAS}/rockets")["objectTypeId"]
    live = api.all_records("rockets", limit=100)
    assert len(live) == 200 == api.get("/_sandbox/truth")["types"][type_id]
    assert len(api.all_records("rockets", limit=100, archived="true")) == 20


def test_another_label_leaves_everything_else_as_it_was(api):
    """A reader that names tables by labels has another table the next day."""
    before = api.get(f"{SCHEMAS}/pets")
    overnight(api, relabelled=[{"objectType": "pets", "plural": "Haustiere"}])
    after = api.get(f"{SCHEMAS}/pets")
    assert after["labels"] == {"singular": "Pet", "plural": "Haustiere"}
    assert after["updatedAt"] > before["updatedAt"]
    assert {**after, "labels": 0, "updatedAt": 0} == {**before, "labels": 0, "updatedAt": 0}
    usage = api.get("/crm/v3/limits/records")["customObjectTypes"]["byObjectType"]
    assert "Haustiere" in {one["pluralLabel"] for one in usage}


def test_a_property_gets_another_label_and_keeps_its_values(api):
    """Its name stays too."""
    before = api.all_records("contacts", limit=100, properties="zip")
    overnight(api, relabelled=[{"objectType": "contacts", "name": "zip", "label": "PLZ"}])
    found = api.get("/crm/v3/properties/contacts/zip")
    assert (found["label"], found["updatedAt"]) == ("PLZ", "2026-09-21T14:13:20.000Z")
    assert api.all_records("contacts", limit=100, properties="zip") == before


def test_a_label_can_become_that_of_another_type(api):
    """Two types with one table name, from one day to the next."""
    overnight(api, relabelled=[{"objectType": "mashari", "plural": "PETS"}])
    assert {name for name, plural in plurals(api).items() if plural.upper() == "PETS"} == {
        "pets",
        "mashari",
    }


def test_a_purged_property_is_in_no_list(api):
    """Unlike an archived one."""
    path = "/crm/v3/properties/contacts"
    overnight(api, definitions=[{"objectType": "contacts", "name": "zip", "purged": True}])
    for archived in ("false", "true"):
        assert "zip" not in {one["name"] for one in api.get(path, archived=archived)["results"]}
    records = api.all_records("contacts", limit=100, properties="zip,city")
    assert all("zip" not in one["properties"] for one in records)
    api.post("/_sandbox/advance", {"days": 1, "changed": 1.0})


@pytest.mark.parametrize(
    "changes",
    [
        {"new_types": [{"name": "pets"}]},
        {"new_types": [{"name": "retired_machines"}]},
        {"new_types": [{"name": "Rockets"}]},
        {"new_types": [{"name": "rockets"}, {"name": "rockets"}]},
        {"new_types": [{"name": "rockets", "records": -1}]},
        {"new_types": ["rockets"]},
        {"new_types": {}},
        {"relabelled": [{"objectType": "pets"}]},
        {"relabelled": [{"objectType": "pets", "plural": 7}]},
        {"relabelled": [{"objectType": "unicorns", "plural": "Unicorns"}]},
        {"relabelled": [{"objectType": "contacts", "name": "no_such", "label": "PLZ"}]},
        {"relabelled": [{"objectType": "contacts", "name": "zip"}]},
        {"definitions": [{"objectType": "contacts", "name": "no_such", "purged": True}]},
    ],
)
def test_what_makes_no_sense_is_refused(api, changes):
    """And nothing is changed."""
    with pytest.raises(ApiError) as refused:
        overnight(api, **changes)
    assert refused.value.status == 400
    assert len(api.account.journal) == 0
