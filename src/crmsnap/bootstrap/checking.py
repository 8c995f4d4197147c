"""From a connection's settings to the checks of it."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from uuid import uuid4

from crmsnap.bootstrap.connections import Known
from crmsnap.bootstrap.destination import destination_of, own_keys, s3_reach
from crmsnap.bootstrap.tools import open_client, selection_of
from crmsnap.check import Subject
from crmsnap.config import s3_of
from crmsnap.connection.aws_client import Route
from crmsnap.connection.checking import Check, Observe
from crmsnap.connection.checks import AwsTarget, run_aws_checks, run_destination_checks
from crmsnap.destinations.folder import Folder
from crmsnap.destinations.s3_place import read_s3_place
from crmsnap.destinations.url import is_s3
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
    target = aws_target(known)
    if target is not None:
        return check_aws(target, clock, observe)
    destination = destination_of(known, clock)
    folder = destination.root if isinstance(destination, Folder) else None
    return run_destination_checks(destination, folder, observe, new_id=new_id)


def aws_target(known: Known) -> AwsTarget | None:
    """What the checks of a connection's bucket are about; None when its snapshots go elsewhere.

    Raise `ConfigError` when it has a role and no external id yet.
    """
    connection = known.settings
    if connection.to is None or not is_s3(connection.to):
        return None
    place = read_s3_place(connection.to)
    options, role = s3_reach(known, place)
    # On AWS only what somebody said of this bucket counts; the rest of it is found out.
    own_store = options.endpoint_url is not None
    region = options.region if own_store else connection.s3.region or place.region
    return AwsTarget(
        bucket=place.bucket,
        prefix=place.prefix,
        keys=own_keys(s3_of(connection)),
        role=role,
        region=region,
        partition=role.partition if role is not None else place.partition or "aws",
        endpoint_url=options.endpoint_url,
        addressing=options.addressing,
        bucket_owner=options.bucket_owner,
        encryption=options.encryption,
        kms_key=options.kms_key,
        route=Route(options.ca_file, options.proxy),
        deletes=connection.s3.deletes,
        unsafe_single_writer=options.unsafe_single_writer,
    )


def check_aws(target: AwsTarget, clock: Clock, observe: Observe) -> tuple[Check, ...]:
    """Ask every question about a bucket, with this machine's time and ids that nobody can guess."""
    return run_aws_checks(target, observe, clock=clock, now=now, new_id=new_id)


def now() -> datetime:
    """This machine's time."""
    return datetime.now(UTC)


def new_id() -> str:
    """A UUID that nobody can guess."""
    return str(uuid4())


def _copied_account(known: Known, home: Path) -> str | None:
    return None if known.name is None else copied_account(home / known.name)
