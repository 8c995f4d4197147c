"""The record of what a connection wrote and is about to remove."""

import pickle
import sqlite3
from contextlib import closing

from crmsnap.state.runs import Runs
from crmsnap.state.written import RememberPuts, Written, read_unfinished_prunes

PLACE = "s3://a/b"


def test_keys_about_to_be_written_are_remembered_for_their_destination_and_day(tmp_path):
    """Only keys remembered here may ever be swept as strays."""
    with Written(tmp_path, PLACE) as written, Written(tmp_path, "s3://other") as other:
        written.remember(["2026-11-22/T/x", "2026-11-22/T/y", "2026-11-23/T/x"])
        written.remember(["2026-11-22/T/x"])
        assert written.keys("2026-11-22") == {"2026-11-22/T/x", "2026-11-22/T/y"}
        assert written.days() == ("2026-11-22", "2026-11-23")
        assert (other.days(), other.keys("2026-11-22")) == ((), frozenset())


def test_a_day_s_keys_are_those_below_its_folder(tmp_path):
    """`2026-11-2` is the beginning of ten days' names."""
    with Written(tmp_path, PLACE) as written:
        written.remember(["2026-11-2/x", "2026-11-22/x", "2026-11-22.old/x", "2026-11-220/x"])
        assert written.keys("2026-11-2") == {"2026-11-2/x"}
        assert written.keys("2026-11-22") == {"2026-11-22/x"}
        assert set(written.days()) == {"2026-11-2", "2026-11-22", "2026-11-22.old", "2026-11-220"}


def test_a_day_that_is_swept_is_forgotten_and_no_other(tmp_path):
    """The record must not grow with every day."""
    with Written(tmp_path, PLACE) as written, Written(tmp_path, "s3://other") as other:
        for record in (written, other):
            record.remember(["2026-11-22/x", "2026-11-23/x"])
        written.forget("2026-11-22")
        assert written.days() == ("2026-11-23",)
        assert other.days() == ("2026-11-22", "2026-11-23")


def test_other_processes_remember_into_the_same_record(tmp_path):
    """A part is remembered where it is made."""
    with Written(tmp_path, PLACE) as written:
        pickle.loads(pickle.dumps(RememberPuts(tmp_path, PLACE)))(["2026-11-22/x"])  # noqa: S301 - our own bytes
        assert written.keys("2026-11-22") == {"2026-11-22/x"}


def test_a_prune_that_has_begun_is_remembered_until_it_has_ended(tmp_path):
    """Behind a kill, the manifest is here and nowhere else."""
    with Written(tmp_path, PLACE) as written:
        written.begin_prune("2026-11-01", b"one")
        written.begin_prune("2026-11-02", b"two")
        written.begin_prune("2026-11-01", b"one again")
    with Written(tmp_path, PLACE) as written, Written(tmp_path, "s3://other") as other:
        assert written.unfinished_prunes() == {"2026-11-01": b"one again", "2026-11-02": b"two"}
        assert other.unfinished_prunes() == {}
        written.end_prune("2026-11-01")
        assert list(written.unfinished_prunes()) == ["2026-11-02"]
        assert read_unfinished_prunes(tmp_path, PLACE) == {"2026-11-02": b"two"}


def test_reading_what_has_begun_makes_nothing(tmp_path):
    """To show what would go needs no state, and takes one of an earlier version as it is."""
    assert read_unfinished_prunes(tmp_path, "/snapshots") == {}
    assert list(tmp_path.iterdir()) == []
    with Written(tmp_path, "/snapshots"):
        pass
    with closing(sqlite3.connect(tmp_path / "runs.sqlite")) as db:
        db.execute("DROP TABLE prunes")
    assert read_unfinished_prunes(tmp_path, "/snapshots") == {}


def test_a_file_of_an_earlier_version_learns_to_remember_prunes(tmp_path):
    """What it remembers of keys is kept."""
    with Runs(tmp_path):
        pass
    with closing(sqlite3.connect(tmp_path / "runs.sqlite")) as db, db:
        db.execute("DROP TABLE prunes")
        db.execute("INSERT INTO puts VALUES (?, ?)", (PLACE, "2026-11-22/x"))
    with Written(tmp_path, PLACE) as written:
        assert written.keys("2026-11-22") == {"2026-11-22/x"}
        written.begin_prune("2026-11-01", b"one")
        assert written.unfinished_prunes() == {"2026-11-01": b"one"}
