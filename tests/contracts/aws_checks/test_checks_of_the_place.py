"""Where the bucket is, whose it is, what encrypts it, and what time it is there."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crmsnap.connection.session_policy import session_policy
from tests.aws.server import CUSTOMER, OTHER_CUSTOMER
from tests.contracts.aws_checks.conftest import PREFIX, Customer, ask, crossed, permissions, warned

ABROAD = "ap-southeast-2"


def test_the_region_is_found_out(customer: Customer) -> None:
    """Nobody has to know it: S3 tells it to everybody in a header of HeadBucket."""
    answers = customer.answers(region=None)
    assert crossed(answers) == set(), answers
    assert answers["region"].found == customer.aws.region


def test_a_region_that_is_set_wrongly_is_named_with_the_right_one(customer: Customer) -> None:
    """A sync finds its way all the same, so that is no reason to stop."""
    answers = customer.answers(region=ABROAD)
    assert crossed(answers) == set(), answers
    assert warned(answers) == {"region"}
    assert answers["region"].found == customer.aws.region
    assert f"set region to {customer.aws.region}" in answers["region"].advice


def test_a_bucket_that_is_gone_is_a_wrong_setting(customer: Customer) -> None:
    """Everything behind it cannot be asked, and says so."""
    customer.aws.remove_bucket(customer.bucket)
    answers = customer.answers()
    assert crossed(answers) == {"region"}
    assert answers["region"].exit_code == 4
    assert customer.bucket in answers["region"].answer
    assert answers["put-object"].answer == "not asked, because region failed"


def test_nothing_is_written_into_a_bucket_of_somebody_else(customer: Customer) -> None:
    """The bucket was deleted, and made again by a stranger who would like to have the data."""
    customer.aws.remove_bucket(customer.bucket)
    customer.aws.bucket(customer.bucket, OTHER_CUSTOMER, policy=open_to(customer))
    answers = customer.answers()
    assert crossed(answers) == {"bucket-owner"}, answers
    assert answers["put-object"].verdict == "skipped"
    assert "set bucket_owner" in answers["bucket-owner"].advice
    there = customer.aws.admin(OTHER_CUSTOMER).list_objects_v2(Bucket=customer.bucket)
    assert there["KeyCount"] == 0
    assert answers["delete-object"].verdict == "skipped"


def test_a_bucket_of_somebody_else_who_lets_nobody_in_is_thought_of(customer: Customer) -> None:
    """AWS says "Access Denied" and no more: the policy that the advice asks for is there already."""
    customer.aws.remove_bucket(customer.bucket)
    customer.aws.bucket(customer.bucket, OTHER_CUSTOMER)
    answers = customer.answers()
    for name in ("list-bucket", "put-object"):
        assert f"another account than {CUSTOMER}: check its name" in answers[name].advice
    assert "in the same words" in answers["bucket-owner"].answer


def test_a_denial_with_a_reason_needs_no_thought_of_the_owner(customer: Customer) -> None:
    """S3 tells the reason only within one account, so the bucket is the customer's."""
    customer.permit("s3:GetObject")
    answers = customer.answers()
    for name in ("list-bucket", "put-object"):
        assert "another account" not in answers[name].advice


def open_to(customer: Customer) -> dict[str, Any]:
    """A bucket policy that lets the customer's role do everything."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": customer.role},
                "Action": "s3:*",
                "Resource": [
                    f"arn:aws:s3:::{customer.bucket}",
                    f"arn:aws:s3:::{customer.bucket}/*",
                ],
            }
        ],
    }


def test_the_session_of_a_sync_passes_and_shows_a_strange_bucket_too(customer: Customer) -> None:
    """Its policy names the owner, so a listing is denied before anybody compares owners."""
    narrowed = session_policy(customer.bucket, PREFIX, partition="aws", owner=CUSTOMER)
    role = customer.assuming(session_policy=narrowed)
    assert crossed(customer.answers(role=role)) == set()
    customer.aws.remove_bucket(customer.bucket)
    customer.aws.bucket(customer.bucket, OTHER_CUSTOMER, policy=open_to(customer))
    assert crossed(customer.answers(role=role)) == {"bucket-owner"}


def test_an_owner_who_is_meant_passes(customer: Customer) -> None:
    """A bucket of another account than the role's is right when somebody said so."""
    customer.aws.remove_bucket(customer.bucket)
    customer.aws.bucket(customer.bucket, OTHER_CUSTOMER, policy=open_to(customer))
    answers = customer.answers(bucket_owner=OTHER_CUSTOMER)
    assert crossed(answers) == set(), answers
    assert answers["bucket-owner"].found == OTHER_CUSTOMER


def test_a_key_that_may_not_be_used_is_not_taken_for_the_bucket(customer: Customer) -> None:
    """The role's policy on the bucket is right; the advice names the key's statement."""
    key = customer.aws.key(CUSTOMER)
    answers = customer.answers(encryption="aws:kms", kms_key=key)
    assert crossed(answers) == {"encryption"}, answers
    assert answers["put-object"].verdict == "skipped"
    assert "statement Key" in answers["encryption"].advice
    assert "kms:GenerateDataKey" in answers["encryption"].advice
    assert key in answers["encryption"].advice


@pytest.mark.parametrize("missing", ["kms:GenerateDataKey", "kms:Decrypt"])
def test_each_missing_right_on_the_key_is_named(customer: Customer, missing: str) -> None:
    """One is needed for writing, the other for reading."""
    key = customer.aws.key(CUSTOMER)
    allow_key(customer, key, {"kms:GenerateDataKey", "kms:Decrypt"} - {missing})
    answers = customer.answers(encryption="aws:kms", kms_key=key)
    assert crossed(answers) == {"encryption"}, answers
    assert f"allow {missing}" in answers["encryption"].advice


def test_a_key_that_may_be_used_passes(customer: Customer) -> None:
    """What was asked for is what the store says."""
    key = customer.aws.key(CUSTOMER)
    allow_key(customer, key, {"kms:GenerateDataKey", "kms:Decrypt"})
    answers = customer.answers(encryption="aws:kms", kms_key=key)
    assert crossed(answers) == set(), answers
    assert key in answers["encryption"].answer


@pytest.mark.parametrize("encryption", [None, "AES256"])
def test_a_key_that_only_the_session_needs_is_not_sent(
    customer: Customer, encryption: str | None
) -> None:
    """The bucket's own default decides, and S3 refuses a key that comes without `aws:kms`."""
    key = customer.aws.key(CUSTOMER)
    allow_key(customer, key, {"kms:GenerateDataKey", "kms:Decrypt"})
    answers = customer.answers(encryption=encryption, kms_key=key)
    assert crossed(answers) == warned(answers) == set(), answers


def allow_key(customer: Customer, key: str, actions: set[str]) -> None:
    """Give the role the policy, and these rights on the key."""
    policy = permissions(customer.bucket)
    policy["Statement"].append({"Effect": "Allow", "Action": sorted(actions), "Resource": key})
    customer.aws.change_role(customer.role, policy=policy)


def test_the_clock_is_compared_with_the_stores(customer: Customer) -> None:
    """Beyond 15 minutes AWS refuses requests, with words that nobody connects to a clock."""
    answers = ask(customer.target, lambda: datetime.now(UTC) + timedelta(minutes=20))
    assert crossed(answers) == {"clock"}
    assert "ahead" in answers["clock"].answer
