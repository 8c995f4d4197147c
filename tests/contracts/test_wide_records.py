"""Projects of the sandbox have 1,490 properties: too many for a URL, so they are read in batches.

The account is read again one record at a time, which takes neither of our two ways.
"""

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import orjson
import pytest

from crmsnap.errors import UnexpectedAnswer
from crmsnap.hubspot.auth import StaticToken
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import objects, properties
from crmsnap.hubspot.limits import Limits
from crmsnap.hubspot.transport import HttpTransport
from crmsnap.sandbox.server import Address, Options, running
from crmsnap.state.shapes import HISTORIES
from crmsnap.streams.changed.scan import Scan
from crmsnap.streams.objects import read
from crmsnap.streams.record_rows import Wanted
from tests.builders.scans import FROM_THE_LIST_ON, first_scan
from tests.unit.hubspot.host import Even, RealClock

PROJECTS = "0-970"


@pytest.fixture(scope="module")
def account() -> Iterator[Address]:
    """About 120 projects: two pages of the list, three batches with histories."""
    with running(Options(contacts=12_000, frozen=True)) as address:
        yield address


@pytest.fixture
def client(account: Address) -> Iterator[Client]:
    clock = RealClock()
    with HttpTransport(clock) as transport:
        yield Client(
            *(transport, StaticToken(account.token), Limits(clock), clock, Even()),
            base_url=account.url,
        )


@pytest.fixture
def wanted(client: Client) -> Wanted:
    names = tuple(sorted(d.name for d in properties.definitions(client, PROJECTS, archived=False)))
    return Wanted(PROJECTS, names=names, dates=frozenset(), history_names=names)


def forget(account: Address, batches: int) -> None:
    """Let so many of the next batch reads forget a record."""
    request = urllib.request.Request(
        f"{account.url}/_sandbox/knobs", data=json.dumps({"batch_misses": batches}).encode()
    )
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 200


def get(account: Address, path: str) -> Any:
    request = urllib.request.Request(
        account.url + path, headers={"Authorization": f"Bearer {account.token}"}
    )
    with urllib.request.urlopen(request) as response:
        return json.load(response)


@pytest.fixture
def scan(tmp_path: Path, wanted: Wanted) -> Scan:
    return first_scan(tmp_path, wanted)


def everything(scan: Scan, client: Client) -> tuple[dict[int, Any], dict[int, Any]]:
    """Values and histories of all records, by id."""
    values: dict[int, Any] = {}
    histories: dict[int, Any] = {}
    for page in read(scan, client, FROM_THE_LIST_ON):
        values |= {cast(int, row[0]): orjson.loads(cast(bytes, row[-1])) for row in page.rows}
        beside = (page.beside or {}).get(HISTORIES, ())
        histories |= {cast(int, row[0]): orjson.loads(cast(bytes, row[-1])) for row in beside}
    return values, histories


def test_every_value_and_history_of_a_wide_type_is_read(
    account: Address, client: Client, scan: Scan, wanted: Wanted
) -> None:
    """Compared with records that are read alone, a part of the names at a time."""
    assert len(wanted.names) > 1_480
    assert not objects.fits_url(client, PROJECTS, wanted.names, wanted.history_names)
    values, histories = everything(scan, client)
    truth = get(account, "/_sandbox/truth")["types"]
    assert len(values) == len(histories) == truth[PROJECTS] > 100
    id_ = list(values)[-1]
    alone: dict[str, Any] = {}
    versions: dict[str, int] = {}
    for start in range(0, len(wanted.names), 100):
        part = ",".join(wanted.names[start : start + 100])
        record = get(
            account,
            f"/crm/v3/objects/{PROJECTS}/{id_}?properties={part}&propertiesWithHistory={part}",
        )
        alone |= {
            name: value
            for name, value in record["properties"].items()
            if value is not None and name in wanted.names
        }
        versions |= {
            name: len(found) for name, found in record["propertiesWithHistory"].items() if found
        }
    assert values[id_] == alone
    assert {name: len(found) for name, found in histories[id_].items()} == versions
    assert len(versions) > 50


def test_a_batch_that_forgets_a_record_loses_none(
    account: Address, client: Client, scan: Scan
) -> None:
    """The record is neither among the results nor among the errors, once."""
    whole, _ = everything(scan, client)
    forget(account, 1)
    again, _ = everything(scan, client)
    assert again == whole


def test_a_record_that_batches_keep_forgetting_ends_the_run(
    account: Address, client: Client, scan: Scan
) -> None:
    """A single read finds it live: a day without it would be published as complete."""
    forget(account, 2)
    with pytest.raises(UnexpectedAnswer, match="out of batches"):
        everything(scan, client)
