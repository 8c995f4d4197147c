"""A snapshot of the sandbox account holds exactly what the account says it has.

The account is counted by its own `/_sandbox/truth` and read again by a few lines of plain HTTP, so that
a mistake in our client cannot hide itself.
"""

import json
import random
import time
import urllib.request
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import duckdb
import pytest

from crmsnap.bootstrap import InlineExecutor
from crmsnap.destinations.s3 import S3Options
from crmsnap.destinations.url import open_destination
from crmsnap.hubspot.auth import StaticToken
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.limits import Limits
from crmsnap.hubspot.transport import HttpTransport
from crmsnap.sandbox.server import Address, Options, running
from crmsnap.sync import Report, Request, Tools, run_sync

NOW_MS = 1_795_312_800_000  # 2026-11-22T02:00:00Z
DAY = "2026-11-22"


class RealClock:
    """The clock of a run that nobody stops."""

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


@pytest.fixture(scope="module", params=[1, 7])
def account(request: pytest.FixtureRequest) -> Iterator[Address]:
    """A sandbox account whose clock stands still."""
    options = Options(contacts=300, seed=request.param, now_ms=NOW_MS, frozen=True)
    with running(options) as address:
        yield address


@pytest.fixture(scope="module")
def report(account: Address, tmp_path_factory: pytest.TempPathFactory) -> Report:
    """One whole run."""
    return sync(account, tmp_path_factory.mktemp("snapshots"), tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def tables(report: Report, tmp_path_factory: pytest.TempPathFactory) -> "Tables":
    """The tables of that run, read by DuckDB."""
    (folder,) = tmp_path_factory.getbasetemp().glob(f"snapshots*/{DAY}/_MANIFEST.json")
    return Tables(folder.parent)


def sync(account: Address, to: Path, home: Path) -> Report:
    clock = RealClock()
    with HttpTransport(clock) as transport:
        client = Client(
            transport,
            StaticToken(account.token),
            Limits(clock),
            clock,
            random.Random(1),
            base_url=account.url,
        )
        tools = Tools(
            client=client,
            home=home,
            destination=open_destination(str(to), S3Options(), clock, random.random),
            open_executor=lambda _: nullcontext(InlineExecutor()),
            clock=clock,
            observe=lambda _: None,
            new_run_id=lambda moment: moment.strftime("%Y%m%dT%H%M%SZ"),
        )
        return run_sync(Request(), tools)


class Tables:
    """A day's folder through DuckDB, null and the empty string kept apart."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._db = duckdb.connect()

    def rows(self, table: str, sql: str) -> list[tuple[Any, ...]]:
        source = (
            f"read_csv('{self._folder}/{table}/*.csv.gz', all_varchar=true, header=true,"
            " allow_quoted_nulls=false, quote='\"', escape='\"')"
        )
        return self._db.execute(sql.replace("@", source)).fetchall()

    def counts(self, table: str, *columns: str) -> dict[str, int]:
        names = ", ".join(columns)
        return {
            "/".join(row[:-1]): row[-1]
            for row in self.rows(table, f"SELECT {names}, count(*) FROM @ GROUP BY {names}")
        }


def get(account: Address, path: str, **query: str) -> Any:
    request = urllib.request.Request(
        f"{account.url}{path}?{urlencode(query)}",
        headers={"Authorization": f"Bearer {account.token}"},
    )
    with urllib.request.urlopen(request) as response:
        return json.load(response)


def truth(account: Address) -> Any:
    return get(account, "/_sandbox/truth")


def test_every_type_has_as_many_records_as_the_account(account, tables):
    """Archived, merged and deleted records are not among them."""
    assert tables.counts("OBJECTS", "OBJECTTYPEID") == {
        object_type: count for object_type, count in truth(account)["types"].items() if count
    }


def test_every_ordered_pair_has_as_many_associations_as_the_account(account, tables):
    """Past every inner page, all labels and both directions."""
    assert (
        tables.counts("ASSOCIATIONS", "FROMOBJECTTYPEID", "TOOBJECTTYPEID")
        == truth(account)["associations"]
    )


def test_every_list_has_as_many_members_as_the_account(account, tables):
    """Lists without members included: they are rows of LISTS."""
    expected = truth(account)["lists"]
    assert tables.counts("LIST_MEMBERSHIPS", "LISTID") == {k: v for k, v in expected.items() if v}
    assert {row[0] for row in tables.rows("LISTS", "SELECT LISTID FROM @")} == set(expected)


def test_every_event_type_with_occurrences_is_a_table_with_all_of_them(account, report):
    """And no event type without any makes a table."""
    events = sorted(
        table.rows
        for table in report.manifest.tables
        if table.name.startswith("EVENTS_")
    )
    assert events == sorted(count for count in truth(account)["events"].values() if count)


def test_owners_are_all_there(account, tables):
    """Active and archived ones, each once."""
    assert tables.rows("OWNERS", "SELECT count(*) FROM @") == [(truth(account)["owners"],)]


def test_every_contact_has_exactly_the_values_that_the_api_gives(account, tables):
    """Cell by cell, read again without our client: text as it came, null left out, '' kept."""
    definitions = get(account, "/crm/v3/properties/contacts")["results"]
    names = [definition["name"] for definition in definitions]
    dates = {d["name"] for d in definitions if d["type"] in ("date", "datetime")}
    expected = {}
    after = {}
    while True:
        page = get(account, "/crm/v3/objects/contacts", limit="100", properties=",".join(names), **after)
        for record in page["results"]:
            expected[record["id"]] = {
                name: milliseconds(value) if name in dates else value
                for name, value in record["properties"].items()
                if value is not None and name in names
            }
        if "paging" not in page:
            break
        after = {"after": page["paging"]["next"]["after"]}
    rows = tables.rows(
        "OBJECT_WITH_OBJECT_PROPERTIES",
        "SELECT OBJECTID, PROPERTIES FROM @ WHERE OBJECTTYPEID = '0-1'",
    )
    assert {id_: json.loads(properties) for id_, properties in rows} == expected


def milliseconds(text: str) -> str:
    """What a date property's text becomes; any other text stays."""
    if "-" not in text[1:]:
        return text
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    delta = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return str((delta.days * 86_400 + delta.seconds) * 1000 + delta.microseconds // 1000)


def test_no_sensitive_value_reaches_any_file(tables, tmp_path_factory):
    """Every sensitive value of the sandbox carries a marker; no file has it, the state included."""
    import gzip
    import sqlite3

    base = tmp_path_factory.getbasetemp()
    parts = list(base.glob(f"snapshots*/{DAY}/*/*.csv.gz"))
    assert len(parts) > 16
    assert not [part for part in parts if b"SENSITIVE-CANARY-" in gzip.decompress(part.read_bytes())]
    files = list(base.glob("home*/**/*.sqlite"))
    assert files
    for file in files:
        with sqlite3.connect(file) as db:
            assert b"SENSITIVE-CANARY-" not in file.read_bytes()
        db.close()


def test_the_closed_properties_are_named_in_the_manifest(report):
    """A value that is left out on purpose must be seen to be left out."""
    closed = {entry.type: entry.names for entry in report.manifest.facts.sensitive}
    assert closed["0-1"]


def test_counts_of_hubspot_stand_beside_ours_and_agree(report):
    """On a frozen account they must be equal for every type."""
    assert report.differences == ()
    assert len(report.manifest.facts.counts) > 25


def test_running_again_is_a_no_op(account, report, tmp_path_factory):
    """A published day is never rewritten."""
    base = tmp_path_factory.getbasetemp()
    folders = {p.parents[1] for p in base.glob(f"snapshots*/{DAY}/_MANIFEST.json")}
    (snapshots,) = folders
    (home,) = base.glob("home*")
    before = {path: path.stat().st_mtime_ns for path in snapshots.rglob("*")}
    again = sync(account, snapshots, home)
    assert again.outcome == "already published"
    assert {path: path.stat().st_mtime_ns for path in snapshots.rglob("*")} == before
