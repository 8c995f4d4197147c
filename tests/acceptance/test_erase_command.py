"""`crmsnap erase`, as somebody sees it who has to forget a person."""

from collections.abc import Iterator

import pytest

from tests.builders.command import Crmsnap, assert_refused
from tests.builders.everything_written import places_of
from tests.builders.sandbox_process import SandboxAccount, sandbox
from tests.builders.snapshot import files, manifest, rows

WHAT = 'types = ["contacts", "deals", "tasks"]\n'


@pytest.fixture(scope="module")
def moving() -> Iterator[SandboxAccount]:
    """An account whose clock the tests here move."""
    with sandbox("--frozen", contacts=60) as own:
        yield own


@pytest.fixture(scope="module")
def two_days(tmp_path_factory: pytest.TempPathFactory, moving: SandboxAccount) -> Crmsnap:
    """Two published days, and the state behind them."""
    crmsnap = Crmsnap(tmp_path_factory.mktemp("two"), moving)
    crmsnap.write_config(
        f'[connections.acme]\nto = "{crmsnap.snapshots}"\nbase_url = "{moving.url}"\nallow_other_host = true\n{WHAT}'
    )
    for _ in range(2):
        ended = crmsnap("sync")
        assert ended.exit_code == 0, ended.stderr
        moving.post("/_sandbox/advance", {"days": 1})
    return crmsnap


def somebody(crmsnap: Crmsnap) -> tuple[str, str]:
    """Id and e-mail address of a contact with a deal."""
    day = sorted(crmsnap.snapshots.iterdir())[-1]
    having = {
        row["FROMOBJECTID"] for row in rows(day, "ASSOCIATIONS") if row["TOOBJECTTYPEID"] == "0-3"
    }
    for row in rows(day, "OBJECT_PROPERTIES"):
        if row["NAME"] == "email" and row["OBJECTTYPEID"] == "0-1" and row["OBJECTID"] in having:
            return row["OBJECTID"], row["VALUE"]
    raise AssertionError("nobody has a deal")


def test_it_shows_first_and_changes_nothing(two_days: Crmsnap):
    """Which days, tables and streams hold the record; `--rewrite` alone is no order yet."""
    id_, _ = somebody(two_days)
    before = files(two_days.snapshots)
    for options in ((), ("--rewrite",)):
        found = two_days("erase", "contacts", id_, *options, "--json").json
        assert [day["verdict"] for day in found["days"]] == ["holds", "holds"]
        tables = {table["name"] for table in found["days"][0]["tables"]}
        assert {
            "OBJECTS",
            "OBJECTS_CONTACTS",
            "ASSOCIATIONS",
            "OBJECT_PROPERTIES_HISTORY",
        } <= tables
        assert found["state"]["objects/0-1"] == 1
    assert files(two_days.snapshots) == before
    assert "give --rewrite --yes" in two_days("erase", "contacts", id_).stdout


def test_the_person_is_in_no_file_any_more_and_every_day_is_proven(two_days: Crmsnap):
    """Neither in the days nor in the state, not even in free pages; other people are untouched."""
    id_, address = somebody(two_days)
    days = sorted(two_days.snapshots.iterdir())
    others = [
        [row for row in rows(day, "OBJECT_PROPERTIES") if row["OBJECTID"] != id_] for day in days
    ]
    state = two_days.home / "acme"
    assert places_of(address.encode(), two_days.snapshots, state)
    ended = two_days("erase", "0-1", id_, "--rewrite", "--yes", "--json")
    assert ended.exit_code == 0, ended.stderr
    assert {day["verdict"] for day in ended.json["days"]} == {"rewritten"}
    assert places_of(address.encode(), two_days.snapshots, state) == []
    assert [
        [row for row in rows(day, "OBJECT_PROPERTIES") if row["OBJECTID"] != id_] for day in days
    ] == others
    assert manifest(days[0])["crmsnap"]["erased"] == {"0-1": 1}
    assert manifest(days[0])["crmsnap"]["revision"] == 2
    assert two_days("verify", "acme", "--all").exit_code == 0
    assert two_days("state", "check").exit_code == 0
    again = two_days("erase", "0-1", id_, "--json").json
    assert [day["verdict"] for day in again["days"]] == ["clean", "clean"]
    assert again["state"] == {}


def test_a_task_goes_as_an_engagement_too(two_days: Crmsnap):
    """Tables with one row per record hold it twice."""
    day = sorted(two_days.snapshots.iterdir())[0]
    id_ = next(row["OBJECTID"] for row in rows(day, "OBJECTS") if row["OBJECTTYPEID"] == "0-27")
    ended = two_days("erase", "tasks", id_, "--rewrite", "--yes")
    assert ended.exit_code == 0, ended.stderr
    left = [row for row in rows(day, "OBJECTS") if row["OBJECTID"] == id_]
    assert not [row for row in left if row["OBJECTTYPEID"] in ("0-27", "0-4")]
    assert two_days("verify", "acme", "--all").exit_code == 0


def test_what_is_no_type_or_no_id_is_refused(two_days: Crmsnap):
    """Before anything is looked at."""
    assert_refused(two_days("erase", "peeple", "1"), "usage", 2, "no object type 'peeple'")
    assert_refused(two_days("erase", "contacts", " "), "usage", 2, "no id of a record")
