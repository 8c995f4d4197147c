"""The text that narrows every session; `tests/contracts` shows what it allows on a server."""

import json

import pytest

from crmsnap.connection.session_policy import session_policy
from crmsnap.errors import ConfigError

KEY = "arn:aws:kms:eu-central-1:222222222222:key/12345678-1234-1234-1234-123456789012"


def test_it_grants_one_bucket_one_prefix_and_one_owner() -> None:
    """The whole text: AWS reads every letter of it."""
    assert session_policy("lake", "hub/spot", partition="aws", owner="222222222222") == (
        '{"Version":"2012-10-17","Statement":['
        '{"Effect":"Allow","Action":["s3:PutObject","s3:GetObject","s3:GetObjectVersion",'
        '"s3:DeleteObject","s3:DeleteObjectVersion"],"Resource":"arn:aws:s3:::lake/hub/spot/*",'
        '"Condition":{"StringEquals":{"s3:ResourceAccount":"222222222222"}}},'
        '{"Effect":"Allow","Action":["s3:ListBucket"],"Resource":"arn:aws:s3:::lake",'
        '"Condition":{"StringEquals":{"s3:ResourceAccount":"222222222222"},'
        '"StringLike":{"s3:prefix":["hub/spot/*"]}}},'
        '{"Effect":"Allow","Action":["s3:GetBucketLocation"],"Resource":"arn:aws:s3:::lake",'
        '"Condition":{"StringEquals":{"s3:ResourceAccount":"222222222222"}}}]}'
    )


def test_a_store_without_accounts_gets_no_condition_on_them() -> None:
    """Ceph's radosgw 16 does not know it, and denies everything under it."""
    assert "ResourceAccount" not in session_policy("lake", "hub", partition="aws", owner=None)


def test_a_whole_bucket_has_no_condition_on_the_prefix() -> None:
    """A listing without a prefix sends none, and an absent key fails every condition."""
    policy = session_policy("lake", "", partition="aws", owner=None)
    assert "arn:aws:s3:::lake/*" in policy
    assert "Condition" not in policy


def test_a_key_adds_what_encryption_needs() -> None:
    """Without it every PUT to a bucket with KMS fails, whatever the role may."""
    policy = json.loads(session_policy("b", "p", partition="aws", owner=None, kms_key=KEY))
    assert policy["Statement"][-1] == {
        "Effect": "Allow",
        "Action": ["kms:GenerateDataKey", "kms:Decrypt"],
        "Resource": KEY,
    }


@pytest.mark.parametrize("partition", ["aws", "aws-us-gov", "aws-cn"])
def test_it_is_written_for_the_partition(partition: str) -> None:
    """An ARN of another partition names nothing."""
    assert f"arn:{partition}:s3:::b/p/*" in session_policy(
        "b", "p", partition=partition, owner=None
    )


def test_signs_that_policies_understand_stand_for_themselves() -> None:
    """A folder named `*` must not open its neighbours."""
    policy = session_policy("b", "a*/b?/$c", partition="aws", owner=None)
    assert json.loads(policy)["Statement"][0]["Resource"] == "arn:aws:s3:::b/a${*}/b${?}/${$}c/*"


def test_it_holds_no_space_and_only_ascii() -> None:
    """Radosgw 16 does not read the `+` that a form makes of a space."""
    policy = session_policy("b", "späte", partition="aws", owner=None)
    assert policy.isascii()
    assert " " not in policy


@pytest.mark.parametrize("key", ["1234", "alias/crm", KEY.replace("key/", "alias/"), KEY + "/*"])
def test_a_key_that_is_not_named_by_its_arn_is_refused(key: str) -> None:
    """A policy on an alias grants nothing, and the first PUT would fail without a hint."""
    with pytest.raises(ConfigError, match="does not name a KMS key"):
        session_policy("b", "p", partition="aws", owner=None, kms_key=key)


def test_a_path_that_makes_it_too_long_is_refused() -> None:
    """STS would refuse it with a message about policies."""
    session_policy("b" * 63, "p" * 400, partition="aws-us-gov", owner="2" * 12, kms_key=KEY)
    with pytest.raises(ConfigError, match="too long for a role"):
        session_policy("b", "p" * 1000, partition="aws", owner="2" * 12, kms_key=KEY)
