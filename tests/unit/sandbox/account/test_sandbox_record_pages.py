"""Lists and single records of the generic objects API."""

import pytest

from crmsnap.sandbox.api.route import ApiError


def test_paging_to_the_end_gives_exactly_the_live_records(api):
    """The list is the truth that a copy is made from, for every type of the account."""
    truth = api.get("/_sandbox/truth")["types"]
    for found in api.account.types():
        ids = [int(record["id"]) for record in api.all_records(found.name, limit=37)]
        assert len(ids) == truth[found.id]
        assert ids == sorted(set(ids))


def test_archived_records_are_a_list_of_their_own(api):
    """They are restorable, so they can be read, and say when they were archived."""
    live = {record["id"] for record in api.all_records("contacts", limit=100)}
    archived = api.all_records("contacts", limit=2, archived="true")
    assert len(archived) == 4
    assert live.isdisjoint(record["id"] for record in archived)
    assert all(
        record["archived"] and record["archivedAt"] > record["updatedAt"] for record in archived
    )


def test_dated_and_legacy_paths_answer_alike(api):
    """The same operation under two names."""
    assert api.get("/crm/objects/2026-09/0-1") == api.get("/crm/v3/objects/contacts")


def test_the_default_page_has_ten_records(api):
    """HubSpot's default."""
    assert len(api.get("/crm/v3/objects/contacts")["results"]) == 10


@pytest.mark.parametrize(
    "query",
    [
        {"limit": 101},
        {"limit": 0},
        {"limit": "ten"},
        {"limit": 51, "propertiesWithHistory": "phone"},
        {"after": "abc"},
        {"archived": "perhaps"},
    ],
)
def test_a_page_that_is_too_large_or_no_number_is_refused(api, query):
    """400, where a generic mock would answer 422 or its default."""
    with pytest.raises(ApiError) as refused:
        api.get("/crm/v3/objects/contacts", **query)
    assert refused.value.status == 400
    assert refused.value.body["category"] == "VALIDATION_ERROR"


def test_a_type_that_does_not_exist_is_refused(api):
    """400 with HubSpot's words."""
    with pytest.raises(ApiError, match="Unable to infer object type from: unicorns"):
        api.get("/crm/v3/objects/unicorns")


def test_the_cursor_is_the_last_id_and_any_number_is_a_cursor(api):
    """So one type can be scanned from several starting points at once."""
    page = api.get("/crm/v3/objects/contacts", limit=3)
    last = page["results"][-1]["id"]
    assert page["paging"]["next"]["after"] == last
    after = api.get("/crm/v3/objects/contacts", limit=1, after=int(last) + 1)
    assert int(after["results"][0]["id"]) > int(last) + 1


def test_three_properties_come_unasked(api):
    """Contacts have a name of their own for the time of change."""
    contact = api.get("/crm/v3/objects/contacts", limit=1)["results"][0]
    assert set(contact["properties"]) == {"createdate", "hs_object_id", "lastmodifieddate"}
    deal = api.get("/crm/v3/objects/deals", limit=1)["results"][0]
    assert set(deal["properties"]) == {"createdate", "hs_object_id", "hs_lastmodifieddate"}
    note = api.get("/crm/v3/objects/notes", limit=1)["results"][0]
    assert set(note["properties"]) == {"hs_createdate", "hs_object_id", "hs_lastmodifieddate"}


def test_names_may_be_separated_by_commas_and_repeated(api):
    """The two official clients do it differently."""
    record = api.get("/crm/v3/objects/contacts", limit=1, properties=["email,phone", "zip"])[
        "results"
    ][0]
    assert {"email", "phone", "zip"} <= set(record["properties"])


def test_unknown_names_are_ignored_and_empty_values_are_null(api):
    """Columns follow what was asked, never the keys of an answer."""
    records = api.all_records("contacts", properties="no_such_property,military_status", limit=100)
    assert all("no_such_property" not in record["properties"] for record in records)
    assert {record["properties"]["military_status"] for record in records} == {None}


def test_archived_properties_have_no_values(api):
    """The definition is gone, and what it held."""
    record = api.get("/crm/v3/objects/contacts", limit=1, properties="old_crm_score")["results"][0]
    assert "old_crm_score" not in record["properties"]


def test_a_record_is_read_by_id_and_by_mail_address(api):
    """`idProperty` takes properties that are unique."""
    first = next(
        record
        for record in api.all_records("contacts", limit=100, properties="email")
        if record["properties"]["email"]
    )
    by_id = api.get(f"/crm/v3/objects/contacts/{first['id']}", properties="email")
    address = first["properties"]["email"].upper()
    by_mail = api.get(f"/crm/v3/objects/contacts/{address}", properties="email", idProperty="email")
    assert first == by_id == by_mail


def test_a_merged_contact_is_answered_by_its_survivor_and_listed_nowhere(api):
    """Its id is neither among the live nor among the archived records."""
    loser, survivor = (str(api.account.record_id("0-1", index)) for index in (37, 36))
    assert api.get(f"/crm/v3/objects/contacts/{loser}")["id"] == survivor
    live = api.all_records("contacts", limit=100)
    archived = api.all_records("contacts", limit=100, archived="true")
    assert loser not in {record["id"] for record in live + archived}


@pytest.mark.parametrize("index", [13, 99_999])
def test_an_archived_or_unknown_record_is_not_found(api, index):
    """404 with HubSpot's category."""
    with pytest.raises(ApiError) as refused:
        api.get(f"/crm/v3/objects/contacts/{api.account.record_id('0-1', index)}")
    assert refused.value.status == 404
    assert refused.value.body["category"] == "OBJECT_NOT_FOUND"


def test_an_archived_record_can_be_asked_for_as_such(api):
    """`archived=true` on a single read."""
    number = api.account.record_id("0-1", 13)
    assert api.get(f"/crm/v3/objects/contacts/{number}", archived="true")["archived"] is True


def test_a_list_hints_at_associations_without_labels(api):
    """Ids and a type name, one item per association type: airbyte #30292 counted ids twice."""
    page = api.get("/crm/v3/objects/contacts", limit=100, associations="companies,deals")
    items = page["results"][2]["associations"]["companies"]["results"]
    assert {item["type"] for item in items} == {
        "contact_to_company",
        "contact_to_company_unlabeled",
    }
    assert len({item["id"] for item in items}) < len(items)


def test_short_and_empty_pages_are_no_end(api):
    """Only the absence of a cursor is (airbyte #80745 stopped at a short page)."""
    api.post("/_sandbox/knobs", {"short_pages": True})
    sizes, after = [], {}
    while True:
        page = api.get("/crm/v3/objects/contacts", limit=10, **after)
        sizes.append(len(page["results"]))
        if "paging" not in page:
            break
        after = {"after": page["paging"]["next"]["after"]}
    assert min(sizes) == 0
    assert sum(sizes) == 200


def test_the_route_says_which_scope_lets_a_token_through(api):
    """The server refuses by it, before the handler is called."""
    assert api.scopes_needed("GET", "/crm/v3/objects/tickets") == {"tickets"}
    assert "crm.objects.contacts.read" in api.scopes_needed(
        "POST", "/crm/v3/objects/0-1/batch/read"
    )


@pytest.mark.parametrize("text", ["²", "٣", "-1", " 1", "1.0", "9" * 5000])
def test_a_text_that_is_no_number_is_no_id_and_no_cursor(api, text):
    """Python takes more for digits than HubSpot does, and refuses very long ones."""
    for path, query in (
        (f"/crm/v3/objects/contacts/{text}", {}),
        ("/crm/v3/objects/0-1", {"after": text}),
    ):
        with pytest.raises(ApiError) as refused:
            api.get(path, **query)
        assert refused.value.status in (400, 404)
    batch = api.post("/crm/v3/objects/contacts/batch/read", {"inputs": [{"id": text}]})
    assert batch["numErrors"] == 1
    body = {"inputs": [{"id": text}]}
    assert api.post("/crm/v4/associations/contacts/deals/batch/read", body)["numErrors"] == 1
