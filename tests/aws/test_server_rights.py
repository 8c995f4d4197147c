"""The strict AWS, S3: the rows P1 to P21 and P24, what a role with the published policy may do."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.aws.lake import Lake
from tests.aws.policies import OBJECT_RIGHTS, corrected, document, statement
from tests.aws.refused import refused
from tests.aws.wire import plain

BODY = b"x"


def test_p01_put_get_and_delete_inside_the_prefix(lake: Lake) -> None:
    """P1: what the whole product lives on."""
    key = {"Bucket": lake.bucket, "Key": "hs/p01"}
    lake.s3.put_object(**key, Body=BODY)
    assert lake.s3.get_object(**key)["Body"].read() == BODY
    assert lake.s3.delete_object(**key)["ResponseMetadata"]["HTTPStatusCode"] == 204


def test_p02_put_outside_the_prefix_and_in_another_bucket(lake: Lake) -> None:
    """P2: a customer's other data is out of reach."""
    with refused(403, "AccessDenied"):
        lake.s3.put_object(Bucket=lake.bucket, Key="zz/p02", Body=BODY)
    with refused(403, "AccessDenied"):
        lake.s3.put_object(Bucket=lake.aws.bucket(), Key="hs/p02", Body=BODY)


def test_p02_another_customers_bucket_says_nothing_of_why(lake: Lake) -> None:
    """P2: only within an account does S3 explain a denial."""
    foreign = lake.aws.bucket(account="333333333333")
    with refused(403, "AccessDenied") as answer:
        lake.s3.put_object(Bucket=foreign, Key="hs/p02", Body=BODY)
    assert answer.message == "Access Denied"


def test_p03_delete_outside_the_prefix(lake: Lake) -> None:
    """P3: the same for what destroys."""
    lake.put("zz/p03")
    with refused(403, "AccessDenied"):
        lake.s3.delete_object(Bucket=lake.bucket, Key="zz/p03")
    assert lake.admin.head_object(Bucket=lake.bucket, Key="zz/p03")


@pytest.mark.parametrize(
    "asked",
    [{"Prefix": "hs/"}, {"Prefix": "hs/2025/"}, {"Prefix": "hs/", "Delimiter": "/"}],
    ids=["the prefix", "a folder", "with a delimiter"],
)
def test_p04_lists_under_the_prefix(lake: Lake, asked: dict[str, str]) -> None:
    """P4: the forms in which the product lists."""
    lake.put("hs/2025/p04")
    answer = lake.s3.list_objects_v2(Bucket=lake.bucket, **asked)
    assert answer["KeyCount"] >= 1


@pytest.mark.parametrize(
    "asked",
    [{}, {"Prefix": "zz/"}, {"Prefix": "hs"}, {"Prefix": ""}],
    ids=["p05 no prefix", "p06 another prefix", "p07 without the slash", "p05 an empty prefix"],
)
def test_p05_p06_p07_lists_of_anything_else(lake: Lake, asked: dict[str, str]) -> None:
    """P5 to P7: names are data too. A list without a prefix has no key for the condition."""
    with refused(403, "AccessDenied") as answer:
        lake.s3.list_objects_v2(Bucket=lake.bucket, **asked)
    assert "s3:ListBucket" in answer.message


def test_p08_the_location_is_not_granted_by_the_published_policy(lake: Lake) -> None:
    """P8: its right hangs on a prefix that the call does not have."""
    with refused(403, "AccessDenied") as answer:
        lake.s3.get_bucket_location(Bucket=lake.bucket)
    assert "s3:GetBucketLocation" in answer.message


def test_p09_head_bucket_is_denied_and_tells_the_region(lake: Lake) -> None:
    """P9: the product learns the region from this very denial."""
    with refused(403) as answer:
        lake.s3.head_bucket(Bucket=lake.bucket)
    assert answer.headers["x-amz-bucket-region"] == "eu-central-1"


def test_p09_head_bucket_that_is_allowed_tells_the_region_too(lake: Lake) -> None:
    """P9: a customer may grant more than the article says."""
    policy = document(statement("Allow", "s3:ListBucket", Resource="*"))
    answer = lake.client(lake.make_role(policy=policy)).head_bucket(Bucket=lake.bucket)
    assert answer["BucketRegion"] == "eu-central-1"


def test_p09_head_bucket_without_a_signature_tells_the_region_too(lake: Lake) -> None:
    """P9: the region can be learnt before there are any credentials."""
    reply = plain("HEAD", f"{lake.aws.url}/{lake.bucket}")
    assert (reply.status, reply.headers["x-amz-bucket-region"]) == (403, "eu-central-1")


@pytest.mark.parametrize("call", ["head_object", "get_object"])
def test_p10_a_missing_key_inside_is_denied(lake: Lake, call: str) -> None:
    """P10: only who may list without a prefix learns that a key is not there."""
    with refused(403, None if call == "head_object" else "AccessDenied"):
        getattr(lake.s3, call)(Bucket=lake.bucket, Key="hs/missing")


@pytest.mark.parametrize("call", ["head_object", "get_object"])
def test_p10_a_missing_key_is_missing_for_who_may_list(lake: Lake, call: str) -> None:
    """P10: the other half of the rule."""
    policy = document(statement("Allow", ["s3:ListBucket", "s3:GetObject"], Resource="*"))
    s3 = lake.client(lake.make_role(policy=policy))
    with refused(404, None if call == "head_object" else "NoSuchKey"):
        getattr(s3, call)(Bucket=lake.bucket, Key="hs/missing")


def test_p11_a_missing_key_outside_is_denied(lake: Lake) -> None:
    """P11: whether it exists is nobody's business."""
    with refused(403):
        lake.s3.head_object(Bucket=lake.bucket, Key="zz/missing")


def test_p12_tags_are_not_granted(lake: Lake) -> None:
    """P12: metadata of an object has to carry what tags could."""
    lake.put("hs/p12")
    with refused(403, "AccessDenied") as answer:
        lake.s3.put_object_tagging(
            Bucket=lake.bucket, Key="hs/p12", Tagging={"TagSet": [{"Key": "a", "Value": "b"}]}
        )
    assert "s3:PutObjectTagging" in answer.message


def test_p13_tags_in_a_put_are_not_granted_either(lake: Lake) -> None:
    """P13: the header asks for the same right."""
    with refused(403, "AccessDenied") as answer:
        lake.s3.put_object(Bucket=lake.bucket, Key="hs/p13", Body=BODY, Tagging="a=b")
    assert "s3:PutObjectTagging" in answer.message


def test_p14_buckets_are_not_made(lake: Lake) -> None:
    """P14: nothing in the policy speaks of it."""
    with refused(403, "AccessDenied"):
        lake.s3.create_bucket(
            Bucket="crmsnap-p14",
            CreateBucketConfiguration={"LocationConstraint": lake.aws.region},
        )


def test_p15_a_multipart_upload_is_allowed_and_counted(lake: Lake) -> None:
    """P15: PutObject covers it, so only counting can show that the product never starts one."""
    before = lake.aws.counts().get("CreateMultipartUpload", 0)
    lake.s3.create_multipart_upload(Bucket=lake.bucket, Key="hs/p15")
    assert lake.aws.counts()["CreateMultipartUpload"] == before + 1


def test_p16_a_multipart_upload_cannot_be_given_up(lake: Lake) -> None:
    """P16: which is why the product never starts one: its parts would be paid for ever."""
    upload = lake.s3.create_multipart_upload(Bucket=lake.bucket, Key="hs/p16")["UploadId"]
    with refused(403, "AccessDenied"):
        lake.s3.abort_multipart_upload(Bucket=lake.bucket, Key="hs/p16", UploadId=upload)


def _copy(s3: Any, bucket: str, source: str) -> None:
    s3.copy_object(Bucket=bucket, Key="hs/copied", CopySource={"Bucket": source, "Key": "hs/from"})


def test_p17_a_copy_inside_the_prefix(lake: Lake) -> None:
    """P17: unchanged parts are copied and not sent again."""
    lake.put("hs/from", b"once")
    _copy(lake.s3, lake.bucket, lake.bucket)
    assert lake.admin.get_object(Bucket=lake.bucket, Key="hs/copied")["Body"].read() == b"once"


def test_p18_a_copy_from_a_bucket_that_is_not_granted(lake: Lake) -> None:
    """P18: a copy reads its source; moto alone does not ask."""
    other = lake.aws.bucket()
    lake.admin.put_object(Bucket=other, Key="hs/from", Body=BODY)
    with refused(403, "AccessDenied") as answer:
        _copy(lake.s3, lake.bucket, other)
    assert "s3:GetObject" in answer.message


def _delete(lake: Lake, *keys: str) -> dict[str, Any]:
    objects = [{"Key": key} for key in keys]
    return dict(lake.s3.delete_objects(Bucket=lake.bucket, Delete={"Objects": objects}))


def test_p19_many_deletes_at_once_inside_the_prefix(lake: Lake) -> None:
    """P19: each key needs the right of one delete and nothing more."""
    lake.put("hs/p19")
    answer = _delete(lake, "hs/p19")
    assert [one["Key"] for one in answer["Deleted"]] == ["hs/p19"]
    assert "Errors" not in answer


def test_p20_many_deletes_at_once_are_judged_one_by_one(lake: Lake) -> None:
    """P20: the request succeeds and says which key it did not delete."""
    lake.put("hs/p20")
    lake.put("zz/p20")
    answer = _delete(lake, "hs/p20", "zz/p20")
    assert [one["Key"] for one in answer["Deleted"]] == ["hs/p20"]
    assert [(one["Key"], one["Code"]) for one in answer["Errors"]] == [("zz/p20", "AccessDenied")]
    assert lake.admin.head_object(Bucket=lake.bucket, Key="zz/p20")


def test_p20_when_no_key_may_be_deleted_the_request_still_answers(lake: Lake) -> None:
    """P20: an answer of errors only is an answer with status 200."""
    answer = _delete(lake, "zz/a", "zz/b&c")
    assert sorted(one["Key"] for one in answer["Errors"]) == ["zz/a", "zz/b&c"]


def test_p21_the_null_version_of_an_unversioned_bucket(lake: Lake) -> None:
    """P21: so that the right to read versions can be asked for on every bucket."""
    lake.put("hs/p21")
    key = {"Bucket": lake.bucket, "Key": "hs/p21", "VersionId": "null"}
    assert lake.s3.get_object(**key)["Body"].read() == b"here"
    assert lake.s3.head_object(**key)["ContentLength"] == 4


def _get_version(s3: Any, bucket: str, version: str) -> None:
    s3.get_object(Bucket=bucket, Key="hs/p24", VersionId=version)


CALLS: dict[str, Callable[[Any, str, str], Any]] = {
    "s3:PutObject": lambda s3, bucket, _: s3.put_object(Bucket=bucket, Key="hs/new", Body=BODY),
    "s3:GetObject": lambda s3, bucket, _: s3.get_object(Bucket=bucket, Key="hs/p24"),
    "s3:GetObjectVersion": _get_version,
    "s3:ListBucket": lambda s3, bucket, _: s3.list_objects_v2(Bucket=bucket, Prefix="hs/"),
    "s3:GetBucketLocation": lambda s3, bucket, _: s3.get_bucket_location(Bucket=bucket),
    "s3:DeleteObjectVersion": lambda s3, bucket, version: s3.delete_object(
        Bucket=bucket, Key="hs/p24", VersionId=version
    ),
    "s3:DeleteObject": lambda s3, bucket, _: s3.delete_object(Bucket=bucket, Key="hs/new"),
}


def _denied(s3: Any, bucket: str, version: str) -> list[str]:
    denied: list[str] = []
    for right, call in CALLS.items():
        try:
            call(s3, bucket, version)
        except ClientError as error:
            named = right in error.response["Error"]["Message"]
            denied.append(right if named else f"{right}: {error}")
    return denied


@pytest.mark.parametrize("removed", [*OBJECT_RIGHTS, "s3:ListBucket", "s3:GetBucketLocation"])
def test_p24_a_right_that_is_taken_away_fails_its_own_call_alone(lake: Lake, removed: str) -> None:
    """P24: the connection check names a missing right by the call that fails."""
    bucket = lake.aws.bucket(versioned=True)
    version = lake.admin.put_object(Bucket=bucket, Key="hs/p24", Body=BODY)["VersionId"]
    role = lake.make_role(policy=corrected(bucket, "hs", without=removed))
    assert _denied(lake.client(role), bucket, version) == [removed]


def test_p24_replacing_what_is_there_needs_the_right_to_read_it(lake: Lake) -> None:
    """P24: `If-Match` tells something of the object, so S3 asks for `s3:GetObject` too."""
    lake.put("hs/p24-replaced")
    etag = lake.admin.head_object(Bucket=lake.bucket, Key="hs/p24-replaced")["ETag"]
    policy = corrected(lake.bucket, "hs", without="s3:GetObject")
    s3 = lake.client(lake.make_role(policy=policy))
    put = {"Bucket": lake.bucket, "Key": "hs/p24-replaced", "Body": BODY}
    with refused(403, "AccessDenied") as answer:
        s3.put_object(**put, IfMatch=etag)
    assert "s3:GetObject " in answer.message
    s3.put_object(**put)


def test_p24_with_every_right_nothing_fails(lake: Lake) -> None:
    """P24: the other side of the test above."""
    bucket = lake.aws.bucket(versioned=True)
    version = lake.admin.put_object(Bucket=bucket, Key="hs/p24", Body=BODY)["VersionId"]
    role = lake.make_role(policy=corrected(bucket, "hs"))
    assert _denied(lake.client(role), bucket, version) == []
