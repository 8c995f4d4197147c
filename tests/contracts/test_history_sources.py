"""A copy of histories with their sources says what the account says, version by version.

The account is read again by a few lines of plain HTTP, so that a mistake in our client cannot hide itself.
"""

import csv
import gzip
import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from pydantic import SecretStr

from crmsnap.bootstrap import Known, RunClock, open_tools
from crmsnap.config import ConnectionSettings
from crmsnap.model import Selection
from crmsnap.sandbox.server import Address, Options, running
from crmsnap.sync import Request, run_sync

NOW_MS = 1_795_312_800_000  # 2026-11-22T02:00:00Z
SOURCES, PLAIN = "OBJECT_PROPERTIES_HISTORY_SOURCES", "OBJECT_PROPERTIES_HISTORY"
KEY = ("OBJECTTYPEID", "OBJECTID", "NAME", "VALUE", "UPDATEDAT")


@pytest.fixture(scope="module")
def account() -> Iterator[Address]:
    """A small account whose clock stands still."""
    with running(Options(contacts=60, seed=3, now_ms=NOW_MS, frozen=True)) as account:
        yield account


@pytest.fixture(scope="module")
def day(account: Address, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its histories, with and without sources."""
    snapshots, home = tmp_path_factory.mktemp("snapshots"), tmp_path_factory.mktemp("home")
    settings = ConnectionSettings(
        to=str(snapshots),
        token=SecretStr(account.token),
        base_url=account.url,
        allow_other_host=True,
    )
    selection = Selection(types=("contacts", "deals"), tables=(SOURCES, PLAIN))
    with open_tools(Known(None, settings), home, RunClock(), lambda _: None) as tools:
        run_sync(Request(selection=selection), tools)
    return snapshots / "2026-11-22"


def rows(day: Path, table: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for part in sorted((day / table).glob("*.csv.gz")):
        with gzip.open(part, "rt", encoding="utf-8", newline="\n") as text:
            found += csv.DictReader(text)
    return found


def get(account: Address, path: str, **query: str) -> Any:
    request = urllib.request.Request(
        f"{account.url}{path}?{urlencode(query)}",
        headers={"Authorization": f"Bearer {account.token}"},
    )
    with urllib.request.urlopen(request) as response:
        return json.load(response)


def newest(versions: list[dict[str, Any]]) -> list[tuple[tuple[str, str], tuple[str, ...]]]:
    """((value, time), source) of the newest 45; of a value that comes twice for one moment the first."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for version in sorted(versions, key=lambda v: str(v["timestamp"]), reverse=True):
        at = version["timestamp"].replace("T", " ").removesuffix("Z")
        source = (
            version["sourceType"],
            version.get("sourceId", ""),
            version.get("sourceLabel", ""),
            str(version.get("updatedByUserId", "")),
        )
        found.setdefault((version["value"] or "", at), source)
    return list(found.items())[:45]


def test_every_version_has_the_source_that_the_account_gives(account: Address, day: Path) -> None:
    """Type, id, label and user, each in its own column, and nothing where HubSpot says nothing."""
    expected: dict[tuple[str, ...], tuple[str, ...]] = {}
    after: dict[str, str] = {}
    while True:
        page = get(
            account,
            "/crm/v3/objects/contacts",
            limit="50",
            propertiesWithHistory="email,lifecyclestage,hs_lead_status",
            **after,
        )
        for record in page["results"]:
            for name, versions in record["propertiesWithHistory"].items():
                expected |= {(record["id"], name, *key): rest for key, rest in newest(versions)}
        if "paging" not in page:
            break
        after = {"after": page["paging"]["next"]["after"]}
    columns = ("SOURCETYPE", "SOURCEID", "SOURCELABEL", "UPDATEDBYUSERID")
    found = {
        tuple(row[name] for name in KEY[1:]): tuple(row[name] for name in columns)
        for row in rows(day, SOURCES)
        if row["OBJECTTYPEID"] == "0-1"
        and row["NAME"] in ("email", "lifecyclestage", "hs_lead_status")
    }
    assert len(found) > 100
    assert found == expected
    assert len({source[0] for source in found.values()}) > 3


def test_the_rows_are_those_of_the_history_without_sources(day: Path) -> None:
    """The two tables join one to one, and either stands for the other."""
    with_sources = [[row[name] for name in KEY] for row in rows(day, SOURCES)]
    assert with_sources == [[row[name] for name in KEY] for row in rows(day, PLAIN)]


def test_no_sensitive_value_is_among_the_versions(day: Path) -> None:
    """Every sensitive value of the sandbox carries a marker, former ones too."""
    parts = [gzip.decompress(part.read_bytes()) for part in day.rglob("*.csv.gz")]
    assert sum(map(len, parts)) > 100_000
    assert not [part for part in parts if b"SENSITIVE-CANARY-" in part]
