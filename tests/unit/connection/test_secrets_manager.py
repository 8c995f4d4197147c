"""Tokens in AWS Secrets Manager, asked of a real server (moto; not run against AWS)."""

import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import boto3
import pytest

from crmsnap.connection.secrets_manager import secret_value
from crmsnap.errors import AccessDenied, ConfigError, CrmsnapError
from tests.contracts.s3_server import ACCESS_KEY_ID, REGION, SECRET_ACCESS_KEY, s3_server

CANARY = "pat-eu1-canary-canary-canary"


@pytest.fixture(scope="module")
def arns(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Secrets of some kinds, and the environment that leads to them."""
    log = tmp_path_factory.mktemp("moto") / "log"
    with s3_server(log) as server, pytest.MonkeyPatch.context() as patch:
        for name, value in {
            "AWS_ENDPOINT_URL_SECRETS_MANAGER": server.url,
            "AWS_ACCESS_KEY_ID": ACCESS_KEY_ID,
            "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
        }.items():
            patch.setenv(name, value)
        client = boto3.client("secretsmanager", region_name=REGION)
        with closing(client):
            values: dict[str, Any] = {
                "plain": {"SecretString": CANARY},
                "crm/json": {"SecretString": json.dumps({"token": CANARY, "number": 5})},
                "list": {"SecretString": json.dumps([CANARY])},
                "binary": {"SecretBinary": CANARY.encode()},
                "gone": {"SecretString": CANARY},
            }
            yield {
                name: client.create_secret(Name=name, **value)["ARN"]
                for name, value in values.items()
            } | {"": client.delete_secret(SecretId="gone")["ARN"]}


@pytest.mark.parametrize("reference", ["plain", "crm/json#token"])
def test_a_secret_is_read_by_its_name(arns: dict[str, str], reference: str) -> None:
    """Plain text, or one key of JSON, as the console of AWS makes it."""
    assert secret_value(reference, profile=None, region=REGION) == CANARY


def test_an_arn_names_its_region(arns: dict[str, str]) -> None:
    """The bucket may be in another one."""
    assert secret_value(arns["plain"], profile=None, region="us-east-1") == CANARY
    assert secret_value(f"{arns['crm/json']}#token", profile=None, region=None) == CANARY


@pytest.mark.parametrize(
    ("reference", "error", "cause"),
    [
        ("nowhere", AccessDenied, "no such secret"),
        ("gone", AccessDenied, "deletion"),
        ("binary", ConfigError, "binary"),
        ("plain#token", ConfigError, "no JSON"),
        ("crm/json#tokn", ConfigError, "no key 'tokn'"),
        ("crm/json#number", ConfigError, "no key 'number'"),
        ("list#token", ConfigError, "no key"),
    ],
)
def test_what_is_no_token_is_refused_with_its_cause(
    arns: dict[str, str], reference: str, error: type[CrmsnapError], cause: str
) -> None:
    """And without the secret: neither json's message nor AWS's answer is repeated."""
    with pytest.raises(error, match="secret") as raised:
        secret_value(reference, profile=None, region=REGION)
    assert cause in raised.value.cause
    assert "canary" not in json.dumps(raised.value.as_dict())
    assert raised.value.__cause__ is None


def test_without_keys_or_region_the_remedy_names_both(monkeypatch: pytest.MonkeyPatch) -> None:
    """boto3 says it in its own words, as the cause."""
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "y")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    with pytest.raises(AccessDenied, match="cannot be asked for") as raised:
        secret_value("plain", profile=None, region=None)
    assert "region" in raised.value.cause
