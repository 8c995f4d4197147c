"""Definitions, and the properties that only some may see."""

import pytest

from crmsnap.sandbox.account.values import CANARY
from crmsnap.sandbox.api.route import ApiError

PATH = "/crm/v3/properties/contacts"
SENSITIVE = ["national_id", "salary_expectation"]
HIGHLY_SENSITIVE = ["health_insurance_number", "diagnosis_notes"]
OPEN = {"crm.objects.contacts.read", "crm.objects.contacts.sensitive.read.v2"}


def names(definitions):
    """The names in a list of definitions."""
    return {one["name"] for one in definitions["results"]}


def test_sensitive_definitions_are_listed_only_for_who_asks(api):
    """Each sensitivity is a list of its own; the default is the harmless one."""
    assert names(api.get(PATH)).isdisjoint(SENSITIVE + HIGHLY_SENSITIVE)
    assert names(api.get(PATH, dataSensitivity="sensitive")) == set(SENSITIVE)
    highly = api.get(PATH, dataSensitivity="highly_sensitive")
    assert names(highly) == set(HIGHLY_SENSITIVE)
    assert all(one["sensitiveDataCategories"] == ["HIPAA"] for one in highly["results"])


def test_archived_definitions_are_a_list_of_their_own(api):
    """With the time when it happened."""
    archived = api.get(PATH, archived="true")
    assert names(archived) == {"old_crm_score", "legacy_segment"}
    assert all(one["archived"] and one["archivedAt"] for one in archived["results"])


def test_an_archived_sensitive_definition_takes_two_questions(api):
    """It is in neither the list of the archived nor that of the sensitive ones."""
    archived = api.get(PATH, archived="true", dataSensitivity="sensitive")
    assert names(archived) == {"zone_of_treatment"}
    assert archived["results"][0]["archived"]


def test_all_scopes_together_do_not_open_sensitive_values(api):
    """`*` is every scope but those."""
    record = api.get("/crm/v3/objects/contacts", limit=1, properties=SENSITIVE + HIGHLY_SENSITIVE)
    assert set(record["results"][0]["properties"]).isdisjoint(SENSITIVE + HIGHLY_SENSITIVE)


def test_the_sensitive_scope_opens_sensitive_values_alone(make_api):
    """Highly sensitive ones have another scope. Every such value has the marker."""
    api = make_api(scopes=OPEN)
    records = api.all_records("contacts", limit=100, properties=SENSITIVE + HIGHLY_SENSITIVE)
    assert all(set(HIGHLY_SENSITIVE).isdisjoint(record["properties"]) for record in records)
    values = {record["properties"][name] for record in records for name in SENSITIVE} - {None}
    assert len(values) > 20
    assert all(value.startswith(CANARY) for value in values)


def test_sensitive_values_can_be_made_to_come_unasked(make_api):
    """A reader has to drop them whoever sent them."""
    api = make_api(scopes=OPEN)
    api.post("/_sandbox/knobs", {"unasked_sensitive": True})
    record = api.get("/crm/v3/objects/contacts", limit=1)["results"][0]
    assert set(SENSITIVE) <= set(record["properties"])


def all_definitions(api, type_id):
    """The definitions of every sensitivity, archived ones included."""
    path = f"/crm/v3/properties/{type_id}"
    return [
        one
        for sensitivity in ("non_sensitive", "sensitive", "highly_sensitive")
        for archived in ("true", "false")
        for one in api.get(path, dataSensitivity=sensitivity, archived=archived)["results"]
    ]


def test_a_value_has_the_marker_exactly_where_it_may_be_sensitive(api):
    """Of every type: by its class, or by having none while the type allows sensitive data.

    Histories included; so a search for the marker finds every leak, and nothing else.
    """
    marked = set()
    for found in api.account.types():
        allows = api.get(f"/crm/v3/schemas/{found.id}")["allowsSensitiveProperties"]
        closed = {
            one["name"]
            for one in all_definitions(api, found.id)
            if one.get("dataSensitivity", "sensitive" if allows else "")
            not in ("non_sensitive", "")
        }
        for name in api.account.properties(found.id):
            for index in range(min(api.account.size(found.id), 220)):
                view = api.account.view(found.id, index)
                texts = [view.value(name), *(one.value for one in view.versions(name))]
                for text in filter(None, texts):
                    assert text.startswith(CANARY) is (name in closed), (found.name, name)
                    marked |= {(found.name, name)} if name in closed else set()
    assert {one for one, _ in marked} >= {"contacts", "companies", "deals", "pets", "mashari"}
    assert {("companies", "zoning_permit"), ("pets", "withheld_note")} <= marked


def test_some_sensitive_values_have_a_long_history(make_api):
    """Every version has the marker."""
    api = make_api(scopes=OPEN)
    records = api.all_records("contacts", limit=50, propertiesWithHistory="national_id")
    versions = [one["propertiesWithHistory"]["national_id"] for one in records]
    assert max(map(len, versions)) > 10
    texts = {one["value"] for some in versions for one in some} - {""}
    assert texts
    assert all(text.startswith(CANARY) for text in texts)


def test_a_definition_can_lack_its_class(api):
    """Where the type allows sensitive data, and where it does not."""
    for type_id, name, allows in (
        ("companies", "zoning_permit", True),
        ("pets", "withheld_note", True),
        ("goal_targets", "quota_note", False),
    ):
        assert "dataSensitivity" not in api.get(f"/crm/v3/properties/{type_id}/{name}")
        schema = api.get(f"/crm/v3/schemas/{type_id}")
        assert schema["allowsSensitiveProperties"] is allows
    assert api.get(f"{PATH}/email")["dataSensitivity"] == "non_sensitive"


def test_a_search_that_names_a_sensitive_property_is_forbidden(api):
    """403 for the whole query (airbyte PR 74032)."""
    with pytest.raises(ApiError) as refused:
        api.post("/crm/v3/objects/contacts/search", {"properties": SENSITIVE})
    assert refused.value.status == 403
    assert refused.value.body["category"] == "MISSING_SCOPES"


def test_a_definition_tells_what_a_catalogue_needs(api):
    """Type, options, flags; owners are an enumeration without options."""
    stage = api.get("/crm/properties/2026-09/contacts/lifecyclestage")
    assert stage["type"] == "enumeration"
    assert "customer" in [option["value"] for option in stage["options"]]
    owner = api.get(f"{PATH}/hubspot_owner_id")
    assert owner["options"] == []
    assert owner["referencedObjectType"] == "OWNER"
    assert api.get(f"{PATH}/hubspotscore")["calculated"] is True
    assert api.get(f"{PATH}/email")["hasUniqueValue"] is True


@pytest.mark.parametrize(
    "path", [f"{PATH}/no_such", f"{PATH}/national_id", "/crm/v3/properties/unicorns"]
)
def test_a_definition_that_cannot_be_seen_is_not_there(api, path):
    """A sensitive one has to be asked for as such."""
    with pytest.raises(ApiError) as refused:
        api.get(path)
    assert refused.value.status in (400, 404)


def test_definitions_are_read_in_batches_too(api):
    """Unknown names are errors of a 207."""
    body = {"archived": False, "inputs": [{"name": "email"}, {"name": "no_such"}]}
    reply = api.reply("POST", f"{PATH}/batch/read", body)
    assert reply.status == 207
    assert names(api.post(f"{PATH}/batch/read", body)) == {"email"}
