"""Tokens in AWS Secrets Manager, asked of a real server (moto; not run against AWS)."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from typing import Any

import boto3
import pytest

from crmsnap.connection.aws_secret import secret_value
from crmsnap.errors import AccessDenied, ConfigError, CrmsnapError, DestinationError
from tests.contracts.s3_server import (
    ACCESS_KEY_ID,
    REGION,
    SECRET_ACCESS_KEY,
    S3Server,
    s3_server,
)

CANARY = "pat-eu1-canary-canary-canary"


Read = Callable[..., str]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """A server with secrets of some kinds."""
    log = tmp_path_factory.mktemp("moto") / "log"
    values: dict[str, Any] = {
        "plain": {"SecretString": CANARY},
        "crm/json": {"SecretString": json.dumps({"token": CANARY, "number": 5})},
        "list": {"SecretString": json.dumps([CANARY])},
        "binary": {"SecretBinary": CANARY.encode()},
        "gone": {"SecretString": CANARY},
    }
    with s3_server(log) as running, closing(client_of(running)) as client:
        for name, value in values.items():
            client.create_secret(Name=name, **value)
        client.delete_secret(SecretId="gone")
        yield running


def client_of(server: S3Server) -> Any:
    return boto3.client(
        "secretsmanager",
        region_name=REGION,
        endpoint_url=server.url,
        aws_access_key_id=ACCESS_KEY_ID,
        aws_secret_access_key=SECRET_ACCESS_KEY,
    )


@pytest.fixture
def read(server: S3Server, our_keys: None) -> Read:
    return partial(secret_value, region=REGION, endpoint_url=server.url)


@pytest.mark.parametrize("reference", ["plain", "crm/json#token"])
def test_a_secret_is_read_by_its_name(read: Read, reference: str) -> None:
    """Plain text, or one key of JSON, as the console of AWS makes it."""
    assert read(reference) == CANARY


def test_an_arn_names_its_region(server: S3Server, read: Read) -> None:
    """The bucket may be in another one."""
    with closing(client_of(server)) as client:
        arn = client.describe_secret(SecretId="crm/json")["ARN"]
    assert read(f"{arn}#token", region="us-east-1") == CANARY
    assert read(f"{arn}#token", region=None) == CANARY


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
    read: Read, reference: str, error: type[CrmsnapError], cause: str
) -> None:
    """And without the secret: neither json's message nor AWS's answer is repeated."""
    with pytest.raises(error, match="secret") as raised:
        read(reference)
    assert cause in raised.value.cause
    assert "canary" not in json.dumps(raised.value.as_dict())
    assert raised.value.__cause__ is None


def test_without_a_region_nobody_is_asked(our_keys: None) -> None:
    """A name alone could be in any of thirty."""
    with pytest.raises(ConfigError, match="cannot be asked for") as raised:
        secret_value("plain", region=None)
    assert "AWS_REGION" in raised.value.remedy


def test_without_keys_the_remedy_names_them(server: S3Server) -> None:
    """As everywhere else where AWS is asked."""
    with pytest.raises(AccessDenied, match="cannot be asked for") as raised:
        secret_value("plain", region=REGION, endpoint_url=server.url)
    assert "AWS_ACCESS_KEY_ID" in raised.value.remedy


def test_a_server_that_is_not_there_is_no_missing_right(our_keys: None) -> None:
    """Another try may reach it."""
    with pytest.raises(DestinationError, match="cannot be asked for") as raised:
        secret_value("plain", region=REGION, endpoint_url="http://127.0.0.1:1")
    assert not isinstance(raised.value, AccessDenied)
