"""Who our own AWS keys belong to: STORAGE_AWS_IAM_USER_ARN, which a customer's role has to trust.

Nobody needs a right to ask that ("No permissions are required", STS API reference, GetCallerIdentity).
"""

from collections.abc import Callable

from crmsnap.connection.arn import principal_of
from crmsnap.connection.aws_client import Route, aws_client, aws_errors, reason
from crmsnap.destinations.s3 import AwsKeys
from crmsnap.destinations.s3_endpoint import amazon_host
from crmsnap.errors import AccessDenied

_BY_HAND = "or give the ARN of the user or role with --user-arn, or as user_arn in crmsnap.toml"


def user_arn_of(
    keys: Callable[[], AwsKeys], *, region: str, sts_endpoint_url: str | None, route: Route
) -> str:
    """The ARN of IAM behind our keys: of the user, or of the role when they are a session's.

    Raise `AccessDenied` when there are no keys or STS does not know them, `ConnectError` when who
    they belong to can assume no role.
    """
    try:
        with aws_client(
            "sts",
            region=region,
            endpoint_url=sts_endpoint_url or amazon_host("sts", region),
            route=route,
            keys=keys(),
        ) as client:
            caller: str = client.get_caller_identity()["Arn"]
    except AccessDenied as none:
        raise AccessDenied(
            none.message, cause=none.cause, remedy=f"{none.remedy}, {_BY_HAND}"
        ) from none
    except aws_errors() as error:
        raise AccessDenied(
            "AWS does not say who our own keys belong to",
            cause=f"STS in {region}: {reason(error)}",
            remedy=f"check the keys, the profile and the network, {_BY_HAND}",
        ) from None
    return principal_of(caller)
