"""The files of a state: which there are, to which stream each belongs, and what lies in them.

A stream's name becomes a file's name one way only, so files are asked for by both: `events/pe123_x` or
what `crmsnap state show` prints.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Connection
from urllib.parse import unquote

from crmsnap.errors import UsageError
from crmsnap.state.published import PUBLISHED
from crmsnap.state.reader import stream_path
from crmsnap.state.shapes import TEXT_ID_RECORDS, Kind, kind_of
from crmsnap.state.sqlite import RUNS_FILE

GIVEN_NAMES = "table-names"
"""The stream of the names that tables were given: no run reads it from HubSpot, and it outlives the record of
runs."""

LOG_ENDS = ("-wal", "-shm")
"""What SQLite keeps beside a file that is in use, or whose writer was killed."""


@dataclass(frozen=True, slots=True)
class StateFile:
    """One file of a state."""

    stream: str
    """As it is asked for: `objects/0-1`; `runs` and `published` for the files beside the streams."""
    path: Path

    @property
    def is_stream(self) -> bool:
        """Whether it holds rows that were read from HubSpot."""
        return self.path.name not in (RUNS_FILE, PUBLISHED)

    @property
    def can_be_forgotten(self) -> bool:
        """Whether a run makes it anew: what runs were and wrote stands nowhere else."""
        return self.path.name != RUNS_FILE

    @property
    def bytes(self) -> int:
        """On the disk, with what lies beside it."""
        return sum(path.stat().st_size for path in _all_of(self.path) if path.exists())


def state_files(folder: Path) -> tuple[StateFile, ...]:
    """Every file of the state in a folder, by name; none where there is no state."""
    return tuple(
        StateFile(unquote(path.relative_to(folder).with_suffix("").as_posix()), path)
        for path in sorted(folder.rglob("*.sqlite"))
        if path.is_file()
    )


def chosen_files(folder: Path, streams: Iterable[str]) -> tuple[StateFile, ...]:
    """The files of these streams. Raise `UsageError` for one that has none, and for the record of runs."""
    by_path = {file.path: file for file in state_files(folder) if file.can_be_forgotten}
    by_name = {file.stream: file for file in by_path.values()}
    found = []
    for stream in streams:
        file = by_name.get(stream) or by_path.get(stream_path(folder, stream))
        if file is None:
            raise UsageError(
                f"the state has no stream {stream!r}",
                cause=f"{folder} holds {len(by_name)} others",
                remedy="name streams as `crmsnap state show` prints them",
            )
        found.append(file)
    return tuple(found)


def forget(files: Iterable[StateFile]) -> None:
    """Remove files of streams: the next run reads these anew. The caller holds the folder's lock.

    The file itself goes first: SQLite ignores the log of a file that is not there, but a file without its log
    may be half of a transaction (sqlite.org/howtocorrupt.html, 1.4).
    """
    for file in files:
        for path in _all_of(file.path):
            path.unlink(missing_ok=True)
        with suppress(OSError):  # others of its family are left
            file.path.parent.rmdir()


def kind_in(file: StateFile, db: Connection) -> Kind:
    """What a stream's file holds, by its name, and of records by what is in it."""
    kind = kind_of(file.stream)
    if file.stream.startswith("objects/") and "histories" not in set(tables_in(db)):
        return TEXT_ID_RECORDS
    return kind


def tables_in(db: Connection) -> Iterator[str]:
    """The names of a file's tables."""
    for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"):
        yield name


def _all_of(path: Path) -> tuple[Path, ...]:
    return (path, *(path.with_name(path.name + end) for end in LOG_ENDS))
