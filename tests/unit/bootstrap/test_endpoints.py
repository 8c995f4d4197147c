"""Every server that hands out keys or takes data is looked at before anything is sent to it."""

from pathlib import Path
from uuid import UUID

import pytest

from crmsnap import bootstrap
from crmsnap.bootstrap import Known, RunClock
from crmsnap.bootstrap.tokens import token_of
from crmsnap.bootstrap.user_arn import our_user_arn
from crmsnap.config import ConnectionSettings, Settings
from crmsnap.errors import ConfigError
from crmsnap.redaction.redactor import Redactor
from crmsnap.registry.aws_links import make_aws_link
from crmsnap.registry.opening import open_registry

ROLE = "arn:aws:iam::222222222222:role/hubspot"
REFUSED = [
    ("http://nowhere.invalid", "without encryption"),
    ("https://169.254.169.254", "must not"),
]
SETTINGS = ["endpoint_url", "sts_endpoint_url"]


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAOURS")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "our secret")


@pytest.fixture
def registry(tmp_path: Path) -> str:
    """With an external id for connection `acme`."""
    url = f"sqlite:///{tmp_path / 'registry.sqlite'}"
    with open_registry(url) as opened:
        make_aws_link(
            opened, "acme", UUID("5fa21d0e-8a0a-4d0b-8f42-7a3a3e0f8a11"), now="2026-11-22 02:00:00"
        )
    return url


def connection(registry: str, **s3: str) -> Known:
    said = {"to": "s3://lake/hub", "token_secret": "token", "s3": {"role_arn": ROLE, **s3}}
    return Known("acme", ConnectionSettings.model_validate(said), "file", registry)


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize(("url", "why"), REFUSED)
def test_sync_and_the_checks_refuse_alike(registry: str, setting: str, url: str, why: str) -> None:
    """STS answers with the keys of a session: over plain HTTP everybody on the way has them."""
    known = connection(registry, **{setting: url})
    with pytest.raises(ConfigError, match=why) as of_a_sync:
        bootstrap.destination_of(known, RunClock())
    with pytest.raises(ConfigError, match=why) as of_a_check:
        bootstrap.aws_target(known)
    for raised in (of_a_sync, of_a_check):
        assert setting in f"{raised.value.message} {raised.value.remedy}"


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize(("url", "why"), REFUSED)
def test_who_we_are_is_asked_of_no_other_server_either(setting: str, url: str, why: str) -> None:
    """The first question that `connect` asks."""
    settings = ConnectionSettings.model_validate({"s3": {setting: url}})
    with pytest.raises(ConfigError, match=why):
        our_user_arn(Settings(), settings, None, None, Redactor())


@pytest.mark.parametrize(("url", "why"), REFUSED)
def test_a_token_is_asked_of_no_other_server(
    registry: str, monkeypatch: pytest.MonkeyPatch, url: str, why: str
) -> None:
    """The answer is the token of HubSpot."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", url)
    with pytest.raises(ConfigError, match=why) as raised:
        token_of(connection(registry))
    assert "AWS_ENDPOINT_URL_SECRETS_MANAGER" in f"{raised.value.message} {raised.value.remedy}"


def test_plain_http_is_taken_where_it_is_allowed(registry: str) -> None:
    """A store on one's own network."""
    known = connection(registry, endpoint_url="http://nowhere.invalid", allow_http="true")
    assert bootstrap.destination_of(known, RunClock()).url == "s3://lake/hub"
