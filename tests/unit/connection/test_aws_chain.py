"""Keys from the usual AWS places; files stand in for them, the network is never asked."""

import json
import pickle
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crmsnap.connection.aws_chain import usual_keys, usual_region
from crmsnap.errors import AccessDenied


def test_keys_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """They belong to no session, so they have no end."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAENV")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    keys = usual_keys(None)()
    assert (keys.access_key_id, keys.secret_access_key) == ("AKIAENV", "secret")
    assert (keys.token, keys.expires_at) == (None, None)


def test_keys_and_region_come_from_the_named_profile(tmp_path: Path) -> None:
    """Not from the default one beside it."""
    (tmp_path / "config").write_text(
        "[default]\naws_access_key_id=AKIADEFAULT\naws_secret_access_key=x\nregion=us-east-2\n"
        "[profile acme]\naws_access_key_id=AKIAACME\naws_secret_access_key=x\nregion=eu-west-3\n"
    )
    assert usual_keys("acme")().access_key_id == "AKIAACME"
    assert usual_region("acme") == "eu-west-3"
    assert usual_region(None) == "us-east-2"


def test_keys_of_a_session_come_with_their_end(tmp_path: Path) -> None:
    """The store asks for new ones before that; botocore keeps the end to itself, so this guards it."""
    answer = {
        "Version": 1,
        "AccessKeyId": "ASIASESSION",
        "SecretAccessKey": "secret",
        "SessionToken": "token",
        "Expiration": "2099-01-01T00:00:00Z",
    }
    (tmp_path / "answer.json").write_text(json.dumps(answer))
    (tmp_path / "config").write_text(
        f"[default]\ncredential_process = cat {tmp_path / 'answer.json'}\n"
    )
    keys = usual_keys(None)()
    assert keys.token == "token"
    assert keys.expires_at == datetime(2099, 1, 1, tzinfo=UTC)


def test_no_keys_at_all_is_said_with_what_to_do() -> None:
    """The most frequent first mistake with a bucket."""
    with pytest.raises(AccessDenied, match="found no AWS credentials") as raised:
        usual_keys(None)()
    assert "AWS_ACCESS_KEY_ID" in raised.value.remedy


def test_an_unknown_profile_is_named() -> None:
    """Both where keys are asked for and where the region is."""
    for ask in (usual_keys("nobody"), lambda: usual_region("nobody")):
        with pytest.raises(AccessDenied, match="profile nobody"):
            ask()


def test_a_key_source_can_be_sent_to_another_process() -> None:
    """Every worker asks for itself, so no secret is pickled."""
    copy = pickle.loads(pickle.dumps(usual_keys("nobody")))  # noqa: S301 - our own bytes
    with pytest.raises(AccessDenied, match="profile nobody"):
        copy()
