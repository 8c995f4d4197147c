"""Ranges of which nothing changed: their parts are copied inside the store, not built and not uploaded.

What a range was built from is noted while it is built. When the same questions to the state have the same
answers, and table, settings and engine are the same, building it would give the same bytes. A part that is
not there any more, or not what was written, is built.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Protocol

from crmsnap.errors import AccessDenied, AlreadyThere, NotThere
from crmsnap.model import Clock
from crmsnap.publish.gzip_parts import Engine
from crmsnap.publish.layout import part_number
from crmsnap.publish.made_of import Unlike, range_digest, table_digest
from crmsnap.publish.order import sort_columns
from crmsnap.publish.range_task import RangeWritten, Target
from crmsnap.publish.ranges import Range
from crmsnap.state.answers import Answers
from crmsnap.state.published import KeyValue, RangePublished, Ranges
from crmsnap.state.reader import StateReader
from crmsnap.tables.table import Row, Table, Unparsed

AT_ONCE = 16
"""Three small requests a part, so waiting takes longer than working."""

HEADER = Range(0, ())
"""What a table without rows is made of."""


class Memory(Protocol):
    """What is remembered of the newest snapshot at a destination; forgetting it costs work and nothing else."""

    def recall(self) -> Ranges:
        """Its ranges; none where nothing is known."""
        ...

    def remember(self, ranges: Ranges) -> None:
        """Remember the ranges of a snapshot in place of those of the one before."""
        ...


@dataclass(frozen=True, slots=True)
class Piece:
    """One range of a snapshot's tables."""

    index: int
    """Of the table."""
    table: str
    range: Range
    made_of: bytes | None
    """None: nobody can tell, so it is built."""


class Reuse:
    """What of a snapshot is taken over from the one before, and what the next one may take over from it."""

    def __init__(self, reader: StateReader, engine: Engine, memory: Memory | None) -> None:
        self._answers = Answers(reader)
        self._engine = engine
        self._memory = memory
        self._earlier = {} if memory is None else memory.recall()
        self._now: dict[bytes, RangePublished] = {}
        self._nullable: dict[int, tuple[bool, ...]] = {}

    def pieces(self, index: int, table: Table, ranges: Sequence[Range]) -> list[Piece]:
        """The ranges of a table, each with what it is made of."""
        self._nullable[index] = tuple(column.nullable for column in sort_columns(table))
        try:
            of_table = table_digest(table, self._engine)
        except Unlike:
            return [Piece(index, table.name, one, None) for one in ranges]
        return [Piece(index, table.name, one, range_digest(of_table, one.spans)) for one in ranges]

    def take(
        self, pieces: Sequence[Piece], target: Target, stop: Clock
    ) -> dict[Piece, RangeWritten]:
        """Copy the ranges that did not change; those that are not in the result have to be built."""
        unchanged = {
            piece: found for piece in pieces if (found := self._unchanged(piece)) is not None
        }
        places = {
            piece: [
                target.key(piece.table, part_number(piece.range.number, number), part.sha256)
                for number, part in enumerate(found.parts)
            ]
            for piece, found in unchanged.items()
        }
        target.remember([key for keys in places.values() for key in keys])

        def copy(piece: Piece) -> RangeWritten | None:
            return _copied(target, unchanged[piece], places[piece], stop)

        with ThreadPoolExecutor(AT_ONCE) as pool:
            copying = {piece: pool.submit(copy, piece) for piece in unchanged}
            try:
                results = {piece: task.result() for piece, task in copying.items()}
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        return {piece: written for piece, written in results.items() if written is not None}

    def keep(self, piece: Piece, written: RangeWritten) -> None:
        """Keep in mind what became of a range."""
        answers = [(need, self._answers(need)) for need in written.needs]
        known = tuple((need, answer) for need, answer in answers if answer is not None)
        if piece.made_of is None or len(known) < len(answers):
            return
        self._now[piece.made_of] = RangePublished(
            parts=written.parts,
            first=self._identifying(piece, written.first),
            last=self._identifying(piece, written.last),
            replaced=written.replaced,
            unparsed=dict(written.unparsed),
            answers=known,
        )

    def remember(self) -> None:
        """Remember the snapshot, now that it is published, for the next one."""
        if self._memory is not None:
            self._memory.remember(self._now)

    def _identifying(self, piece: Piece, key: Row) -> tuple[KeyValue, ...]:
        """A sort key without content: what may be NULL, like a value in a history, identifies no row, and no
        two ranges hold rows of one record."""
        return tuple(
            None if nullable or isinstance(value, Unparsed) else value
            for value, nullable in zip(key, self._nullable[piece.index], strict=False)
        )

    def _unchanged(self, piece: Piece) -> RangePublished | None:
        found = None if piece.made_of is None else self._earlier.get(piece.made_of)
        if found is None or any(self._answers(need) != answer for need, answer in found.answers):
            return None
        return found


def _copied(
    target: Target, earlier: RangePublished, keys: Sequence[str], stop: Clock
) -> RangeWritten | None:
    """The range as it lies now; None when one of its parts is gone, is something else, or may not be read."""
    parts = []
    for part, key in zip(earlier.parts, keys, strict=True):
        stop.sleep(0)
        try:
            target.destination.copy(part.key, key, sha256=part.sha256)
        except (NotThere, AlreadyThere, AccessDenied):
            return None
        parts.append(replace(part, key=key))
    return RangeWritten(
        tuple(parts),
        earlier.first,
        earlier.last,
        earlier.replaced,
        earlier.unparsed,
        tuple(need for need, _ in earlier.answers),
    )
