"""The strict AWS, S3: the rows P22, P23 and P25: tokens, sessions, KMS and bucket policies."""

import json
from typing import Any

import pytest

from tests.aws.lake import EXTERNAL_ID, Lake
from tests.aws.policies import corrected, document, statement, trust
from tests.aws.refused import refused

KEY = "hs/guarded"


def test_p22_a_token_that_is_not_the_sessions_own(lake: Lake) -> None:
    """P22: S3 says so with a 400, which is no denial of a right."""
    credentials = lake.session() | {"SessionToken": "Fwo" + "x" * 40}
    with refused(400, "InvalidToken"):
        lake.of(credentials).list_objects_v2(Bucket=lake.bucket, Prefix="hs/")


def test_p22_a_users_key_with_a_token(lake: Lake) -> None:
    """P22: a user's keys have no token."""
    credentials = {
        "AccessKeyId": lake.keys.access_key_id,
        "SecretAccessKey": lake.keys.secret_access_key,
        "SessionToken": "Fwo" + "x" * 40,
    }
    with refused(400, "InvalidToken"):
        lake.of(credentials).list_objects_v2(Bucket=lake.bucket, Prefix="hs/")


def test_p23_a_session_that_is_over(lake: Lake) -> None:
    """P23: a 400 again: the product must take new credentials and go on with the same part."""
    role = lake.make_role()
    s3 = lake.client(role)
    assert lake.aws.expire_sessions(role) == 1
    with refused(400, "ExpiredToken"):
        s3.list_objects_v2(Bucket=lake.bucket, Prefix="hs/")
    lake.client(role).list_objects_v2(Bucket=lake.bucket, Prefix="hs/")


def test_p23_sts_says_it_with_another_status(lake: Lake) -> None:
    """P23: the same session is a 403 there."""
    role = lake.make_role()
    keys = lake.session(role)
    lake.aws.expire_sessions(role)
    sts = lake.aws.client(
        keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], service="sts"
    )
    with refused(403, "ExpiredToken"):
        sts.get_caller_identity()


def _encrypted(kms_key: str) -> dict[str, str]:
    return {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": kms_key}


def _with_kms(lake: Lake, bucket: str, kms_key: str, *actions: str) -> Any:
    policy = corrected(bucket, "hs")
    if actions:
        policy["Statement"].append(statement("Allow", list(actions), Resource=kms_key))
    return lake.client(lake.make_role(policy=policy))


def test_a_key_that_comes_without_aws_kms(lake: Lake) -> None:
    """The id of a key is no request for encryption: S3 wants both headers."""
    with refused(400, "InvalidArgument"):
        lake.s3.put_object(Bucket=lake.bucket, Key=KEY, Body=b"x", SSEKMSKeyId=lake.aws.key())


def test_p25_a_put_without_the_right_to_make_data_keys(lake: Lake) -> None:
    """P25: the message names the KMS action, and the S3 right is not the one that is missing."""
    kms_key = lake.aws.key()
    s3 = _with_kms(lake, lake.bucket, kms_key)
    with refused(403, "AccessDenied") as answer:
        s3.put_object(Bucket=lake.bucket, Key=KEY, Body=b"x", **_encrypted(kms_key))
    assert "kms:GenerateDataKey" in answer.message
    assert kms_key in answer.message


def test_p25_a_get_without_the_right_to_decrypt(lake: Lake) -> None:
    """P25: writing may work where reading back does not."""
    kms_key = lake.aws.key()
    s3 = _with_kms(lake, lake.bucket, kms_key, "kms:GenerateDataKey")
    s3.put_object(Bucket=lake.bucket, Key=KEY, Body=b"x", **_encrypted(kms_key))
    with refused(403, "AccessDenied") as answer:
        s3.get_object(Bucket=lake.bucket, Key=KEY)
    assert "kms:Decrypt" in answer.message


def test_p25_with_both_kms_rights_both_work(lake: Lake) -> None:
    """P25: what the corrected policy for a KMS bucket grants."""
    kms_key = lake.aws.key()
    s3 = _with_kms(lake, lake.bucket, kms_key, "kms:GenerateDataKey", "kms:Decrypt")
    s3.put_object(Bucket=lake.bucket, Key=KEY, Body=b"x", **_encrypted(kms_key))
    assert s3.get_object(Bucket=lake.bucket, Key=KEY)["SSEKMSKeyId"] == kms_key


def test_p25_an_etag_under_kms_is_no_md5(lake: Lake) -> None:
    """P25: who compares it with one sees damage where there is none."""
    kms_key = lake.aws.key()
    s3 = _with_kms(lake, lake.bucket, kms_key, "kms:GenerateDataKey", "kms:Decrypt")
    plain = s3.put_object(Bucket=lake.bucket, Key="hs/plain", Body=b"x")["ETag"]
    given = s3.put_object(Bucket=lake.bucket, Key=KEY, Body=b"x", **_encrypted(kms_key))["ETag"]
    assert given != plain
    assert s3.head_object(Bucket=lake.bucket, Key=KEY)["ETag"] == given
    s3.put_object(Bucket=lake.bucket, Key=KEY, Body=b"x", IfMatch=given, **_encrypted(kms_key))


def test_p25_a_head_needs_the_key_for_the_checksum_alone(lake: Lake) -> None:
    """P25: size and metadata are not encrypted."""
    kms_key = lake.aws.key()
    s3 = _with_kms(lake, lake.bucket, kms_key, "kms:GenerateDataKey")
    s3.put_object(Bucket=lake.bucket, Key=KEY, Body=b"x", **_encrypted(kms_key))
    assert s3.head_object(Bucket=lake.bucket, Key=KEY)["ContentLength"] == 1
    with refused(403):
        s3.head_object(Bucket=lake.bucket, Key=KEY, ChecksumMode="ENABLED")


def test_p25_a_bucket_that_encrypts_by_default_asks_for_the_same(lake: Lake) -> None:
    """P25: the request carries no header; the bucket's own setting counts."""
    kms_key, bucket = lake.aws.key(), lake.aws.bucket()
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": kms_key}
    rules = {"Rules": [{"ApplyServerSideEncryptionByDefault": default}]}
    lake.admin.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration=rules)
    with refused(403, "AccessDenied") as answer:
        _with_kms(lake, bucket, kms_key).put_object(Bucket=bucket, Key=KEY, Body=b"x")
    assert "kms:GenerateDataKey" in answer.message


def test_p25_a_key_whose_policy_names_others_is_closed_to_its_own_account(lake: Lake) -> None:
    """P25: a key's policy is always needed; only by default does it hand over to its account."""
    other = statement("Allow", "kms:*", Principal={"AWS": "333333333333"}, Resource="*")
    kms_key = lake.aws.key(policy=document(other))
    s3 = _with_kms(lake, lake.bucket, kms_key, "kms:GenerateDataKey")
    with refused(403, "AccessDenied") as answer:
        s3.put_object(Bucket=lake.bucket, Key=KEY, Body=b"x", **_encrypted(kms_key))
    assert "no resource-based policy allows the kms:GenerateDataKey action" in answer.message


def test_p25_a_key_of_another_account_must_name_the_role(lake: Lake) -> None:
    """P25: across accounts the key's own policy has to grant as well."""
    closed = lake.aws.key("333333333333")
    opened = lake.aws.key(
        "333333333333",
        policy=document(
            statement("Allow", "kms:*", Principal={"AWS": "222222222222"}, Resource="*")
        ),
    )
    rights = ("kms:GenerateDataKey", "kms:Decrypt")
    with refused(403, "AccessDenied") as answer:
        _with_kms(lake, lake.bucket, closed, *rights).put_object(
            Bucket=lake.bucket, Key=KEY, Body=b"x", **_encrypted(closed)
        )
    assert "no resource-based policy allows the kms:GenerateDataKey action" in answer.message
    _with_kms(lake, lake.bucket, opened, *rights).put_object(
        Bucket=lake.bucket, Key=KEY, Body=b"x", **_encrypted(opened)
    )


def _guarded(lake: Lake, **elements: Any) -> tuple[str, Any]:
    """A bucket whose policy denies everybody under a condition, and a client with every right."""
    bucket = lake.aws.bucket()
    deny = statement(
        "Deny",
        elements.pop("action", "s3:*"),
        Sid="Guard",
        Principal="*",
        Resource=[f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
        **elements,
    )
    lake.aws.remove_bucket(bucket)
    lake.aws.bucket(bucket, policy=document(deny))
    return bucket, lake.client(lake.make_role(policy=corrected(bucket, "hs")))


def test_p25_an_explicit_deny_in_the_buckets_policy(lake: Lake) -> None:
    """P25: the message says that it is one, so nobody looks for a missing right."""
    bucket, s3 = _guarded(lake, action="s3:PutObject")
    with refused(403, "AccessDenied") as answer:
        s3.put_object(Bucket=bucket, Key=KEY, Body=b"x")
    assert "with an explicit deny in a resource-based policy" in answer.message


def test_p25_a_bucket_for_tls_only(lake: Lake) -> None:
    """P25: this server speaks plain HTTP here, so everything is denied."""
    bucket, s3 = _guarded(lake, Condition={"Bool": {"aws:SecureTransport": "false"}})
    with refused(403, "AccessDenied") as answer:
        s3.put_object(Bucket=bucket, Key=KEY, Body=b"x")
    assert "explicit deny" in answer.message


def test_p25_a_bucket_that_wants_encryption_named(lake: Lake) -> None:
    """P25: the header is a condition key; without it `StringNotEquals` is true."""
    condition = {"StringNotEquals": {"s3:x-amz-server-side-encryption": "AES256"}}
    bucket, s3 = _guarded(lake, action="s3:PutObject", Condition=condition)
    with refused(403, "AccessDenied"):
        s3.put_object(Bucket=bucket, Key=KEY, Body=b"x")
    s3.put_object(Bucket=bucket, Key=KEY, Body=b"x", ServerSideEncryption="AES256")


def test_p25_a_bucket_that_wants_conditional_writes(lake: Lake) -> None:
    """P25: create-only PUTs pass, plain ones do not."""
    condition = {"Null": {"s3:if-none-match": "true"}}
    bucket, s3 = _guarded(lake, action="s3:PutObject", Condition=condition)
    with refused(403, "AccessDenied"):
        s3.put_object(Bucket=bucket, Key=KEY, Body=b"x")
    s3.put_object(Bucket=bucket, Key=KEY, Body=b"x", IfNoneMatch="*")


def _pinned(owner: str) -> str:
    condition = {"StringEquals": {"s3:ResourceAccount": owner}}
    return json.dumps(document(statement("Allow", "s3:*", Resource="*", Condition=condition)))


@pytest.mark.parametrize(("owner", "allowed"), [("222222222222", True), ("333333333333", False)])
def test_a_session_can_be_pinned_to_the_buckets_owner(
    lake: Lake, owner: str, allowed: bool
) -> None:
    """`s3:ResourceAccount` in a session's policy holds a session back from a bucket that was
    re-created by somebody else."""
    s3 = lake.client(Policy=_pinned(owner))
    put = {"Bucket": lake.bucket, "Key": KEY, "Body": b"x"}
    if allowed:
        s3.put_object(**put)
    else:
        with refused(403, "AccessDenied"):
            s3.put_object(**put)


def test_a_bucket_of_another_account_needs_its_own_policy(lake: Lake) -> None:
    """The customer's role may write to a bucket of the customer's second account."""
    role = lake.aws.role(
        "across", trust=trust(lake.keys.arn, EXTERNAL_ID), policy=corrected("crmsnap-across", "hs")
    )
    grant = statement(
        "Allow", "s3:PutObject", Principal={"AWS": role}, Resource="arn:aws:s3:::crmsnap-across/*"
    )
    bucket = lake.aws.bucket("crmsnap-across", account="333333333333", policy=document(grant))
    s3 = lake.client(role)
    s3.put_object(Bucket=bucket, Key=KEY, Body=b"x")
    with refused(403, "AccessDenied"):
        s3.get_object(Bucket=bucket, Key=KEY)
    lake.client(role, Policy=_pinned("333333333333")).put_object(Bucket=bucket, Key=KEY, Body=b"x")
    with refused(403, "AccessDenied"):
        lake.client(role, Policy=_pinned("222222222222")).put_object(
            Bucket=bucket, Key=KEY, Body=b"x"
        )
