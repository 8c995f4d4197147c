"""Batches of records by id."""

import pytest

from crmsnap.sandbox.api.route import ApiError

PATH = "/crm/objects/2026-03/contacts/batch/read"


def inputs(api, indexes, type_id="0-1"):
    """The body's inputs for these records."""
    return [{"id": str(api.account.record_id(type_id, index))} for index in indexes]


def test_a_batch_says_what_the_list_says(api, readable_names):
    """A reader may take either way and gets the same bytes."""
    listed = api.get("/crm/v3/objects/contacts", limit=100, properties=",".join(readable_names))
    ids = [{"id": record["id"]} for record in listed["results"]]
    batch = api.post(PATH, {"inputs": ids, "properties": readable_names})
    assert batch["results"] == listed["results"]
    assert batch["status"] == "COMPLETE"


def test_ids_that_cannot_be_read_make_it_207(api):
    """All of them are one error, beside the records that could be read."""
    gone = inputs(api, [13, 500])
    reply = api.reply("POST", PATH, {"inputs": inputs(api, [1, 2]) + gone})
    body = api.post(PATH, {"inputs": inputs(api, [1, 2]) + gone})
    assert reply.status == 207
    assert len(body["results"]) == 2
    assert body["numErrors"] == 1
    assert body["errors"][0]["context"]["ids"] == [one["id"] for one in gone]


def test_a_merged_id_and_its_survivor_are_one_record(api):
    """Two inputs, one result: a reader has to take the id from the answer."""
    body = api.post(PATH, {"inputs": inputs(api, [36, 37])})
    assert [record["id"] for record in body["results"]] == [inputs(api, [36])[0]["id"]]


def test_more_than_100_records_are_refused_and_more_than_50_with_history(api):
    """400."""
    for count, body in ((101, {}), (51, {"propertiesWithHistory": ["phone"]})):
        with pytest.raises(ApiError) as refused:
            api.post(PATH, {"inputs": inputs(api, range(count)), **body})
        assert refused.value.status == 400


@pytest.mark.parametrize("body", [None, {}, {"inputs": 7}, {"inputs": ["1"]}])
def test_a_body_without_inputs_is_refused(api, body):
    """Never an error of the server's own."""
    with pytest.raises(ApiError) as refused:
        api.post(PATH, body)
    assert refused.value.status == 400


def test_1_500_properties_can_be_asked_for_in_a_body(api):
    """They would not fit a URL."""
    names = [one["name"] for one in api.get("/crm/v3/properties/projects")["results"]]
    body = {"inputs": inputs(api, [0], "0-970"), "properties": names}
    record = api.post("/crm/v3/objects/projects/batch/read", body)["results"][0]
    assert set(names) <= set(record["properties"])
