"""Copying less than everything: by object type, by table."""

import pytest

from tests.builders.command import Crmsnap, assert_refused
from tests.builders.sandbox_process import DAY
from tests.builders.snapshot import manifest, rows


@pytest.mark.parametrize("written", ["0-1,0-3", "contacts,DEAL"])
def test_object_types_are_named_by_id_or_by_name(crmsnap: Crmsnap, written: str):
    """People know `deals`; scripts know `0-3`; both mean the same selection."""
    ended = crmsnap.sync("--types", written, "--tables", "OBJECTS")
    assert ended.exit_code == 0, ended.stderr
    assert {row["OBJECTTYPEID"] for row in rows(crmsnap.snapshots / DAY, "OBJECTS")} == {
        "0-1",
        "0-3",
    }
    selection = manifest(crmsnap.snapshots / DAY)["crmsnap"]["selection"]
    assert (selection["types"], selection["tables"]) == (["0-1", "0-3"], ["OBJECTS"])


def test_a_custom_type_is_named_as_in_hubspot(crmsnap: Crmsnap):
    """Its id differs from account to account, so a configuration uses its name."""
    schemas = [
        row
        for row in rows_of_types(crmsnap)
        if row["OBJECTTYPEID"].startswith("2-") and row["NAME"]
    ]
    name, id_ = schemas[0]["NAME"], schemas[0]["OBJECTTYPEID"]
    ended = crmsnap.sync("--types", name, "--tables", "OBJECTS", "--to", "./custom")
    assert ended.exit_code == 0, ended.stderr
    assert {row["OBJECTTYPEID"] for row in rows(crmsnap.folder / "custom" / DAY, "OBJECTS")} == {
        id_
    }


def rows_of_types(crmsnap: Crmsnap) -> list[dict[str, str]]:
    table = "OBJECT_AND_EVENT_TYPE_DEFINITIONS"
    crmsnap.sync("--tables", table)
    return rows(crmsnap.snapshots / DAY, table)


def test_only_the_selected_tables_are_written(crmsnap: Crmsnap):
    """Lower case is fine; what is not asked for is neither read nor written."""
    crmsnap.account.post("/_sandbox/stats/reset", {})
    ended = crmsnap.sync("--tables", "owners,TEAMS")
    assert ended.exit_code == 0, ended.stderr
    folders = {path.name for path in (crmsnap.snapshots / DAY).iterdir() if path.is_dir()}
    assert folders == {"OWNERS", "TEAMS"}
    assert "objects" not in crmsnap.account.get("/_sandbox/stats")["requests"]


def test_an_unknown_table_is_refused_before_hubspot_is_called(crmsnap: Crmsnap):
    """A typo costs nothing and says what was meant."""
    ended = crmsnap.sync("--tables", "OWNER", "--base-url", "http://127.0.0.1:1")
    assert_refused(ended, "usage", 2, "'OWNER'", "did you mean OWNERS?")


def test_an_unknown_object_type_is_refused(crmsnap: Crmsnap):
    """Custom types are known only to the account, so it is asked."""
    ended = crmsnap.sync("--types", "contcts")
    assert_refused(ended, "usage", 2, "'contcts'", "did you mean 'contacts'?")
