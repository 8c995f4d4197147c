"""Removing days: first the manifest, so that no reader takes half a day for a whole one, then its parts.

A manifest is remembered before it is removed. Whoever is killed behind it leaves parts that no
manifest lists; the next prune finds them by what is remembered, and finishes.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Literal

from crmsnap.destinations.interface import Destination
from crmsnap.errors import CrmsnapError, Interrupted, NotThere, SnapshotError
from crmsnap.model import Clock
from crmsnap.publish.layout import manifest_key
from crmsnap.publish.prune_days import OurDays, WholeDay
from crmsnap.publish.prune_plan import Decision
from crmsnap.publish.published import manifest_of
from crmsnap.publish.remove import AT_ONCE, DENIED, File, Left, RemoveOne, remove_all, remove_file
from crmsnap.state.written import Written

BEGUN = "an earlier prune had begun with it"


@dataclass(frozen=True, slots=True)
class DayPruned:
    """What becomes, or became, of a day."""

    day: str
    verdict: Literal["stays", "goes", "left", "removed"]
    """`left`: not touched; `removed`: no snapshot any more, although files of `left` may stay."""
    reason: str
    parts: int = 0
    bytes: int = 0
    left: tuple[Left, ...] = ()


@dataclass(frozen=True, slots=True)
class PruneReport:
    """What a prune would do, or did."""

    days: tuple[DayPruned, ...]
    error: CrmsnapError | None = None
    """What ended it before its time."""

    def behind(self, begun: Iterable[DayPruned]) -> "PruneReport":
        """With what had been begun before it; a day of that is not left for having no manifest."""
        first = tuple(begun)
        names = {day.day for day in first}
        rest = (day for day in self.days if day.verdict != "left" or day.day not in names)
        return replace(self, days=(*first, *rest))

    def of(self, verdict: str) -> tuple[DayPruned, ...]:
        """The days with this verdict."""
        return tuple(day for day in self.days if day.verdict == verdict)

    @property
    def left(self) -> tuple[Left, ...]:
        """Every file that should have gone and did not."""
        return tuple(left for day in self.days for left in day.left)

    @property
    def exit_code(self) -> int:
        """5 when the store denied something, 1 when something else stays that should have gone, else 0."""
        if self.error is not None:
            return self.error.exit_code
        if any(left.code == DENIED for left in self.left):
            return 5
        return 1 if self.left else 0

    def as_dict(self) -> dict[str, object]:
        """The report as `--json` prints it."""
        return {
            "days": [asdict(day) for day in self.days],
            "error": None if self.error is None else self.error.as_dict(),
            "exit_code": self.exit_code,
        }


@dataclass(frozen=True, slots=True)
class Pruning:
    """What removing works with."""

    days: OurDays
    remove_one: RemoveOne
    written: Written
    clock: Clock
    assure: Callable[[], None]
    """Raises `Busy` when another machine has taken the connection over."""
    at_once: int = AT_ONCE


def planned(days: OurDays, decisions: Iterable[Decision]) -> PruneReport:
    """What would go, with its size; nothing is removed."""
    found = []
    for decision in decisions:
        pruned = DayPruned(decision.day, decision.verdict, decision.reason)
        if decision.verdict == "goes":
            looked = days.looked(decision.day)
            pruned = replace(pruned, parts=looked.parts, bytes=looked.bytes)
        found.append(pruned)
    return PruneReport(tuple(found))


def begun(days: OurDays, remembered: Mapping[str, bytes]) -> Iterator[DayPruned]:
    """What a prune would do first: finish days whose removal had begun, by their remembered manifests."""
    for day, data in remembered.items():
        if day == days.unfinished:
            continue
        try:
            files = _rest(day, data, days.destination)
        except SnapshotError as error:
            yield _unfinishable(day, error)
            continue
        if files is not None:
            yield _begun(day, files)


def prune(plan: PruneReport, pruning: Pruning, observe: Callable[[DayPruned], None]) -> PruneReport:
    """Finish what an earlier prune had begun, then do what was planned, the oldest day first.

    A denial is reported and the rest goes on; whatever else fails, the report says how far it came.
    """
    finished: list[DayPruned] = []
    done = {day.day: day for day in plan.days}
    try:
        for day in _finish_all(pruning):
            finished.append(day)
            observe(day)
        for day in plan.of("goes"):
            done[day.day] = _remove_day(day, pruning)
            observe(done[day.day])
    except Interrupted:
        raise
    except CrmsnapError as error:
        return PruneReport(tuple(done.values()), error).behind(finished)
    return PruneReport(tuple(done.values())).behind(finished)


def _remove_day(day: DayPruned, pruning: Pruning) -> DayPruned:
    pruning.clock.sleep(0)
    pruning.assure()
    try:
        whole = pruning.days.whole(day.day)  # it may have changed since it was planned
    except SnapshotError as error:
        return DayPruned(day.day, "left", error.message)
    pruning.written.begin_prune(day.day, whole.data)
    left = remove_file(whole.manifest_file, pruning.remove_one)
    if left is not None:
        pruning.written.end_prune(day.day)
        return replace(day, verdict="left", reason="its manifest stays", left=(left,))
    return replace(day, verdict="removed", left=_remove_parts(day.day, whole.part_files, pruning))


def _remove_parts(day: str, files: tuple[File, ...], pruning: Pruning) -> tuple[Left, ...]:
    """Remove the parts of a day that is none any more; it is forgotten unless the store denied some."""
    left = remove_all(files, pruning.remove_one, pruning.clock, pruning.at_once)
    if not any(file.code == DENIED for file in left):
        pruning.written.end_prune(day)
    return left


def _finish_all(pruning: Pruning) -> Iterator[DayPruned]:
    """Finish what was begun; what nobody can finish is left, and stays remembered."""
    for day, data in pruning.written.unfinished_prunes().items():
        if day == pruning.days.unfinished:
            continue  # its run may rely on these parts
        pruning.assure()
        try:
            files = _rest(day, data, pruning.days.destination)
        except SnapshotError as error:
            yield _unfinishable(day, error)
            continue
        if files is None:
            pruning.written.end_prune(day)
            continue
        left = _remove_parts(day, files, pruning)
        yield replace(_begun(day, files), verdict="removed", left=left)


def _rest(day: str, data: bytes, destination: Destination) -> tuple[File, ...] | None:
    """What has to go of a day whose removal has begun, by its remembered manifest.

    None when the day has that manifest back: it was not removed yet, and is decided upon anew. One
    that has another was published again, and loses only what that one does not list. Raise
    `SnapshotError` when one of them is damaged: nobody knows then.
    """
    listed: frozenset[str] = frozenset()
    try:
        there = destination.get(manifest_key(day))
    except NotThere:
        pass
    else:
        if there == data:
            return None
        listed = frozenset(part.key for part in manifest_of(day, there).parts)
    remembered = WholeDay(manifest_of(day, data), data)
    return tuple(file for file in remembered.part_files if file.key not in listed)


def _begun(day: str, files: tuple[File, ...]) -> DayPruned:
    return DayPruned(day, "goes", BEGUN, len(files), sum(file.bytes for file in files))


def _unfinishable(day: str, error: SnapshotError) -> DayPruned:
    return DayPruned(day, "left", f"{BEGUN}, but {error.message}")
