"""Types whose properties fit no URL: no record is lost between the list of ids and the batch read."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crmsnap.errors import UnexpectedAnswer
from crmsnap.hubspot.auth import StaticToken
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.limits import Limits
from crmsnap.hubspot.transport import HttpTransport
from crmsnap.streams.changed.scan import Scan
from crmsnap.streams.objects import read
from crmsnap.streams.record_rows import Wanted
from tests.builders.scans import FROM_THE_LIST_ON, first_scan
from tests.unit.hubspot.host import Even, Got, Host, RealClock, Reply, VirtualClock, running

NAMES = tuple(f"a_property_with_a_long_name_{number:04d}" for number in range(600))
WANTED = Wanted("0-1", names=NAMES, dates=frozenset())


@pytest.fixture
def host() -> Iterator[Host]:
    with running() as host:
        yield host


@pytest.fixture
def client(host: Host) -> Iterator[Client]:
    clock = VirtualClock()
    with HttpTransport(RealClock()) as transport:
        yield Client(transport, StaticToken("pat"), Limits(clock), clock, Even(), base_url=host.url)


def account(
    *batches: tuple[list[str], list[str]], single: str | None = None
) -> Callable[[Got], Reply]:
    """A host that lists records 1 to 3, answers batches (results, not found) and single reads."""
    left = list(batches)

    def answer(got: Got) -> Reply:
        if got.method == "POST":
            results, missing = left.pop(0)
            error = {"category": "OBJECT_NOT_FOUND", "context": {"ids": missing}}
            return Reply({"results": list(map(a_record, results)), "errors": [error]}, 207)
        if got.target.startswith("/crm/objects/2026-09/0-1?"):
            return Reply({"results": list(map(a_record, "123"))})
        return Reply(a_record(single)) if single else Reply({"status": "error"}, 404)

    return answer


def a_record(id_: str) -> dict[str, object]:
    return {"id": id_, "properties": {NAMES[0]: f"of {id_}"}}


@pytest.fixture
def scan(tmp_path: Path) -> Scan:
    return first_scan(tmp_path, WANTED)


def ids_read(scan: Scan, client: Client) -> list[object]:
    return [row[0] for page in read(scan, client, FROM_THE_LIST_ON) for row in page.rows]


def batches_asked(host: Host) -> list[list[str]]:
    return [
        [one["id"] for one in json.loads(got.body)["inputs"]]
        for got in host.got
        if got.method == "POST"
    ]


def test_a_record_that_a_batch_forgets_is_asked_for_again(
    scan: Scan, client: Client, host: Host
) -> None:
    """It is neither among the results nor called missing, so nothing says that it is gone."""
    host.answer(account((["1", "3"], []), (["2"], [])))
    assert ids_read(scan, client) == [1, 3, 2]
    assert batches_asked(host) == [["1", "2", "3"], ["2"]]


def test_a_record_that_was_archived_meanwhile_is_not_live(
    scan: Scan, client: Client, host: Host
) -> None:
    """HubSpot says so, once is enough."""
    host.answer(account((["1", "3"], ["2"])))
    assert ids_read(scan, client) == [1, 3]
    assert len(host.got) == 2


def test_a_record_that_was_merged_meanwhile_is_not_live(
    scan: Scan, client: Client, host: Host
) -> None:
    """Its survivor is given in its place, and a single read tells that it is another one."""
    host.answer(account((["1", "3"], []), (["3"], []), single="3"))
    assert set(ids_read(scan, client)) == {1, 3}


def test_a_record_that_is_gone_without_a_word_is_not_live(
    scan: Scan, client: Client, host: Host
) -> None:
    """A single read finds nothing."""
    host.answer(account((["1", "3"], []), ([], [])))
    assert ids_read(scan, client) == [1, 3]


def test_a_live_record_that_no_batch_gives_ends_the_run(
    scan: Scan, client: Client, host: Host
) -> None:
    """A day without it would be published as complete."""
    host.answer(account((["1", "3"], []), ([], []), single="2"))
    with pytest.raises(UnexpectedAnswer, match="record 2 of type 0-1"):
        ids_read(scan, client)
