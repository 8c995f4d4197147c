"""From a connection to what removing its days works with."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crmsnap.bootstrap.connections import Known
from crmsnap.bootstrap.destination import destination_of
from crmsnap.config import ConnectionSettings
from crmsnap.destinations.interface import Destination
from crmsnap.model import Clock
from crmsnap.publish.prune import Pruning
from crmsnap.publish.prune_days import OurDays, Owner
from crmsnap.publish.prune_plan import Keep
from crmsnap.publish.remove import remover
from crmsnap.state.folder import locked
from crmsnap.state.runs import Runs
from crmsnap.state.written import Written


def keep_of(connection: ConnectionSettings) -> Keep | None:
    """Which days a connection's settings say are kept; None: all of them."""
    if connection.keep_days is None:
        return None
    return Keep(connection.keep_days, connection.keep_monthly)


def our_days(known: Known, home: Path, clock: Clock) -> OurDays:
    """The days that are the connection's at its destination; nothing is made or changed."""
    return _our_days(known, home, destination_of(known, clock))


@contextmanager
def open_pruning(known: Known, home: Path, clock: Clock) -> Iterator[Pruning]:
    """What removing works with, while no run works on the connection. Raise `Busy` if one does."""
    destination = destination_of(known, clock)
    folder = home / _name(known)
    with locked(folder), Written(folder, destination.url) as written:
        days = _our_days(known, home, destination)
        yield Pruning(days, remover(destination), written, clock)


def last_destination(home: Path, name: str) -> str | None:
    """Where the last run of a connection wrote to, None if this machine does not know it."""
    if not (home / name / "runs.sqlite").exists():
        return None
    with Runs(home / name) as runs:
        last = next(runs.newest_first(), None)
    return None if last is None else last.destination


def _our_days(known: Known, home: Path, destination: Destination) -> OurDays:
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
