"""`crmsnap runs show` puts a day beside the day before, and a sync warns when a table jumped."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.builders.command import Crmsnap, Ended
from tests.builders.sandbox_process import sandbox

TABLES = ("--types", "contacts", "--tables", "OBJECTS,OBJECTS_CONTACTS,OWNERS")


@pytest.fixture(scope="module")
def crmsnap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crmsnap]:
    with sandbox("--frozen", contacts=400) as account:
        yield Crmsnap(tmp_path_factory.mktemp("jumping"), account)


@pytest.fixture(scope="module")
def second_day(crmsnap: Crmsnap) -> Ended:
    """A day on which more than a third of the contacts were archived."""
    first = crmsnap.sync(*TABLES, "--json")
    assert first.exit_code == 0, first.stderr
    assert first.json_lines[-1]["jumps"] == []
    crmsnap.account.post("/_sandbox/advance", {"days": 1, "archived": 0.4, "created": 0})
    ended = crmsnap.sync(*TABLES, "--json")
    assert ended.exit_code == 0, ended.stderr
    return ended


@pytest.fixture(scope="module")
def shown(crmsnap: Crmsnap, second_day: Ended) -> Any:
    """The second run, as a person and as a program see it."""
    run = second_day.json_lines[-1]["run"]
    return crmsnap("runs", "show", run).stdout, crmsnap("runs", "show", run, "--json").json


def test_a_sync_warns_of_a_table_that_lost_many_rows(second_day: Ended):
    """The snapshot is there: somebody may have deleted them on purpose, and should know."""
    report = second_day.json_lines[-1]
    (own, union) = sorted(report["jumps"], key=lambda jump: str(jump["table"]), reverse=True)
    assert (own["table"], own["kind"]) == ("OBJECTS_CONTACTS", "lost")
    assert union["table"] == "OBJECTS"
    assert own["before"] - own["after"] > 100
    assert f"warning: OBJECTS_CONTACTS lost {own['before'] - own['after']:,} rows" in (
        second_day.stderr
    )
    assert report["exit_code"] == 0


def test_a_run_is_shown_beside_the_one_before(shown: Any, second_day: Ended):
    """Rows and bytes of every table, with what they were."""
    text, found = shown
    report = second_day.json_lines[-1]
    before, now = found["compared"]["tables"]["OBJECTS_CONTACTS"]["rows"]
    assert now == report["tables"]["OBJECTS_CONTACTS"]
    assert before > now
    assert found["compared"]["day"] == "2026-11-20"
    assert f"{before:,}" in text
    assert "warning  OBJECTS_CONTACTS lost" in text


def test_the_first_run_has_none_to_be_compared_with(crmsnap: Crmsnap, second_day: Ended):
    """It is said of no run what is not known."""
    del second_day  # it comes first
    first = crmsnap("runs", "--json").json[-1]
    assert crmsnap("runs", "show", first["id"], "--json").json["compared"] is None
    assert "since" not in crmsnap("runs", "show", first["id"]).stdout


def test_rows_that_somebody_chose_to_leave_out_are_no_warning(crmsnap: Crmsnap, second_day: Ended):
    """The selection is part of what changed, and says it."""
    del second_day  # it comes first
    crmsnap.account.post("/_sandbox/advance", {"days": 1})
    ended = crmsnap.sync("--types", "contacts", "--tables", "OWNERS", "--json")
    assert ended.exit_code == 0, ended.stderr
    assert ended.json_lines[-1]["jumps"] == []
    assert "warning" not in ended.stderr
