"""The strict AWS, S3: the rows Q1 to Q17, what a request must carry and what comes back."""

import base64
import hashlib
import zlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import boto3
import obstore
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from obstore.store import S3Store

from tests.aws.lake import Lake
from tests.aws.policies import corrected
from tests.aws.refused import refused
from tests.aws.wire import Reply, plain, send

BODY = b"forty-two"
ROUNDS, WRITERS = 30, 8


def _at(lake: Lake, key: str) -> dict[str, str]:
    return {"Bucket": lake.bucket, "Key": f"hs/{key}"}


def test_q01_create_only_on_an_existing_key(lake: Lake) -> None:
    """Q1: a published part is never written twice."""
    lake.s3.put_object(**_at(lake, "q01"), Body=BODY, IfNoneMatch="*")
    with refused(412, "PreconditionFailed"):
        lake.s3.put_object(**_at(lake, "q01"), Body=b"other", IfNoneMatch="*")
    assert lake.s3.get_object(**_at(lake, "q01"))["Body"].read() == BODY


def test_q02_of_eight_writers_one_wins_every_time(lake: Lake) -> None:
    """Q2: two machines with one connection: the manifest decides, and there is one manifest."""

    def write(number: int) -> int:
        writer, key = divmod(number, ROUNDS)
        try:
            lake.s3.put_object(**_at(lake, f"q02-{key}"), Body=b"%d" % writer, IfNoneMatch="*")
        except ClientError as error:
            return int(error.response["ResponseMetadata"]["HTTPStatusCode"])
        return 200

    with ThreadPoolExecutor(WRITERS) as pool:
        numbers = [writer * ROUNDS + key for key in range(ROUNDS) for writer in range(WRITERS)]
        statuses = list(pool.map(write, numbers))
    for start in range(0, len(statuses), WRITERS):
        assert sorted(statuses[start : start + WRITERS]) == [200] + [412] * (WRITERS - 1)


@pytest.mark.parametrize("quoted", [True, False], ids=["quoted", "unquoted"])
def test_q03_replace_with_the_right_etag(lake: Lake, quoted: bool) -> None:
    """Q3: the ETag is taken with its quotes, as it was given, and without."""
    etag = lake.s3.put_object(**_at(lake, "q03"), Body=BODY)["ETag"]
    answer = lake.s3.put_object(
        **_at(lake, "q03"), Body=b"new", IfMatch=etag if quoted else etag.strip('"')
    )
    assert answer["ETag"] != etag


def test_q04_replace_with_a_stale_etag(lake: Lake) -> None:
    """Q4: somebody else replaced it in the meantime."""
    stale = lake.s3.put_object(**_at(lake, "q04"), Body=BODY)["ETag"]
    lake.s3.put_object(**_at(lake, "q04"), Body=b"theirs")
    with refused(412, "PreconditionFailed"):
        lake.s3.put_object(**_at(lake, "q04"), Body=b"ours", IfMatch=stale)


def test_q05_delete_with_a_stale_etag(lake: Lake) -> None:
    """Q5: a delete can be held to what was seen."""
    stale = lake.s3.put_object(**_at(lake, "q05"), Body=BODY)["ETag"]
    lake.s3.put_object(**_at(lake, "q05"), Body=b"theirs")
    with refused(412, "PreconditionFailed"):
        lake.s3.delete_object(**_at(lake, "q05"), IfMatch=stale)
    assert lake.s3.head_object(**_at(lake, "q05"))


def test_q06_a_create_only_copy_on_an_existing_key(lake: Lake) -> None:
    """Q6: moto alone copies over it."""
    lake.put("hs/q06-from")
    lake.put("hs/q06", b"there")
    source = _at(lake, "q06-from")
    with refused(412, "PreconditionFailed"):
        lake.s3.copy_object(**_at(lake, "q06"), CopySource=source, IfNoneMatch="*")
    lake.s3.copy_object(**_at(lake, "q06-new"), CopySource=source, IfNoneMatch="*")
    assert lake.s3.get_object(**_at(lake, "q06"))["Body"].read() == b"there"


def test_q07_a_wrong_sha256(lake: Lake) -> None:
    """Q7: S3 compares the body with the checksum header before it stores anything."""
    wrong = base64.b64encode(hashlib.sha256(b"other").digest()).decode()
    with refused(400, "BadDigest"):
        lake.s3.put_object(**_at(lake, "q07"), Body=BODY, ChecksumSHA256=wrong)
    with refused(403):
        lake.s3.head_object(**_at(lake, "q07"))


@pytest.mark.parametrize(("body", "status"), [(BODY, 200), (b"forty-six", 400)])
def test_q07_a_wrong_checksum_behind_the_body(lake: Lake, body: bytes, status: int) -> None:
    """Q7: over TLS, boto3 sends the checksum after the last chunk."""
    checksum = base64.b64encode(zlib.crc32(BODY).to_bytes(4, "big"))
    trailer = b"x-amz-checksum-crc32:" + checksum
    reply = _put(
        lake,
        "q07-chunks",
        body=b"%x\r\n%s\r\n0\r\n%s\r\n\r\n" % (len(body), body, trailer),
        headers={
            "x-amz-trailer": "x-amz-checksum-crc32",
            "x-amz-sdk-checksum-algorithm": "CRC32",
            "x-amz-decoded-content-length": str(len(body)),
        },
        in_chunks=True,
    )
    assert reply.status == status
    if status != 200:
        assert reply.code == "BadDigest"


def test_q08_a_wrong_md5(lake: Lake) -> None:
    """Q8: the older header counts as well."""
    wrong = base64.b64encode(hashlib.md5(b"other", usedforsecurity=False).digest()).decode()
    with refused(400, "BadDigest"):
        lake.s3.put_object(**_at(lake, "q08"), Body=BODY, ContentMD5=wrong)


def test_q08_an_md5_that_is_none(lake: Lake) -> None:
    """Q8: S3 tells a text that is no MD5 from one that is another's."""
    with refused(400, "InvalidDigest"):
        lake.s3.put_object(**_at(lake, "q08"), Body=BODY, ContentMD5="bm8=")


def _put(lake: Lake, key: str, **how: Any) -> Reply:
    return send(lake.aws.url, lake.session(), "PUT", f"/{lake.bucket}/hs/{key}", **how)


def test_q09_a_body_that_changed_after_signing(lake: Lake) -> None:
    """Q9: the signature covers the body's hash."""
    assert _put(lake, "q09", body=BODY).status == 200
    reply = _put(lake, "q09", body=BODY, sent_body=b"forty-one")
    assert (reply.status, reply.code) == (400, "XAmzContentSHA256Mismatch")


def test_q10_a_header_that_is_not_signed(lake: Lake) -> None:
    """Q10: nobody on the way can add a meaning to a signed request."""
    reply = _put(lake, "q10", body=BODY, spoil=lambda given: given.update({"x-amz-acl": "private"}))
    assert (reply.status, reply.code) == (403, "AccessDenied")
    assert b"x-amz-acl" in reply.body


def test_q10_a_header_that_changed_after_signing(lake: Lake) -> None:
    """Q10: nor change one."""
    reply = _put(
        lake,
        "q10",
        body=BODY,
        headers={"x-amz-meta-a": "1"},
        spoil=lambda given: given.update({"x-amz-meta-a": "2"}),
    )
    assert (reply.status, reply.code) == (403, "SignatureDoesNotMatch")


def test_q10_a_request_without_a_signature(lake: Lake) -> None:
    """Q10: every bucket here is private."""
    reply = _put(lake, "q10", body=BODY, spoil=lambda given: given.pop("Authorization"))
    assert (reply.status, reply.code) == (403, "AccessDenied")


def _store(
    lake: Lake, bucket: str | None = None, role: str | None = None, **config: Any
) -> S3Store:
    keys = lake.session(role)
    return S3Store(
        bucket or lake.bucket,
        endpoint=lake.aws.url,
        region=lake.aws.region,
        access_key_id=keys["AccessKeyId"],
        secret_access_key=keys["SecretAccessKey"],
        session_token=keys["SessionToken"],
        client_options={"allow_http": True},
        **config,
    )


def test_q11_head_in_checksum_mode_after_obstores_put(lake: Lake) -> None:
    """Q11: obstore sends the checksum and does not name its algorithm; S3 keeps it all the same."""
    store = _store(lake, checksum_algorithm="SHA256")
    obstore.put(store, "hs/q11", BODY, use_multipart=False)
    expected = base64.b64encode(hashlib.sha256(BODY).digest()).decode()
    assert (
        lake.s3.head_object(**_at(lake, "q11"), ChecksumMode="ENABLED")["ChecksumSHA256"]
        == expected
    )
    lake.s3.copy_object(**_at(lake, "q11-copy"), CopySource=_at(lake, "q11"))
    copied = lake.s3.head_object(**_at(lake, "q11-copy"), ChecksumMode="ENABLED")
    assert copied["ChecksumSHA256"] == expected


@pytest.mark.parametrize("call", ["put_object", "get_object", "head_object", "delete_object"])
def test_q12_a_wrong_expected_owner(lake: Lake, call: str) -> None:
    """Q12: a bucket that somebody re-created under the same name gets nothing from us."""
    lake.put("hs/q12")
    given: dict[str, Any] = {"Body": BODY} if call == "put_object" else {}
    with refused(403, None if call == "head_object" else "AccessDenied"):
        getattr(lake.s3, call)(**_at(lake, "q12"), **given, ExpectedBucketOwner="333333333333")
    getattr(lake.s3, call)(**_at(lake, "q12"), **given, ExpectedBucketOwner="222222222222")


def test_q12_a_wrong_expected_owner_of_a_copys_source(lake: Lake) -> None:
    """Q12: a copy names two buckets and may expect an owner of each."""
    lake.put("hs/q12")
    with refused(403, "AccessDenied"):
        lake.s3.copy_object(
            **_at(lake, "q12-to"),
            CopySource=_at(lake, "q12"),
            ExpectedSourceBucketOwner="333333333333",
        )


def test_q13_a_request_for_another_region(lake: Lake) -> None:
    """Q13: the answer names the bucket's region, in a header and in its body."""
    keys = lake.session()
    path = f"/{lake.bucket}?list-type=2&prefix=hs%2F"
    reply = send(lake.aws.url, keys, "GET", path, region="us-west-2")
    assert (reply.status, reply.code) == (400, "AuthorizationHeaderMalformed")
    assert reply.headers["x-amz-bucket-region"] == "eu-central-1"
    assert b"<Region>eu-central-1</Region>" in reply.body


def test_q13_boto3_finds_the_region_by_itself(lake: Lake) -> None:
    """Q13: the library reads what is said there, so it is said as S3 says it."""
    lake.put("hs/q13")
    s3 = lake.client(region="us-west-2")
    assert s3.list_objects_v2(Bucket=lake.bucket, Prefix="hs/q13")["KeyCount"] == 1


def test_q13_head_bucket_in_another_region(lake: Lake) -> None:
    """Q13: a HEAD has only the header."""
    reply = send(lake.aws.url, lake.session(), "HEAD", f"/{lake.bucket}", region="us-west-2")
    assert (reply.status, reply.headers["x-amz-bucket-region"]) == (400, "eu-central-1")


@pytest.mark.parametrize("minutes", [20, -20])
def test_q14_a_clock_that_is_off(lake: Lake, minutes: int) -> None:
    """Q14: 15 minutes are allowed; the answer's Date shows whose clock it is."""
    s3 = lake.client()
    lake.aws.set_clock(minutes)
    try:
        with refused(403, "RequestTimeTooSkewed") as answer:
            s3.list_objects_v2(Bucket=lake.bucket, Prefix="hs/")
    finally:
        lake.aws.set_clock(0)
    shown = parsedate_to_datetime(answer.headers["date"])
    assert abs((shown - datetime.now(UTC)).total_seconds() - minutes * 60) < 60


def test_q14_a_clock_that_is_off_a_little(lake: Lake) -> None:
    """Q14: most clocks are."""
    s3 = lake.client()
    lake.aws.set_clock(14)
    try:
        s3.list_objects_v2(Bucket=lake.bucket, Prefix="hs/")
    finally:
        lake.aws.set_clock(0)


def test_q15_a_version_under_object_lock_stays(lake: Lake) -> None:
    """Q15: compliance mode: not even the root deletes it before its time."""
    bucket = lake.aws.bucket(object_lock=True)
    until = datetime.now(UTC) + timedelta(days=1)
    locked = lake.admin.put_object(
        Bucket=bucket,
        Key="hs/q15",
        Body=BODY,
        ChecksumAlgorithm="SHA256",
        ObjectLockMode="COMPLIANCE",
        ObjectLockRetainUntilDate=until,
    )
    with refused(403, "AccessDenied"):
        lake.admin.delete_object(Bucket=bucket, Key="hs/q15", VersionId=locked["VersionId"])
    assert lake.admin.delete_object(Bucket=bucket, Key="hs/q15")["DeleteMarker"]


def test_q15_a_default_lock_takes_a_put_with_a_checksum(lake: Lake) -> None:
    """Q15: a bucket with a default retention wants a checksum; obstore's header is one."""
    bucket = lake.aws.bucket(object_lock=True)
    rule = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 1}}
    lake.admin.put_object_lock_configuration(
        Bucket=bucket, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule}
    )
    role = lake.make_role(policy=corrected(bucket, "hs"))
    store = _store(lake, bucket, role, checksum_algorithm="SHA256")
    obstore.put(store, "hs/q15", BODY, use_multipart=False)
    assert lake.admin.head_object(Bucket=bucket, Key="hs/q15")["ObjectLockMode"] == "COMPLIANCE"


def test_q16_a_bucket_that_is_not_there(lake: Lake) -> None:
    """Q16: the code tells a missing bucket from a missing key."""
    with refused(404, "NoSuchBucket"):
        lake.s3.list_objects_v2(Bucket="crmsnap-nowhere", Prefix="hs/")
    with refused(404, "NoSuchBucket"):
        lake.s3.put_object(Bucket="crmsnap-nowhere", Key="hs/q16", Body=BODY)


def test_q17_metadata_stays_with_the_object_and_its_copy(lake: Lake) -> None:
    """Q17: the part's own SHA-256 stands there."""
    lake.s3.put_object(**_at(lake, "q17"), Body=BODY, Metadata={"sha256": "abc"})
    lake.s3.copy_object(**_at(lake, "q17-copy"), CopySource=_at(lake, "q17"))
    for key in ("q17", "q17-copy"):
        assert lake.s3.head_object(**_at(lake, key))["Metadata"] == {"sha256": "abc"}


@pytest.mark.parametrize("key", ["a b", "a+b", "ä/ö.csv", "a//b", "a%2Fb", "a=b&c?d#e", "."])
def test_every_key_that_s3_takes_can_be_signed(lake: Lake, key: str) -> None:
    """The signature is computed over the path as it was sent; names of files are not ours alone."""
    lake.s3.put_object(**_at(lake, f"keys/{key}"), Body=BODY)
    listed = lake.s3.list_objects_v2(Bucket=lake.bucket, Prefix=f"hs/keys/{key}")["Contents"]
    assert [one["Key"] for one in listed] == [f"hs/keys/{key}"]
    assert lake.s3.get_object(**_at(lake, f"keys/{key}"))["Body"].read() == BODY


def test_a_presigned_request_is_judged_like_any_other(lake: Lake) -> None:
    """Its signature stands in the query; rights and times hold for it as well."""
    store = _store(lake)
    inside = obstore.sign(store, "DELETE", "hs/signed", timedelta(minutes=1))
    outside = obstore.sign(store, "DELETE", "zz/signed", timedelta(minutes=1))
    assert plain("DELETE", inside).status == 204
    assert plain("DELETE", outside).code == "AccessDenied"
    assert plain("DELETE", inside.replace("hs%2Fsigned", "hs/other")).status in (204, 403)
    lake.aws.set_clock(5)
    try:
        assert b"Request has expired" in plain("DELETE", inside).body
    finally:
        lake.aws.set_clock(0)


def test_a_virtual_hosted_bucket_is_found_by_way_of_a_proxy(lake: Lake) -> None:
    """The bucket stands in the host's name, and the whole address in the request's first line."""
    keys = lake.session()
    config = Config(proxies={"http": lake.aws.url}, s3={"addressing_style": "virtual"})
    with closing(
        boto3.client(
            "s3",
            endpoint_url="http://s3.eu-central-1.amazonaws.com",
            region_name="eu-central-1",
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys["SessionToken"],
            config=config,
        )
    ) as s3:
        s3.put_object(**_at(lake, "virtual/a b"), Body=BODY)
        with refused(403, "AccessDenied"):
            s3.put_object(Bucket=lake.bucket, Key="zz/virtual", Body=BODY)
    assert lake.admin.get_object(**_at(lake, "virtual/a b"))["Body"].read() == BODY
