"""From a connection to what removing its days works with."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

from crmsnap.bootstrap.clock import utc_now
from crmsnap.bootstrap.connections import Known
from crmsnap.bootstrap.destination import destination_of, jitter, s3_reach
from crmsnap.bootstrap.keeping import kept_state
from crmsnap.bootstrap.tools import lease_of
from crmsnap.connection.versions import Versions
from crmsnap.destinations.interface import Destination
from crmsnap.destinations.retry import Passing, Retries
from crmsnap.destinations.s3_place import read_s3_place
from crmsnap.model import Clock
from crmsnap.publish.prune import Pruning
from crmsnap.publish.prune_days import OurDays, Owner
from crmsnap.publish.remove import RemoveOne, remover, version_remover
from crmsnap.state.folder import locked
from crmsnap.state.runs import Runs, read_runs
from crmsnap.state.written import Written, read_unfinished_prunes


def our_days(known: Known, home: Path, clock: Clock) -> OurDays:
    """The days that are the connection's at its destination; nothing is made or changed."""
    return days_of(known, home, destination_of(known, clock))


@contextmanager
def open_pruning(
    known: Known, home: Path, clock: Clock, *, versions: bool = False
) -> Iterator[Pruning]:
    """What removing works with, while no run works on the connection. Raise `Busy` if one does.

    `versions`: what is removed from a bucket that keeps versions is not kept as one.
    """
    destination = destination_of(known, clock)
    name = _name(known)
    with (
        locked(home / name),
        lease_of(known.registry, home, name) as lease,
        kept_state(known, clock, home / name),
        Written(home / name, destination.url) as written,
        _remove_one(known, destination, clock, versions=versions) as remove_one,
    ):
        days = days_of(known, home, destination)
        yield Pruning(days, remove_one, written, clock, lease.assure)


def begun_prunes(known: Known, home: Path, days: OurDays) -> Mapping[str, bytes]:
    """The manifests of days that an earlier prune had begun with; nothing is made or changed."""
    return read_unfinished_prunes(home / _name(known), days.destination.url)


def last_destination(home: Path, name: str) -> str | None:
    """Where the last run of a connection wrote to, None if this machine does not know it."""
    if not (home / name / "runs.sqlite").exists():
        return None
    with Runs(home / name) as runs:
        last = next(runs.newest_first(), None)
    return None if last is None else last.destination


def no_later_than(known: Known, home: Path) -> str:
    """The last day of which there can be a snapshot: that of the last run, or tomorrow.

    Days are HubSpot's, whose clock may be a little before this machine's, or another one altogether
    where somebody tries a sandbox.
    """
    tomorrow = (date.fromisoformat(utc_now()[:10]) + timedelta(days=1)).isoformat()
    path = home / _name(known) / "runs.sqlite"
    runs = read_runs(path) if path.exists() else ()
    return max([tomorrow, *(run.day for run in runs[:1])])


@contextmanager
def _remove_one(
    known: Known, destination: Destination, clock: Clock, *, versions: bool
) -> Iterator[RemoveOne]:
    if not versions:
        yield remover(destination)
        return
    place = read_s3_place(known.settings.to or "")
    options, _ = s3_reach(known, place)
    retries = Retries(clock, jitter)
    with Versions(place, options) as opened:

        def erase(key: str, e_tag: str | None) -> None:
            retries.of(lambda: opened.erase(key, e_tag), Passing)

        yield version_remover(destination, erase)


def days_of(known: Known, home: Path, destination: Destination) -> OurDays:
    """The days that are the connection's at this destination; nothing is made or changed."""
    name = _name(known)
    account, unfinished = None, None
    if (home / name / "runs.sqlite").exists():
        with Runs(home / name) as runs:
            account = runs.account()
            run = runs.unfinished()
        if run is not None and run.destination == destination.url:
            unfinished = run.day
    return OurDays(destination, Owner(name, account), unfinished)


def _name(known: Known) -> str:
    return known.name or ""
