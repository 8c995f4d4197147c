"""What a connection remembers of its runs."""

import sqlite3

import pytest

from crmsnap.errors import Busy, StateError
from crmsnap.model import Choice, Gap, Selection
from crmsnap.state.folder import locked
from crmsnap.state.runs import RUNNING, RunRow, Runs, read_runs


def a_run(id_: str = "run-1", **changes: object) -> RunRow:
    values = {
        "id": id_,
        "day": "2026-11-22",
        "started_at": "2026-11-22 02:00:00.000",
        "selection": Selection(types=("0-1",), tables=()),
        "destination": "/data/snapshots",
        "status": RUNNING,
    }
    return RunRow(**(values | changes))  # type: ignore[arg-type]  # tests pass literals


def test_a_run_that_was_killed_is_the_one_to_go_on_with(tmp_path):
    """kill -9 leaves `running` behind; nobody has to clean up."""
    with Runs(tmp_path) as runs:
        runs.begin(a_run())
    with Runs(tmp_path) as runs:
        assert runs.unfinished() == a_run()


def test_a_file_of_an_earlier_version_is_brought_up_to_date(tmp_path):
    """Its runs said nothing of the rules that they read by; both versions can use it afterwards."""
    with Runs(tmp_path) as runs:
        runs.begin(a_run(reading=3, full=True))
    with sqlite3.connect(tmp_path / "runs.sqlite") as db:
        db.execute("ALTER TABLE runs DROP COLUMN reading")
        db.execute("ALTER TABLE runs DROP COLUMN reads_all")
    db.close()
    assert read_runs(tmp_path / "runs.sqlite") == (a_run(reading=0),)
    with Runs(tmp_path) as runs:
        assert runs.unfinished() == a_run(reading=0)
        runs.begin(a_run("run-2", reading=3, full=True))
        assert runs.unfinished() == a_run("run-2", reading=3, full=True)


@pytest.mark.parametrize(
    ("status", "goes_on"), [("published", False), ("failed", True), ("deferred", True)]
)
def test_a_run_goes_on_unless_it_has_published(tmp_path, status, goes_on):
    """What was read is kept, whatever stopped the run."""
    with Runs(tmp_path) as runs:
        runs.begin(a_run())
        runs.end("run-1", status, "2026-11-22 03:00:00.000", None)
        assert (runs.unfinished() is not None) == goes_on


def test_a_new_run_abandons_an_unfinished_one(tmp_path):
    """Two unfinished runs would make it unclear which one to go on with."""
    with Runs(tmp_path) as runs:
        runs.begin(a_run("run-1"))
        runs.begin(a_run("run-2"))
        assert [run.status for run in runs.newest_first()] == [RUNNING, "abandoned"]


def test_a_state_belongs_to_one_account(tmp_path):
    """Mixing two accounts in one state would damage both copies."""
    with Runs(tmp_path) as runs:
        runs.claim("123")
        runs.claim("123")
        with pytest.raises(
            StateError, match="belongs to HubSpot account 123, the token to account 456"
        ):
            runs.claim("456")


def test_gaps_belong_to_their_run_and_are_kept_once(tmp_path):
    """A run that goes on must still declare what it found at its beginning."""
    gap = Gap("objects/0-136", "missing-scope", "no scope", ("crm.objects.leads.read",))
    with Runs(tmp_path) as runs:
        runs.add_gap("run-1", gap)
        runs.add_gap("run-1", gap)
        assert runs.gaps("run-1") == (gap,)
        assert runs.gaps("run-2") == ()


def test_a_state_says_whose_it_is(tmp_path):
    """Before its first run, nobody's."""
    with Runs(tmp_path) as runs:
        assert runs.account() is None
        runs.claim("123")
        assert runs.account() == "123"


def test_a_folder_is_held_by_one_run_at_a_time(tmp_path):
    """The second run says so and ends; nothing is written twice."""
    with locked(tmp_path), pytest.raises(Busy), locked(tmp_path):
        pass
    with locked(tmp_path):
        pass


def test_a_folder_that_cannot_be_made_is_a_clear_error(tmp_path):
    """A home below a file, say."""
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(StateError, match="state folder cannot be used"),
        locked(tmp_path / "file" / "x"),
    ):
        pass


def test_a_run_that_an_earlier_crmsnap_wrote_goes_on(tmp_path):
    """It knew only types and tables: then nothing else was left out."""
    with Runs(tmp_path) as runs:
        runs.begin(a_run())
    with sqlite3.connect(tmp_path / "runs.sqlite") as db:
        db.execute("UPDATE runs SET selection = ?", ('{"types": ["0-1"], "tables": []}',))
    db.close()
    with Runs(tmp_path) as runs:
        assert runs.unfinished() == a_run()


def test_what_was_left_out_is_remembered(tmp_path):
    """A run goes on only for the same copy."""
    selection = Selection(
        exclude_types=("0-1",),
        properties=Choice(never=("0-3.amount",)),
        histories=Choice(("0-2",)),
        calculated_histories=False,
    )
    with Runs(tmp_path) as runs:
        runs.begin(a_run(selection=selection))
    with Runs(tmp_path) as runs:
        assert runs.unfinished() == a_run(selection=selection)
