"""A customer's bucket on the strict AWS, behind a role that trusts us with an external id alone."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import pytest

from crmsnap.connection.region import AskRegion
from crmsnap.connection.role import RoleToAssume, role_keys
from crmsnap.connection.session_policy import session_policy
from crmsnap.destinations.interface import Destination
from crmsnap.destinations.s3 import S3Options
from crmsnap.destinations.url import open_destination
from crmsnap.model import Clock
from tests.aws.server import CUSTOMER, REGION, AwsServer, Keys

PREFIX = "hs"


class NoWaiting:
    """A clock that sleeps no longer than asked for, which is not at all."""

    def monotonic(self) -> float:
        return 0.0

    def sleep(self, seconds: float) -> None:
        return None


def no_luck() -> float:
    return 0.0


@dataclass(frozen=True)
class CustomerBucket:
    """What the customer made, and how a connection reaches it."""

    aws: AwsServer
    bucket: str
    role: str
    external_id: str
    our_user: Keys
    """Who assumes the role: see `keys_into`."""

    def options(self, **changes: Any) -> S3Options:
        """As a sync would set them on AWS itself: narrowed, pinned to the owner, told the region."""
        role = RoleToAssume(
            arn=self.role,
            external_id=self.external_id,
            session_name="crmsnap-acme-1f2e3d4c",
            region=REGION,
            sts_endpoint_url=self.aws.url,
            session_policy=session_policy(self.bucket, PREFIX, partition="aws", owner=CUSTOMER),
        )
        options = S3Options(
            endpoint_url=self.aws.url,
            region=REGION,
            find_region=AskRegion(self.bucket, endpoint_url=self.aws.url),
            keys=role_keys(role),
            allow_http=True,
            bucket_owner=CUSTOMER,
        )
        return replace(options, **changes)

    def opened(
        self,
        clock: Clock | None = None,
        luck: Callable[[], float] = no_luck,
        **changes: Any,
    ) -> Destination:
        """The destination of a connection."""
        url = f"s3://{self.bucket}/{PREFIX}"
        return open_destination(url, self.options(**changes), clock or NoWaiting(), luck)

    def keys_into(self, environment: pytest.MonkeyPatch) -> None:
        """Put our user's keys where the AWS tools look first, and hide all others."""
        for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ROLE_ARN"):
            environment.delenv(name, raising=False)
        environment.setenv("AWS_ACCESS_KEY_ID", self.our_user.access_key_id)
        environment.setenv("AWS_SECRET_ACCESS_KEY", self.our_user.secret_access_key)

    def keys(self) -> list[str]:
        """Every key in the bucket, as its owner sees it."""
        found = self.aws.admin().list_objects_v2(Bucket=self.bucket)
        return [one["Key"] for one in found.get("Contents", ())]

    def stored(self, key: str) -> bytes:
        """What the bucket's owner finds under a key of the destination."""
        found = self.aws.admin().get_object(Bucket=self.bucket, Key=f"{PREFIX}/{key}")
        body: bytes = found["Body"].read()
        return body


def customer_bucket(aws: AwsServer, **bucket: Any) -> CustomerBucket:
    """A new bucket of the customer's, and a new role and user for it."""
    name, external_id = uuid4().hex[:12], str(uuid4())
    user = aws.user(f"svc-{name}")
    made = aws.bucket(**bucket)
    role = aws.role(
        f"hubspot-{name}", trust=trust(user.arn, external_id), policy=published_policy(made)
    )
    return CustomerBucket(aws, made, role, external_id, user)


def published_policy(bucket: str) -> dict[str, Any]:
    """The policy that HubSpot's article gives customers, with its condition on both bucket actions."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": [
                    *("s3:PutObject", "s3:GetObject", "s3:GetObjectVersion"),
                    *("s3:DeleteObject", "s3:DeleteObjectVersion"),
                ],
                "Resource": f"arn:aws:s3:::{bucket}/{PREFIX}/*",
            },
            {
                "Effect": "Allow",
                "Action": ["s3:ListBucket", "s3:GetBucketLocation"],
                "Resource": f"arn:aws:s3:::{bucket}",
                "Condition": {"StringLike": {"s3:prefix": [f"{PREFIX}/*"]}},
            },
        ],
    }


def trust(user: str, external_id: str) -> dict[str, Any]:
    """Who may assume the role, and with what."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": user},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"sts:ExternalId": external_id}},
            }
        ],
    }
