"""Publishing a day: proven parts first, the manifest last, the same bytes however it came about."""

import gzip
import pickle
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

import pytest

from crmsnap.destinations.folder import Folder
from crmsnap.destinations.interface import Destination, Found
from crmsnap.destinations.memory import memory
from crmsnap.errors import DestinationError, Interrupted, SnapshotError
from crmsnap.model import Clock, Selection
from crmsnap.publish.layout import manifest_key
from crmsnap.publish.manifest import Manifest, RunFacts
from crmsnap.publish.manifest_json import to_bytes
from crmsnap.publish.publish import OpenExecutor, PartPublished, TablePublished, publish
from crmsnap.tables import CATALOGUE
from crmsnap.tables.objects import OBJECTS
from crmsnap.tables.table import Table
from tests.unit.publish.made_up_tables import (
    DAY,
    FACTS,
    INGESTED,
    READER,
    StandStill,
    a_table,
    column,
    forget,
    history,
    ignore,
    long,
    objects,
    threads,
)

T = TypeVar("T")

RECORDS = [("0-1", number, {"a": f"value {number}", "b": "ü"}) for number in range(1, 400)]
TABLES: Sequence[Table] = (
    long(RECORDS, items_per_span=50, weight=1000),
    objects(RECORDS),
    a_table("TEAMS", (column("TEAMID", "NUMBER"), column("NAME")), [], key=("TEAMID",)),
)


def published(
    destination: Destination,
    tables: Sequence[Table] = TABLES,
    *,
    facts: RunFacts = FACTS,
    remember: Callable[[Sequence[str]], None] = forget,
    open_executor: OpenExecutor = threads,
    observe: Callable[[TablePublished | PartPublished], None] = ignore,
    stop: Clock | None = None,
) -> Manifest:
    return publish(
        tables,
        READER,
        destination,
        facts=facts,
        remember=remember,
        open_executor=open_executor,
        observe=observe,
        stop=stop or StandStill(),
    )


def content(destination: Destination) -> dict[str, bytes]:
    return {found.key: destination.get(found.key) for found in destination.list("")}


def test_a_day_is_a_folder_of_tables_with_parts_and_a_manifest() -> None:
    """Long tables are cut by ranges; an empty one has its header."""
    destination = memory()
    manifest = published(destination)
    *parts, last = content(destination)
    assert last == manifest_key(DAY)
    assert [key.rpartition("-")[0] for key in parts] == [
        f"{DAY}/OBJECTS/part-00000",
        *(f"{DAY}/OBJECT_PROPERTIES/part-{number:05d}" for number in range(0, 800, 100)),
        f"{DAY}/TEAMS/part-00000",
    ]
    teams = next(table for table in manifest.tables if table.name == "TEAMS")
    assert gzip.decompress(destination.get(teams.parts[0].key)) == b"TEAMID,NAME\n"
    assert [table.rows for table in manifest.tables] == [798, 399, 0]


def test_the_manifest_lists_what_lies_there() -> None:
    """Size, SHA-256, rows and keys of each part."""
    destination = memory()
    for part in published(destination).parts:
        data = destination.get(part.key)
        lines = gzip.decompress(data).decode().splitlines()[1:]
        assert (part.bytes, part.sha256) == (len(data), sha256(data).hexdigest())
        assert part.rows == len(lines)
        assert part.sha256[:16] in part.key
        if lines:
            assert lines[0].startswith(f'"{part.first_key[0]}",{part.first_key[1]},')
            assert lines[-1].startswith(f'"{part.last_key[0]}",{part.last_key[1]},')


@contextmanager
def one_thread(tasks: int) -> Iterator[Executor]:
    with ThreadPoolExecutor(1) as executor:
        yield executor


@contextmanager
def processes(tasks: int) -> Iterator[Executor]:
    with ProcessPoolExecutor(2, get_context("spawn")) as executor:
        yield executor


def test_the_same_state_gives_the_same_bytes_on_any_workers(tmp_path: Path) -> None:
    """Threads or processes, one or more: also the manifest is the same."""
    published(Folder(tmp_path / "one"), open_executor=one_thread)
    published(Folder(tmp_path / "many"), open_executor=threads)
    published(Folder(tmp_path / "processes"), open_executor=processes)
    expected = content(Folder(tmp_path / "one"))
    assert len(expected) > 5
    assert content(Folder(tmp_path / "many")) == expected
    assert content(Folder(tmp_path / "processes")) == expected


def test_the_executor_is_told_how_many_rows_of_the_state_there_are() -> None:
    """Few rows are written faster by this thread than by processes that have to start first."""
    told: list[int] = []

    @contextmanager
    def counted(rows: int) -> Iterator[Executor]:
        told.append(rows)
        with threads(2) as executor:
            yield executor

    published(memory(), TABLES[:1], open_executor=counted)
    assert told == [sum(span.weight for span in TABLES[0].spans(READER))]


def test_a_complete_day_stays_as_it_is() -> None:
    """A second run is a no-op that can be recognised by the run's id."""
    destination = memory()
    published(destination)
    before = content(destination)
    manifest = published(destination, TABLES[:1], facts=replace(FACTS, run="run-2"))
    assert manifest.facts.run == "run-1"
    assert content(destination) == before


def test_a_day_of_another_selection_is_an_error() -> None:
    """Else somebody who asked for deals would believe that they were published."""
    destination = memory()
    published(destination)
    other = replace(FACTS, run="run-2", selection=Selection(types=("0-3",)))
    with pytest.raises(SnapshotError, match="another selection") as raised:
        published(destination, facts=other)
    assert "same types and tables" in raised.value.remedy


def test_a_day_of_another_connection_is_an_error() -> None:
    """Two accounts in one folder would take turns."""
    destination = memory()
    published(destination)
    with pytest.raises(SnapshotError, match="belongs to connection acme"):
        published(destination, facts=replace(FACTS, connection="other"))


@dataclass
class Watched:
    """A destination that tells the test about each create before and after it happens."""

    inner: Destination
    before: Callable[[str], None] = ignore
    after: Callable[[str], None] = ignore
    created: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.inner.url

    def create(self, key: str, data: bytes, *, sha256: str) -> None:
        self.before(key)
        self.inner.create(key, data, sha256=sha256)
        self.created.append(key)
        self.after(key)

    def replace(self, key: str, data: bytes, *, sha256: str, e_tag: str) -> None:
        raise AssertionError("publishing never replaces")

    def get(self, key: str) -> bytes:
        return self.inner.get(key)

    def head(self, key: str) -> Found | None:
        return self.inner.head(key)

    def list(self, prefix: str) -> Iterator[Found]:
        return self.inner.list(prefix)

    def folders(self, prefix: str) -> tuple[str, ...]:
        return self.inner.folders(prefix)

    def delete(self, key: str) -> None:
        raise AssertionError("publishing never deletes")


def test_the_manifest_is_written_last() -> None:
    """A crash before it leaves no snapshot, a crash after it leaves a whole one."""
    destination = Watched(memory())
    manifest = published(destination)
    assert destination.created[-1] == manifest_key(DAY)
    assert sorted(destination.created[:-1]) == sorted(part.key for part in manifest.parts)


def test_every_key_is_remembered_before_it_is_created() -> None:
    """A sweep may remove only what this connection recorded, so the record comes first."""
    remembered: list[str] = []
    unknown: list[str] = []

    def check(key: str) -> None:
        if key not in remembered:
            unknown.append(key)

    destination = Watched(memory(), before=check)
    published(destination, remember=remembered.extend)
    assert unknown == []
    assert sorted(remembered) == sorted(destination.created)


def test_a_run_that_breaks_anywhere_is_repaired_by_the_next(tmp_path: Path) -> None:
    """Every point of failure, not a sample: after each the day is absent, then whole and the same."""
    published(Folder(tmp_path / "expected"))
    expected = content(Folder(tmp_path / "expected"))

    def broken(folder: Folder, point: int, *, late: bool) -> Watched:
        left = [point]

        def fail(key: str) -> None:
            left[0] -= 1
            if left[0] < 0:
                raise DestinationError("broken by the test")

        return Watched(folder, after=fail) if late else Watched(folder, before=fail)

    for late in (False, True):
        for point in range(len(expected)):
            folder = Folder(tmp_path / f"{late}-{point}")
            with pytest.raises(DestinationError, match="broken by the test"):
                published(broken(folder, point, late=late), open_executor=one_thread)
            # Only a reply that was lost after the manifest leaves a complete day.
            complete = late and point == len(expected) - 1
            assert (folder.head(manifest_key(DAY)) is not None) == complete
            published(folder)
            assert content(folder) == expected


def test_a_part_that_changed_before_the_manifest_withholds_the_day(tmp_path: Path) -> None:
    """A store that loses a byte is noticed before anybody relies on it."""
    folder = Folder(tmp_path)

    def spoil(key: str) -> None:
        data = bytearray(folder.get(key))
        data[len(data) // 2] ^= 1
        (tmp_path / key).write_bytes(data)

    with pytest.raises(SnapshotError, match="is not what was written"):
        published(Watched(folder, after=spoil))
    assert folder.head(manifest_key(DAY)) is None


def test_a_part_that_vanished_before_the_manifest_withholds_the_day() -> None:
    """The store lost it, or somebody cleaned up."""
    inner = memory()
    with pytest.raises(SnapshotError, match="is missing at memory"):
        published(Watched(inner, after=inner.delete))
    assert inner.head(manifest_key(DAY)) is None


def test_a_twin_that_was_faster_is_left_alone() -> None:
    """Two runs of one day: the manifest that was first stays, and the second run is a no-op."""
    twin = published(memory(), facts=replace(FACTS, run="twin"))
    inner = memory()

    def be_faster(key: str) -> None:
        if key == manifest_key(DAY) and inner.head(key) is None:
            data = to_bytes(twin)
            inner.create(key, data, sha256=sha256(data).hexdigest())

    manifest = published(Watched(inner, before=be_faster))
    assert manifest == twin
    assert inner.get(manifest_key(DAY)) == to_bytes(twin)


class Weighing(ThreadPoolExecutor):
    """Threads whose tasks are weighed as processes would get them."""

    def __init__(self) -> None:
        super().__init__(2)
        self.bytes: dict[str, int] = {}

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> "Future[T]":
        task = len(pickle.dumps((fn, args, kwargs)))
        self.bytes |= {one.name: task for one in args if isinstance(one, Table)}
        return super().submit(fn, *args, **kwargs)


def test_a_task_is_small(tmp_path: Path) -> None:
    """There is one for each range of each table: with the streams behind a table each weighed 50 kB."""
    of_records = replace(objects(RECORDS[:3]), streams=OBJECTS.streams)
    declared = [table for table in CATALOGUE if isinstance(table, Table) and table is not OBJECTS]
    with Weighing() as executor:
        published(
            Folder(tmp_path), [of_records, *declared], open_executor=lambda _: nullcontext(executor)
        )
    assert executor.bytes.keys() == {"OBJECTS", *(table.name for table in declared)}
    assert max(executor.bytes.values()) < 5_000, executor.bytes


def test_the_process_that_waits_writes_the_manifest_alone() -> None:
    """Header-only parts are many, and a PUT each; the workers have nothing else to do by then."""
    writers: dict[str, str] = {}

    def note(key: str) -> None:
        writers[key] = threading.current_thread().name

    with ThreadPoolExecutor(2, thread_name_prefix="worker") as executor:
        published(Watched(memory(), before=note), open_executor=lambda _: nullcontext(executor))
    assert writers.pop(manifest_key(DAY)) == threading.current_thread().name
    assert any("/TEAMS/" in key for key in writers)
    assert all(name.startswith("worker") for name in writers.values())


def test_a_run_that_was_asked_to_stop_starts_no_more_tasks() -> None:
    """Within seconds, and without a manifest."""

    class Stopped(StandStill):
        def sleep(self, seconds: float) -> None:
            raise Interrupted("stopped by the test")

    rows = [(f"{number:05d}",) for number in range(3000)]
    table = a_table("T", (column("K"),), rows, key=("K",), items_per_span=1, weight=50_000)
    destination = Watched(memory())
    with pytest.raises(Interrupted):
        published(destination, [table], stop=Stopped())
    assert len(destination.created) < len(rows)
    assert manifest_key(DAY) not in destination.created


@pytest.mark.parametrize("items_per_span", [1, 2, 4])
@pytest.mark.parametrize("ids", [[1, 2, 2, 3], [1, 3, 2, 4]])
def test_rows_out_of_order_withhold_the_day(ids: list[int], items_per_span: int) -> None:
    """Within a range and between two: a key that comes twice is two truths about one record."""
    table = a_table(
        "OBJECTS",
        (column("OBJECTID", "ID"), column("INGESTEDAT", "TIMESTAMP")),
        [(number, INGESTED) for number in ids],
        key=("OBJECTID",),
        items_per_span=items_per_span,
        weight=50_000,
    )
    destination = memory()
    with pytest.raises(SnapshotError, match="OBJECTS has a row twice or out of order"):
        published(destination, [table])
    assert destination.head(manifest_key(DAY)) is None


def test_progress_is_told_part_by_part_and_table_by_table() -> None:
    """The command line draws its bars from it."""
    told: list[TablePublished | PartPublished] = []
    manifest = published(memory(), observe=told.append)
    parts = [event.part for event in told if isinstance(event, PartPublished)]
    tables = [event.table for event in told if isinstance(event, TablePublished)]
    assert {part.key for part in parts} == {part.key for part in manifest.parts}
    assert {table.name for table in tables} == {table.name for table in manifest.tables}


def test_replaced_surrogates_are_counted_in_the_manifest() -> None:
    """The only change that values ever suffer is not silent."""
    rows = [(1, "a\ud800"), (2, "\udfff\udfff")]
    table = a_table("T", (column("K", "NUMBER"), column("V")), rows, key=("K",))
    assert published(memory(), [table]).replaced_surrogates == 3


def test_long_texts_in_keys_are_cut_in_the_manifest() -> None:
    """A key may hold a property's whole value."""
    table = a_table("T", (column("K"),), [("x" * 100_000,)], key=("K",))
    (part,) = published(memory(), [table]).parts
    assert part.first_key == part.last_key == ("x" * 64,)


def test_no_content_of_a_history_stands_in_the_manifest() -> None:
    """Its values are part of its key, and a manifest is shown to people who may not read the data."""
    destination = memory()
    table = history([("0-1", 7, [("note", "private", "2026-11-22 02:00:00.000")])])
    (part,) = published(destination, [table]).parts
    assert part.first_key == ("0-1", "7", "note", "2026-11-22 02:00:00.000", "")
    assert b"private" not in destination.get(manifest_key(DAY))
