"""From a connection's settings to the checks of it."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from crmsnap.bootstrap.aws_target import aws_target, new_id, now
from crmsnap.bootstrap.connections import Known
from crmsnap.bootstrap.destination import destination_of
from crmsnap.bootstrap.tools import open_client, selection_of
from crmsnap.check import Subject
from crmsnap.connection.check import Check, Observe
from crmsnap.connection.checks import AwsTarget, run_aws_checks, run_destination_checks
from crmsnap.destinations.folder import Folder
from crmsnap.model import Clock
from crmsnap.state.runs import copied_account


@contextmanager
def check_subject(known: Known, home: Path, clock: Clock) -> Iterator[Subject]:
    """What `run_check` works with, for as long as the block lasts."""
    with tempfile.TemporaryDirectory(prefix="crmsnap-check-") as scratch:
        yield Subject(
            connection=known.name,
            selection=selection_of(known.settings),
            open_client=partial(open_client, known, clock),
            copied_account=partial(_copied_account, known, home),
            check_destination=partial(check_destination, known, clock),
            scratch=Path(scratch),
            workers=known.settings.workers,
        )


def check_destination(known: Known, clock: Clock, observe: Observe) -> tuple[Check, ...]:
    """Ask every question about the place of a connection's snapshots. Raise `ConfigError` without one."""
    destination = destination_of(known, clock)  # says what a sync would say of the settings
    target = aws_target(known)
    if target is not None:
        return check_aws(target, clock, observe)
    folder = destination.root if isinstance(destination, Folder) else None
    return run_destination_checks(destination, folder, observe, new_id=new_id)


def check_aws(target: AwsTarget, clock: Clock, observe: Observe) -> tuple[Check, ...]:
    """Ask every question about a bucket, with this machine's time and ids that nobody can guess."""
    return run_aws_checks(target, observe, clock=clock, now=now, new_id=new_id)


def _copied_account(known: Known, home: Path) -> str | None:
    return None if known.name is None else copied_account(home / known.name)
