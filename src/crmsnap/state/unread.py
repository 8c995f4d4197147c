"""Streams that runs have not read for long: values of people leave them, as nobody learns of deletions there.

A type that left the selection, or that the token may no longer read, would else keep for ever who was deleted
for privacy since, and the values of properties that became sensitive.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from crmsnap.state.compaction import empty_log
from crmsnap.state.files import StateFile, forget, kind_in, state_files, tables_in
from crmsnap.state.runs import read_runs
from crmsnap.state.sqlite import RUNS_FILE, open_for_reading, open_to_tidy
from crmsnap.state.stream_file import STRIPPED, RunMark, StreamFile

_FORGOTTEN = frozenset({"events", "email-events", "owners"})
"""Read whole when they are selected again, and nothing else is known from what they held before."""

_DAYS_MAX, _DAYS_LATE = 30, 1
"""The longest that values stay, however seldom sweeps are; and so much later than a sweep may a run come."""


def strip_unread(folder: Path, read: Collection[str], now: str, sweep_days: int) -> tuple[str, ...]:
    """Take the values out of streams that this run has not `read`, nor any run lately; return which.

    Of records stay the ids, and when and why others went: so a run that reads them again finds who vanished
    meanwhile. `now` is when this run began, as published: what changed rows carry. The caller holds the
    folder's lock.
    """
    before = _days_before(now, min(sweep_days, _DAYS_MAX) + _DAYS_LATE)
    began = {run.id: run.started_at for run in read_runs(folder / RUNS_FILE)}
    changed = []
    for file in state_files(folder):
        family = file.stream.partition("/")[0]
        is_of_people = family == "objects" or family in _FORGOTTEN
        if not is_of_people or file.stream in read or _last_read(file, began) >= before:
            continue
        if family in _FORGOTTEN:
            forget([file])
        elif not _strip(file, now):
            continue
        changed.append(file.stream)
    return tuple(changed)


def _days_before(time: str, days: int) -> str:
    since = datetime.fromisoformat(time) - timedelta(days=days)
    return since.isoformat(sep=" ", timespec="milliseconds")


def _last_read(file: StateFile, began: Mapping[str, str]) -> str:
    """When the run began that read it last, as published; empty where that is not known."""
    with open_for_reading(file.path) as db:
        tables = set(tables_in(db))
        ended = (
            db.execute("SELECT started_at FROM finished").fetchone()
            if "finished" in tables
            else None
        )
        run = db.execute("SELECT run FROM cursor").fetchone() if "cursor" in tables else None
    if ended is not None:
        return str(ended[0])
    return "" if run is None else began.get(run[0], "")


def _strip(file: StateFile, ingested_at: str) -> bool:
    with open_for_reading(file.path) as db:
        row = (
            db.execute("SELECT run, note FROM cursor").fetchone()
            if "cursor" in tables_in(db)
            else None
        )
        kind = kind_in(file, db)
    if row is None or row[1] == STRIPPED:
        return False
    with StreamFile(file.path, kind, RunMark(row[0], ingested_at)) as opened:
        opened.strip()
    with open_to_tidy(file.path) as db:
        empty_log(db)  # which holds the pages as they were
    return True
