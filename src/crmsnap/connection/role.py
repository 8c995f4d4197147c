"""The customer's role: sessions that are assumed with our external id, and asked for again in time.

boto3 is imported only when a session is needed: it takes longer to import than most commands run.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from functools import partial

from crmsnap.destinations.s3 import AwsKeys
from crmsnap.errors import AccessDenied

SESSION_SECONDS = 3600
"""The longest that a session may last which another role's session asks for (IAM User Guide, "Role chaining")."""

_SESSION_NAME_MAX = 64


@dataclass(frozen=True, slots=True)
class RoleToAssume:
    """A role, and everything that is said when it is assumed."""

    arn: str
    external_id: str | None
    """None only to try whether the role is open to everybody."""
    session_name: str
    """What the customer sees in CloudTrail: it carries the connection."""
    region: str
    sts_endpoint_url: str | None = None
    session_policy: str | None = None
    """JSON that narrows the session to one bucket and prefix; None: all that the role may."""
    profile: str | None = None
    """Whose keys ask; None: the usual AWS chain."""


def role_keys(role: RoleToAssume) -> Callable[[], AwsKeys]:
    """A function that assumes the role anew each time; it can be pickled.

    Calling it raises `AccessDenied` when STS refuses.
    """
    return partial(assume, role)


def session_name(connection: str) -> str:
    """`crmsnap-<connection>`, with the letters and the length that STS takes."""
    return re.sub(r"[^\w+=,.@-]", "-", f"crmsnap-{connection}", flags=re.ASCII)[:_SESSION_NAME_MAX]


def assume(role: RoleToAssume) -> AwsKeys:
    """One session of the role. Raise `AccessDenied` when STS refuses."""
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    asked = {
        "RoleArn": role.arn,
        "RoleSessionName": role.session_name,
        "DurationSeconds": SESSION_SECONDS,
    }
    if role.external_id is not None:
        asked["ExternalId"] = role.external_id
    if role.session_policy is not None:
        asked["Policy"] = role.session_policy
    try:
        client = boto3.Session(profile_name=role.profile).client(
            "sts", region_name=role.region, endpoint_url=role.sts_endpoint_url
        )
        session = client.assume_role(**asked)["Credentials"]
    except (BotoCoreError, ClientError) as error:
        raise AccessDenied(
            f"the role {role.arn} cannot be assumed",
            cause=str(error),
            remedy="crmsnap check shows what is missing",
        ) from None
    return AwsKeys(
        access_key_id=session["AccessKeyId"],
        secret_access_key=session["SecretAccessKey"],
        token=session["SessionToken"],
        expires_at=session["Expiration"].astimezone(UTC),  # obstore takes no other zone
    )
