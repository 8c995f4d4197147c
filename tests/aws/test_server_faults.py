"""The strict AWS: every effect of the fault plan does what it says, and says how often it did."""

import time
from collections import Counter
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.aws.lake import Lake
from tests.aws.policies import corrected, trust
from tests.aws.refused import refused
from tests.aws.server import ControlError
from tests.aws.wire import Reply, fails, send

BODY = b"forty-two"


def _at(lake: Lake, key: str) -> dict[str, str]:
    return {"Bucket": lake.bucket, "Key": f"hs/{key}"}


def _list(lake: Lake, s3: Any = None) -> int:
    answer = (s3 or lake.s3).list_objects_v2(Bucket=lake.bucket, Prefix="hs/")
    return int(answer["KeyCount"])


def _outcomes(lake: Lake, calls: int) -> str:
    """Send some PUTs; one letter for each: d(one) or f(ailed)."""
    letters = ""
    for number in range(calls):
        try:
            lake.s3.put_object(**_at(lake, f"outcome-{number}"), Body=BODY)
            letters += "d"
        except ClientError:
            letters += "f"
    return letters


# Which calls a rule falls on.


def test_a_rule_can_mean_one_call_alone(lake: Lake) -> None:
    """`nth`: the third PUT of a run, and no other."""
    with lake.aws.fault("slow_down", operation="PutObject", nth=3) as fault:
        assert _outcomes(lake, 5) == "ddfdd"
        assert fault.fired == 1


def test_a_rule_can_start_late_and_end_early(lake: Lake) -> None:
    """`since` and `times`: an outage in the middle."""
    with lake.aws.fault("internal_error", operation="PutObject", since=2, times=2) as fault:
        assert _outcomes(lake, 5) == "dffdd"
        assert fault.fired == 2


@pytest.mark.parametrize("share", [0.2, 0.6])
def test_a_rule_can_fall_on_a_share_of_the_calls(lake: Lake, share: float) -> None:
    """`share`: drawn with a seed, so that a run can be repeated."""
    runs = []
    for _ in range(2):
        with lake.aws.fault("slow_down", operation="PutObject", share=share, seed=7):
            runs.append(_outcomes(lake, 40))
    assert runs[0] == runs[1]
    assert abs(Counter(runs[0])["f"] / 40 - share) < 0.2


def test_a_rule_can_name_keys_operations_and_rights(lake: Lake) -> None:
    """A fault that falls on everything tests one thing only: that everything is down."""
    with lake.aws.fault("slow_down", operation="PutObject", key="*.csv.gz") as fault:
        lake.s3.put_object(**_at(lake, "a.json"), Body=BODY)
        _list(lake)
        with refused(503, "SlowDown"):
            lake.s3.put_object(**_at(lake, "a.csv.gz"), Body=BODY)
        assert fault.fired == 1
    with lake.aws.fault("slow_down", action="s3:GetObjectVersion") as fault:
        lake.s3.get_object(**_at(lake, "a.json"))
        with refused(503, "SlowDown"):
            lake.s3.get_object(**_at(lake, "a.json"), VersionId="null")


def test_a_rule_that_never_fired_fails_its_test(lake: Lake) -> None:
    """A test whose fault never came has tested nothing."""
    fault = lake.aws.fault("slow_down", operation="PutObject")
    with pytest.raises(AssertionError, match="fell on no call"), fault:
        _list(lake)


def test_an_effect_that_does_not_exist_is_an_error(lake: Lake) -> None:
    """A misspelt effect must not be a fault that never comes."""
    with pytest.raises(ControlError, match="no effect 'slowdown'"):
        lake.aws.fault("slowdown")


def test_faults_can_be_cleared(lake: Lake) -> None:
    """What is taken out of force falls on nothing; how often it fired stays known."""
    fault = lake.aws.fault("slow_down", operation="ListObjectsV2")
    with refused(503, "SlowDown"):
        _list(lake)
    lake.aws.clear_faults()
    _list(lake)
    assert fault.fired == 1


def test_the_root_is_never_disturbed_and_never_counted(lake: Lake) -> None:
    """A test looks at the bucket with it, in the middle of whatever is broken."""
    before = lake.aws.counts()
    with lake.aws.fault("slow_down"):
        lake.put("hs/rooted")
        with refused(503, "SlowDown"):
            _list(lake)
    assert lake.aws.counts().get("PutObject", 0) == before.get("PutObject", 0)


# What happens instead of an answer.


@pytest.mark.parametrize(
    ("effect", "status", "code"),
    [
        ("slow_down", 503, "SlowDown"),
        ("internal_error", 500, "InternalError"),
        ("request_timeout", 400, "RequestTimeout"),
        ("conflict", 409, "ConditionalRequestConflict"),
        ("deny", 403, "AccessDenied"),
    ],
)
def test_a_refusal_stores_nothing(lake: Lake, effect: str, status: int, code: str) -> None:
    """The call is over before it did anything."""
    with lake.aws.fault(effect, operation="PutObject"), refused(status, code):
        lake.s3.put_object(**_at(lake, f"refused-{effect}"), Body=BODY)
    with refused(404, "NoSuchKey"):
        lake.admin.get_object(**_at(lake, f"refused-{effect}"))


def test_a_denial_has_awss_words_and_can_name_another_action(lake: Lake) -> None:
    """A denial by KMS comes out of a PUT."""
    with lake.aws.fault("deny", operation="PutObject"), refused(403, "AccessDenied") as answer:
        lake.s3.put_object(**_at(lake, "denied"), Body=BODY)
    assert "is not authorized to perform: s3:PutObject on resource" in answer.message
    says = {"says": "kms:GenerateDataKey", "resource": "arn:aws:kms:eu-central-1:2:key/1"}
    with (
        lake.aws.fault("deny", operation="PutObject", **says),
        refused(403, "AccessDenied") as answer,
    ):
        lake.s3.put_object(**_at(lake, "denied"), Body=BODY)
    assert "kms:GenerateDataKey" in answer.message


def test_assuming_the_role_can_be_denied(lake: Lake) -> None:
    """STS has a plan of faults as well."""
    with lake.aws.fault("deny", operation="AssumeRole"), refused(403, "AccessDenied"):
        lake.session()


def test_a_store_without_conditional_writes(lake: Lake) -> None:
    """501 on the header, and plain PUTs go through."""
    with lake.aws.fault("not_implemented", operation="PutObject"):
        with refused(501, "NotImplemented"):
            lake.s3.put_object(**_at(lake, "plain"), Body=BODY, IfNoneMatch="*")
        lake.s3.put_object(**_at(lake, "plain"), Body=BODY)


def test_a_bucket_that_moved(lake: Lake) -> None:
    """301 with the region to ask."""
    with lake.aws.fault("redirect", operation="ListObjectsV2", region="us-west-2"):
        path = f"/{lake.bucket}?list-type=2&prefix=hs%2F"
        reply = send(lake.aws.url, lake.session(), "GET", path)
    assert (reply.status, reply.code) == (301, "PermanentRedirect")
    assert reply.headers["x-amz-bucket-region"] == "us-west-2"


# What happens to the connection.


def test_a_reply_that_is_lost_leaves_the_object_there(lake: Lake) -> None:
    """A05: the effect is done, and the second try meets its own object."""
    session, path = lake.session(), f"/{lake.bucket}/hs/lost-reply"

    def put() -> Reply:
        create_only = {"If-None-Match": "*"}
        return send(lake.aws.url, session, "PUT", path, body=BODY, headers=create_only)

    with lake.aws.fault("lose_reply", operation="PutObject", nth=1):
        fails(put)
        assert put().code == "PreconditionFailed"
    assert lake.admin.get_object(**_at(lake, "lost-reply"))["Body"].read() == BODY


@pytest.mark.parametrize("after", [0, 100_000], ids=["before the body", "in the body"])
def test_a_request_that_is_lost_leaves_nothing(lake: Lake, after: int) -> None:
    """A05: the other half: nothing happened."""
    with lake.aws.fault("lose_request", operation="PutObject", after=after):
        fails(
            lambda: send(
                lake.aws.url,
                lake.session(),
                "PUT",
                f"/{lake.bucket}/hs/lost-request",
                body=b"x" * 1_000_000,
            )
        )
    with refused(404, "NoSuchKey"):
        lake.admin.get_object(**_at(lake, "lost-request"))


def test_a_body_that_is_cut_in_the_middle(lake: Lake) -> None:
    """The length was promised, so the client can know."""
    lake.put("hs/cut", b"x" * 1000)
    with lake.aws.fault("cut_reply", operation="GetObject"):
        fails(lambda: send(lake.aws.url, lake.session(), "GET", f"/{lake.bucket}/hs/cut"))


def test_a_body_that_comes_byte_by_byte(lake: Lake) -> None:
    """H12: no read waits long, and all of them together do."""
    lake.put("hs/slow", b"x" * 10)
    started = time.monotonic()
    with lake.aws.fault("slow_reply", operation="GetObject", seconds_per_byte=0.03):
        assert lake.s3.get_object(**_at(lake, "slow"))["Body"].read() == b"x" * 10
    assert time.monotonic() - started > 0.3


def test_a_body_that_is_taken_byte_by_byte(lake: Lake) -> None:
    """H12: the other direction."""
    started = time.monotonic()
    with lake.aws.fault("slow_upload", operation="PutObject", size=1, seconds=0.03):
        lake.s3.put_object(**_at(lake, "slow-upload"), Body=b"x" * 10)
    assert time.monotonic() - started > 0.3


def test_a_server_that_says_nothing_for_a_while(lake: Lake) -> None:
    """The connection stands and nothing comes."""
    started = time.monotonic()
    with lake.aws.fault("stall", operation="ListObjectsV2", seconds=0.3):
        _list(lake)
    assert time.monotonic() - started > 0.3


# What happens to sessions, keys and roles.


def test_a_session_can_end_at_the_nth_call(lake: Lake) -> None:
    """A02: in the middle of an upload of many parts."""
    role = lake.make_role()
    s3 = lake.client(role)
    with lake.aws.fault("expire_session", operation="ListObjectsV2", nth=2, role=role):
        _list(lake, s3)
        with refused(400, "ExpiredToken"):
            _list(lake, s3)
    _list(lake, lake.client(role))


def test_a_session_can_be_short(lake: Lake) -> None:
    """A02: STS says when it ends, and it ends then."""
    with lake.aws.fault("short_session", operation="AssumeRole", seconds=1):
        credentials = lake.session()
    s3 = lake.of(credentials)
    _list(lake, s3)
    time.sleep(1.1)
    with refused(400, "ExpiredToken"):
        _list(lake, s3)


def test_a_users_key_can_be_switched_off(lake: Lake) -> None:
    """A03: sessions that it opened go on, as with AWS; new ones are refused."""
    keys = lake.aws.user("rotated")
    role = lake.make_role(trusts=trust(keys.arn, "ext-123"))
    sts = lake.aws.client(keys.access_key_id, keys.secret_access_key, service="sts")
    given = {"RoleArn": role, "RoleSessionName": "probe", "ExternalId": "ext-123"}
    s3 = lake.of(sts.assume_role(**given)["Credentials"])
    switch = {"access_key_id": keys.access_key_id}
    fault = lake.aws.fault("deactivate_key", operation="AssumeRole", **switch)
    with fault, refused(403, "InvalidClientTokenId"):
        sts.assume_role(**given)
    _list(lake, s3)


def test_a_role_can_be_deleted_in_the_middle(lake: Lake) -> None:
    """A03: from the call on which it happens."""
    role = lake.make_role()
    s3 = lake.client(role)
    with lake.aws.fault("delete_role", operation="ListObjectsV2", nth=2, role=role):
        _list(lake, s3)
        with refused(403, "AccessDenied"):
            _list(lake, s3)
    with refused(403, "AccessDenied"):
        lake.session(role)


def test_a_trust_can_be_edited_in_the_middle(lake: Lake) -> None:
    """A03: running sessions keep their rights; the next one is refused."""
    role = lake.make_role()
    s3 = lake.client(role)
    changed = trust(lake.keys.arn, "another")
    with lake.aws.fault("change_role", operation="ListObjectsV2", role=role, trust=changed):
        _list(lake, s3)
    with refused(403, "AccessDenied"):
        lake.session(role)


# What happens to the bucket and to what it stores.


def test_a_bucket_can_vanish(lake: Lake) -> None:
    """A07: between two parts."""
    bucket = lake.aws.bucket()
    s3 = lake.client(lake.make_role(policy=corrected(bucket, "hs")))
    s3.put_object(Bucket=bucket, Key="hs/a", Body=BODY)
    fault = lake.aws.fault("remove_bucket", operation="PutObject", bucket=bucket)
    with fault, refused(404, "NoSuchBucket"):
        s3.put_object(Bucket=bucket, Key="hs/b", Body=BODY)


def test_a_bucket_can_be_made_again_by_somebody_else(lake: Lake) -> None:
    """A07: open to all, as a thief would leave it; only the expected owner holds us back."""
    bucket = lake.aws.bucket()
    s3 = lake.client(lake.make_role(policy=corrected(bucket, "hs")))
    put = {"Bucket": bucket, "Key": "hs/a", "Body": BODY}
    trap = corrected(bucket, "hs")
    for one in trap["Statement"]:
        one["Principal"] = "*"
    given = {"account": "333333333333", "policy": trap, "times": 1}
    fault = lake.aws.fault("recreate_bucket", operation="PutObject", bucket=bucket, **given)
    with fault, refused(403, "AccessDenied"):
        s3.put_object(**put, ExpectedBucketOwner="222222222222")
    s3.put_object(**put)
    stolen = lake.aws.admin("333333333333").get_object(Bucket=bucket, Key="hs/a")
    assert stolen["Body"].read() == BODY


def test_a_byte_can_be_wrong_in_the_store(lake: Lake) -> None:
    """A11: after every hash was checked, as a disk does it; the ETag tells."""
    sent = lake.s3.put_object(**_at(lake, "right"), Body=BODY)["ETag"]
    with lake.aws.fault("flip_byte", operation="PutObject"):
        stored = lake.s3.put_object(**_at(lake, "wrong"), Body=BODY)["ETag"]
    assert stored != sent
    assert lake.admin.get_object(**_at(lake, "wrong"))["Body"].read() != BODY


def test_conditions_can_be_passed_over(lake: Lake) -> None:
    """A12: a store that takes the header and does not look at it."""
    lake.put("hs/there")
    with lake.aws.fault("ignore_conditions", operation="*Object"):
        lake.s3.put_object(**_at(lake, "there"), Body=BODY, IfNoneMatch="*")
        lake.s3.put_object(**_at(lake, "there"), Body=BODY, IfMatch='"stale"')
        copy = {**_at(lake, "there"), "CopySource": _at(lake, "there")}
        lake.s3.copy_object(**copy, IfNoneMatch="*", MetadataDirective="REPLACE")


def test_a_conflict_can_hide_a_twin(lake: Lake) -> None:
    """409 although the object is there: only a HEAD can tell."""
    fault = lake.aws.fault("conflict_with_twin", operation="PutObject")
    with fault, refused(409, "ConditionalRequestConflict"):
        lake.s3.put_object(**_at(lake, "twin"), Body=BODY, IfNoneMatch="*")
    assert lake.admin.get_object(**_at(lake, "twin"))["Body"].read() == BODY


def test_a_list_can_be_late(lake: Lake) -> None:
    """A13: a key that was just written is not listed yet, and can be read."""
    lake.put("hs/late/old")
    with lake.aws.fault("late_list", operation="ListObjectsV2", seconds=60):
        lake.s3.put_object(**_at(lake, "late/new & <co>"), Body=BODY)
        listed = lake.s3.list_objects_v2(Bucket=lake.bucket, Prefix="hs/late/")
        assert [one["Key"] for one in listed["Contents"]] == ["hs/late/old"]
        assert lake.s3.get_object(**_at(lake, "late/new & <co>"))["Body"].read() == BODY
    listed = lake.s3.list_objects_v2(Bucket=lake.bucket, Prefix="hs/late/")
    assert len(listed["Contents"]) == 2
