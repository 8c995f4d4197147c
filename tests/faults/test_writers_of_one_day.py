"""Two or three writers of one day with pauses anywhere: the manifest and the files never disagree.

Each writer is a machine with a state of its own, as if no lease held: it publishes the day, replaces it, takes
parts over from the day before, is killed, and sweeps late by what it read long ago. A schedule lets one of them
do a request, or many, before another goes on. After each request that removes a file or changes the manifest,
every part that the manifest lists has to be there, with its content.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from hashlib import sha256
from random import Random
from threading import Lock, Semaphore, Thread
from typing import Any

import pytest
from obstore.store import MemoryStore

from crmsnap.bootstrap.executor import InlineExecutor
from crmsnap.destinations.opening import OnePlace, Opened
from crmsnap.destinations.store import Store
from crmsnap.errors import CrmsnapError
from crmsnap.publish.layout import manifest_key
from crmsnap.publish.manifest import RunFacts
from crmsnap.publish.manifest_json import from_bytes
from crmsnap.publish.publish import PartPublished, TablePublished, publish
from crmsnap.publish.revision import found_revision
from crmsnap.publish.strays import remove_strays
from crmsnap.state.published import Ranges
from crmsnap.tables.table import Table
from tests.unit.publish.made_up_days import Killed
from tests.unit.publish.made_up_tables import DAY, FACTS, READER, StandStill, a_table, column

BEFORE = "2026-11-21"
NAMES = ("A", "B", "C")


@dataclass
class World:
    """The bucket, whose turn it is, and what has happened."""

    random: Random
    raw: MemoryStore = field(default_factory=MemoryStore)
    done: Semaphore = field(default_factory=lambda: Semaphore(0))
    seen: Counter[str] = field(default_factory=Counter)
    mismatches: list[str] = field(default_factory=list)

    def check(self) -> None:
        """Note every part that the day's manifest lists and that is not there as it says."""
        key = manifest_key(DAY)
        try:
            data = bytes(self.raw.get(key).bytes())
        except FileNotFoundError:
            return
        for part in from_bytes(data, key).parts:
            try:
                there = bytes(self.raw.get(part.key).bytes())
            except FileNotFoundError:
                self.mismatches.append(f"{part.key} is gone")
                continue
            if sha256(there).hexdigest() != part.sha256:
                self.mismatches.append(f"{part.key} is something else")


@dataclass
class Memory:
    """What a writer remembers of the snapshot before; here it lies in no file."""

    ranges: Ranges = field(default_factory=dict)

    def recall(self) -> Ranges:
        return self.ranges

    def remember(self, ranges: Ranges) -> None:
        self.ranges = dict(ranges)


class Writer:
    """One machine: what it remembers, and the requests that it makes when it has its turn."""

    def __init__(self, world: World, name: str) -> None:
        self.world = world
        self.name = name
        self.memory = Memory()
        self.puts: set[str] = set()
        self.go = Semaphore(0)
        self.ended = False
        self.paced = False
        self.dies_at = -1
        self.destination = Store("memory://", _Paced(self))
        self._one_at_a_time = Lock()  # copies are made by several threads

    def request(self, name: str, *arguments: Any, **options: Any) -> Any:
        """One request to the store, when the schedule lets it."""
        with self._one_at_a_time:
            if self.paced:
                self.world.done.release()
                self.go.acquire()
            if self.dies_at == 0:
                self.world.seen["killed"] += 1
                raise Killed
            self.dies_at -= 1
            result = getattr(self.world.raw, name)(*arguments, **options)
            self.world.seen[name] += 1
            if name == "delete" or (name == "put" and arguments[0] == manifest_key(DAY)):
                self.world.check()
            return result

    def run(self, jobs: list[tuple[str, tuple[Table, ...], int]]) -> None:
        """Do one job after the other; a kill ends one, and the next run begins where it was left."""
        self.paced = True
        for number, (how, tables, dies_at) in enumerate(jobs):
            self.dies_at = dies_at
            facts = replace(FACTS, run=f"{self.name}-{number}")
            with suppress(CrmsnapError, Killed):
                self.publish(tables, facts, replaces=how == "replace")
                swept = remove_strays(self.destination, DAY, frozenset(self.puts))
                self.world.seen["swept"] += len(swept)
        self.paced = False
        self.ended = True
        self.world.done.release()

    def publish(self, tables: tuple[Table, ...], facts: RunFacts, *, replaces: bool) -> None:
        revision = found_revision(self.destination, facts) if replaces else None
        facts = replace(facts, revision=1 if revision is None else revision.manifest.next_revision)
        manifest = publish(
            tables,
            READER,
            self.destination,
            facts=facts,
            remember=self.puts.update,
            open_executor=inline,
            observe=self._count,
            stop=StandStill(),
            memory=self.memory,
            replaces=revision,
        )
        if facts.day == DAY and manifest.facts.run == facts.run:
            self.world.seen["won" if revision is None else "replaced"] += 1

    def _count(self, event: PartPublished | TablePublished) -> None:
        if isinstance(event, PartPublished) and event.copied:
            self.world.seen["copied"] += 1


@dataclass(frozen=True)
class _Paced(OnePlace):
    writer: Writer

    def __call__(self) -> Opened:
        return Opened(_Requests(self.writer))  # type: ignore[arg-type]  # as much of a store as is asked


class _Requests:
    """A store whose every request waits for its writer's turn."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def __getattr__(self, name: str) -> Any:
        return lambda *arguments, **options: self._writer.request(name, *arguments, **options)


@contextmanager
def inline(rows: int) -> Iterator[InlineExecutor]:
    yield InlineExecutor(StandStill())


def table(name: str, version: int) -> Table:
    return a_table(name, (column("K"),), [(f"{name} {version}",)], key=("K",))


def some_tables(random: Random) -> tuple[Table, ...]:
    """Three tables, of few versions each, so that writers often mean the same part."""
    return tuple(table(name, random.randrange(3)) for name in NAMES)


def schedule(seed: int) -> World:
    """One random schedule, to its end."""
    random = Random(seed)
    world = World(random)
    writers = [Writer(world, f"w{n}") for n in range(random.choice((2, 2, 3)))]
    for number, writer in enumerate(writers):
        # All machines have published the day before; only the first was in time for that.
        facts = replace(FACTS, day=BEFORE, run=f"before-{number}")
        writer.publish(some_tables(random), facts, replaces=False)
    threads = [
        Thread(target=writer.run, args=([a_job(random) for _ in range(random.choice((1, 2, 3)))],))
        for writer in writers
    ]
    for thread in threads:
        thread.start()
        world.done.acquire()
    waiting = list(writers)
    while waiting:
        writer = random.choice(waiting)
        for _ in range(random.choice((1, 1, 3, 10, 60))):
            writer.go.release()
            world.done.acquire()
            if writer.ended:
                waiting.remove(writer)
                break
    for thread in threads:
        thread.join()
    world.check()
    return world


def a_job(random: Random) -> tuple[str, tuple[Table, ...], int]:
    dies_at = random.randrange(60) if random.random() < 0.3 else -1
    return random.choice(("plain", "replace", "replace")), some_tables(random), dies_at


def run_schedules(seeds: range) -> Counter[str]:
    """What happened in all of them; no manifest may ever disagree with the files."""
    happened: Counter[str] = Counter()
    for seed in seeds:
        world = schedule(seed)
        assert not world.mismatches, (seed, world.mismatches)
        happened += world.seen
        try:
            data = bytes(world.raw.get(manifest_key(DAY)).bytes())
        except FileNotFoundError:
            continue
        revision = from_bytes(data, manifest_key(DAY)).facts.revision
        # A writer that was killed behind its own manifest has published without knowing it.
        known = world.seen["won"] + world.seen["replaced"]
        assert known <= revision <= known + world.seen["killed"], (seed, revision, world.seen)
    return happened


def test_no_schedule_of_writers_makes_manifest_and_files_disagree():
    """A sample; the suite of all tests runs twenty thousand."""
    happened = run_schedules(range(200))
    for what in ("won", "replaced", "copied", "swept", "killed"):
        assert happened[what] > 15, happened


@pytest.mark.full
@pytest.mark.parametrize("thousand", range(1, 21))
def test_twenty_thousand_schedules_make_no_manifest_and_files_disagree(thousand):
    """Each with other pauses, kills, contents and orders."""
    happened = run_schedules(range(1_000 * thousand, 1_000 * (thousand + 1)))
    assert min(happened[what] for what in ("won", "replaced", "copied", "swept", "killed")) > 50
