"""A customer's bucket and role on the strict AWS server, and the checks of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from crmsnap.connection.check import Check
from crmsnap.connection.checks import AwsTarget, run_aws_checks
from crmsnap.connection.role import RoleToAssume
from crmsnap.destinations.s3 import AwsKeys
from tests.aws.server import CUSTOMER, REGION, AwsServer, aws_server

PREFIX = "hs"
ACTIONS = (
    "s3:PutObject",
    "s3:GetObject",
    "s3:GetObjectVersion",
    "s3:DeleteObject",
    "s3:DeleteObjectVersion",
    "s3:ListBucket",
    "s3:GetBucketLocation",
)


class NoWaiting:
    """A clock that does not wait."""

    def monotonic(self) -> float:
        return 0.0

    def sleep(self, seconds: float) -> None:
        return None


@dataclass(frozen=True)
class Customer:
    """A bucket and a role, set up as the customer was told; each test breaks one thing."""

    aws: AwsServer
    bucket: str
    role: str
    user: str
    external_id: str
    target: AwsTarget

    def permit(self, *actions: str) -> None:
        """Give the role a policy with these actions, in the statements that crmsnap writes."""
        self.aws.change_role(self.role, policy=permissions(self.bucket, actions))

    def trust(self, external_id: str | None, operator: str = "StringEquals") -> None:
        """Let our user in with this id; None: without any condition."""
        self.aws.change_role(self.role, trust=trust(self.user, external_id, operator))

    def assuming(self, **changes: Any) -> RoleToAssume:
        """The role that is assumed, with some changes."""
        assert self.target.role is not None
        return replace(self.target.role, **changes)

    def answers(self, **changes: Any) -> dict[str, Check]:
        """The checks by name, of a target with some changes."""
        return ask(replace(self.target, **changes))

    def files(self) -> list[str]:
        """Every key and version in the bucket, delete markers included."""
        found = self.aws.admin().list_object_versions(Bucket=self.bucket)
        return [one["Key"] for kind in ("Versions", "DeleteMarkers") for one in found.get(kind, ())]


def this_machines_time() -> datetime:
    return datetime.now(UTC)


def ask(
    target: AwsTarget,
    now: Callable[[], datetime] = this_machines_time,
    observe: Callable[[Check], None] = lambda _: None,
) -> dict[str, Check]:
    """Every question about a target, by name."""
    seen: list[Check] = []

    def heard(check: Check) -> None:
        seen.append(check)
        observe(check)

    checks = run_aws_checks(target, heard, clock=NoWaiting(), now=now, new_id=lambda: str(uuid4()))
    assert tuple(seen) == checks, "whoever watches hears every answer once, in order"
    return {check.name: check for check in checks}


def crossed(answers: dict[str, Check]) -> set[str]:
    """The names of the questions that failed."""
    return {name for name, check in answers.items() if check.verdict == "failed"}


def warned(answers: dict[str, Check]) -> set[str]:
    """The names of the questions that ended in a warning."""
    return {name for name, check in answers.items() if check.verdict == "warning"}


def permissions(bucket: str, actions: tuple[str, ...] = ACTIONS) -> dict[str, Any]:
    """The corrected policy, with some actions only."""
    statements = (
        ("Objects", "Object", f"arn:aws:s3:::{bucket}/{PREFIX}/*", {}),
        (
            "List",
            "ListBucket",
            f"arn:aws:s3:::{bucket}",
            {"Condition": {"StringLike": {"s3:prefix": [f"{PREFIX}/*"]}}},
        ),
        ("Location", "GetBucketLocation", f"arn:aws:s3:::{bucket}", {}),
    )
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": sid, "Effect": "Allow", "Action": own, "Resource": resource, **condition}
            for sid, word, resource, condition in statements
            if (own := [action for action in actions if word in action])
        ],
    }


def trust(user: str, external_id: str | None, operator: str = "StringEquals") -> dict[str, Any]:
    """A trust policy; without an id it has no condition."""
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"AWS": user},
        "Action": "sts:AssumeRole",
    }
    if external_id is not None:
        statement["Condition"] = {operator: {"sts:ExternalId": external_id}}
    return {"Version": "2012-10-17", "Statement": [statement]}


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AwsServer]:
    """One server for the tests of a file."""
    log: Path = tmp_path_factory.mktemp("aws") / "log"
    with aws_server(log) as running:
        yield running


@pytest.fixture
def customer(aws: AwsServer) -> Customer:
    """A bucket with versions and a role that admits us alone, both of the customer's account."""
    name = uuid4().hex[:12]
    keys = aws.user(f"svc-{name}")
    bucket, external_id = aws.bucket(versioned=True), str(uuid4())
    role = aws.role(
        f"hubspot-{name}", trust=trust(keys.arn, external_id), policy=permissions(bucket)
    )
    target = AwsTarget(
        bucket=bucket,
        prefix=PREFIX,
        keys=partial(AwsKeys, keys.access_key_id, keys.secret_access_key),
        role=RoleToAssume(role, external_id, "crmsnap-tests", sts_endpoint_url=aws.url),
        region=REGION,
        endpoint_url=aws.url,
        bucket_owner=CUSTOMER,
    )
    return Customer(aws, bucket, role, keys.arn, external_id, target)
