"""Checking a state: every row against its checksum, and rows against what must be true of them.

SQLite's own check sees a broken tree and no wrong value. So every row of every table is read; its time must
be that of a run that this state knows, which no file of another connection and no flipped digit has. A state
whose record of runs is lost or damaged is checked without that.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Connection, DatabaseError
from typing import Any, get_args

import msgspec
import orjson

from crmsnap.errors import StateError
from crmsnap.state.files import GIVEN_NAMES, StateFile, kind_in, state_files, tables_in
from crmsnap.state.packing import Unpacker, checksum
from crmsnap.state.runs import RunRow, read_runs
from crmsnap.state.seals import Sealed, seal_is_broken
from crmsnap.state.shapes import DELETIONS, Shape
from crmsnap.state.spans import are_sound
from crmsnap.state.sqlite import RUNS_FILE, open_for_reading, remedy_for

_OWNER_ALONE = 0o077
_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is wrong with a file of a state."""

    stream: str
    path: Path
    sentence: str
    """For people; holds ids and names, never a value."""
    remedy: str


@dataclass(frozen=True, slots=True)
class _Known:
    """What `runs.sqlite` knows; where it is lost or damaged nothing is compared with it."""

    runs: frozenset[str] = frozenset()
    times: frozenset[str] = frozenset()
    is_sound: bool = False
    last_came_to_its_end: bool = False

    @classmethod
    def of(cls, newest_first: Sequence[RunRow]) -> "_Known":
        return cls(
            frozenset(run.id for run in newest_first),
            frozenset(run.started_at for run in newest_first),
            is_sound=bool(newest_first),
            last_came_to_its_end=bool(newest_first) and newest_first[0].status == "published",
        )


def check_state(folder: Path) -> Iterator[tuple[StateFile, int, tuple[Fault, ...]]]:
    """Each file of a state with the rows that were read of it and what is wrong, as it is found.

    Nothing is changed. Of each table only the first wrong row is named: one is enough to read a stream anew.
    """
    files = state_files(folder)
    known = _Known()
    # The record of runs first: what it does not say any more is its own fault, and no other file's.
    for file in sorted(files, key=lambda file: file.path.name != RUNS_FILE):
        sentences = list(_wrong_beside(file))
        rows = 0
        try:
            with open_for_reading(file.path) as db:
                rows, found = _checked(file, db, _Known() if file.stream == GIVEN_NAMES else known)
                if not found and not any(tables_in(db)) and _should_hold(file, files, known):
                    found = ["it is empty: what a run wrote into it is gone"]
                sentences += found
        except StateError as error:
            sentences.append(error.message)
        except (
            DatabaseError,
            UnicodeDecodeError,
        ) as error:  # a name of a column may be damaged too
            sentences.append(f"SQLite cannot read it: {error}")
        if file.path.name == RUNS_FILE and not sentences:
            known = _Known.of(read_runs(file.path))
        remedy = remedy_for(file.path)
        yield file, rows, tuple(Fault(file.stream, file.path, text, remedy) for text in sentences)


def _should_hold(file: StateFile, files: Sequence[StateFile], known: _Known) -> bool:
    """Whether an empty file was not always so: the one that a killed run left while making it was.

    Behind a run that came to its end none is left, as that has made every file that it needs.
    """
    if file.path.name == RUNS_FILE:
        return any(other.is_stream and other.bytes for other in files)
    return known.last_came_to_its_end


def _wrong_beside(file: StateFile) -> Iterator[str]:
    if file.path.stat().st_mode & _OWNER_ALONE:
        yield "others than its owner may read or change it: chmod 600"


def _checked(file: StateFile, db: Connection, known: _Known) -> tuple[int, list[str]]:
    broken = [row[0] for row in db.execute("PRAGMA integrity_check(3)") if row[0] != "ok"]
    if broken:
        return 0, [f"SQLite finds it broken: {broken[0]}"]
    if not file.is_stream:
        return _checked_runs(file.path, db) if file.path.name == RUNS_FILE else _checked_ranges(db)
    tables = set(tables_in(db))
    kind = kind_in(file, db)
    needed = {"cursor", "dictionaries", "seen", kind.main.table}
    if not tables:
        return 0, []  # its run was killed before anything was written: made anew by the next one
    if not needed <= tables:
        return 0, [
            f"it is not the file of this stream: {', '.join(sorted(needed - tables))} missing"
        ]
    sentences = list(_wrong_scans(file, db, known, tables))
    unpack = Unpacker(db.execute("SELECT number, body FROM dictionaries").fetchall()).unpack
    rows = 0
    for shape in kind.shapes:
        if shape.table not in tables or not _has_checksum(db, shape):
            continue
        wrong = None
        for row in _rows(shape, db):
            rows += 1
            wrong = wrong or _wrong_row(shape, row, unpack, known)
        if wrong is not None:
            sentences.append(wrong)
    if not sentences and not are_sound(db, kind):
        sentences.append("the stretches that parts are made of are not those of its rows")
    if DELETIONS in kind.shapes and "deletions" in tables:
        sentences += _deleted_and_live(db)
    return rows, sentences


def _wrong_scans(file: StateFile, db: Connection, known: _Known, tables: set[str]) -> Iterator[str]:
    for table in get_args(Sealed):
        if table not in tables:
            continue  # of an earlier version
        if seal_is_broken(db, table, file.path.name):
            yield f"its row in {table} is not what was written"
        for (run,) in db.execute(f"SELECT run FROM {table}"):  # noqa: S608 - one of two names
            if known.is_sound and run not in known.runs:
                yield f"its {table} is of a run that this connection does not know: {run}"


def _has_checksum(db: Connection, shape: Shape) -> bool:
    columns = db.execute(f"PRAGMA table_info({shape.table})")
    return any(row[1] == "checksum" for row in columns)


def _rows(shape: Shape, db: Connection) -> Iterator[tuple[Any, ...]]:
    """The columns that a checksum covers, then when, checksum and body as far as the table has them."""
    columns = [*shape.keys, *shape.values, "ingested_at" if shape.stamped else "NULL", "checksum"]
    columns.append("body" if shape.body else "NULL")
    yield from db.execute(f"SELECT {', '.join(columns)} FROM {shape.table}")  # noqa: S608 - names from shapes.py


def _wrong_row(
    shape: Shape, row: tuple[Any, ...], unpack: Callable[[bytes], bytes], known: _Known
) -> str | None:
    *said, ingested_at, digest, packed = row
    text = " ".join(map(str, said))
    where = f"row {' '.join(map(str, said[: len(shape.keys)]))} of {shape.table}"
    body = b""
    if shape.body:
        try:
            body = unpack(packed)
            orjson.loads(body)
        except (ValueError, IndexError, TypeError) as error:
            return f"the body of {where} cannot be read ({error})"
    if digest is None and not shape.stamped:
        return None  # of an earlier version
    if digest != checksum(body, text):
        return f"the checksum of {where} does not match"
    if shape.stamped and known.is_sound and ingested_at not in known.times:
        return f"{where} carries the time of no run that this connection knows"
    return None


def _deleted_and_live(db: Connection) -> Iterator[str]:
    sql = "SELECT id FROM deletions WHERE id IN (SELECT id FROM records) LIMIT 1"
    done = db.execute("SELECT done FROM cursor").fetchone()
    row = db.execute(sql).fetchone()
    if row is not None and done is not None and done[0]:
        yield f"record {row[0]} is both live and deleted"


def _checked_runs(path: Path, db: Connection) -> tuple[int, list[str]]:
    if not {"account", "runs", "gaps"} <= set(tables_in(db)):
        return 0, [] if not list(tables_in(db)) else ["it is no record of runs"]
    try:
        runs = read_runs(path)
        reports = [run.id for run in runs if run.report is not None and not _is_json(run.report)]
    except msgspec.MsgspecError:
        return 0, ["what was asked of a run cannot be read"]
    sentences = [f"the report of run {run} cannot be read" for run in reports[:1]]
    times = [run.started_at for run in runs] + [run.ended_at for run in runs if run.ended_at]
    if not all(_TIME.fullmatch(time) for time in times):
        sentences.append("the time of a run is none")
    if not all(run.started_at.startswith(run.day) for run in runs):
        sentences.append("a run is of another day than its start")
    accounts = [row[0] for row in db.execute("SELECT portal_id FROM account")]
    if not all(account.isdecimal() for account in accounts):
        sentences.append("the account is none")
    return len(runs), sentences


def _checked_ranges(db: Connection) -> tuple[int, list[str]]:
    """What parts were made of; publishing leaves out a row that is damaged, and builds its parts anew."""
    if "ranges" not in tables_in(db):
        return 0, ["it is no record of what was published"] if list(tables_in(db)) else []
    rows, wrong = 0, 0
    for made_of, digest, body in db.execute("SELECT made_of, checksum, body FROM ranges"):
        rows += 1
        wrong += not isinstance(body, bytes) or digest != checksum(body, made_of.hex())
    return rows, [f"the checksums of {wrong} of its rows do not match"] if wrong else []


def _is_json(text: str) -> bool:
    try:
        orjson.loads(text)
    except ValueError:
        return False
    return True
