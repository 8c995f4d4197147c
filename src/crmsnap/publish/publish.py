"""One snapshot, from the state to its manifest: parts first, each proven, the manifest last.

A crash at any point leaves a day without a manifest, which is no snapshot; publishing it again
writes the same names. A day that has its manifest is never written again.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from contextlib import AbstractContextManager
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from typing import TypeVar

from crmsnap import __version__
from crmsnap.destinations.interface import Destination
from crmsnap.errors import AlreadyThere, SnapshotError
from crmsnap.model import Clock, Part
from crmsnap.publish.gzip_parts import engine
from crmsnap.publish.layout import manifest_key, untagged
from crmsnap.publish.manifest import About, Manifest, PublishedTable, RunFacts
from crmsnap.publish.manifest_json import to_bytes
from crmsnap.publish.order import rank, sort_columns
from crmsnap.publish.published import published
from crmsnap.publish.range_task import (
    RangeWritten,
    Remember,
    Target,
    check_parts,
    for_tasks,
    write_empty,
    write_range,
)
from crmsnap.publish.ranges import ranges
from crmsnap.publish.reuse import HEADER, Memory, Piece, Reuse
from crmsnap.publish.revision import Revision, run_tag
from crmsnap.state.reader import StateReader
from crmsnap.tables.table import Table

STOP_SECONDS = 0.2
"""How often a waiting run looks whether it was asked to stop."""

PARTS_CHECKED_AT_ONCE = 32

T = TypeVar("T")
K = TypeVar("K")
OpenExecutor = Callable[[int], AbstractContextManager[Executor]]
"""Opens what runs the tasks, told for how many rows of the state; leaving it waits for those that run."""


@dataclass(frozen=True, slots=True)
class PartPublished:
    """A part lies at the destination."""

    table: str
    part: Part
    copied: bool
    """Whether its content lay there already, in a snapshot of an earlier day."""


@dataclass(frozen=True, slots=True)
class TablePublished:
    """All parts of a table lie at the destination."""

    table: PublishedTable


Observe = Callable[[TablePublished | PartPublished], None]


def publish(
    tables: Sequence[Table],
    reader: StateReader,
    destination: Destination,
    *,
    facts: RunFacts,
    remember: Remember,
    open_executor: OpenExecutor,
    observe: Observe,
    stop: Clock,
    before_manifest: Callable[[], None] = lambda: None,
    memory: Memory | None = None,
    replaces: Revision | None = None,
) -> Manifest:
    """Publish a day, and return the manifest that it has now.

    `before_manifest` is called when all parts are proven, and may raise to publish nothing. `memory` knows
    what an earlier snapshot was made of: what did not change since is copied. `replaces` is the revision
    that gives way, if it still is the day's: otherwise it stays as it is.
    A day that is complete already stays as it is: then the manifest is that of another run, which
    `facts.run` tells. Raise `SnapshotError` if that run was another connection's or had another
    selection, if rows are not in order, or if a part is not found as it was written.
    """
    there = published(destination, facts) if replaces is None else None
    if there is not None:
        return there
    target = _target(destination, facts, remember, replaces)
    slim = [for_tasks(table) for table in tables]
    reuse = Reuse(reader, engine(facts.compression), memory)
    pieces = [
        piece
        for index, table in enumerate(slim)
        for piece in reuse.pieces(index, table, tuple(ranges(table.spans(reader))))
    ]
    taken = reuse.take(pieces, target, stop)
    build = [piece for piece in pieces if piece not in taken]
    with open_executor(sum(piece.range.weight for piece in build)) as executor:
        tasks = {
            executor.submit(write_range, slim[piece.index], reader, target, piece.range): piece
            for piece in build
        }

        def headers(indices: Iterable[int]) -> Iterator[tuple[Piece, RangeWritten, bool]]:
            empty = [piece for at in indices for piece in reuse.pieces(at, slim[at], (HEADER,))]
            copied = reuse.take(empty, target, stop)
            asked = {
                executor.submit(write_empty, slim[piece.index], target): piece
                for piece in empty
                if piece not in copied
            }
            return _all(copied, _results(asked, stop))

        counts = Counter(piece.index for piece in pieces)
        results = _all(taken, _results(tasks, stop))
        written = _collect(tables, counts, results, headers, observe, reuse)
        parts = [part for table, _ in written for part in table.parts]
        _check_all(executor, destination, parts, stop)
    manifest = Manifest(
        facts=facts,
        tables=tuple(table for table, _ in written),
        engine=engine(facts.compression),
        crmsnap=__version__,
        replaced_surrogates=sum(replaced for _, replaced in written),
    )
    before_manifest()
    there = _seal(target, manifest, replaces)
    if there is manifest:
        reuse.remember()
    return there


def _target(
    destination: Destination, facts: RunFacts, remember: Remember, replaces: Revision | None
) -> Target:
    if replaces is None:
        return Target(destination, facts.day, facts.compression, remember)
    listed = {untagged(part.key): part.key for part in replaces.manifest.parts}
    tag = run_tag(facts.run)
    return Target(destination, facts.day, facts.compression, remember, tag, listed)


def _all(
    copied: Mapping[Piece, RangeWritten], built: Iterator[tuple[Piece, RangeWritten]]
) -> Iterator[tuple[Piece, RangeWritten, bool]]:
    """Every range, and whether it was copied."""
    for piece, written in copied.items():
        yield piece, written, True
    for piece, written in built:
        yield piece, written, False


def _collect(
    tables: Sequence[Table],
    counts: Mapping[int, int],
    results: Iterator[tuple[Piece, RangeWritten, bool]],
    headers: Callable[[Iterable[int]], Iterator[tuple[Piece, RangeWritten, bool]]],
    observe: Observe,
    reuse: Reuse,
) -> list[tuple[PublishedTable, int]]:
    """Put ranges, which come in any order, together into tables with their replaced surrogates.

    `headers` writes the parts of tables that turn out to have no row.
    """
    gathered: list[dict[int, RangeWritten]] = [{} for _ in tables]
    done: dict[int, tuple[PublishedTable, int]] = {}

    def come(piece: Piece, written: RangeWritten, copied: bool) -> None:
        reuse.keep(piece, written)
        for part in written.parts:
            observe(PartPublished(piece.table, part, copied))

    def finish(index: int, header_only: tuple[Part, ...] = ()) -> None:
        in_order = [gathered[index][number] for number in sorted(gathered[index])]
        table = _join(tables[index], in_order, header_only)
        done[index] = table, sum(written.replaced for written in in_order)
        observe(TablePublished(table))

    for piece, written, copied in results:
        come(piece, written, copied)
        of_table = gathered[piece.index]
        of_table[piece.range.number] = written
        if len(of_table) == counts[piece.index] and any(one.parts for one in of_table.values()):
            finish(piece.index)
    for piece, written, copied in headers(at for at in range(len(tables)) if at not in done):
        come(piece, written, copied)
        finish(piece.index, written.parts)
    return [done[index] for index in range(len(tables))]


def _join(
    table: Table, in_order: Sequence[RangeWritten], header_only: tuple[Part, ...]
) -> PublishedTable:
    columns = sort_columns(table)
    with_rows = [written for written in in_order if written.parts]
    for before, after in pairwise(with_rows):
        if not rank(columns, before.last) < rank(columns, after.first):
            raise SnapshotError(
                f"{table.name} has a row twice or out of order between two ranges",
                cause=f"rows must ascend by {', '.join(column.name for column in columns)}",
                remedy="report this: the state or the table's declaration is wrong",
            )
    member = table.member
    return PublishedTable(
        name=table.name,
        grain=table.grain,
        columns=table.columns,
        key=table.key,
        sorted_by=table.sorted_by,
        parts=header_only or tuple(part for written in with_rows for part in written.parts),
        about=None if member is None else About(member.family, member.id, member.wanted),
        unparsed=_total(written.unparsed for written in with_rows),
    )


def _total(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for count in counts:
        total.update(count)
    return dict(sorted(total.items()))


def _check_all(
    executor: Executor, destination: Destination, parts: Sequence[Part], stop: Clock
) -> None:
    tasks = {
        executor.submit(
            check_parts, destination, parts[start : start + PARTS_CHECKED_AT_ONCE]
        ): None
        for start in range(0, len(parts), PARTS_CHECKED_AT_ONCE)
    }
    for _ in _results(tasks, stop):
        pass


def _results(tasks: Mapping[Future[T], K], stop: Clock) -> Iterator[tuple[K, T]]:
    """Results as they come. What has not begun is cancelled when a task fails or the run has to stop."""
    pending = set(tasks)
    try:
        while pending:
            done, pending = wait(pending, timeout=STOP_SECONDS, return_when=FIRST_COMPLETED)
            stop.sleep(0)
            # Of tasks that are done, a failed one first: those behind it may only have been cancelled.
            for task in sorted(done, key=_has_failed, reverse=True):
                yield tasks[task], _result(task)
    finally:
        for task in pending:
            task.cancel()


def _has_failed(task: Future[T]) -> bool:
    return not task.cancelled() and task.exception() is not None


def _result(task: Future[T]) -> T:
    try:
        return task.result()
    except BrokenExecutor as error:
        raise SnapshotError(
            "a process that wrote parts was ended from outside",
            cause="usually the system had no memory left, or somebody stopped it",
            remedy="sync again: what was read is kept; if it stays, give the machine more memory",
        ) from error


def _seal(target: Target, manifest: Manifest, replaces: Revision | None) -> Manifest:
    data = to_bytes(manifest)
    key, digest = manifest_key(target.day), sha256(data).hexdigest()
    # The manifest is never removed itself, only what a killed run leaves beside it. Parts of the revision
    # that gives way become strays with the swap, and may be removed.
    target.remember((key, *target.listed.values()))
    try:
        if replaces is None:
            target.destination.create(key, data, sha256=digest)
        else:
            target.destination.replace(key, data, sha256=digest, e_tag=replaces.e_tag)
    except AlreadyThere:
        there = published(target.destination, manifest.facts)
        if there is None:
            raise
        return there
    return manifest
