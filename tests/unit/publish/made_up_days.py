"""Days at a destination for tests that only move files: no table is written, the manifest is a real one."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256

from obstore.store import MemoryStore

from crmsnap.destinations.habits import Habits
from crmsnap.destinations.interface import Destination, Found
from crmsnap.destinations.opening import Opened
from crmsnap.destinations.store import Store
from crmsnap.model import Part
from crmsnap.publish.gzip_parts import engine
from crmsnap.publish.layout import manifest_key, part_key
from crmsnap.publish.manifest import Manifest, PublishedTable
from crmsnap.publish.manifest_json import to_bytes
from crmsnap.publish.prune import DayPruned, PruneReport, Pruning, planned, prune
from crmsnap.publish.prune_days import OurDays, Owner
from crmsnap.publish.prune_plan import Keep, decide
from crmsnap.publish.remove import RemoveOne, remover
from crmsnap.state.written import Written
from tests.unit.publish.made_up_tables import FACTS, StandStill, column

OURS = Owner("acme", "4711")
LAST_DAY = "2026-12-31"
"""Later than every day of these tests but those that lie in the future."""

Files = dict[str, bytes]


def put(destination: Destination, key: str, data: bytes) -> None:
    """A file, as anybody could write it."""
    destination.create(key, data, sha256=sha256(data).hexdigest())


def files(destination: Destination) -> Files:
    """Everything at a destination."""
    return {found.key: destination.get(found.key) for found in destination.list("")}


def part_files(day: str, *contents: bytes, table: str = "T") -> Files:
    """Parts with these contents under the names that they have as ours."""
    return {
        part_key(day, table, number, sha256(data).hexdigest()): data
        for number, data in enumerate(contents)
    }


def manifest_file(day: str, parts: Files, owner: Owner = OURS) -> bytes:
    """The manifest of a day that lists these files, whatever they are called."""
    table = PublishedTable(
        name="T",
        grain="one row of T",
        columns=(column("K"),),
        key=("K",),
        sorted_by=("K",),
        parts=tuple(
            Part(key, 1, len(data), sha256(data).hexdigest(), ("1",), ("1",))
            for key, data in parts.items()
        ),
    )
    facts = replace(FACTS, day=day, connection=owner.connection, account=owner.account or "")
    return to_bytes(Manifest(facts, (table,), engine("fast"), "0.1"))


def publish_day(destination: Destination, day: str, *contents: bytes, owner: Owner = OURS) -> Files:
    """A whole snapshot; its parts hold the day's name unless their contents are given."""
    parts = part_files(day, *(contents or (f"{day} one".encode(), f"{day} two".encode())))
    whole = {**parts, manifest_key(day): manifest_file(day, parts, owner)}
    for key, data in whole.items():
        put(destination, key, data)
    return whole


def over(raw: MemoryStore, habits: Habits | None = None) -> Store:
    """A destination over a store that others write to as they like."""
    return Store("memory://", _Open(raw), habits=habits or Habits())


@dataclass(frozen=True)
class _Open:
    raw: MemoryStore

    def __call__(self) -> Opened:
        return Opened(self.raw)

    def settled(self) -> "_Open":
        return self

    def elsewhere(self, _: str) -> None:
        return None


def alone() -> None:
    """A lease that nobody takes over."""


def pruning(
    destination: Destination,
    written: Written,
    *,
    owner: Owner = OURS,
    unfinished: str | None = None,
    remove_one: RemoveOne | None = None,
) -> Pruning:
    """What removing works with, one file at a time so that every run does the same."""
    days = OurDays(destination, owner, unfinished)
    remove_one = remove_one or remover(destination)
    return Pruning(days, remove_one, written, StandStill(), alone, at_once=1)


def prune_by(keep: Keep, tools: Pruning) -> PruneReport:
    """Plan and prune at once."""
    days = tools.days
    plan = planned(days, decide(days.names(), keep, days.trouble, today=LAST_DAY))
    return prune(plan, tools, ignored)


def ignored(day: DayPruned) -> None:
    """An observer for tests that do not observe."""


class Killed(BaseException):
    """Stands for SIGKILL: no handler of the product may see it."""


class Watched:
    """A destination that calls `before` with each operation and key, which may raise."""

    def __init__(self, inner: Destination, before: Callable[[str, str], None]) -> None:
        self._inner = inner
        self._before = before

    @property
    def url(self) -> str:
        return self._inner.url

    def create(self, key: str, data: bytes, *, sha256: str) -> None:
        self._before("create", key)
        self._inner.create(key, data, sha256=sha256)

    def replace(self, key: str, data: bytes, *, sha256: str, e_tag: str) -> None:
        self._before("replace", key)
        self._inner.replace(key, data, sha256=sha256, e_tag=e_tag)

    def get(self, key: str) -> bytes:
        self._before("get", key)
        return self._inner.get(key)

    def head(self, key: str) -> Found | None:
        self._before("head", key)
        return self._inner.head(key)

    def list(self, prefix: str):  # type: ignore[no-untyped-def]  # `list` is this method here
        self._before("list", prefix)
        return self._inner.list(prefix)

    def folders(self, prefix: str) -> tuple[str, ...]:
        self._before("folders", prefix)
        return self._inner.folders(prefix)

    def delete(self, key: str) -> None:
        self._before("delete", key)
        self._inner.delete(key)
