"""Which rows of a stream are about given records: asked for many of them in one look at its file.

None of these columns has an index: it would cost every first run more than a few looks through a file.
"""

from collections.abc import Collection, Iterable
from pathlib import Path

import orjson

from crmsnap.state.reader import EMAIL_EVENTS, stream_path
from crmsnap.state.sqlite import damage_named, open_for_reading
from crmsnap.state.stream_file import Key


def memberships_of(folder: Path, lists: Collection[int], members: Collection[int]) -> list[Key]:
    """The keys of memberships of these records in these lists: lists have members of one type each."""
    return _keys(
        folder,
        "memberships",
        "SELECT list_id, object_id FROM memberships WHERE list_id IN (SELECT value FROM json_each(?))"
        " AND object_id IN (SELECT value FROM json_each(?))",
        _json(lists),
        _json(members),
    )


def count_of_members(folder: Path, list_id: int) -> int:
    """How many members a list has in the state."""
    path = stream_path(folder, "memberships")
    with open_for_reading(path) as db, damage_named(path):
        sql = "SELECT count(*) FROM memberships WHERE list_id = ?"
        return int(db.execute(sql, (list_id,)).fetchone()[0])


def events_of(folder: Path, stream: str, object_type: str, ids: Collection[int | str]) -> list[Key]:
    """The keys of what happened to these records of a type, in a stream of events."""
    keys = "type, occurred_at, id" if stream == EMAIL_EVENTS else "occurred_at, id"
    return _keys(
        folder,
        stream,
        f"SELECT {keys} FROM events WHERE object_type = ?"  # noqa: S608 - one of two lists of columns
        " AND object_id IN (SELECT value FROM json_each(?))",
        object_type,
        _json(map(str, ids)),
    )


def types_in_events(folder: Path, stream: str) -> frozenset[str]:
    """The object types that a stream of events names."""
    path = stream_path(folder, stream)
    with open_for_reading(path) as db, damage_named(path):
        return frozenset(row[0] for row in db.execute("SELECT DISTINCT object_type FROM events"))


def _keys(folder: Path, stream: str, sql: str, *values: str) -> list[Key]:
    path = stream_path(folder, stream)
    with open_for_reading(path) as db, damage_named(path):
        return db.execute(sql, values).fetchall()


def _json(ids: Iterable[int | str]) -> str:
    return orjson.dumps(list(ids)).decode()
