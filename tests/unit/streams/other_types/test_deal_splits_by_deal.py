"""Deal splits: those of the deals in the state, or the list of the objects API where there are none."""

import json

import pytest

from crmsnap.streams.other_types import DEAL_SPLITS
from crmsnap.streams.properties import read_declared
from tests.unit.hubspot.host import Reply
from tests.unit.streams.other_types.served import (
    NOT_FOUND,
    HubSpot,
    Reading,
    definition,
    listed,
    values_of,
)

SPLITS = "/deal-splits/2026-09/batch/read"
LIST = "/crm/objects/2026-09/0-72"
PROPERTIES = "/crm/properties/2026-09/0-72"
DEALS = "/crm/objects/2026-09/0-3"

FORBIDDEN = Reply({"status": "error", "category": "MISSING_SCOPES", "message": "no"}, 403)
WRONG = Reply({"status": "error", "category": "VALIDATION_ERROR", "message": "no"}, 400)


def split(id_: int, **changes: object) -> dict[str, object]:
    values = {"hs_deal_split_percentage": "0.5", "secret": "x", "unheard_of": "y", "hs_note": None}
    found = {"id": str(id_), "properties": values, "updatedAt": "2026-11-20T08:15:30.123Z"}
    return found | changes


def of_deals(query):
    """Two splits for each deal but 9, which is gone."""
    ids = [one["id"] for one in json.loads(query["body"])["inputs"]]
    assert len(ids) <= 100
    results = [
        {"id": id_, "splits": [split(int(id_) * 10), split(int(id_) * 10 + 1, archived=id_ == "3")]}
        for id_ in ids
        if id_ != "9"
    ]
    errors = [{"category": "OBJECT_NOT_FOUND"}] if "9" in ids else []
    return Reply({"status": "COMPLETE", "results": results, "errors": errors}, 207)


@pytest.fixture
def crm(hubspot: HubSpot) -> HubSpot:
    hubspot.serve(SPLITS, of_deals)
    hubspot.serve(LIST, listed(split(7)))
    hubspot.serve(DEALS, listed({"id": "2", "properties": {}}))
    closed = definition("secret", dataSensitivity="sensitive")
    hubspot.serve(
        PROPERTIES,
        lambda query: listed(
            *([closed] if query.get("dataSensitivity") == "sensitive" else []),
            *([] if query["archived"] == "true" else [definition("hs_deal_split_percentage")]),
        ),
    )
    return hubspot


def test_splits_are_asked_for_by_the_deals_of_the_state(crm: HubSpot, reading: Reading):
    """In batches; an archived one is no record, nor are those of a deal that is gone."""
    reading.state.records("0-3", {id_: {} for id_ in (2, 3, 9)})
    rows = [row for page in reading.pages(DEAL_SPLITS) for row in page.rows]
    assert [row[0] for row in rows] == [20, 21, 30]
    assert rows[0][1] == "2026-11-20 08:15:30.123"


def test_only_properties_with_a_definition_are_kept(crm: HubSpot, reading: Reading):
    """They come unasked here, and one that nobody defines may be sensitive."""
    reading.state.records("0-3", {2: {}})
    (row, _) = next(reading.pages(DEAL_SPLITS)).rows
    assert values_of(row) == {"hs_deal_split_percentage": "0.5", "deal_id": "2"}


@pytest.mark.parametrize(
    ("refusal", "reason"),
    [(FORBIDDEN, "missing-scope"), (NOT_FOUND, "not-available"), (WRONG, "not-available")],
)
def test_definitions_that_may_not_be_read_are_a_gap(crm: HubSpot, refusal: Reply, reason: str):
    """Without them an account's own properties of splits are dropped, and somebody has to say so."""
    (page,) = read_declared(DEAL_SPLITS, crm.client, None)
    assert not page.gaps
    crm.serve(PROPERTIES, refusal)
    (page,) = read_declared(DEAL_SPLITS, crm.client, None)
    assert [(gap.stream, gap.reason) for gap in page.gaps] == [("properties/0-72/listed", reason)]
    assert len(page.rows) == len(DEAL_SPLITS.fields)


def test_a_run_goes_on_behind_the_last_deal(crm: HubSpot, reading: Reading):
    reading.state.records("0-3", {id_: {} for id_ in range(100, 350)})
    pages = list(reading.pages(DEAL_SPLITS))
    assert [page.position for page in pages] == ["deal 199", "deal 299", "deal 349", "end"]
    assert list(reading.pages(DEAL_SPLITS, "deal 299")) == pages[-2:]
    assert list(reading.pages(DEAL_SPLITS, "end")) == []


@pytest.mark.parametrize("served", [True, False])
def test_the_list_of_the_objects_api_stands_in(crm: HubSpot, reading: Reading, served: bool):
    """Where no deals are copied; and where HubSpot does not serve the other call."""
    if not served:
        crm.serve(SPLITS, NOT_FOUND)
        reading.state.records("0-3", {2: {}})
    (page,) = reading.pages(DEAL_SPLITS)
    assert [row[0] for row in page.rows] == [7]
    assert values_of(page.rows[0]) == {"hs_deal_split_percentage": "0.5"}


def test_the_probe_tries_what_will_be_read(crm: HubSpot):
    """First the splits of a deal that there is, and only then the list."""
    DEAL_SPLITS.probe(crm.client)
    assert crm.asked == [DEALS, SPLITS]
    crm.serve(SPLITS, NOT_FOUND)
    DEAL_SPLITS.probe(crm.client)
    assert crm.asked[2:] == [DEALS, SPLITS, LIST]
