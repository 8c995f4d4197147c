"""The strict AWS, STS: the rows T1 to T15, each as AWS answers it.

A server that is milder in one row would let a hole in connecting pass every other test.
"""

import json

import pytest
from botocore.exceptions import ClientError

from tests.aws.lake import Lake
from tests.aws.policies import as_published, document, statement, trust
from tests.aws.refused import refused

HOUR = 3600


def _assume(lake: Lake, role: str, external_id: str | None, seconds: int = HOUR) -> str:
    given = {} if external_id is None else {"ExternalId": external_id}
    answer = lake.sts().assume_role(
        RoleArn=role, RoleSessionName="probe", DurationSeconds=seconds, **given
    )
    return str(answer["AssumedRoleUser"]["Arn"])


def test_t01_the_right_id_opens_the_role(lake: Lake) -> None:
    """T1: everything else is judged against this one way in."""
    expected = "arn:aws:sts::222222222222:assumed-role/hubspot/probe"
    assert _assume(lake, lake.role, "ext-123") == expected


def test_t02_a_wrong_id_does_not(lake: Lake) -> None:
    """T2: the confused deputy's first try."""
    with refused(403, "AccessDenied") as answer:
        _assume(lake, lake.role, "ext-124")
    assert "is not authorized to perform: sts:AssumeRole" in answer.message


def test_t03_no_id_does_not(lake: Lake) -> None:
    """T3: a key that is absent makes the condition false; moto alone says yes here."""
    with refused(403, "AccessDenied"):
        _assume(lake, lake.role, None)


def test_t04_the_condition_is_evaluated_and_not_passed_over(lake: Lake) -> None:
    """T4: with the id among several that the customer trusts, the role opens; radosgw cannot say."""
    several = trust(lake.keys.arn, None)
    several["Statement"][0]["Condition"] = {
        "StringEquals": {"sts:ExternalId": ["other", "ext-123"]}
    }
    role = lake.make_role(trusts=several)
    assert _assume(lake, role, "ext-123")
    with refused(403, "AccessDenied"):
        _assume(lake, role, "third")


def test_t05_a_stranger_with_the_right_id_is_refused(lake: Lake) -> None:
    """T5: the id is no secret; the principal must be ours as well."""
    stranger = lake.aws.user("stranger", account="333333333333")
    sts = lake.aws.client(stranger.access_key_id, stranger.secret_access_key, service="sts")
    with refused(403, "AccessDenied"):
        sts.assume_role(RoleArn=lake.role, RoleSessionName="probe", ExternalId="ext-123")


@pytest.mark.parametrize("account", ["222222222222", "444444444444"])
def test_t06_a_role_that_is_not_there_looks_like_one_that_is_closed(
    lake: Lake, account: str
) -> None:
    """T6: the same 403, so that nobody can find out names of roles."""
    with refused(403, "AccessDenied"):
        _assume(lake, f"arn:aws:iam::{account}:role/nobody", "ext-123")


def test_t07_a_wrong_secret_is_found(lake: Lake) -> None:
    """T7: the signature is made with it."""
    sts = lake.aws.client(lake.keys.access_key_id, "wrong", service="sts")
    with refused(403, "SignatureDoesNotMatch"):
        sts.get_caller_identity()


def test_t07_an_unknown_key_is_found(lake: Lake) -> None:
    """T7: STS says it in other words than S3."""
    sts = lake.aws.client("AKIAUNKNOWN", "wrong", service="sts")
    with refused(403, "InvalidClientTokenId"):
        sts.get_caller_identity()


def test_t08_a_session_longer_than_the_role_allows_is_refused(lake: Lake) -> None:
    """T8: MaxSessionDuration is one hour unless the customer raises it."""
    with refused(400, "ValidationError") as answer:
        _assume(lake, lake.role, "ext-123", seconds=12 * HOUR)
    assert "MaxSessionDuration" in answer.message
    long = lake.make_role(max_session=12 * HOUR)
    assert _assume(lake, long, "ext-123", seconds=12 * HOUR)


def test_t08_a_session_longer_than_sts_allows_is_refused(lake: Lake) -> None:
    """T8: 12 hours is the end, whatever the role says."""
    with refused(400, "ValidationError") as answer:
        _assume(lake, lake.make_role(max_session=24 * HOUR), "ext-123", seconds=12 * HOUR + 1)
    assert "durationSeconds" in answer.message


def test_t09_a_session_of_a_session_lasts_an_hour_at_most(lake: Lake) -> None:
    """T9: a service that runs as a role chains roles, whatever MaxSessionDuration says."""
    allowed = document(statement("Allow", "sts:AssumeRole", Resource="*"))
    first = lake.aws.role("chain", "111111111111", trust=trust(lake.keys.arn, None), policy=allowed)
    second = lake.make_role(trusts=trust(first, "ext-123"), max_session=12 * HOUR)
    keys = lake.session(first)
    sts = lake.aws.client(
        keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], service="sts"
    )
    given = {"RoleArn": second, "RoleSessionName": "probe", "ExternalId": "ext-123"}
    with refused(400, "ValidationError") as answer:
        sts.assume_role(**given, DurationSeconds=HOUR + 1)
    assert "1 hour session limit for roles assumed by role chaining" in answer.message
    assert sts.assume_role(**given, DurationSeconds=HOUR)["Credentials"]


def test_t10_the_placeholder_left_in_the_trust_closes_the_role(lake: Lake) -> None:
    """T10: the article's first step leaves `0000` and the customer's own account there."""
    role = lake.make_role(trusts=trust("arn:aws:iam::222222222222:root", "0000"))
    with refused(403, "AccessDenied"):
        _assume(lake, role, "ext-123")
    with refused(403, "AccessDenied"):
        _assume(lake, role, "0000")


def test_t11_a_trust_without_a_condition_is_open_to_anyone_of_ours(lake: Lake) -> None:
    """T11: AWS lets it pass, so the connection check has to refuse it."""
    role = lake.make_role(trusts=trust(lake.keys.arn, None))
    assert _assume(lake, role, None)
    assert _assume(lake, role, "anything")


def test_t12_an_operator_with_if_exists_asks_for_nothing(lake: Lake) -> None:
    """T12: the condition looks right and holds without an id, so the check has to refuse it."""
    role = lake.make_role(trusts=trust(lake.keys.arn, "ext-123", "StringEqualsIfExists"))
    assert _assume(lake, role, None)
    with refused(403, "AccessDenied"):
        _assume(lake, role, "wrong")


def test_t13_a_trusted_account_still_needs_its_users_own_right(lake: Lake) -> None:
    """T13: trust in our `:root` hands the decision to our own policies."""
    role = lake.make_role(trusts=trust("arn:aws:iam::111111111111:root", "ext-123"))
    idle = lake.aws.user("idle", may_assume=False)
    sts = lake.aws.client(idle.access_key_id, idle.secret_access_key, service="sts")
    with refused(403, "AccessDenied"):
        sts.assume_role(RoleArn=role, RoleSessionName="probe", ExternalId="ext-123")
    assert _assume(lake, role, "ext-123")


def _only(lake: Lake, path: str) -> str:
    resource = f"arn:aws:s3:::{lake.bucket}/{path}"
    policy = document(statement("Allow", "s3:*", Resource=resource))
    return json.dumps(policy)


def test_t14_a_session_policy_narrows_the_role(lake: Lake) -> None:
    """T14: what the role may do outside the session's policy, the session may not."""
    s3 = lake.client(Policy=_only(lake, "hs/narrow/*"))
    s3.put_object(Bucket=lake.bucket, Key="hs/narrow/a", Body=b"x")
    with refused(403, "AccessDenied") as answer:
        s3.put_object(Bucket=lake.bucket, Key="hs/wide/a", Body=b"x")
    assert "no session policy allows the s3:PutObject action" in answer.message


def test_t15_a_session_policy_does_not_widen_the_role(lake: Lake) -> None:
    """T15: a session's policy grants nothing of its own."""
    s3 = lake.client(Policy=_only(lake, "*"))
    s3.put_object(Bucket=lake.bucket, Key="hs/a", Body=b"x")
    with refused(403, "AccessDenied") as answer:
        s3.put_object(Bucket=lake.bucket, Key="zz/a", Body=b"x")
    assert "no identity-based policy allows the s3:PutObject action" in answer.message


@pytest.mark.parametrize(
    "wrong",
    [
        {"RoleSessionName": "with space"},
        {"RoleSessionName": "x" * 65},
        {"ExternalId": "with space"},
        {"Policy": " " * 2049},
    ],
    ids=[
        "a space in the name",
        "a long name",
        "a space in the id",
        "a long policy",
    ],
)
def test_a_parameter_that_breaks_a_constraint_is_refused(lake: Lake, wrong: dict[str, str]) -> None:
    """The API reference states a pattern and a length for each; a name of ours must fit them."""
    with pytest.raises(ClientError) as caught:
        lake.session(**wrong)
    assert caught.value.response["Error"]["Code"] == "ValidationError"


def test_a_session_policy_that_is_not_one_is_refused(lake: Lake) -> None:
    """The caller learns at once, and not from a session that may do nothing."""
    with refused(400, "MalformedPolicyDocument"):
        lake.session(Policy='{"Version":"2012-10-17"}')


def test_a_trust_that_changes_closes_the_role_at_once(lake: Lake) -> None:
    """Tests of a customer's edits need no waiting; AWS itself takes some seconds."""
    role = lake.make_role()
    lake.aws.change_role(role, trust=trust(lake.keys.arn, "another"))
    with refused(403, "AccessDenied"):
        _assume(lake, role, "ext-123")


def test_a_deleted_role_leaves_sessions_that_may_do_nothing(lake: Lake) -> None:
    """The credentials still sign well; the rights are gone."""
    role = lake.make_role(policy=as_published(lake.bucket, "hs"))
    s3 = lake.client(role)
    lake.aws.delete_role(role)
    with refused(403, "AccessDenied"):
        s3.put_object(Bucket=lake.bucket, Key="hs/a", Body=b"x")


def test_the_caller_learns_who_it_is_without_a_right(lake: Lake) -> None:
    """The user ARN that a customer copies comes from this call."""
    idle = lake.aws.user("nobody", may_assume=False)
    sts = lake.aws.client(idle.access_key_id, idle.secret_access_key, service="sts")
    assert sts.get_caller_identity()["Arn"] == "arn:aws:iam::111111111111:user/nobody"
