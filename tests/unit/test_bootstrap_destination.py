"""From settings and the registry to what a destination is told; nothing is asked over the network."""

import json
import pickle
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from crmsnap import bootstrap
from crmsnap.bootstrap import Known, RunClock
from crmsnap.bootstrap.aws_target import aws_target, safeguards_of
from crmsnap.bootstrap.destination import s3_reach
from crmsnap.config import ConnectionSettings
from crmsnap.connection.role import RoleToAssume
from crmsnap.destinations.s3 import S3Options
from crmsnap.destinations.s3_place import read_s3_place
from crmsnap.errors import ConfigError
from crmsnap.registry.aws_links import make_aws_link, mark_connected, place_aws_link
from crmsnap.registry.opening import open_registry

ROLE = "arn:aws:iam::222222222222:role/hubspot"
EXTERNAL_ID = "5fa21d0e-8a0a-4d0b-8f42-7a3a3e0f8a11"
KMS_KEY = "arn:aws:kms:eu-west-3:222222222222:key/11111111-2222-4333-8444-555555555555"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAOURS")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "our secret")


@pytest.fixture
def registry(tmp_path: Path) -> str:
    """With the link of connection `acme`, connected to a bucket in Paris."""
    url = f"sqlite:///{tmp_path / 'registry.sqlite'}"
    now = "2026-11-22 02:00:00.000"
    with open_registry(url) as opened:
        make_aws_link(opened, "acme", UUID(EXTERNAL_ID), now=now)
        place_aws_link(opened, "acme", role_arn=ROLE, bucket="lake", prefix="hub")
        mark_connected(opened, "acme", region="eu-west-3", bucket_owner="333333333333", now=now)
    return url


def reach(
    registry: str | None = None, to: str = "s3://lake/hub", **s3: Any
) -> tuple[S3Options, RoleToAssume | None]:
    settings = ConnectionSettings.model_validate({"to": to, "s3": s3})
    return s3_reach(Known("acme", settings, "file", registry), read_s3_place(to))


def role_of(registry: str, **s3: Any) -> RoleToAssume:
    role = reach(registry, role_arn=ROLE, **s3)[1]
    assert role is not None
    return role


def test_a_role_is_assumed_with_the_connections_own_external_id(registry: str) -> None:
    """It stands in the registry and in no setting, so nobody can give another customer's."""
    role = role_of(registry)
    assert role.external_id == EXTERNAL_ID
    assert role.session_name.startswith("crmsnap-acme-")
    assert role.session_name != role_of(registry).session_name
    assert role.sts_endpoint_url is None


def test_a_role_without_an_external_id_is_refused(tmp_path: Path) -> None:
    """Before `crmsnap connect aws` there is none, and without one no role is assumed."""
    with pytest.raises(ConfigError, match="no external id yet") as raised:
        reach(f"sqlite:///{tmp_path / 'none.sqlite'}", role_arn=ROLE)
    assert "crmsnap connect aws acme" in raised.value.remedy


def test_sessions_are_narrowed_to_the_place_and_its_owner(registry: str) -> None:
    """The owner that the connection was made with, whoever the role belongs to."""
    policy = role_of(registry).session_policy
    assert policy is not None
    objects = json.loads(policy)["Statement"][0]
    assert objects["Resource"] == "arn:aws:s3:::lake/hub/*"
    assert objects["Condition"] == {"StringEquals": {"s3:ResourceAccount": "333333333333"}}


def test_a_store_of_ones_own_gets_no_condition_on_accounts(registry: str) -> None:
    """And is its own STS, unless another one is named."""
    role = role_of(registry, endpoint_url="https://rgw.example.com")
    assert role.session_policy is not None
    assert "ResourceAccount" not in role.session_policy
    assert role.sts_endpoint_url == "https://rgw.example.com"


@pytest.mark.parametrize(
    "url",
    [
        "https://s3.eu-west-3.amazonaws.com",
        "https://s3.eu-west-3.amazonaws.com:443/",
        "https://bucket.vpce-0a1b2c3d-abcd.s3.eu-west-3.vpce.amazonaws.com",
        "https://s3.cn-north-1.amazonaws.com.cn",
    ],
)
def test_a_server_of_awss_own_is_no_store_beside_it(
    registry: str, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    """S3 assumes no roles, and AWS knows the condition; the variable is usual within a VPC."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", url)
    role = role_of(registry)
    assert role.sts_endpoint_url is None
    assert role.session_policy is not None
    assert "ResourceAccount" in role.session_policy
    sts = "https://vpce-0a1b2c3d-abcd.sts.eu-west-3.vpce.amazonaws.com"
    assert role_of(registry, sts_endpoint_url=sts).sts_endpoint_url == sts


def test_a_name_that_only_looks_like_awss_is_a_store_of_ones_own(registry: str) -> None:
    """It is the domain that counts, and all of it."""
    for host in ("amazonaws.com.example.com", "my-amazonaws.com", "example.com/s3.amazonaws.com"):
        assert role_of(registry, endpoint_url=f"https://{host}").sts_endpoint_url is not None


@pytest.mark.parametrize(
    ("settings", "owner"),
    [
        ({"role_arn": ROLE}, "333333333333"),
        ({"role_arn": ROLE, "bucket_owner": "444444444444"}, "444444444444"),
        ({"bucket_owner": "444444444444"}, "444444444444"),
        ({}, None),
    ],
)
def test_the_bucket_has_to_belong_to_whom_it_is_known_to(
    registry: str, settings: dict[str, str], owner: str | None
) -> None:
    """What is set, else what was found when it was connected."""
    assert reach(registry, **settings)[0].bucket_owner == owner


@pytest.mark.parametrize(
    ("to", "role"),
    [
        ("s3://other/hub", ROLE),
        ("s3://lake/other", ROLE),
        ("s3://lake/hub", "arn:aws:iam::555555555555:role/other"),
    ],
)
def test_what_was_found_of_another_place_or_role_says_nothing(
    registry: str, to: str, role: str
) -> None:
    """The file was edited since: the owner of the bucket before must not be expected of this one."""
    options, assumed = reach(registry, to=to, role_arn=role)
    assert assumed is not None
    assert (options.region, options.bucket_owner) == (None, assumed.account)
    assert assumed.region is None
    assert "333333333333" not in (assumed.session_policy or "")


def test_before_the_first_check_the_bucket_belongs_to_the_roles_account(tmp_path: Path) -> None:
    """The usual case; another account's bucket has to be named."""
    url = f"sqlite:///{tmp_path / 'registry.sqlite'}"
    with open_registry(url) as opened:
        make_aws_link(opened, "acme", UUID(EXTERNAL_ID), now="2026-11-22 02:00:00.000")
    assert reach(url, role_arn=ROLE)[0].bucket_owner == "222222222222"


def test_the_region_is_the_one_that_somebody_named_for_the_bucket(
    registry: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is set, what was found before, what the URL says; this machine's own region comes last."""
    monkeypatch.setenv("AWS_REGION", "us-west-2")
    url = "https://lake.s3.ap-south-1.amazonaws.com/hub"
    assert reach(registry, role_arn=ROLE, region="sa-east-1")[0].region == "sa-east-1"
    assert reach(registry, role_arn=ROLE)[0].region == "eu-west-3"
    assert reach(None, to=url)[0].region == "ap-south-1"
    assert reach()[0].region == "us-west-2"


@pytest.mark.parametrize("region", ["us-west-2", "cn-north-1"])
def test_a_machine_in_another_partition_says_nothing_about_the_bucket(
    monkeypatch: pytest.MonkeyPatch, region: str
) -> None:
    """A bucket in GovCloud is in none of these regions; it is asked for at the first request."""
    monkeypatch.setenv("AWS_REGION", region)
    options, _ = reach(to="arn:aws-us-gov:s3:::lake/hub")
    assert options.region is None
    assert options.find_region is not None
    monkeypatch.setenv("AWS_REGION", "us-gov-east-1")
    assert reach(to="arn:aws-us-gov:s3:::lake/hub")[0].region == "us-gov-east-1"


def test_encryption_and_its_key_reach_the_store_and_the_session(registry: str) -> None:
    """Without the key in the session's policy every PUT would fail."""
    options, role = reach(registry, role_arn=ROLE, encryption="aws:kms", kms_key=KMS_KEY)
    assert (options.encryption, options.kms_key) == ("aws:kms", KMS_KEY)
    assert role is not None
    assert role.session_policy is not None
    assert KMS_KEY in role.session_policy


@pytest.mark.parametrize(
    ("variable", "value", "settings"),
    [
        ("AWS_SERVER_SIDE_ENCRYPTION", "AES256", {}),
        ("AWS_SERVER_SIDE_ENCRYPTION", "AES256", {"encryption": "aws:kms"}),
        ("AWS_SERVER_SIDE_ENCRYPTION", "", {}),
        ("AWS_SSE_KMS_KEY_ID", KMS_KEY, {"encryption": "AES256"}),
        ("AWS_SSE_KMS_KEY_ID", KMS_KEY, {"encryption": "aws:kms"}),
        ("AWS_SSE_BUCKET_KEY_ENABLED", "true", {}),
        ("AWS_SSE_CUSTOMER_KEY_BASE64", "AAAA", {}),
    ],
)
def test_variables_that_change_the_encryption_are_refused(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, settings: dict[str, str]
) -> None:
    """The S3 client obeys them whatever it is told, so files could get a key that nobody chose."""
    monkeypatch.setenv(variable, value)
    settings_of = ConnectionSettings.model_validate({"to": "s3://lake/hub", "s3": settings})
    with pytest.raises(ConfigError, match=variable) as raised:
        bootstrap.destination_of(Known("acme", settings_of), RunClock())
    assert "unset" in raised.value.remedy


def test_variables_that_say_what_is_set_are_let_be(monkeypatch: pytest.MonkeyPatch) -> None:
    """They change nothing."""
    monkeypatch.setenv("AWS_SERVER_SIDE_ENCRYPTION", "aws:kms")
    monkeypatch.setenv("AWS_SSE_KMS_KEY_ID", KMS_KEY)
    assert reach(encryption="aws:kms", kms_key=KMS_KEY)[0].kms_key == KMS_KEY


def test_every_way_to_write_a_place_is_taken_as_a_destination() -> None:
    """People paste what the console shows them; reports show one form."""
    for to in (
        "s3://lake/hub/",
        "https://lake.s3.eu-west-3.amazonaws.com/hub",
        "https://s3.eu-west-3.amazonaws.com/lake/hub",
        "arn:aws:s3:::lake/hub",
    ):
        destination = bootstrap.destination_of(Known("acme", ConnectionSettings(to=to)), RunClock())
        assert destination.url == "s3://lake/hub"


def test_what_travels_to_workers_holds_no_key(
    registry: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker inherits the variables; a pickle with the key would only be one more place to find it."""
    canary = "canary/canary/canary/7f3a"
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", canary)
    monkeypatch.setenv("AWS_SESSION_TOKEN", canary * 2)
    for role in (None, ROLE):
        settings = ConnectionSettings.model_validate(
            {"to": "s3://lake/hub", "s3": {"role_arn": role}}
        )
        known = Known("acme", settings, "file", registry)
        destination = bootstrap.destination_of(known, RunClock())
        target = aws_target(known)
        assert target is not None
        assert target.keys().secret_access_key == canary
        known.redactor.learn(canary)
        travelling = (destination, target, safeguards_of(known, RunClock()), target.role)
        for one in (*travelling, vars(destination)):
            assert "canary" not in repr(one)
        for one in travelling:
            assert b"canary" not in pickle.dumps(one)
        unpickled = pickle.loads(pickle.dumps(target))  # noqa: S301 - our own bytes
        assert unpickled.keys().secret_access_key == canary
