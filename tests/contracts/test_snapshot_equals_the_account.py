"""A snapshot of the sandbox account holds exactly what the account says it has.

The account is counted by its own `/_sandbox/truth` and read again by a few lines of plain HTTP, so that
a mistake in our client cannot hide itself.
"""

import json
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import duckdb
import pytest
from pydantic import SecretStr

from crmsnap.bootstrap import Known, RunClock, open_tools
from crmsnap.config import ConnectionSettings
from crmsnap.destinations.s3 import S3Options
from crmsnap.destinations.url import open_destination
from crmsnap.publish.verify import verify
from crmsnap.report import Report
from crmsnap.sandbox.server import Address, Options, running
from crmsnap.sync import Request, run_sync

pytestmark = pytest.mark.full  # `test_every_cell.py` looks at most of it, for every commit

NOW_MS = 1_795_312_800_000  # 2026-11-22T02:00:00Z
DAY = "2026-11-22"
ENGAGEMENT_TYPES = ("0-18", "0-27", "0-46", "0-47", "0-48", "0-49", "0-116")


@dataclass(frozen=True)
class Copy:
    """A snapshot of an account, and where it came from."""

    account: Address
    snapshots: Path
    home: Path
    report: Report

    @property
    def tables(self) -> "Tables":
        """Its tables, read by DuckDB."""
        return Tables(self.snapshots / DAY)


@pytest.fixture(scope="module", params=[1, 7])
def copy(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Copy]:
    """A whole copy of an account whose clock stands still."""
    options = Options(contacts=300, seed=request.param, now_ms=NOW_MS, frozen=True)
    snapshots, home = tmp_path_factory.mktemp("snapshots"), tmp_path_factory.mktemp("home")
    with running(options) as account:
        yield Copy(account, snapshots, home, sync(account, snapshots, home))


def sync(account: Address, snapshots: Path, home: Path) -> Report:
    settings = ConnectionSettings(
        to=str(snapshots),
        token=SecretStr(account.token),
        base_url=account.url,
        allow_other_host=True,
    )
    with open_tools(Known(None, settings), home, RunClock(), lambda _: None) as tools:
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


def test_every_type_has_as_many_records_as_the_account(copy):
    """Archived, merged and deleted records are not among them; 0-4 holds those of its seven types."""
    true = truth(copy.account)
    every = true["types"] | true["other_types"] | {"0-45": len(true["lists"])}
    counts = {object_type: count for object_type, count in every.items() if count}
    counts["0-4"] = sum(counts.get(object_type, 0) for object_type in ENGAGEMENT_TYPES)
    assert counts["0-4"]
    assert copy.tables.counts("OBJECTS", "OBJECTTYPEID") == counts


def test_every_type_has_a_table_of_its_own_with_all_of_its_records(copy):
    """The manifest says which type a table is about; one that has no rows is a header."""
    rows = {
        table.about.id: table.rows
        for table in copy.report.manifest.tables
        if table.about is not None and table.about.family == "OBJECTS_<PLURAL>"
    }
    assert {object_type: count for object_type, count in rows.items() if count} == (
        copy.tables.counts("OBJECTS", "OBJECTTYPEID")
    )
    assert "0-30" in rows


def test_every_ordered_pair_has_as_many_associations_as_the_account(copy):
    """Past every inner page, all labels and both directions."""
    true = truth(copy.account)
    expected = true["associations"] | true["other_associations"]
    assert copy.tables.counts("ASSOCIATIONS", "FROMOBJECTTYPEID", "TOOBJECTTYPEID") == expected


def test_every_list_has_as_many_members_as_the_account(copy):
    """Lists without members included: they are rows of LISTS."""
    expected = truth(copy.account)["lists"]
    assert copy.tables.counts("LIST_MEMBERSHIPS", "LISTID") == {
        k: v for k, v in expected.items() if v
    }
    assert {row[0] for row in copy.tables.rows("LISTS", "SELECT LISTID FROM @")} == set(expected)


def test_every_event_type_with_occurrences_is_a_table_with_all_of_them(copy):
    """And no event type without any makes a table."""
    events = sorted(
        table.rows for table in copy.report.manifest.tables if table.name.startswith("EVENTS_")
    )
    happened = truth(copy.account)
    counts = [*happened["events"].values(), *happened["email_events"].values()]
    assert events == sorted(count for count in counts if count)


def test_owners_are_all_there(copy):
    """Active and archived ones, each once."""
    assert copy.tables.rows("OWNERS", "SELECT count(*) FROM @") == [
        (truth(copy.account)["owners"],)
    ]


def test_every_contact_has_exactly_the_values_that_the_api_gives(copy):
    """Cell by cell, read again without our client: text as it came, null left out, '' kept."""
    definitions = get(copy.account, "/crm/v3/properties/contacts")["results"]
    names = [definition["name"] for definition in definitions]
    dates = {d["name"] for d in definitions if d["type"] in ("date", "datetime")}
    expected = {}
    after = {}
    while True:
        page = get(
            copy.account,
            "/crm/v3/objects/contacts",
            limit="100",
            properties=",".join(names),
            **after,
        )
        for record in page["results"]:
            expected[record["id"]] = {
                name: milliseconds(value) if name in dates else value
                for name, value in record["properties"].items()
                if value is not None and name in names
            }
        if "paging" not in page:
            break
        after = {"after": page["paging"]["next"]["after"]}
    rows = copy.tables.rows(
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


def test_the_closed_properties_are_named_in_the_manifest(copy):
    """A value that is left out on purpose must be seen to be left out."""
    closed = {entry.type: entry.names for entry in copy.report.manifest.facts.sensitive}
    assert closed["0-1"]


def test_counts_of_hubspot_stand_beside_ours_and_agree(copy):
    """On a frozen account they must be equal for every type."""
    assert copy.report.differences == ()
    assert len(copy.report.manifest.facts.counts) > 25


def test_running_again_is_a_no_op(copy):
    """A published day is never rewritten."""
    before = {path: path.stat().st_mtime_ns for path in copy.snapshots.rglob("*")}
    again = sync(copy.account, copy.snapshots, copy.home)
    assert again.outcome == "already published"
    assert {path: path.stat().st_mtime_ns for path in copy.snapshots.rglob("*")} == before


def test_the_snapshot_verifies(copy):
    """Without HubSpot and without the state."""
    destination = open_destination(str(copy.snapshots), S3Options(), RunClock(), lambda: 0.5)
    report = verify(destination, DAY, lambda _: None)
    assert report.problems == ()
