"""Spans: a stream file's rows cut at borders that stay from day to day, each stretch with a digest.

Parts are cut at these borders, so a part of which no row changed is the same part tomorrow. New rows come
at the end, in small spans; when twenty neighbours are small, ten of them become one large span, as the
levels of a log-structured merge tree do. So a day's new rows touch little, and old ones lie still.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import accumulate
from sqlite3 import Connection, Cursor
from typing import NamedTuple

from crmsnap.state.shapes import Kind, Shape

NEW_ROWS = 1_000
"""Rows of a small span, at first."""

JOINED = 10
"""So many small neighbours become one."""

SPAN_ROWS = NEW_ROWS * JOINED
"""Rows of a large span, at first: the values of so many records fill most of a part."""

SMALL_ROWS = SPAN_ROWS // 2
"""A span of fewer rows is small, whether it is new or its rows have gone."""

NEIGHBOURS_MAX = 2 * JOINED
"""With so many small neighbours, the first of them are joined."""

Key = int | str

_DIGEST_BYTES = 16


class Stretch(NamedTuple):
    """One span of a file."""

    low: Key | None
    """Its rows have greater keys; None: it is the first."""
    high: Key | None
    """Its rows have keys up to this; None: it is the last."""
    rows: int
    digest: bytes
    """Of its rows and of what lies beside them: other content or another `ingested_at`, another digest."""


def settle(db: Connection, kind: Kind) -> None:
    """Bring the spans of a file up to date with its rows, within the caller's transaction.

    The first time every row is looked at; from then on those of spans in which something changed.
    """
    if kind.cut_by is None:
        return
    if is_tracked(db):
        for (apart,) in db.execute("SELECT DISTINCT apart FROM touched").fetchall():
            _renew(_Rows(db, kind, apart))
        db.execute("DELETE FROM touched")
        return
    for apart in _aparts(db, kind):
        rows = _Rows(db, kind, apart)
        _store(rows, _pieces(rows, None, None))
    for trigger in _triggers(kind):
        db.execute(trigger)


def is_tracked(db: Connection) -> bool:
    """Whether the file has spans, and notes what changes; before its first scan has ended it does neither."""
    sql = "SELECT 1 FROM sqlite_schema WHERE type = 'trigger' AND name = 'touch_main_insert'"
    return db.execute(sql).fetchone() is not None


def stretches(db: Connection, apart: str = "") -> list[Stretch] | None:
    """The spans of a file, or of one of its types, in order; None where they are not up to date."""
    if not is_tracked(db) or db.execute("SELECT 1 FROM touched LIMIT 1").fetchone() is not None:
        return None
    return _stored(db, apart)


def are_sound(db: Connection, kind: Kind) -> bool:
    """Whether the spans of a file are those of its rows; those that are not up to date are not looked at."""
    if kind.cut_by is None or not is_tracked(db) or stretches(db) is None:
        return True
    stored = {row[0] for row in db.execute("SELECT DISTINCT apart FROM spans")}
    if kind.apart is None and not stored <= {""}:
        return False
    return all(_is_sound(_Rows(db, kind, apart)) for apart in stored.union(_aparts(db, kind)))


def key_order(key: Key) -> tuple[bool, Key]:
    """How SQLite sorts keys: numbers by value, then texts by code point."""
    return isinstance(key, str), key


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of a file, or of one of its types."""

    db: Connection
    kind: Kind
    apart: str

    def main(self, low: Key | None, high: Key | None) -> Cursor:
        """(Key, ingested at, checksum) of the rows of a stretch, in order."""
        keys = [key for key in self.kind.main.keys if key != self.kind.apart]
        columns = f"{self.kind.cut_by}, ingested_at, checksum"
        return self._select(self.kind.main, columns, low, high, ", ".join(keys))

    def beside(self, low: Key | None, high: Key | None) -> Iterator[Cursor]:
        """(Ingested at, checksum) of what lies beside them."""
        for shape in _stamped_beside(self.kind):
            yield self._select(shape, "ingested_at, checksum", low, high, shape.keys[0])

    def _select(
        self, shape: Shape, columns: str, low: Key | None, high: Key | None, order: str
    ) -> Cursor:
        key = self.kind.cut_by
        apart = self.apart if self.kind.apart else None
        conditions = ((f"{self.kind.apart} = ?", apart), (f"{key} > ?", low), (f"{key} <= ?", high))
        where = " AND ".join(text for text, value in conditions if value is not None) or "true"
        values = [value for _, value in conditions if value is not None]
        sql = f"SELECT {columns} FROM {shape.table} WHERE {where} ORDER BY {order}"  # noqa: S608 - names from shapes.py
        return self.db.execute(sql, values)


def _is_sound(rows: _Rows) -> bool:
    found = _stored(rows.db, rows.apart)
    if not found:
        return rows.main(None, None).fetchone() is None
    highs = [span.high for span in found]
    if highs[-1] is not None or None in highs[:-1]:
        return False
    order = [key_order(high) for high in highs if high is not None]
    return order == sorted(order) and all(
        span == _joined(rows, span.low, span.high, list(_bundles(rows.main(span.low, span.high))))
        for span in found
    )


class _Bundle(NamedTuple):
    """A thousand rows, or a few more: rows of one key are never parted."""

    last: Key
    rows: int
    digest: bytes


def _renew(rows: _Rows) -> None:
    """Work out anew those spans in which something was touched."""
    old = _stored(rows.db, rows.apart) or [Stretch(None, None, 0, b"")]
    dirty = _touched(rows, old)
    new: list[Stretch] = []
    for number, stretch in enumerate(old):
        if number in dirty:
            new += _pieces(rows, stretch.low, stretch.high)
        else:
            new.append(stretch)
    _store(rows, _compacted(rows, new))


def _touched(rows: _Rows, old: Sequence[Stretch]) -> frozenset[int]:
    """The numbers of the spans that a touched key is in."""
    sql = "SELECT key FROM touched WHERE apart = ? ORDER BY key"
    found: set[int] = set()
    number, end = 0, old[0].high
    for (key,) in rows.db.execute(sql, (rows.apart,)):
        while end is not None and key_order(key) > key_order(end):
            number += 1
            end = old[number].high
        found.add(number)
    return frozenset(found)


def _pieces(rows: _Rows, low: Key | None, high: Key | None) -> list[Stretch]:
    """Cut a stretch: many rows into large spans; what is left is one span, or small ones at the file's end."""
    pieces: list[Stretch] = []
    pending: list[_Bundle] = []

    def cut(count: int, up_to: Key | None) -> None:
        nonlocal low
        pieces.append(_joined(rows, low, up_to, pending[:count]))
        del pending[:count]
        low = up_to

    for bundle in _bundles(rows.main(low, high)):
        pending.append(bundle)
        if len(pending) == NEIGHBOURS_MAX:
            cut(JOINED, pending[JOINED - 1].last)
    if high is not None:
        if pending:
            cut(len(pending), high)
        elif pieces:
            pieces[-1] = pieces[-1]._replace(high=high)
        return pieces
    while pending:
        cut(1, pending[0].last if len(pending) > 1 else None)
    return pieces


def _compacted(rows: _Rows, spans: list[Stretch]) -> list[Stretch]:
    """Join neighbours where too many are small, and close the holes that emptied ones have left."""
    spans = _adjoining(spans)
    while (first := _crowd(spans)) is not None:
        count = _enough(spans[first : first + JOINED])
        low, high = spans[first].low, spans[first + count - 1].high
        joined = _joined(rows, low, high, list(_bundles(rows.main(low, high))))
        spans[first : first + count] = [joined]
    return spans


def _enough(crowd: Sequence[Stretch]) -> int:
    """How many of these make a large span together."""
    totals = accumulate(span.rows for span in crowd)
    return next((n for n, rows in enumerate(totals, 1) if rows >= SPAN_ROWS), len(crowd))


def _crowd(spans: Sequence[Stretch]) -> int | None:
    """Where the first of too many small neighbours stands."""
    small = 0
    for number, span in enumerate(spans):
        small = small + 1 if span.rows < SMALL_ROWS else 0
        if small == NEIGHBOURS_MAX:
            return number + 1 - NEIGHBOURS_MAX
    return None


def _adjoining(spans: Sequence[Stretch]) -> list[Stretch]:
    """The same spans, each from where the one before it ends; the last is open."""
    found: list[Stretch] = []
    low: Key | None = None
    for span in spans:
        found.append(span._replace(low=low))
        low = span.high
    if found:
        found[-1] = found[-1]._replace(high=None)
    return found


def _joined(rows: _Rows, low: Key | None, high: Key | None, bundles: Sequence[_Bundle]) -> Stretch:
    digest = _hasher()
    for bundle in bundles:
        digest.update(bundle.digest)
    for beside in rows.beside(low, high):
        digest.update(b"beside")
        while found := beside.fetchmany(NEW_ROWS):
            _take(digest, found)
    return Stretch(low, high, sum(bundle.rows for bundle in bundles), digest.digest())


def _bundles(rows: Cursor) -> Iterator[_Bundle]:
    batch = rows.fetchmany(NEW_ROWS)
    while batch:
        batch += rows.fetchmany(NEW_ROWS - len(batch)) if len(batch) < NEW_ROWS else []
        last, count, digest = batch[-1][0], 0, _hasher()
        end = len(batch)
        while end:  # until the rows of the last key have come, which may be many
            _take(digest, [row[1:] for row in batch[:end]])
            count += end
            batch = batch[end:] or rows.fetchmany(NEW_ROWS)
            end = next((n for n, row in enumerate(batch) if row[0] != last), len(batch))
        yield _Bundle(last, count, digest.digest())


def _hasher() -> blake2b:
    return blake2b(digest_size=_DIGEST_BYTES)


def _take(digest: blake2b, rows: Sequence[tuple[str, bytes]]) -> None:
    """Add what tells these rows from all others: a checksum covers a row's key and values."""
    digest.update("".join([ingested_at for ingested_at, _ in rows]).encode())
    digest.update(b"".join([checksum for _, checksum in rows]))


def _stored(db: Connection, apart: str) -> list[Stretch]:
    found = db.execute(
        "SELECT high, rows, digest FROM spans WHERE apart = ? ORDER BY number", (apart,)
    ).fetchall()
    lows = [None, *(high for high, _, _ in found)]
    return [Stretch(low, *span) for low, span in zip(lows, found, strict=False)]


def _store(rows: _Rows, spans: Sequence[Stretch]) -> None:
    rows.db.execute("DELETE FROM spans WHERE apart = ?", (rows.apart,))
    rows.db.executemany(
        "INSERT INTO spans VALUES (?, ?, ?, ?, ?)",
        [(rows.apart, n, span.high, span.rows, span.digest) for n, span in enumerate(spans)],
    )


def _aparts(db: Connection, kind: Kind) -> list[str]:
    if kind.apart is None:
        return [""]
    sql = f"SELECT DISTINCT {kind.apart} FROM {kind.main.table}"  # noqa: S608 - names from shapes.py
    return [row[0] for row in db.execute(sql)]


def _triggers(kind: Kind) -> Iterator[str]:
    """Each change of a row, whoever makes it, notes the row's key."""
    shapes = [("main", kind.main), *((shape.table, shape) for shape in _stamped_beside(kind))]
    for name, shape in shapes:
        for event, row in (("INSERT", "new"), ("UPDATE", "new"), ("DELETE", "old")):
            apart = "''" if kind.apart is None else f"{row}.{kind.apart}"
            # Not `OR IGNORE`: the statement that fires the trigger decides that (sqlite.org/lang_createtrigger.html).
            noted = (
                f"INSERT INTO touched VALUES ({apart}, {row}.{kind.cut_by}) ON CONFLICT DO NOTHING"  # noqa: S608 - names from shapes.py
            )
            trigger = f"touch_{name}_{event.lower()} AFTER {event} ON {shape.table}"
            yield f"CREATE TRIGGER {trigger} BEGIN {noted}; END"


def _stamped_beside(kind: Kind) -> Iterator[Shape]:
    return (shape for shape in kind.beside if shape.stamped and shape.told and not shape.outlives)
