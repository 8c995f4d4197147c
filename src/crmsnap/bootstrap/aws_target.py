"""From a connection's settings to the bucket that its checks are about, and to those of every run."""

from datetime import UTC, datetime
from functools import partial
from uuid import uuid4

from crmsnap.bootstrap.connections import Known
from crmsnap.bootstrap.destination import own_keys, route_of, s3_reach
from crmsnap.bootstrap.endpoints import on_aws
from crmsnap.config import s3_of
from crmsnap.connection.check import Check
from crmsnap.connection.checks import AwsTarget
from crmsnap.connection.checks.caller import Caller
from crmsnap.connection.checks.repeated import Safeguards
from crmsnap.connection.checks.role import role_is_closed
from crmsnap.destinations.s3_place import is_s3, read_s3_place
from crmsnap.model import Clock


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
    own_store = not on_aws(s3_of(connection))
    region = options.region if own_store else connection.s3.region or place.region
    return AwsTarget(
        bucket=place.bucket,
        prefix=place.prefix,
        keys=own_keys(s3_of(connection), known.redactor),
        learn=known.redactor.learn,
        role=role,
        region=region,
        partition=role.partition if role is not None else place.partition or "aws",
        endpoint_url=options.endpoint_url,
        addressing=options.addressing,
        bucket_owner=options.bucket_owner,
        encryption=options.encryption,
        kms_key=options.kms_key,
        route=route_of(connection),
        deletes=connection.s3.deletes,
        if_match=options.if_match,
        unsafe_single_writer=options.unsafe_single_writer,
    )


def safeguards_of(known: Known, clock: Clock) -> Safeguards:
    """What every run of a connection asks again; without a role nothing is asked of STS."""
    s3 = known.settings.s3
    target = aws_target(known) if s3.role_arn is not None else None
    return Safeguards(
        closed_role=None if target is None else partial(_tried, target, clock),
        bucket_owner=s3.bucket_owner if target is None else target.bucket_owner,
        looks_at_owner=on_aws(s3_of(known.settings)),
        unsafe_open_role=s3.unsafe_open_role,
        unsafe_single_writer=s3.unsafe_single_writer,
    )


def now() -> datetime:
    """This machine's time."""
    return datetime.now(UTC)


def new_id() -> str:
    """A UUID that nobody can guess."""
    return str(uuid4())


def _tried(target: AwsTarget, clock: Clock) -> tuple[Check, ...]:
    return role_is_closed(target, Caller(clock, now))
