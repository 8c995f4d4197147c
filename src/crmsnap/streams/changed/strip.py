"""Rows without what is no longer wanted: a property that was archived, left out, or became sensitive.

No call is made for it, and it comes first: a value that may not be copied any more leaves the state before
anything else is read.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import orjson

from crmsnap.hubspot.client import Client
from crmsnap.state.reader import History, Record, StateReader
from crmsnap.state.shapes import HISTORIES
from crmsnap.state.stream_file import Entry
from crmsnap.streams.changed.scan import Position, Scan, begin
from crmsnap.streams.record_rows import Wanted
from crmsnap.streams.stream import Page

ROWS_AT_ONCE = 1_000

VERSION_WITHOUT_SOURCE = 2
"""A version is its time and its value; behind them stands who or what set it."""


def read_stripped(scan: Scan, _: Client, at: Position) -> Iterator[tuple[Page, Position | None]]:
    """Every row and history as if only what is wanted had been asked for."""
    for records, histories in stretches(scan, at.cursor):
        at = at.at(str(records[-1].id))
        yield _stripped(scan.wanted, records, histories), at
    is_whole = scan.drift is None or scan.drift.everything
    yield Page((), ""), begin("list") if is_whole else at.following


def stretches(scan: Scan, behind: str) -> Iterator[tuple[list[Record], dict[int | str, History]]]:
    """The records of the state behind an id (empty: all), some at a time, each lot with its histories by id."""
    stream = scan.so_far.stream
    reader = StateReader(scan.so_far.folder, (stream,))
    low: int | str | None = int(behind) if behind else None
    while True:
        records = list(islice(reader.records(stream, low), ROWS_AT_ONCE))
        if not records:
            return
        high = records[-1].id
        yield records, {one.id: one for one in reader.histories(stream, low, high)}
        low = high


def _stripped(wanted: Wanted, records: list[Record], histories: dict[int | str, History]) -> Page:
    names = frozenset(wanted.names)
    bodies = {one.id: _only(names, orjson.loads(one.body)) for one in records}
    if not wanted.history_names:
        # A row that is saved without its history loses it, and is otherwise as it was.
        kept = [one for one in records if bodies[one.id] is not None or one.id in histories]
        return Page([_row(one, bodies[one.id]) for one in kept], "", known=True)
    changed = [one for one in records if bodies[one.id] is not None]
    beside: list[Entry] = [
        (id_, stripped)
        for id_, history in histories.items()
        if (stripped := _history(wanted, orjson.loads(history.body))) is not None
    ]
    rows = [_row(one, bodies[one.id]) for one in changed]
    return Page(rows, "", {HISTORIES: beside}, known=True)


def _row(record: Record, body: bytes | None) -> Entry:
    return record.id, record.updated_at, record.body if body is None else body


def _only(names: frozenset[str], values: dict[str, Any]) -> bytes | None:
    """The values of these names alone; None where there are no others."""
    if names.issuperset(values):
        return None
    kept = {name: value for name, value in values.items() if name in names}
    return orjson.dumps(kept, option=orjson.OPT_SORT_KEYS)


def _history(wanted: Wanted, versions: dict[str, list[list[Any]]]) -> bytes | None:
    """The versions that are still wanted; None where they are all that there are."""
    names = frozenset(wanted.history_names)
    has_sources = any(len(of[0]) > VERSION_WITHOUT_SOURCE for of in versions.values())
    if wanted.sources or not has_sources:
        return _only(names, versions)
    kept = {
        name: [version[:VERSION_WITHOUT_SOURCE] for version in of]
        for name, of in versions.items()
        if name in names
    }
    return orjson.dumps(kept, option=orjson.OPT_SORT_KEYS)
