"""What the rows of a stream were read for: known after a whole scan, and unknown when one was given up."""

from pathlib import Path

from crmsnap.state.folder import open_as_is, open_stream
from crmsnap.state.stream_file import RunMark

STREAM = "objects/0-1"
ROW = (7, "2026-11-19 04:00:00.000", b"{}")
RUNS = [RunMark(f"run-{number}", f"2026-11-2{number} 02:00:00.000") for number in range(4)]


def scan(folder: Path, run: RunMark, asked: str, *, pages: int = 1, ends: bool = True) -> None:
    with open_stream(folder, STREAM, run) as file:
        file.asks(asked)
        for _ in range(pages):
            file.save([ROW], "7")
        if ends:
            file.finish(asked, keeps=True)


def asked(folder: Path) -> str | None:
    finished = open_as_is(folder, STREAM).finished(STREAM)
    return None if finished is None else finished.asked


def test_a_finished_scan_says_what_it_asked_for(tmp_path):
    """The next one builds on it."""
    scan(tmp_path, RUNS[0], "name")
    assert asked(tmp_path) == "name"


def test_a_scan_for_something_else_that_was_given_up_leaves_a_mixture(tmp_path):
    """Half of the rows hold other properties: whoever comes next must not take them for what they were."""
    scan(tmp_path, RUNS[0], "name")
    scan(tmp_path, RUNS[1], "name, email", ends=False)
    assert asked(tmp_path) == "name"  # the run itself may still go on, and has to know
    with open_stream(tmp_path, STREAM, RUNS[2]):
        assert asked(tmp_path) == ""


def test_a_scan_that_was_given_up_before_its_first_page_changed_nothing(tmp_path):
    """Nor does one that asked for the same."""
    scan(tmp_path, RUNS[0], "name")
    scan(tmp_path, RUNS[1], "name, email", pages=0, ends=False)
    scan(tmp_path, RUNS[2], "name", ends=False)
    with open_stream(tmp_path, STREAM, RUNS[3]):
        assert asked(tmp_path) == "name"


def test_whoever_builds_on_a_scan_knows_of_another_that_was_given_up(tmp_path):
    """A run decides what it reads before it opens the file: only the one that left it half may go on with it."""
    scan(tmp_path, RUNS[0], "name, email")
    scan(tmp_path, RUNS[1], "name", ends=False)
    finished = open_as_is(tmp_path, STREAM).finished(STREAM)
    assert finished is not None
    assert finished.asked_beside("name") == "name, email"
    assert finished.asked_beside("name, email") == ""


def test_a_scan_for_something_else_that_is_begun_anew_leaves_a_mixture(tmp_path):
    """What it brought stays, also where the run is killed before the first page that it reads again."""
    scan(tmp_path, RUNS[0], "name")
    scan(tmp_path, RUNS[1], "name, email", ends=False)
    scan(tmp_path, RUNS[1], "name", pages=0, ends=False)
    assert asked(tmp_path) == ""
