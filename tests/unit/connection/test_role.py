"""What STS is asked, and what becomes of its answers."""

import pickle
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from crmsnap.connection.aws_client import Route
from crmsnap.connection.role import RoleToAssume, assume, role_keys, session_name
from crmsnap.destinations.retry import Passing
from crmsnap.errors import AccessDenied, ConfigError, CrmsnapError, DestinationError
from tests.unit.connection.scripted_sts import ScriptedSts, refused

ROLE = RoleToAssume(
    arn="arn:aws:iam::222222222222:role/hubspot",
    external_id="ext-123",
    session_name="crmsnap-acme-1",
    region="eu-central-1",
    session_policy='{"Version":"2012-10-17"}',
)
GOVERNMENT = replace(
    ROLE, arn="arn:aws-us-gov:iam::222222222222:role/hubspot", region="us-gov-west-1"
)
LATE = "Signature expired: 20261122T014000Z is now earlier than 20261122T014500Z"

pytestmark = pytest.mark.usefixtures("our_keys")


def test_a_session_is_asked_for_with_everything_that_binds_it(sts: ScriptedSts) -> None:
    """Name, external id, policy, and an hour, which is all that a chained role gets."""
    assume(replace(ROLE, sts_endpoint_url=sts.url))
    (asked,) = sts.asked
    assert asked == {
        "Action": "AssumeRole",
        "Version": "2011-06-15",
        "RoleArn": "arn:aws:iam::222222222222:role/hubspot",
        "RoleSessionName": "crmsnap-acme-1",
        "ExternalId": "ext-123",
        "Policy": '{"Version":"2012-10-17"}',
        "DurationSeconds": "3600",
    }
    assert "Credential=AKIAOURS/" in sts.headers[0]["authorization"]
    assert "/eu-central-1/sts/" in sts.headers[0]["authorization"]


def test_without_an_external_id_none_is_sent(sts: ScriptedSts) -> None:
    """Only to find out whether the role is open to everybody; an empty one would be another question."""
    assume(replace(ROLE, sts_endpoint_url=sts.url, external_id=None, session_policy=None))
    assert not {"ExternalId", "Policy"} & set(sts.asked[0])


def test_a_session_comes_with_its_end_in_utc(sts: ScriptedSts) -> None:
    """obstore takes no other zone."""
    keys = assume(replace(ROLE, sts_endpoint_url=sts.url))
    assert keys.access_key_id == "ASIASESSION"
    assert keys.token == "session token"
    assert keys.expires_at == datetime(2099, 1, 1, tzinfo=UTC)
    assert keys.expires_at.tzinfo is UTC


def test_a_key_source_is_pickled_without_secrets_and_asks_anew(sts: ScriptedSts) -> None:
    """Every worker gets a session of its own, under the same name."""
    keys = role_keys(replace(ROLE, sts_endpoint_url=sts.url))
    keys()
    pickled = pickle.dumps(keys)
    assert b"secret" not in pickled
    pickle.loads(pickled)()  # noqa: S301 - our own bytes
    assert [asked["RoleSessionName"] for asked in sts.asked] == ["crmsnap-acme-1"] * 2


@pytest.mark.parametrize(
    ("connection", "run", "name"),
    [
        ("acme", "1f2e", "crmsnap-acme-1f2e"),
        ("account-424242", "1f2e", "crmsnap-account-424242-1f2e"),
        ("späte kunden/ü", "1f2e", "crmsnap-sp-te-kunden---1f2e"),
        ("a" * 63, "1f2e3d4c", f"crmsnap-{'a' * 47}-1f2e3d4c"),
    ],
)
def test_the_session_carries_the_connection(connection: str, run: str, name: str) -> None:
    """The customer finds it in CloudTrail; what tells two sessions apart is never cut off."""
    assert session_name(connection, run) == name
    assert len(name) <= 64


@pytest.mark.parametrize(
    ("answer", "error", "remedy"),
    [
        ((403, refused("AccessDenied", "not authorized")), AccessDenied, "trust policy"),
        ((403, refused("InvalidClientTokenId")), AccessDenied, "key id"),
        ((403, refused("SignatureDoesNotMatch")), AccessDenied, "clock"),
        ((403, refused("RequestTimeTooSkewed")), AccessDenied, "clock"),
        ((403, refused("SignatureDoesNotMatch", LATE)), AccessDenied, "set the clock"),
        ((403, refused("ExpiredToken")), AccessDenied, "your own AWS keys"),
        ((403, refused("RegionDisabledException")), AccessDenied, "activate STS"),
        ((400, refused("ValidationError")), ConfigError, "ARN"),
        ((400, refused("MalformedPolicyDocument")), ConfigError, "path of the bucket"),
        ((400, refused("Throttling", "Rate exceeded")), Passing, "run again"),
        ((503, refused("ServiceUnavailable")), Passing, "run again"),
        ((500, ""), Passing, "run again"),
        ((404, "<ErrorResponse/>"), AccessDenied, "trust policy"),
    ],
)
def test_a_refusal_says_what_to_change(
    sts: ScriptedSts, answer: tuple[int, str], error: type[CrmsnapError], remedy: str
) -> None:
    """Busy is passing, nonsense is configuration, the rest is a right. Some stores answer no code at all."""
    sts.answers = [answer]
    with pytest.raises(CrmsnapError, match="role/hubspot cannot be assumed") as raised:
        assume(replace(ROLE, sts_endpoint_url=sts.url))
    assert type(raised.value) is error
    assert str(answer[0]) in raised.value.cause
    assert remedy in raised.value.remedy
    assert len(sts.asked) == 1, "boto3 must not retry by itself"


def test_an_answer_that_is_none_of_sts_is_not_taken_for_a_refusal(sts: ScriptedSts) -> None:
    """A proxy's page in place of STS is no word about the role."""
    sts.answers = [(404, "<html>not here")]
    with pytest.raises(DestinationError, match="cannot be assumed") as raised:
        assume(replace(ROLE, sts_endpoint_url=sts.url))
    assert "endpoint" in raised.value.remedy


def test_keys_of_another_partition_are_named(sts: ScriptedSts) -> None:
    """A role in GovCloud cannot be assumed with keys of the commercial regions, ever."""
    sts.answers = [(403, refused("InvalidClientTokenId"))]
    with pytest.raises(AccessDenied) as raised:
        assume(replace(GOVERNMENT, sts_endpoint_url=sts.url))
    assert "AWS GovCloud (US)" in raised.value.remedy


@pytest.mark.parametrize(
    ("role", "region"),
    [
        (ROLE, "us-gov-west-1"),
        (ROLE, "cn-north-1"),
        (GOVERNMENT, "eu-central-1"),
    ],
)
def test_a_region_in_another_partition_than_the_role_is_refused(
    role: RoleToAssume, region: str
) -> None:
    """Before anything is sent: AWS's own answer would be about keys."""
    with pytest.raises(ConfigError, match=f"cannot be assumed in {region}") as raised:
        assume(replace(role, region=region))
    assert "partition" in raised.value.cause


def test_an_sts_that_is_not_there_may_come_back() -> None:
    """It is tried again like the store, and says what is wrong."""
    with pytest.raises(Passing, match="cannot be assumed") as raised:
        assume(replace(ROLE, sts_endpoint_url="http://127.0.0.1:9"))
    assert "127.0.0.1:9" in raised.value.cause


def test_a_proxy_is_used_for_sts_too(sts: ScriptedSts) -> None:
    """Where the only way out is a proxy, the role is behind it as well."""
    role = replace(ROLE, sts_endpoint_url="http://sts.invalid", route=Route(proxy=sts.url))
    assert assume(role).access_key_id == "ASIASESSION"
    assert sts.headers[0]["host"] == "sts.invalid"


def test_no_keys_of_our_own_is_said_with_what_to_do(
    sts: ScriptedSts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The role is there, and we are nobody."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    with pytest.raises(AccessDenied) as raised:
        assume(replace(ROLE, sts_endpoint_url=sts.url))
    assert "AWS_ACCESS_KEY_ID" in raised.value.remedy
    assert sts.asked == []


def test_an_unknown_profile_is_named(sts: ScriptedSts) -> None:
    """Of our own configuration, not of the customer's role."""
    with pytest.raises(AccessDenied) as raised:
        assume(replace(ROLE, sts_endpoint_url=sts.url, profile="nobody"))
    assert "nobody" in raised.value.cause


def test_variables_of_boto3_do_not_move_sts(
    sts: ScriptedSts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keys of ours must go to nobody that a variable names."""
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_USE_FIPS_ENDPOINT", "true")
    monkeypatch.setenv("AWS_USE_DUALSTACK_ENDPOINT", "true")
    monkeypatch.setenv("AWS_REGION", "us-west-2")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "9")
    sts.answers = [(500, "")]
    with pytest.raises(DestinationError):
        assume(replace(ROLE, sts_endpoint_url=sts.url))
    assume(replace(ROLE, sts_endpoint_url=sts.url))
    assert len(sts.asked) == 2
    assert "/eu-central-1/sts/" in sts.headers[1]["authorization"]


@pytest.mark.parametrize(
    ("arn", "partition", "account"),
    [
        ("arn:aws:iam::222222222222:role/hubspot", "aws", "222222222222"),
        ("arn:aws-cn:iam::222222222222:role/a/b", "aws-cn", "222222222222"),
        ("arn:aws:iam:::role/hubspot", "aws", None),
        ("hubspot", "aws", None),
    ],
)
def test_a_role_tells_its_partition_and_account(
    arn: str, partition: str, account: str | None
) -> None:
    """Ceph's roles have no account."""
    role = replace(ROLE, arn=arn)
    assert (role.partition, role.account) == (partition, account)
