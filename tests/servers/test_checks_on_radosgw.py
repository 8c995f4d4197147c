"""What the checks find on Ceph's gateway: a server whose answers nobody of us has written."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from uuid import uuid4

import pytest

from crmsnap.bootstrap import RunClock
from crmsnap.connection.check import Check
from crmsnap.connection.checks import AwsTarget, run_aws_checks
from crmsnap.connection.role import RoleToAssume
from crmsnap.destinations.s3 import AwsKeys
from tests.aws.policies import as_published
from tests.servers.radosgw import Radosgw

pytestmark = pytest.mark.full


@pytest.fixture(scope="module")
def answers(gateway: Radosgw) -> Iterator[dict[str, Check]]:
    """Every question about a role with the article's policy; the gateway's role has no condition."""
    bucket = gateway.bucket()
    target = AwsTarget(
        bucket=bucket,
        prefix="hs",
        keys=partial(AwsKeys, gateway.service.access_key_id, gateway.service.secret_access_key),
        role=RoleToAssume(
            gateway.role(as_published(bucket, "hs")),
            str(uuid4()),
            "crmsnap-test",
            sts_endpoint_url=gateway.url,
        ),
        region="default",
        endpoint_url=gateway.url,
    )
    checks = run_aws_checks(
        target,
        lambda _: None,
        clock=RunClock(),
        now=lambda: datetime.now(UTC),
        new_id=lambda: str(uuid4()),
    )
    yield {check.name: check for check in checks}
    left = gateway.s3().list_objects_v2(Bucket=bucket)
    assert left["KeyCount"] == 0, "every file of the check is gone"


def test_the_open_role_is_crossed_and_nothing_else(answers: dict[str, Check]) -> None:
    """The gateway cannot judge an external id at all, so its roles have to be open."""
    assert {name for name, check in answers.items() if check.verdict == "failed"} == {
        "assume-role-without-id",
        "assume-role-with-wrong-id",
    }


def test_the_articles_policy_gives_what_a_sync_needs(answers: dict[str, Check]) -> None:
    """By the reading of an engine that is not ours."""
    for name in ("list-bucket", "put-object", "get-object", "copy-object", "delete-object"):
        assert answers[name].verdict == "ok", answers[name]


def test_getbucketlocation_is_denied_under_the_articles_condition(
    answers: dict[str, Check],
) -> None:
    """The one warning that AWS gives, too."""
    assert answers["bucket-location"].verdict == "warning"


def test_its_habits_are_found_out(answers: dict[str, Check]) -> None:
    """It refuses to overwrite, takes tags only without quotes, and compares no checksums."""
    assert answers["create-only"].verdict == "ok"
    assert answers["replace-if-unchanged"].found == "unquoted"
    assert answers["checksums"].verdict == "warning"
