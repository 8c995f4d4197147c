"""What a state holds, as far as it is told without reading its rows."""

from dataclasses import dataclass
from pathlib import Path

from crmsnap.state.files import StateFile, kind_in, state_files, tables_in
from crmsnap.state.reader import Finished, StateReader
from crmsnap.state.rows import NEVER
from crmsnap.state.sqlite import open_for_reading


@dataclass(frozen=True, slots=True)
class StreamShown:
    """What is known of one stream's file."""

    stream: str
    bytes: int
    free_bytes: int
    """Within the file, used again by what comes next, or given back by compaction."""
    version: int
    """Of its schema."""
    rows: dict[str, int]
    """Table of the file -> its rows."""
    run: str | None
    """Which scanned it last; None: none yet."""
    rows_read: int | None
    """By a scan that has not ended; None: it has, or none has begun."""
    finished: Finished | None
    """The newest scan that ended."""

    @property
    def next(self) -> str:
        """What the next run does with it, as far as the state alone says."""
        if self.rows_read is not None:
            return "goes on with the scan that has not ended"
        if self.finished is None or "documents" in self.rows:
            return "reads it whole"
        if self.finished.swept_at == NEVER:
            return "reads it whole, as records were erased"
        return "reads what changed since"


def shown(folder: Path) -> tuple[StreamShown, ...]:
    """Every stream of a state by name; nothing is changed."""
    return tuple(_shown(folder, file) for file in state_files(folder) if file.is_stream)


def _shown(folder: Path, file: StateFile) -> StreamShown:
    with open_for_reading(file.path) as db:
        version, pages, free, page_bytes = (
            db.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("user_version", "page_count", "freelist_count", "page_size")
        )
        tables = set(tables_in(db))
        rows = {
            shape.table: db.execute(f"SELECT count(*) FROM {shape.table}").fetchone()[0]  # noqa: S608 - a name from shapes.py
            for shape in kind_in(file, db).shapes
            if shape.table in tables
        }
        cursor = None
        if "cursor" in tables:
            cursor = db.execute("SELECT run, done, rows FROM cursor").fetchone()
    run, done, rows_read = cursor or (None, 1, None)
    return StreamShown(
        stream=file.stream,
        bytes=file.bytes,
        free_bytes=min(free, pages) * page_bytes,
        version=version,
        rows=rows,
        run=run,
        rows_read=None if done else rows_read,
        finished=StateReader(folder, ()).finished(file.stream),
    )
