"""Batch reads of associations: every id accounted for, every page of it read."""

import json
from typing import Any

import pytest

from crmsnap.errors import UnexpectedAnswer
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import associations
from crmsnap.hubspot.endpoints.associations import Target
from tests.unit.hubspot.host import Host, Reply

PLAIN = [{"category": "HUBSPOT_DEFINED", "typeId": 4, "label": None}]
KIND = (("HUBSPOT_DEFINED", 4),)


def result(id_: str, *targets: int, after: str | None = None) -> dict[str, Any]:
    to = [{"toObjectId": target, "associationTypes": PLAIN} for target in targets]
    paging = {} if after is None else {"paging": {"next": {"after": after}}}
    return {"from": {"id": id_}, "to": to} | paging


def none_of(id_: str, category: str = "OBJECT_NOT_FOUND") -> dict[str, Any]:
    return {
        "status": "error",
        "category": category,
        "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
        "message": f"No deal is associated with contact {id_}.",
        "context": {"fromObjectId": [id_]},
    }


def answer(*results: dict[str, Any], errors: tuple[dict[str, Any], ...] = ()) -> Reply:
    body: dict[str, Any] = {"status": "COMPLETE", "results": list(results)}
    if errors:
        body |= {"numErrors": len(errors), "errors": list(errors)}
    return Reply(body, 207 if errors else 200)


def test_records_without_associations_are_keys_too(client: Client, host: Host) -> None:
    """HubSpot answers 207 and lists them as errors: the normal case."""
    host.answer(answer(result("1", 9_007_199_254_740_993), errors=(none_of("2"),)))
    assert associations.read(client, "0-1", "0-3", ["1", "2"]) == {
        "1": [Target("9007199254740993", KIND)],
        "2": [],
    }
    assert host.got[0].target == "/crm/associations/2026-09/0-1/0-3/batch/read"


def test_a_record_with_many_associations_is_read_to_its_end(client: Client, host: Host) -> None:
    """Several readers kept only the first page: links were lost without a word."""
    host.answer(
        answer(result("1", 10, 11, after="11"), result("2", 20)),
        answer(result("1", 12, after="12")),
        answer(result("1", 13)),
    )
    found = associations.read(client, "0-1", "0-3", ["1", "2"])
    assert [target.id for target in found["1"]] == ["10", "11", "12", "13"]
    assert [target.id for target in found["2"]] == ["20"]
    assert [json.loads(got.body)["inputs"] for got in host.got] == [
        [{"id": "1"}, {"id": "2"}],
        [{"id": "1", "after": "11"}],
        [{"id": "1", "after": "12"}],
    ]


def test_an_inner_cursor_that_stands_still_is_named(client: Client, host: Host) -> None:
    """Otherwise the run never ends."""
    host.answer(answer(result("1", 10, after="same")))
    with pytest.raises(UnexpectedAnswer, match="do not come to an end"):
        associations.read(client, "0-1", "0-3", ["1"])


def test_an_error_that_is_not_about_missing_things_stops_the_read(
    client: Client, host: Host
) -> None:
    """A record that could not be read would look like one without associations."""
    host.answer(answer(result("1", 10), errors=(none_of("2", category="INTERNAL_ERROR"),)))
    with pytest.raises(UnexpectedAnswer, match="from 0-1 to 0-3") as raised:
        associations.read(client, "0-1", "0-3", ["1", "2"])
    assert "INTERNAL_ERROR" in raised.value.cause


def test_an_id_that_vanished_without_an_error_is_asked_for_again(
    client: Client, host: Host
) -> None:
    """An answer that lost its errors cannot be told from one that lost rows."""
    whole = answer(result("1", 10), errors=(none_of("2"),))
    host.answer(answer(result("1", 10)), whole)
    assert associations.read(client, "0-1", "0-3", ["1", "2"])["2"] == []
    assert client.usage.retries == 1
    host.answer(answer(result("1", 10)))
    with pytest.raises(UnexpectedAnswer, match="associations"):
        associations.read(client, "0-1", "0-3", ["1", "2"])


def test_an_id_that_was_merged_meanwhile_has_none(client: Client, host: Host) -> None:
    """HubSpot answers under the survivor's id, whose own associations are read under that id."""
    host.answer(answer(result("1", 10), result("99", 11)))
    assert associations.read(client, "0-1", "0-3", ["1", "2"]) == {
        "1": [Target("10", KIND)],
        "2": [],
    }


def test_several_types_of_one_link_stay_apart(client: Client, host: Host) -> None:
    """An association has one row for each of its types."""
    kinds = [*PLAIN, {"category": "USER_DEFINED", "typeId": 4, "label": "Buyer"}]
    host.answer(
        Reply(
            {
                "results": [
                    {"from": {"id": 1}, "to": [{"toObjectId": "5", "associationTypes": kinds}]}
                ]
            }
        )
    )
    found = associations.read(client, "0-1", "0-3", ["1"])
    assert found == {"1": [Target("5", (*KIND, ("USER_DEFINED", 4)))]}
