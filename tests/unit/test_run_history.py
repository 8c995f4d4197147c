"""What `crmsnap runs` sees: the states of this machine, and what the registry remembers of all."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from crmsnap.bootstrap.history import known_runs, remember
from crmsnap.model import Selection
from crmsnap.state.runs import RUNNING, RunRow, Runs, read_runs

RUN = RunRow(
    id="run-1",
    day="2026-11-20",
    started_at="2026-11-20 05:00:00.000",
    selection=Selection(types=("0-1",)),
    destination="s3://lake/acme",
    status=RUNNING,
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'registry.sqlite'}"


def run(home: Path, row: RunRow, status: str | None = None) -> None:
    """Have the state of acme know of a run, and how it ended."""
    with Runs(home / "acme") as runs:
        runs.begin(row)
        if status is not None:
            runs.end(row.id, status, "2026-11-20 06:00:00.000", "{}")


def tell(home: Path, url: str) -> tuple[str, ...]:
    """Tell the registry what the state knows."""
    with Runs(home / "acme") as runs:
        return remember(url, "acme", runs.newest_first())


def test_runs_are_known_without_their_state(home: Path, url: str, tmp_path: Path):
    """On another machine, or after a disk was lost."""
    run(home, RUN, "published")
    assert tell(home, url) == ()
    (known,) = known_runs(url, tmp_path / "another home")
    assert (known.connection, known.status) == ("acme", "published")
    assert known_runs(url, tmp_path / "another home", "other") == []


def test_what_a_state_knows_is_newer(home: Path, url: str):
    """A run was killed, and the registry still believes that it works."""
    run(home, RUN)
    tell(home, url)
    run(home, RUN, "failed")
    assert [known.status for known in known_runs(url, home)] == ["failed"]


def test_of_runs_that_began_in_one_second_the_last_is_first(home: Path, url: str):
    """Their ids say nothing about that; the state knows their order."""
    for number in (3, 1, 2):
        run(home, replace(RUN, id=f"run-{number}"), "published")
    tell(home, url)
    assert [known.id for known in known_runs(url, home)] == ["run-2", "run-1", "run-3"]


def test_without_a_registry_the_states_are_read_and_none_is_made(home: Path, url: str):
    """Looking writes nothing."""
    run(home, RUN, "published")
    assert [known.id for known in known_runs(url, home)] == ["run-1"]
    assert not Path(url.removeprefix("sqlite:///")).exists()


def test_a_registry_that_does_not_answer_is_a_warning(home: Path, url: str):
    """The run that tells it has published already."""
    Path(url.removeprefix("sqlite:///")).write_text("no database")
    run(home, RUN, "published")
    (warning,) = tell(home, url)
    assert warning.startswith("the registry does not know of this run yet")


def test_reading_a_state_leaves_it_as_it_is(home: Path):
    """Also one of an earlier version, which a run would bring up to date; and one of a run at work."""
    with Runs(home / "acme") as runs:
        runs.begin(RUN)
        assert read_runs(home / "acme" / "runs.sqlite") == (RUN,)
    file = home / "acme" / "runs.sqlite"
    with closing(sqlite3.connect(file)) as db, db:
        db.execute("ALTER TABLE runs DROP COLUMN reading")
    before = file.read_bytes()
    assert read_runs(file) == (RUN,)
    assert file.read_bytes() == before


def test_a_state_that_was_never_finished_has_no_runs(home: Path):
    """Its first run was killed before the schema was written."""
    file = home / "acme" / "runs.sqlite"
    file.parent.mkdir(parents=True)
    file.touch()
    assert read_runs(file) == ()
