"""A pass over records of which nothing is known yet, for tests of what a host answers it."""

from pathlib import Path

from crmsnap.state.folder import open_stream
from crmsnap.state.so_far import SoFar
from crmsnap.state.stream_file import RunMark
from crmsnap.streams.changed.scan import Position, Scan
from crmsnap.streams.record_rows import Wanted

STARTED_AT = "2026-11-20 05:00:00.000"
FROM_THE_LIST_ON = Position("list", "list").text
"""The position of a pass that is done with the archive."""


def first_scan(folder: Path, wanted: Wanted) -> Scan:
    """The pass of a first run, with an empty file in the state."""
    stream = f"objects/{wanted.object_type}"
    with open_stream(folder, stream, RunMark("run-1", STARTED_AT)):
        pass
    return Scan(wanted, SoFar(folder, stream), STARTED_AT, "list", first=True)
