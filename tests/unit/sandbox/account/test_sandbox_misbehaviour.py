"""What the account does on request: knobs that turn HubSpot's rarer ways on."""

import orjson
import pytest

from crmsnap.sandbox.api.route import ApiError

NOT_GENERIC = ("0-4", "0-11", "0-30", "0-31", "0-32", "0-33", "0-57", "0-58", "0-83")
AD_ACCOUNT = "0-30"


def turn(api, **knobs):
    """Change knobs."""
    return api.post("/_sandbox/knobs", knobs)


@pytest.mark.parametrize("type_id", NOT_GENERIC)
@pytest.mark.parametrize("path", ["/crm/v3/objects/{}", "/crm/properties/2026-09/{}"])
def test_types_without_a_generic_endpoint_are_refused(api, type_id, path):
    """A reader that tries has to take that for an answer, not for a failure."""
    with pytest.raises(ApiError) as refused:
        api.get(path.format(type_id))
    assert refused.value.status in (400, 404)


def test_ads_can_be_made_a_type_like_any_other(api):
    """A reader that tries them by their id must then export them."""
    enabled = "/crm/v3/object-library/enablement"
    assert AD_ACCOUNT not in api.get(enabled)["enablementByObjectTypeId"]
    turn(api, serves_ads=True)
    assert api.get(enabled)["enablementByObjectTypeId"][AD_ACCOUNT] is True
    assert api.get(f"/crm/v3/properties/{AD_ACCOUNT}")["results"]
    records = api.all_records(AD_ACCOUNT, limit=3)
    assert len(records) == 7 == api.get("/_sandbox/truth")["types"][AD_ACCOUNT]
    assert api.scopes_needed("GET", f"/crm/v3/objects/{AD_ACCOUNT}") == {"ads_read"}
    turn(api, serves_ads=False)
    assert AD_ACCOUNT not in api.get("/_sandbox/truth")["types"]


def test_the_cursor_of_a_list_can_be_a_number(api):
    """The same number, and good for the next page."""
    text = api.get("/crm/v3/objects/contacts", limit=10)["paging"]["next"]["after"]
    turn(api, numeric_after=True)
    number = api.get("/crm/v3/objects/contacts", limit=10)["paging"]["next"]["after"]
    assert (str(number), type(number)) == (text, int)
    assert len(api.all_records("contacts", limit=10)) == 200


def test_a_batch_can_miss_an_id_without_a_word(api):
    """In no result and in no error; asked again, it is there."""
    ids = [one["id"] for one in api.get("/crm/v3/objects/deals", limit=20)["results"]]
    body = {"inputs": [{"id": one} for one in ids]}
    turn(api, batch_misses=1)
    reply = api.reply("POST", "/crm/v3/objects/deals/batch/read", body)
    answer = orjson.loads(reply.body)
    assert (reply.status, len(answer["results"])) == (200, 19)
    assert "errors" not in answer
    assert len(api.post("/crm/v3/objects/deals/batch/read", body)["results"]) == 20
    assert api.get("/_sandbox/knobs")["batch_misses"] == 0


def test_labels_of_work_can_be_hidden_while_associations_have_them(api):
    """The pair has rows and no label: who asks for labels first must not stop there."""
    path = "/crm/v4/associations/appointments/services"
    labels = api.get(f"{path}/labels")["results"]
    assert labels == [{"category": "WORK", "typeId": 1, "label": "Booked for"}]
    turn(api, hides_work_labels=True)
    assert api.get(f"{path}/labels")["results"] == []
    ids = [one["id"] for one in api.all_records("appointments", limit=100)]
    found = api.post(f"{path}/batch/read", {"inputs": [{"id": one} for one in ids]})["results"]
    kinds = {
        (kind["category"], kind["typeId"])
        for one in found
        for to in one["to"]
        for kind in to["associationTypes"]
    }
    assert kinds == {("WORK", 1)}


@pytest.mark.parametrize(
    "knobs",
    [{"batch_misses": -1}, {"batch_misses": True}, {"serves_ads": 1}, {"no_such": True}],
)
def test_a_knob_that_cannot_be_turned_so_is_refused(api, knobs):
    """And stays as it was."""
    before = api.get("/_sandbox/knobs")
    with pytest.raises(ApiError) as refused:
        turn(api, **knobs)
    assert refused.value.status == 400
    assert api.get("/_sandbox/knobs") == before
