"""What is remembered of snapshots: for which destinations, and how long."""

from pathlib import Path

import pytest

from crmsnap.model import Selection
from crmsnap.state.folder import open_reader, open_stream
from crmsnap.state.published import PublishedRanges, RangePublished, remembered_ranges
from crmsnap.state.runs import RunRow, Runs
from crmsnap.state.stream_file import RunMark

RANGES = {b"made": RangePublished((), (), (), 0, {}, ())}
CONTACTS = "objects/0-1"


def run(folder: Path, number: int, destination: str, ids: tuple[int, ...]) -> None:
    """A run that meets these contacts and publishes to a destination."""
    day = f"2026-11-{number:02d}"
    mark = RunMark(f"run-{number}", f"{day} 02:00:00.000")
    with Runs(folder) as runs:
        runs.begin(RunRow(mark.run_id, day, mark.ingested_at, Selection(), destination, "running"))
        runs.end(mark.run_id, "published", mark.ingested_at, None)
    with open_stream(folder, CONTACTS, mark) as file:
        file.save([(id_, None, b"{}") for id_ in ids], "end")
        file.finish()
    reader = open_reader(folder, (CONTACTS,), mark.run_id)
    remembered_ranges(reader, destination, mark.ingested_at).remember(RANGES)


def remembered(folder: Path) -> list[str]:
    return [name for name in "abc" if PublishedRanges(folder, name).recall()]


@pytest.mark.parametrize(
    ("destinations", "left"), [("ab", "ab"), ("aab", "ab"), ("abc", "bc"), ("abca", "ac")]
)
def test_two_destinations_are_remembered(tmp_path: Path, destinations: str, left: str):
    """Those that were used last: what lies at others for ever is no reason to keep ids here."""
    for number, destination in enumerate(destinations, 1):
        run(tmp_path, number, destination, (1, 2))
    assert remembered(tmp_path) == list(left)


def test_nothing_of_another_destination_is_remembered_once_somebody_vanished(tmp_path: Path):
    """What is remembered may name who is gone."""
    run(tmp_path, 1, "a", (1, 2))
    run(tmp_path, 2, "b", (1,))
    assert remembered(tmp_path) == ["b"]
