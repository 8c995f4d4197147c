"""`runs.sqlite`: whose state this is, which run is under way, what it could not read."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from sqlite3 import Connection, OperationalError

import msgspec

from crmsnap.errors import StateError
from crmsnap.model import Gap, Selection
from crmsnap.state.open_file import OpenFile
from crmsnap.state.sqlite import (
    RUNS_FILE,
    damage_named,
    is_made,
    open_for_reading,
    open_for_writing,
)

RUNNING = "running"


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run, as it is remembered."""

    id: str
    day: str
    """Sync day, `YYYY-MM-DD`."""
    started_at: str
    """By HubSpot's clock, as published; INGESTEDAT of everything that the run changes."""
    selection: Selection
    destination: str
    status: str
    """running, published, failed, interrupted, deferred or abandoned."""
    reading: int = 0
    """Which rules it reads by; 0: those of versions that did not say."""
    full: bool = False
    """Whether it reads everything again, also when it is gone on with."""
    ended_at: str | None = None
    report: str | None = None
    """What the run printed at its end, JSON; of one that failed or was put off its `error` alone."""


class Runs(OpenFile):
    """The runs of one connection; opened by the one process that holds its lock."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / RUNS_FILE
        self._db: Connection = open_for_writing(self._path, "runs")
        with damage_named(self._path):
            _add_columns(self._db)

    def claim(self, portal_id: str) -> None:
        """Tie the state to an account. Raise `StateError` when it holds another one's data."""
        with damage_named(self._path), self._db:
            self._db.execute("INSERT OR IGNORE INTO account VALUES (1, ?)", (portal_id,))
            held = self._db.execute("SELECT portal_id FROM account").fetchone()[0]
        if held != portal_id:
            raise StateError(
                f"this state belongs to HubSpot account {held}, the token to account {portal_id}",
                cause="one connection copies one account; mixing two would damage both copies",
                remedy="use the token of the first account, or another connection or --home",
            )

    def account(self) -> str | None:
        """The account whose data the state holds, None before the first run."""
        with damage_named(self._path):
            row = self._db.execute("SELECT portal_id FROM account").fetchone()
        return None if row is None else row[0]

    def unfinished(self) -> RunRow | None:
        """The run to go on with: the last one, unless it came to its end."""
        with damage_named(self._path):
            last = next(_newest_first(self._db, limit=1), None)
        if last is None or last.status in ("published", "abandoned"):
            return None
        return last

    def begin(self, run: RunRow) -> None:
        """Remember a run that starts, or that goes on; whatever else was unfinished is abandoned."""
        with damage_named(self._path), self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.execute(
                "UPDATE runs SET status = 'abandoned' WHERE id <> ? AND status <> 'published'",
                (run.id,),
            )
            self._db.execute(
                "INSERT INTO runs (id, day, started_at, selection, destination, status, reading, reads_all)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (id) DO UPDATE SET status = excluded.status, ended_at = NULL, report = NULL",
                (
                    run.id,
                    run.day,
                    run.started_at,
                    json.dumps(asdict(run.selection)),
                    run.destination,
                    RUNNING,
                    run.reading,
                    run.full,
                ),
            )

    def end(self, run_id: str, status: str, ended_at: str, report: str | None) -> None:
        """Remember how a run ended."""
        with damage_named(self._path), self._db:
            self._db.execute(
                "UPDATE runs SET status = ?, ended_at = ?, report = ? WHERE id = ?",
                (status, ended_at, report, run_id),
            )

    def newest_first(self) -> Iterator[RunRow]:
        """Every run, the newest first."""
        with damage_named(self._path):
            yield from _newest_first(self._db)

    def add_gap(self, run_id: str, gap: Gap) -> None:
        """Remember what a run cannot read."""
        with damage_named(self._path), self._db:
            self._db.execute(
                "INSERT OR REPLACE INTO gaps VALUES (?, ?, ?, ?, ?)",
                (run_id, gap.stream, gap.reason, gap.detail, json.dumps(gap.scopes)),
            )

    def gaps(self, run_id: str) -> tuple[Gap, ...]:
        """What a run cannot read, by stream."""
        with damage_named(self._path):
            rows = self._db.execute(
                "SELECT stream, reason, detail, scopes FROM gaps WHERE run = ? ORDER BY stream",
                (run_id,),
            ).fetchall()
            return tuple(
                Gap(row[0], row[1], row[2], msgspec.json.decode(row[3], type=tuple[str, ...]))
                for row in rows
            )


def copied_account(folder: Path) -> str | None:
    """The account whose state is in a folder, None before its first run; nothing is made or locked."""
    path = folder / RUNS_FILE
    if not is_made(path):
        return None
    with open_for_reading(path) as db:
        row = db.execute("SELECT portal_id FROM account").fetchone()
    return None if row is None else str(row[0])


def read_runs(path: Path) -> tuple[RunRow, ...]:
    """The runs that a `runs.sqlite` knows, the newest first; nothing is written, and nobody is kept waiting."""
    with open_for_reading(path) as db, damage_named(path):
        try:
            return tuple(_newest_first(db))
        except OperationalError:
            return ()  # its run was killed before the schema was written


def _newest_first(db: Connection, *, limit: int = -1) -> Iterator[RunRow]:
    """The newest runs first; a negative limit is none (sqlite.org, "SELECT", 2.5)."""
    there = _columns(db)
    later = ", ".join(name if name in there else "0" for name in _LATER)
    rows = db.execute(
        f"SELECT id, day, started_at, selection, destination, status, ended_at, report, {later}"  # noqa: S608 - names of columns
        " FROM runs ORDER BY rowid DESC LIMIT ?",
        (limit,),
    ).fetchall()
    for id_, day, started_at, selection, destination, status, ended_at, report, *said in rows:
        reading, full = said
        yield RunRow(
            id_,
            day,
            started_at,
            msgspec.json.decode(selection, type=Selection),
            destination,
            status,
            reading,
            bool(full),
            ended_at,
            report,
        )


_LATER = ("reading", "reads_all")
"""Columns that came after the first version; what it wrote has 0 there."""


def _columns(db: Connection) -> set[str]:
    return {row[1] for row in db.execute("PRAGMA table_info(runs)")}


def _add_columns(db: Connection) -> None:
    """Bring a file of an earlier version up to date; that version can still use it."""
    for name in sorted(set(_LATER) - _columns(db)):
        db.execute(f"ALTER TABLE runs ADD COLUMN {name} INTEGER NOT NULL DEFAULT 0")
