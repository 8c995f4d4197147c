"""What HeadBucket's answer says of where a bucket is, and when it says nothing."""

import pytest

from crmsnap.connection.checks import AwsTarget
from crmsnap.connection.checks.caller import Reply
from crmsnap.connection.checks.region import region_check
from crmsnap.destinations.s3 import AwsKeys

TARGET = AwsTarget("acme-lake", "hs", lambda: AwsKeys("id", "secret"))
NAMED = {"x-amz-bucket-region": "eu-west-1"}


@pytest.mark.parametrize("status", [200, 301, 400, 403])
def test_a_region_that_is_named_counts(status: int) -> None:
    """S3 names it to those who may not list, and to those who asked in another region."""
    check = region_check(TARGET, Reply(status, headers=NAMED), "us-east-1")
    assert (check.verdict, check.found) == ("ok", "eu-west-1")


@pytest.mark.parametrize("headers", [NAMED, {}])
@pytest.mark.parametrize("status", [405, 500, 503])
def test_a_store_in_trouble_is_no_bucket(status: int, headers: dict[str, str]) -> None:
    """It is not known to be there, and no right is missing."""
    check = region_check(TARGET, Reply(status, headers=headers), "us-east-1")
    assert (check.verdict, check.exit_code) == ("failed", 1)


@pytest.mark.parametrize("status", [301, 400])
def test_an_answer_that_names_no_region_is_no_bucket(status: int) -> None:
    """AWS names it in these; anything else in its place is no store."""
    assert region_check(TARGET, Reply(status), "us-east-1").verdict == "failed"


def test_a_store_without_regions_is_asked_where_it_was_asked() -> None:
    """Compatible stores send no such header."""
    check = region_check(TARGET, Reply(200), "us-east-1")
    assert (check.verdict, check.found) == ("ok", "us-east-1")


def test_a_denial_that_names_no_region_says_nothing_of_the_bucket() -> None:
    """It may not even be there: the questions about its files tell."""
    check = region_check(TARGET, Reply(403), "us-east-1")
    assert (check.verdict, check.found) == ("warning", "us-east-1")
