"""Which user or role of AWS a customer's role has to trust: ours, STORAGE_AWS_IAM_USER_ARN."""

from crmsnap.bootstrap.destination import own_keys, route_of
from crmsnap.bootstrap.endpoints import sts_endpoint
from crmsnap.config import ConnectionSettings, Settings, s3_of
from crmsnap.connection.arn import principal_of
from crmsnap.connection.aws_chain import usual_region
from crmsnap.connection.identity import user_arn_of
from crmsnap.connection.region import home_region
from crmsnap.errors import ConfigError, ConnectError
from crmsnap.redaction.redactor import Redactor


def our_user_arn(
    settings: Settings,
    connection: ConnectionSettings,
    partition: str | None,
    given: str | None,
    redactor: Redactor,
) -> str:
    """STORAGE_AWS_IAM_USER_ARN: what was given, else what is set, else who our AWS keys belong to.

    STS of `partition` is asked, since keys are known in their own alone. Raise `ConfigError` for an ARN that
    can assume no role, `ConnectError` when our keys belong to such a one.
    """
    if text := given or settings.user_arn:
        try:
            return principal_of(text)
        except ConnectError as error:  # of what was written; of what AWS says it is the right one
            raise ConfigError(error.message, cause=error.cause, remedy=error.remedy) from error
    s3 = s3_of(connection)
    return user_arn_of(
        own_keys(s3, redactor),
        region=s3.region or usual_region(s3.profile) or home_region(partition or "aws"),
        sts_endpoint_url=sts_endpoint(s3),
        route=route_of(connection),
    )
