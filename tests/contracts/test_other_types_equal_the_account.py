"""Types with an API of their own: what a comparison of cells by record id does not see.

`test_every_cell.py` holds every record with an id against the account; here are submissions without one,
HubSpot's own totals, and what the product declares of fields that HubSpot gives no definition of.
"""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders.command import Crmsnap
from tests.builders.sandbox_process import DAY, SandboxAccount, sandbox
from tests.builders.snapshot import manifest, rows
from tests.oracle.cells import kept
from tests.oracle.other_types import others
from tests.oracle.reading import Reading

TYPES = "0-11,0-15,0-25,0-28,0-29,0-35,0-38,0-39,0-45,0-58,0-72"
TABLES = "OBJECTS,OBJECT_WITH_OBJECT_PROPERTIES,PROPERTY_DEFINITIONS"


@pytest.fixture(scope="module")
def account() -> Iterator[SandboxAccount]:
    with sandbox("--frozen", contacts=300) as running:
        yield running


@pytest.fixture(scope="module")
def day(account: SandboxAccount, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One copy of these types; splits come without deals from the objects API's list."""
    csv.field_size_limit(16 * 2**20)  # a long thread is more than Python's 128 KiB
    crmsnap = Crmsnap(tmp_path_factory.mktemp("copy"), account)
    ended = crmsnap.sync("--types", TYPES, "--tables", TABLES)
    assert ended.exit_code == 0, ended.stderr
    return crmsnap.snapshots / DAY


def test_every_submission_is_there_with_what_was_sent(account, day):
    """Those with an id under it; those without by what was sent, twins of one millisecond too."""
    kinds = {
        row["NAME"]: row["TYPE"]
        for row in rows(day, "PROPERTY_DEFINITIONS")
        if row["OBJECTTYPEID"] == "0-15"
    }
    reading = Reading(account.url, account.token)
    expected = [
        {name: kept(text, kinds.get(name, "string")) for name, text in other.values.items()}
        for other in others(reading, "0-15")
    ]
    reading.close()
    found = {
        row["OBJECTID"]: json.loads(row["PROPERTIES"])
        for row in rows(day, "OBJECT_WITH_OBJECT_PROPERTIES")
        if row["OBJECTTYPEID"] == "0-15"
    }
    assert sorted(map(_canonical, found.values())) == sorted(map(_canonical, expected))
    for id_, values in found.items():
        assert values.get("conversion_id", id_) == id_
        assert not id_.isdigit()
    assert any("conversion_id" not in values for values in found.values())


def test_hubspots_totals_stand_beside_our_counts(day):
    """Where an API says how many there are."""
    counts = {one["type"]: one for one in manifest(day)["crmsnap"]["counts"]}
    for object_type in ("0-25", "0-29", "0-35", "0-38", "0-39", "0-45"):
        assert counts[object_type]["hubspot"] == counts[object_type]["ours"] > 0
    assert counts["0-28"]["hubspot"] is None


def test_fields_are_defined_with_their_types(day):
    """So that columns are typed; names that nobody has declared are not lost for it."""
    defined = {
        (row["OBJECTTYPEID"], row["NAME"]): row["TYPE"] for row in rows(day, "PROPERTY_DEFINITIONS")
    }
    assert defined["0-25", "page_expiry_date"] == "datetime"
    assert defined["0-28", "archived"] == "bool"
    assert defined["0-29", "stats"] == "string"
    assert defined["0-35", "hs_budget_items_sum_amount"] == "number"
    assert defined["0-72", "hs_deal_split_amount"] == "number"


def test_nothing_of_these_is_missing(day):
    """With a token that may read them; but what was sent in fields that nobody defines stays out."""
    assert [gap["stream"] for gap in manifest(day)["crmsnap"]["gaps"]] == ["objects/0-15/values"]


def _canonical(values: dict[str, str]) -> str:
    return json.dumps(values, sort_keys=True)
