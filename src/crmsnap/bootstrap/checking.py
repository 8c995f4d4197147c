"""From a connection's settings to the checks of its bucket."""

from datetime import UTC, datetime
from uuid import uuid4

from crmsnap.bootstrap.connections import Known
from crmsnap.bootstrap.destination import external_id, own_keys
from crmsnap.config import s3_of
from crmsnap.connection.aws_client import Route
from crmsnap.connection.checking import Check, Observe
from crmsnap.connection.checks import AwsTarget, run_aws_checks
from crmsnap.connection.role import session_name
from crmsnap.destinations.s3_place import read_s3_place
from crmsnap.model import Clock


def aws_target(known: Known) -> AwsTarget | None:
    """What the checks of a connection's bucket are about; None when its snapshots go elsewhere.

    Raise `ConfigError` when it has a role and no external id yet.
    """
    connection = known.settings
    if connection.to is None or not connection.to.startswith(("s3://", "https://", "arn:")):
        return None
    place, s3 = read_s3_place(connection.to), s3_of(connection)
    role_account = s3.role_arn.split(":")[4] if s3.role_arn else None
    return AwsTarget(
        bucket=place.bucket,
        prefix=place.prefix,
        keys=own_keys(s3),
        role_arn=s3.role_arn,
        external_id=external_id(known) if s3.role_arn else None,
        session_name=session_name(known.name or "unnamed"),
        region=s3.region or place.region,
        partition=s3.role_arn.split(":")[1] if s3.role_arn else place.partition or "aws",
        endpoint_url=s3.endpoint_url,
        sts_endpoint_url=s3.sts_endpoint_url or s3.endpoint_url,
        path_style=s3.addressing_style != "virtual",
        bucket_owner=s3.bucket_owner or role_account,
        encryption=s3.encryption,
        kms_key=s3.kms_key,
        route=Route(
            connection.ca_file and connection.ca_file.expanduser(),
            None if connection.proxy is None else connection.proxy.get_secret_value(),
        ),
        unsafe_single_writer=s3.unsafe_single_writer,
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
