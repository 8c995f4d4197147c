"""`crmsnap erase`, as somebody sees it who has to forget a person."""

from collections.abc import Iterator

import pytest

from tests.builders.command import Crmsnap, assert_refused
from tests.builders.everything_written import places_of
from tests.builders.sandbox_process import SandboxAccount, sandbox
from tests.builders.snapshot import files, manifest, rows

WHAT = 'types = ["contacts"]\n'


@pytest.fixture(scope="module")
def moving() -> Iterator[SandboxAccount]:
    """An account whose clock the tests here move."""
    with sandbox("--frozen", contacts=60) as own:
        yield own


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory, moving: SandboxAccount) -> Crmsnap:
    """A published day, and the state behind it."""
    crmsnap = Crmsnap(tmp_path_factory.mktemp("copied"), moving)
    crmsnap.write_config(
        f'[connections.acme]\nto = "{crmsnap.snapshots}"\nbase_url = "{moving.url}"\nallow_other_host = true\n{WHAT}'
    )
    ended = crmsnap("sync")
    assert ended.exit_code == 0, ended.stderr
    return crmsnap


def somebody(crmsnap: Crmsnap) -> tuple[str, str]:
    """Id and e-mail address of a contact that others are associated with."""
    (day,) = crmsnap.snapshots.iterdir()
    having = {row["TOOBJECTID"] for row in rows(day, "ASSOCIATIONS")}
    return next(
        (row["OBJECTID"], row["VALUE"])
        for row in rows(day, "OBJECT_PROPERTIES")
        if row["NAME"] == "email" and row["OBJECTID"] in having
    )


def test_it_shows_first_and_changes_nothing(copied: Crmsnap):
    """Which days, tables and streams hold the record; `--rewrite` alone is no order yet."""
    id_, _ = somebody(copied)
    before = files(copied.snapshots)
    for options in ((), ("--rewrite",)):
        found = copied("erase", "contacts", id_, *options, "--json").json
        assert [day["verdict"] for day in found["days"]] == ["holds"]
        tables = {table["name"] for table in found["days"][0]["tables"]}
        assert {
            "OBJECTS",
            "OBJECTS_CONTACTS",
            "ASSOCIATIONS",
            "OBJECT_PROPERTIES_HISTORY",
        } <= tables
        assert found["state"]["objects/0-1"] == 1
    assert files(copied.snapshots) == before
    assert "give --rewrite --yes" in copied("erase", "contacts", id_).stdout


def test_the_person_is_in_no_file_any_more_and_every_day_is_proven(copied: Crmsnap):
    """Neither in the days nor in the state, not even in free pages; other people are untouched."""
    id_, address = somebody(copied)
    days = sorted(copied.snapshots.iterdir())
    others = [
        [row for row in rows(day, "OBJECT_PROPERTIES") if row["OBJECTID"] != id_] for day in days
    ]
    state = copied.home / "acme"
    assert places_of(address.encode(), copied.snapshots, state)
    ended = copied("erase", "0-1", id_, "--rewrite", "--yes", "--json")
    assert ended.exit_code == 0, ended.stderr
    assert {day["verdict"] for day in ended.json["days"]} == {"rewritten"}
    assert places_of(address.encode(), copied.snapshots, state) == []
    assert [
        [row for row in rows(day, "OBJECT_PROPERTIES") if row["OBJECTID"] != id_] for day in days
    ] == others
    assert manifest(days[0])["crmsnap"]["erased"] == {"0-1": 1}
    assert manifest(days[0])["crmsnap"]["revision"] == 2
    assert copied("verify", "acme", "--all").exit_code == 0
    assert copied("state", "check").exit_code == 0
    again = copied("erase", "0-1", id_, "--json").json
    assert [day["verdict"] for day in again["days"]] == ["clean"]
    assert again["state"] == {}


def test_what_is_no_type_or_no_id_is_refused(copied: Crmsnap):
    """Before anything is looked at."""
    assert_refused(copied("erase", "peeple", "1"), "usage", 2, "no object type 'peeple'")
    assert_refused(copied("erase", "contacts", " "), "usage", 2, "no id of a record")
    assert_refused(copied("erase", "contacts", '"10042"'), "usage", 2, "without quotes")
    assert_refused(copied("erase", "contacts", "1", "--yes"), "usage", 2, "--rewrite")


def test_an_id_that_nothing_knows_is_not_called_erased(copied: Crmsnap):
    """Whoever mistyped it would else tick off an erasure that never was."""
    for options in ((), ("--rewrite", "--yes")):
        ended = copied("erase", "contacts", "999999999", *options)
        assert ended.exit_code == 1
        assert "no day and no stream holds contacts 999999999" in ended.stdout
        assert "rewrote" not in ended.stdout


def test_of_several_ids_those_that_nothing_knows_are_named(copied: Crmsnap):
    """One that is found must not hide a mistyped one."""
    (day,) = copied.snapshots.iterdir()
    there = rows(day, "OBJECTS")[-1]["OBJECTID"]
    for options in ((), ("--rewrite", "--yes")):
        ended = copied("erase", "contacts", there, "999999999", *options, "--json")
        assert ended.exit_code == 1
        assert ended.json["unknown"] == ["999999999"]


def test_a_state_without_its_history_is_cleared_too(
    moving: SandboxAccount, tmp_path_factory: pytest.TempPathFactory
):
    """Deleting a damaged `runs.sqlite` is a remedy that an error names."""
    crmsnap = Crmsnap(tmp_path_factory.mktemp("lost"), moving)
    crmsnap.write_config(
        f'[connections.acme]\nto = "{crmsnap.snapshots}"\nbase_url = "{moving.url}"\nallow_other_host = true\n{WHAT}'
    )
    crmsnap("sync")
    id_, address = somebody(crmsnap)
    for path in (crmsnap.home / "acme").glob("runs.sqlite*"):
        path.unlink()
    ended = crmsnap("erase", "contacts", id_, "--rewrite", "--yes")
    assert ended.exit_code == 0, ended.stderr
    assert places_of(address.encode(), crmsnap.snapshots, crmsnap.home / "acme") == []
