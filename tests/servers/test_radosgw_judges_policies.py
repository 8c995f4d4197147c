"""What an independent policy engine says about the policies that we give to customers.

Our own test server judges by our reading of AWS's documents; Ceph's gateway was written by others.
Where both agree, a mistake would have to be made twice.
"""

import base64
import hashlib
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.aws.policies import as_published
from tests.servers.radosgw import Radosgw, RgwUser

pytestmark = pytest.mark.full


@dataclass(frozen=True)
class Session:
    """What somebody may do who has assumed a role with the article's policy."""

    gateway: Radosgw
    bucket: str
    role: str

    def client(self, policy: dict[str, Any] | None = None) -> Any:
        more = {} if policy is None else {"Policy": json.dumps(policy, separators=(",", ":"))}
        credentials = self.gateway.sts().assume_role(
            RoleArn=self.role, RoleSessionName="crmsnap-test", **more
        )["Credentials"]
        return self.gateway.s3(
            RgwUser(self.role, credentials["AccessKeyId"], credentials["SecretAccessKey"]),
            credentials["SessionToken"],
        )


@pytest.fixture(scope="module")
def session(gateway: Radosgw) -> Session:
    bucket = gateway.bucket()
    gateway.s3().put_object(Bucket=bucket, Key="hs/there", Body=b"x")
    gateway.s3().put_object(Bucket=bucket, Key="other/there", Body=b"x")
    return Session(gateway, bucket, gateway.role(as_published(bucket, "hs")))


def status(call: Callable[[], Any]) -> int:
    try:
        answer = call()
    except ClientError as refused:
        answer = refused.response
    code: int = answer["ResponseMetadata"]["HTTPStatusCode"]
    return code


CALLS: dict[str, tuple[int, Callable[[Any, str], Any]]] = {
    "put inside": (200, lambda s3, b: s3.put_object(Bucket=b, Key="hs/new", Body=b"x")),
    "get inside": (200, lambda s3, b: s3.get_object(Bucket=b, Key="hs/there")),
    "copy inside": (
        200,
        lambda s3, b: s3.copy_object(Bucket=b, Key="hs/copy", CopySource=f"{b}/hs/there"),
    ),
    "delete inside": (204, lambda s3, b: s3.delete_object(Bucket=b, Key="hs/new")),
    "put outside": (403, lambda s3, b: s3.put_object(Bucket=b, Key="other/new", Body=b"x")),
    "get outside": (403, lambda s3, b: s3.get_object(Bucket=b, Key="other/there")),
    "delete outside": (403, lambda s3, b: s3.delete_object(Bucket=b, Key="other/there")),
    "list the prefix": (200, lambda s3, b: s3.list_objects_v2(Bucket=b, Prefix="hs/")),
    "list a day": (200, lambda s3, b: s3.list_objects_v2(Bucket=b, Prefix="hs/2026/")),
    "list without a slash": (403, lambda s3, b: s3.list_objects_v2(Bucket=b, Prefix="hs")),
    "list elsewhere": (403, lambda s3, b: s3.list_objects_v2(Bucket=b, Prefix="zz/")),
    "list without a prefix": (403, lambda s3, b: s3.list_objects_v2(Bucket=b)),
    "location": (403, lambda s3, b: s3.get_bucket_location(Bucket=b)),
    "head of the bucket": (403, lambda s3, b: s3.head_bucket(Bucket=b)),
    "head of a missing key inside": (403, lambda s3, b: s3.head_object(Bucket=b, Key="hs/none")),
    "get of a missing key inside": (403, lambda s3, b: s3.get_object(Bucket=b, Key="hs/none")),
    "tags": (
        403,
        lambda s3, b: s3.put_object_tagging(Bucket=b, Key="hs/there", Tagging={"TagSet": []}),
    ),
    "a version of an unversioned bucket": (
        200,
        lambda s3, b: s3.get_object(Bucket=b, Key="hs/there", VersionId="null"),
    ),
}


@pytest.mark.parametrize("what", CALLS)
def test_the_articles_policy_allows_this_and_no_more(session: Session, what: str) -> None:
    """Listing only below the prefix, and neither the region nor a bare HEAD of the bucket."""
    expected, call = CALLS[what]
    assert status(lambda: call(session.client(), session.bucket)) == expected


def narrowed(bucket: str, prefix: str) -> dict[str, Any]:
    allowed = [
        {
            "Effect": "Allow",
            "Action": ["s3:PutObject"],
            "Resource": f"arn:aws:s3:::{bucket}/{prefix}/*",
        }
    ]
    return {"Version": "2012-10-17", "Statement": allowed}


def test_a_session_policy_takes_away_what_the_role_may(session: Session) -> None:
    """So one connection's session cannot write into another folder of the same role."""
    client = session.client(narrowed(session.bucket, "hs/mine"))
    put = {"Bucket": session.bucket, "Body": b"x"}
    assert status(lambda: client.put_object(Key="hs/mine/a", **put)) == 200
    assert status(lambda: client.put_object(Key="hs/yours/a", **put)) == 403


def test_a_session_policy_gives_nothing_that_the_role_may_not(session: Session) -> None:
    """It can only narrow."""
    client = session.client(narrowed(session.bucket, "other"))
    assert status(lambda: client.put_object(Bucket=session.bucket, Key="other/a", Body=b"x")) == 403


def test_a_key_is_created_once(session: Session) -> None:
    """`If-None-Match: *` holds also under the article's policy."""
    put = {"Bucket": session.bucket, "Key": "hs/once", "IfNoneMatch": "*"}
    assert status(lambda: session.client().put_object(Body=b"1", **put)) == 200
    assert status(lambda: session.client().put_object(Body=b"2", **put)) == 412


def test_of_eight_writers_one_creates_the_key(session: Session) -> None:
    """What decides between two machines that publish the same day."""
    client = session.client()
    for turn in range(10):
        put = {"Bucket": session.bucket, "Key": f"hs/race-{turn}", "IfNoneMatch": "*"}
        with ThreadPoolExecutor(8) as writers:
            ends = [
                writers.submit(
                    status, lambda n=n, put=put: client.put_object(Body=str(n).encode(), **put)
                )
                for n in range(8)
            ]
        codes = sorted(end.result() for end in ends)
        assert codes[0] == 200, codes
        assert set(codes[1:]) <= {409, 412}, codes


def test_a_stale_etag_replaces_nothing(session: Session) -> None:
    """`--replace` would otherwise overwrite another machine's manifest."""
    client = session.client()
    put = {"Bucket": session.bucket, "Key": "hs/manifest"}
    old = client.put_object(Body=b"1", **put)["ETag"]
    client.put_object(Body=b"2", **put)
    assert status(lambda: client.put_object(Body=b"3", IfMatch=old, **put)) == 412


def test_a_wrong_content_md5_is_refused(session: Session) -> None:
    """The gateway reads what it was sent."""
    wrong = hashlib.md5(b"other", usedforsecurity=False).digest()
    put = {"Bucket": session.bucket, "Key": "hs/md5", "Body": b"x"}
    md5 = base64.b64encode(wrong).decode()
    assert status(lambda: session.client().put_object(ContentMD5=md5, **put)) == 400
