"""Definitions that change under a reader's hands, and records that come back."""

import pytest

from crmsnap.sandbox.account.advance import Advance, advance
from crmsnap.sandbox.account.values import CANARY
from crmsnap.sandbox.api.route import ApiError
from tests.builders.sandbox_process import A_QUIET_DAY

PATH = "/crm/v3/properties/contacts"


def define(api, **definition):
    """Change one definition of contacts and nothing else."""
    definitions = [{"objectType": "contacts", **definition}]
    api.post("/_sandbox/advance", {**A_QUIET_DAY, "days": 0, "definitions": definitions})


def values(api, name):
    """All values of one property of contacts."""
    records = api.all_records("contacts", limit=100, properties=name)
    return [record["properties"].get(name) for record in records]


def test_a_new_property_is_listed_and_has_values(api):
    """A reader that knows yesterday's definitions misses a column."""
    assert set(values(api, "brand_new")) == {None}
    define(api, name="brand_new", type="string")
    assert api.get(f"{PATH}/brand_new")["createdAt"] == "2026-09-21T14:13:20.000Z"
    assert len(set(values(api, "brand_new"))) > 5


def test_a_retyped_property_keeps_its_values(api):
    """Numbers in a text, texts in a number: the definition is all that changed."""
    before = values(api, "zip")
    define(api, name="zip", type="number", fieldType="number")
    assert api.get(f"{PATH}/zip")["type"] == "number"
    assert values(api, "zip") == before


def test_an_archived_property_is_gone_with_its_values(api):
    """It moves to the other list."""
    define(api, name="zip", archived=True)
    assert "zip" in {one["name"] for one in api.get(PATH, archived="true")["results"]}
    assert set(values(api, "zip")) == {None}


def test_a_reclassified_property_is_sensitive_from_then_on(make_api):
    """Hidden at once, and every value of it has the marker, later changes included."""
    api = make_api(scopes={"crm.objects.contacts.read", "crm.objects.contacts.sensitive.read.v2"})
    api.account.update("0-1", 0, {"zip": "12345"}, api.now_ms)
    define(api, name="zip", dataSensitivity="sensitive")
    assert "zip" not in {one["name"] for one in api.get(PATH)["results"]}
    found = [value for value in values(api, "zip") if value is not None]
    assert len(found) > 50
    assert all(value.startswith(CANARY) for value in found)
    advance(api.account, Advance(changed=1.0), api.now_ms)
    assert all(CANARY in value for value in values(api, "zip") if value is not None)


def test_the_longest_texts_are_marked_too_once_they_are_sensitive(make_api):
    """And their histories."""
    api = make_api()
    define(api, name="last_survey_comment", dataSensitivity="highly_sensitive")
    views = [api.account.view("0-1", index) for index in api.account.live_indexes("0-1")]
    texts = [view.value("last_survey_comment") for view in views]
    texts += [one.value for view in views for one in view.versions("last_survey_comment")]
    assert len(set(texts)) > 50
    assert all(text.startswith(CANARY) for text in texts if text)


def test_a_change_of_definition_is_in_the_journal(api):
    """Beside those of records."""
    define(api, name="zip", archived=True)
    entry = api.get("/_sandbox/journal")["entries"][0]
    assert (entry["action"], entry["objectTypeId"], entry["name"]) == ("PROPERTY", "0-1", "zip")
    assert "objectId" not in entry


@pytest.mark.parametrize(
    "definition",
    [
        {"name": "zip", "dataSensitivity": "secret"},
        {"name": "zip", "type": "varchar"},
        {"name": "hs_object_id", "archived": True},
        {"objectType": "unicorns", "name": "zip"},
        {},
    ],
)
def test_a_definition_that_makes_no_sense_is_refused(api, definition):
    """And nothing is changed."""
    with pytest.raises(ApiError) as refused:
        define(api, **definition)
    assert refused.value.status == 400
    assert len(api.account.journal) == 0


def test_archived_records_come_back(api):
    """Live again under the same id, in every count."""
    api.post("/_sandbox/advance", {**A_QUIET_DAY, "days": 0, "restored": 0.01})
    restored = [
        entry
        for entry in api.get("/_sandbox/journal")["entries"]
        if entry["action"] == "RESTORE" and entry["objectTypeId"] == "0-1"
    ]
    assert len(restored) == 2
    live = {record["id"] for record in api.all_records("contacts", limit=100)}
    assert {entry["objectId"] for entry in restored} <= live
    assert len(live) == 202 == api.get("/_sandbox/truth")["types"]["0-1"]
    record = api.get(f"/crm/v3/objects/contacts/{restored[0]['objectId']}")
    assert record["archived"] is False
    assert len(api.all_records("contacts", limit=100, archived="true")) == 2


def test_a_restored_record_can_be_archived_again(api):
    """And is then in one list only."""
    api.account.restore("0-1", 13, api.now_ms)
    api.account.archive("0-1", 13, api.now_ms + 5)
    number = str(api.account.record_id("0-1", 13))
    assert api.get(f"/crm/v3/objects/contacts/{number}", archived="true")["archivedAt"].endswith(
        "005Z"
    )
    assert api.account.live_count("0-1") == 200 == len(api.all_records("contacts", limit=100))


def test_two_custom_texts_without_utf_8_form_are_escaped(api):
    """A lone surrogate cannot be sent as UTF-8; JSON can still say it."""
    api.account.update("0-1", 0, {"message": "lone \ud800 surrogate"}, api.now_ms)
    raw = api.reply("GET", "/crm/v3/objects/contacts", limit=1, properties="message").body
    assert b"lone \\ud800 surrogate" in raw
