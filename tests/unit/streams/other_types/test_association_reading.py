"""Associations to the last one of each record, and only of records that the associations API knows."""

import json

import orjson
import pytest

from crmsnap.state.stream_file import EVERYTHING
from crmsnap.streams.association_rows import BATCH_IDS, Pair
from crmsnap.streams.associations import read
from tests.builders.account_state import AccountState
from tests.unit.hubspot.host import Reply
from tests.unit.streams.other_types.served import HubSpot

BATCH = "/crm/associations/2026-09/0-1/0-3/batch/read"
PLAIN = [{"category": "HUBSPOT_DEFINED", "typeId": 4, "label": None}]
PAIR = Pair("0-1", "0-3")
PAGE, TARGETS = 500, 12_000


def answer(query: dict[str, str]) -> Reply:
    """Record 7 has 12,000 associations, five hundred an answer; the others have none."""
    results = []
    for asked in json.loads(query["body"])["inputs"]:
        if asked["id"] == "7":
            start = int(asked.get("after", "0"))
            to = [
                {"toObjectId": id_, "associationTypes": PLAIN}
                for id_ in range(start + 1, start + PAGE + 1)
            ]
            more = start + PAGE < TARGETS
            paging = {"paging": {"next": {"after": str(start + PAGE)}}} if more else {}
            results.append({"from": {"id": "7"}, "to": to, **paging})
    errors = [{"category": "OBJECT_NOT_FOUND"}]
    return Reply({"status": "COMPLETE", "results": results, "errors": errors, "numErrors": 1}, 207)


@pytest.fixture
def state(tmp_path) -> AccountState:
    return AccountState(tmp_path)


def test_a_record_with_12000_associations_is_exact(hubspot: HubSpot, state: AccountState):
    """Results page on their own: the first answer has a twenty-fourth of them."""
    hubspot.serve(BATCH, answer)
    state.records("0-1", {7: {}, 8: {}})
    page, end = read(state.reader, PAIR, None, None, hubspot.client, None)
    assert end.whole == [EVERYTHING]
    ((from_id, body),) = page.rows
    assert from_id == 7
    targets = orjson.loads(body)
    assert [target[0] for target in targets] == list(range(1, TARGETS + 1))
    assert len(hubspot.asked) == TARGETS // PAGE


def test_records_with_text_ids_are_not_asked_about(hubspot: HubSpot, state: AccountState):
    """They come last, in a batch of their own or behind the numbers of one."""
    hubspot.serve(BATCH, answer)
    ids = [*range(1, BATCH_IDS + 3), "007", "guid-1"]
    state.write("objects/0-1", [(id_, None, b"{}") for id_ in ids], text_ids=True)
    first, second, end = read(state.reader, PAIR, None, None, hubspot.client, None)
    assert first.position == f"all {BATCH_IDS} 24"
    assert second.position == f"all {BATCH_IDS + 2} 25"
    assert list(read(state.reader, PAIR, None, None, hubspot.client, second.position)) == [end]
