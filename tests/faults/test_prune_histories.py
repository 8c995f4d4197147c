"""Random histories of a bucket full of look-alikes: whatever happens, nobody's bytes are lost but ours.

A model beside the bucket knows what every step put there, and whose it is. Steps are syncs, crashes,
people who put, exchange and remove files, and prunes that are killed anywhere.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from itertools import count
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from obstore.store import MemoryStore

from crmsnap.destinations.store import Store
from crmsnap.destinations.write_test import try_to_write
from crmsnap.publish.layout import manifest_key, part_key
from crmsnap.publish.prune_days import Owner
from crmsnap.publish.prune_plan import Keep
from crmsnap.publish.tidy import tidy
from crmsnap.state.written import Written
from tests.unit.publish.made_up_days import (
    Files,
    Killed,
    Watched,
    manifest_file,
    over,
    part_files,
    prune_by,
    pruning,
)

HISTORIES = 1000
STEPS = 12
DAYS = [(date(2026, 9, 20) + timedelta(days=n)).isoformat() for n in range(60)]
OTHERS = (Owner("acme", "1"), Owner("acme-2", "4711"), Owner("ACME", "4711"))


@dataclass
class Bucket:
    """A bucket, and a model of what lies in it."""

    random: Random
    written: Written
    raw: MemoryStore = field(default_factory=MemoryStore)
    foreign: Files = field(default_factory=dict)
    """What nobody may remove: of others, exchanged, or not certainly ours."""
    ours: dict[str, Files] = field(default_factory=dict)
    """Whole days of ours by day, each with its manifest."""
    loose: Files = field(default_factory=dict)
    """What is ours and belongs to no day any more: it may go, or stay."""
    number: "count[int]" = field(default_factory=count)

    @property
    def destination(self) -> Store:
        return over(self.raw)

    def put(self, key: str, data: bytes) -> None:
        self.raw.put(key, data, attributes={"sha256": sha256(data).hexdigest()})

    def files(self) -> Files:
        return {
            meta["path"]: bytes(self.raw.get(meta["path"]).bytes())
            for chunk in self.raw.list()
            for meta in chunk
        }

    def free_day(self) -> str | None:
        """A day that neither we nor others have begun to publish; somebody's files may lie in it."""
        taken = set(self.ours) | {key.split("/")[0] for key in self.loose}
        taken |= {key.split("/")[0] for key in self.files() if key.endswith("/_MANIFEST.json")}
        free = [day for day in DAYS if day not in taken]
        return self.random.choice(free) if free else None

    def contents(self) -> list[bytes]:
        return [b"%d" % next(self.number) for _ in range(self.random.randint(1, 3))]

    def someones_key(self, day: str) -> str:
        """A name that looks like ours."""
        digits = f"{self.random.getrandbits(64):016x}"
        return self.random.choice(
            [
                f"{day}/T/part-00000-{digits}.csv.gz",
                f"{day}/T/part-00000-{digits}.csv.gz#1",
                f"{day}/T/part-00000-{digits}.csv",
                f"{day}/T/_MANIFEST.json",
                f"{day}/_manifest.json",
                f"{day}/notes + ä {digits}.txt",
                f"{day}_/{digits}",
                f"old/{day}/_MANIFEST.json",
                f"{digits}.csv.gz",
                f".crmsnap/write-test{self.random.choice(['', '-2', '.bak', '-notes', '/x'])}",
            ]
        )


Step = Callable[[Bucket], None]


def sync(bucket: Bucket) -> None:
    """A day is published; sometimes what a run before it had left is swept, and old days go."""
    day = bucket.free_day()
    if day is None:
        return
    assert try_to_write(bucket.destination).create_only
    parts = part_files(day, *bucket.contents())
    bucket.written.remember([*parts, manifest_key(day)])
    bucket.ours[day] = {**parts, manifest_key(day): manifest_file(day, parts)}
    for key, data in bucket.ours[day].items():
        bucket.put(key, data)
    keep = bucket.random.choice([None, Keep(bucket.random.randint(1, 40))])
    tidy(pruning(bucket.destination, bucket.written), day, keep)


def crash(bucket: Bucket) -> None:
    """A run is killed before its manifest."""
    day = bucket.free_day()
    if day is None:
        return
    parts = part_files(day, *bucket.contents())
    bucket.written.remember(parts)
    for key, data in parts.items():
        if bucket.random.random() < 0.8:
            bucket.put(key, data)
            bucket.loose[key] = data


def a_clock_was_wrong(bucket: Bucket) -> None:
    """A run published a whole day of ours that has not come yet."""
    day = f"20{bucket.random.randint(30, 99)}-11-22"
    if manifest_key(day) in bucket.files():
        return
    parts = part_files(day, *bucket.contents())
    whole = {**parts, manifest_key(day): manifest_file(day, parts)}
    for key, data in whole.items():
        bucket.put(key, data)
    bucket.foreign |= whole  # people decide about it


def others_publish(bucket: Bucket) -> None:
    """Another connection or account publishes into the same place by mistake."""
    day = bucket.free_day()
    if day is None:
        return
    parts = part_files(day, *bucket.contents())
    owner = bucket.random.choice(OTHERS)
    whole = {**parts, manifest_key(day): manifest_file(day, parts, owner)}
    for key, data in whole.items():
        bucket.put(key, data)
    bucket.foreign |= whole


def somebody_puts(bucket: Bucket) -> None:
    """A file with a name like ours, anywhere."""
    day, data = bucket.random.choice(DAYS), bucket.random.randbytes(8)
    if bucket.random.random() < 0.2:
        data = bucket.random.randbytes(19)  # as long as what the write test writes
    key = bucket.someones_key(day)
    if bucket.random.random() < 0.3:
        key = part_key(day, "T", 0, sha256(data).hexdigest())  # a part in every way but of whom
    if key in bucket.files():
        return
    bucket.put(key, data)
    bucket.foreign[key] = data


def somebody_forges(bucket: Bucket) -> None:
    """A manifest in our name, sealed as ours are, that lists somebody's files."""
    day = bucket.free_day()
    if day is None:
        return
    data = bucket.random.randbytes(8)
    victims = [f"{day}/photo.jpg", f"{day}/T/part-00000-{'0' * 16}.csv.gz"]
    listed = {bucket.random.choice(victims): data}
    for key in (*listed, manifest_key(day)):
        bucket.foreign[key] = data if key in listed else manifest_file(day, listed)
        bucket.put(key, bucket.foreign[key])


def somebody_copies_a_day(bucket: Bucket) -> None:
    """A whole day of ours under another day's name: its manifest is that of the first."""
    day = bucket.free_day()
    if day is None or not bucket.ours:
        return
    source = bucket.random.choice(sorted(bucket.ours))
    for key, data in bucket.ours[source].items():
        bucket.foreign[key.replace(source, day, 1)] = data
        bucket.put(key.replace(source, day, 1), data)


def somebody_exchanges(bucket: Bucket) -> None:
    """A part or manifest of ours gets another content of the same size; the day is theirs from then on."""
    if not bucket.ours:
        return
    day = bucket.random.choice(sorted(bucket.ours))
    whole = bucket.ours.pop(day)
    key = bucket.random.choice(sorted(whole))
    exchanged = bytes(reversed(whole[key]))
    if exchanged == whole[key]:
        bucket.ours[day] = whole
        return
    bucket.put(key, exchanged)
    bucket.foreign[key] = exchanged
    # Of the rest nobody can say: with its manifest whole, it may be pruned but for that file.
    bucket.loose |= {other: data for other, data in whole.items() if other != key}


def somebody_removes(bucket: Bucket) -> None:
    """A part of ours is gone: what is left of its day is for people to judge."""
    if not bucket.ours:
        return
    day = bucket.random.choice(sorted(bucket.ours))
    whole = bucket.ours.pop(day)
    key = bucket.random.choice(sorted(set(whole) - {manifest_key(day)}))
    bucket.raw.delete(key)
    whole.pop(key)
    if key in bucket.written.keys(day):
        bucket.loose |= whole  # never swept since it was published
    else:
        bucket.foreign |= whole


def prune_some(bucket: Bucket) -> None:
    """A prune with any rule, killed at any place or not at all."""
    left = bucket.random.choice([10**6, bucket.random.randint(1, 60)])

    def before(operation: str, key: str) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise Killed

    keep = Keep(
        bucket.random.randint(1, 40), bucket.random.randint(0, 3), bucket.random.randint(1, 3)
    )
    newest = sorted(bucket.ours)[-keep.last :]
    with suppress(Killed):
        prune_by(keep, pruning(Watched(bucket.destination, before), bucket.written))
    there = bucket.files()
    for day in newest:
        assert bucket.ours[day].items() <= there.items(), f"one of the newest days, {day}, was lost"


def settle(bucket: Bucket) -> None:
    """See what became of our days: whole with their manifest, or loose without it."""
    there = bucket.files()
    for day, whole in list(bucket.ours.items()):
        if manifest_key(day) in there:
            assert whole.items() <= there.items(), f"{day} is torn"
        else:
            bucket.loose |= bucket.ours.pop(day)
    missing = {key for key, data in bucket.foreign.items() if there.get(key) != data}
    assert not missing, f"lost: {sorted(missing)}"
    known = (
        bucket.foreign.keys() | bucket.loose.keys() | {k for d in bucket.ours.values() for k in d}
    )
    assert there.keys() <= known


STEPS_OF_A_HISTORY: tuple[tuple[Step, int], ...] = (
    (sync, 8),
    (crash, 2),
    (a_clock_was_wrong, 1),
    (others_publish, 2),
    (somebody_puts, 4),
    (somebody_forges, 1),
    (somebody_copies_a_day, 1),
    (somebody_exchanges, 1),
    (somebody_removes, 1),
    (prune_some, 4),
)


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """In memory where there is such a folder: each prune waits for the disk, and there are thousands."""
    memory = Path("/dev/shm")  # noqa: S108 - the folder in it is ours alone
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder)


@pytest.mark.parametrize("part", range(4))
def test_nothing_foreign_is_lost_no_day_is_torn_and_the_newest_stay(home: Path, part: int):
    """A thousand histories; the seed of a failing one is in its message."""
    steps, weights = zip(*STEPS_OF_A_HISTORY, strict=True)
    pruned = kept_foreign = 0
    with Written(home / str(part), "memory://") as written:
        for seed in range(part * HISTORIES // 4, (part + 1) * HISTORIES // 4):
            random = Random(seed)
            bucket = Bucket(random, written)
            with closing(sqlite3.connect(home / str(part) / "runs.sqlite")) as db:
                db.executescript("DELETE FROM puts; DELETE FROM prunes;")
            try:
                for step in random.choices(steps, weights, k=STEPS):
                    step(bucket)
                    settle(bucket)
                before = len(bucket.ours)
                prune_by(Keep(5), pruning(bucket.destination, written))
                settle(bucket)
            except AssertionError as error:
                raise AssertionError(f"seed {seed}: {error}") from error
            pruned += before - len(bucket.ours)
            kept_foreign += len(bucket.foreign)
    assert pruned > HISTORIES // 8
    assert kept_foreign > HISTORIES


def test_a_hundred_thousand_foreign_keys_are_neither_touched_nor_read(tmp_path: Path):
    """They lie beside our days and inside one of them; only the days are listed."""
    raw = MemoryStore()
    with Written(tmp_path, "memory://") as written:
        bucket = Bucket(Random(1), written, raw)
        whole = {}
        for day in (DAYS[0], DAYS[-1]):
            parts = part_files(day, day.encode())
            whole[day] = {**parts, manifest_key(day): manifest_file(day, parts)}
            for key, data in whole[day].items():
                bucket.put(key, data)
        for n in range(50_000):
            raw.put(f"exports/{n:06d} + ä.csv", b"mine")
            raw.put(f"{DAYS[0]}/T/{n:06d}.parquet", b"mine")
        read: list[str] = []

        def note(operation: str, key: str) -> None:
            if operation in ("get", "head", "delete"):
                read.append(key)

        report = prune_by(Keep(7), pruning(Watched(bucket.destination, note), written))
    assert [day.verdict for day in report.days] == ["removed", "stays"]
    assert not [key for key in read if key.startswith("exports/") or key.endswith(".parquet")]
    there = sum(len(chunk) for chunk in raw.list())
    assert there == 100_000 + len(whole[DAYS[-1]])
    assert part_key(DAYS[0], "T", 0, sha256(DAYS[0].encode()).hexdigest()) in read
