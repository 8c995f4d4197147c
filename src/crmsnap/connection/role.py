"""The customer's role: sessions that are assumed with our external id, and asked for again in time.

An hour is all that is asked for: a service that runs as a role itself gets no more, whatever the
customer's role allows (IAM User Guide, "Role chaining").
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from functools import partial
from typing import Any

from crmsnap.connection.aws_client import STRAIGHT, Route, aws_client, aws_errors
from crmsnap.connection.region import home_region
from crmsnap.connection.sts_refusal import refusal
from crmsnap.destinations.s3 import AwsKeys
from crmsnap.destinations.s3_endpoint import amazon_host
from crmsnap.destinations.s3_place import partition_of
from crmsnap.errors import ConfigError

SESSION_SECONDS = 3600
"""What is asked for, and what the documents let a role give; a longer run asks for new sessions."""

_SESSION_NAME_MAX = 64
"""Letters of a `RoleSessionName` (API reference of AssumeRole)."""


@dataclass(frozen=True, slots=True)
class RoleToAssume:
    """A role, and everything that is said when it is assumed."""

    arn: str
    external_id: str | None
    """None only to try whether the role is open to everybody."""
    session_name: str
    """What the customer sees in CloudTrail: it carries the connection."""
    region: str | None = None
    """The bucket's; None: the first one of the role's partition."""
    sts_endpoint_url: str | None = None
    """Of a store with an STS of its own; None: AWS's in the region."""
    session_policy: str | None = None
    """JSON that narrows the session to one bucket and prefix; None: all that the role may."""
    profile: str | None = None
    """Whose keys ask; None: the usual AWS chain."""
    route: Route = STRAIGHT

    @property
    def partition(self) -> str:
        """`aws`, `aws-us-gov` or `aws-cn`."""
        return self.arn.split(":")[1] if self.arn.startswith("arn:") else "aws"

    @property
    def account(self) -> str | None:
        """Whose the role is, 12 digits; None where the store has no accounts."""
        found = re.match(r"arn:[a-z-]+:iam::([0-9]{12}):role/", self.arn)
        return found[1] if found else None


def role_keys(role: RoleToAssume) -> Callable[[], AwsKeys]:
    """A function that assumes the role anew each time; it can be pickled."""
    return partial(assume, role)


def session_name(connection: str, run: str) -> str:
    """`crmsnap-<connection>-<run>`, with the letters and the length that STS takes.

    What is too long is cut off the connection, for `run` tells two sessions apart.
    """
    tail = f"-{run}"
    named = f"crmsnap-{connection}"[: _SESSION_NAME_MAX - len(tail)] + tail
    return re.sub(r"[^\w+=,.@-]", "-", named, flags=re.ASCII)


def assume(role: RoleToAssume) -> AwsKeys:
    """One session of the role.

    Raise `AccessDenied` when STS refuses, `Passing` when it is busy or not reached, `ConfigError` for
    what it can never accept, and `DestinationError` for an answer that is none of STS's.
    """
    region = sts_region(role)
    try:
        with sts_client(role) as sts:
            return session_keys(sts.assume_role(**asked_for(role)))
    except aws_errors() as error:
        raise refusal(error, role_arn=role.arn, region=region) from None


@contextmanager
def sts_client(role: RoleToAssume, keys: AwsKeys | None = None) -> Iterator[Any]:
    """A boto3 client of the STS that gives sessions of a role; without `keys` those of its profile sign."""
    region = sts_region(role)
    with aws_client(
        "sts",
        region=region,
        endpoint_url=role.sts_endpoint_url or amazon_host("sts", region),
        route=role.route,
        keys=keys,
        profile=role.profile,
    ) as client:
        yield client


def asked_for(role: RoleToAssume, seconds: int = SESSION_SECONDS) -> dict[str, str | int]:
    """The parameters of AssumeRole for one session of a role."""
    asked: dict[str, str | int] = {
        "RoleArn": role.arn,
        "RoleSessionName": role.session_name,
        "DurationSeconds": seconds,
    }
    if role.external_id is not None:
        asked["ExternalId"] = role.external_id
    if role.session_policy is not None:
        asked["Policy"] = role.session_policy
    return asked


def session_keys(answer: Mapping[str, Any]) -> AwsKeys:
    """The keys in an answer of AssumeRole."""
    session = answer["Credentials"]
    return AwsKeys(
        access_key_id=session["AccessKeyId"],
        secret_access_key=session["SecretAccessKey"],
        token=session["SessionToken"],
        expires_at=session["Expiration"].astimezone(UTC),  # obstore takes no other zone
    )


def sts_region(role: RoleToAssume) -> str:
    """Where a role is assumed. Raise `ConfigError` when that is in another partition than the role."""
    if role.region is None:
        return home_region(role.partition)
    if role.sts_endpoint_url is None and partition_of(role.region) != role.partition:
        raise ConfigError(
            f"the role {role.arn} cannot be assumed in {role.region}",
            cause=f"the region is in the partition {partition_of(role.region)}, the role in {role.partition}",
            remedy="give a role of the account that the bucket is in, or the bucket's own region",
        )
    return role.region
