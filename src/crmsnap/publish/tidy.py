"""What a run does behind its snapshot: strays are swept, and days that are no longer kept are removed.

The snapshot is published by then. Whatever goes wrong here is told, and undoes nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from crmsnap.destinations.answer import OddKey
from crmsnap.errors import CrmsnapError, Interrupted, SnapshotError
from crmsnap.publish.layout import is_day
from crmsnap.publish.prune import BEGUN, DayPruned, PruneReport, Pruning, planned, prune
from crmsnap.publish.prune_plan import Keep, decide
from crmsnap.publish.remove import Left
from crmsnap.publish.strays import tidy_day


@dataclass(frozen=True, slots=True)
class Tidied:
    """What was tidied behind a snapshot."""

    swept: tuple[str, ...] = ()
    """Strays that were removed."""
    removed: tuple[DayPruned, ...] = ()
    """Days that were removed: no longer kept, or an earlier prune had begun with them."""
    left: tuple[DayPruned, ...] = ()
    """Days beyond the kept ones that were not touched, because they may be something else."""
    warnings: tuple[str, ...] = ()
    """What could not be done, and why; the next run tries it again."""

    def as_dict(self) -> dict[str, object]:
        """The part of a run's report that is about this."""
        return {
            "swept": len(self.swept),
            "removed_days": [day.day for day in self.removed],
            "left_days": {day.day: day.reason for day in self.left},
        }


def tidy(pruning: Pruning, today: str, keep: Keep | None) -> Tidied:
    """Sweep strays, then remove the days that are no longer kept; `keep` None: every day is.

    `today` is the day of the run that has just been published.
    """
    swept, warnings = _swept(pruning, today)
    try:
        report = prune(_plan(pruning, today, keep), pruning, lambda _: None)
    except Interrupted:
        raise
    except CrmsnapError as error:
        report = PruneReport((), error)
    if report.error is not None:
        warnings.append(f"old days could not be removed: {_said(report.error)}")
    warnings += [_stays(day) for day in report.days if day.left]
    left = tuple(day for day in report.of("left") if not day.left)
    warnings += [f"{day.day} stays: {day.reason}" for day in left if day.reason.startswith(BEGUN)]
    return Tidied(tuple(swept), report.of("removed"), left, tuple(warnings))


def _swept(pruning: Pruning, today: str) -> tuple[list[str], list[str]]:
    swept: list[str] = []
    warnings: list[str] = []
    destination = pruning.days.destination
    # Also where nothing of today is remembered: a power cut may have taken the record, and left a file.
    for day in sorted({today, *filter(is_day, pruning.written.days())}):
        pruning.clock.sleep(0)
        try:
            pruning.assure()
            swept += tidy_day(destination, day, pruning.written, today)
        except (SnapshotError, OddKey) as error:
            warnings.append(f"strays of {day} were not swept: {_said(error)}")
        except Interrupted:
            raise
        except CrmsnapError as error:
            warnings.append(f"strays could not be swept: {_said(error)}")
            break
    return swept, warnings


def _plan(pruning: Pruning, today: str, keep: Keep | None) -> PruneReport:
    if keep is None:
        return PruneReport(())
    days = pruning.days
    return planned(days, decide(days.names(), keep, days.trouble, today=today))


def _stays(day: DayPruned) -> str:
    """What of a day stays; with its manifest all of it does, because nothing else was tried."""
    many = "all files" if day.verdict == "left" else f"{len(day.left)} of {day.parts + 1} files"
    return f"{many} of {day.day} stay: {_reasons(day.left)}"


def _said(error: CrmsnapError) -> str:
    return f"{error.message}: {error.cause}" if error.cause else error.message


def _reasons(left: Iterable[Left]) -> str:
    return "; ".join(sorted({file.reason for file in left}))
