"""Where a connection's token comes from, in which order, and who else could read it there."""

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from crmsnap import config
from crmsnap.bootstrap import (
    Known,
    forget_secrets,
    keep_token,
    kept_secrets,
    rotate_secrets,
    token_of,
)
from crmsnap.config import ConnectionSettings
from crmsnap.errors import ConfigError, CrmsnapError, RegistryError, UsageError
from crmsnap.redaction.redactor import Redactor
from crmsnap.registry.secret_keys import new_key

CANARY = "pat-canary-canary-canary-7f3a"


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> str:
    """A key in the environment."""
    made = new_key()
    monkeypatch.setenv("CRMSNAP_SECRET_KEY", made)
    return made


@pytest.fixture
def acme(tmp_path: Path) -> Known:
    """A connection that says nothing of its token."""
    url = f"sqlite:///{tmp_path / 'home' / 'registry.sqlite'}"
    return Known("acme", ConnectionSettings(), "file", url)


def told(known: Known, **settings: object) -> Known:
    return replace(known, settings=ConnectionSettings.model_validate(settings))


def found(known: Known) -> str:
    return token_of(known).get_secret_value()


def test_the_registry_comes_before_the_variable_that_all_share(
    acme: Known, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who entered a token for a connection means that one."""
    monkeypatch.setenv("HUBSPOT_TOKEN", "pat-of-all")
    assert found(acme) == "pat-of-all"
    keep_token(acme, f" {CANARY}\n")
    assert found(acme) == CANARY
    assert found(replace(acme, name="other")) == "pat-of-all"
    assert forget_secrets(acme.registry or "", "acme") == 1
    assert found(acme) == "pat-of-all"


@pytest.mark.parametrize(
    "settings", [{"token": "x"}, {"token_env": "X"}, {"token_file": "x"}, {"token_secret": "x"}]
)
def test_a_token_in_two_places_is_refused(acme: Known, key: str, settings: dict[str, str]) -> None:
    """One of them is older, and nobody knows which account it opens."""
    keep_token(acme, CANARY)
    with pytest.raises(ConfigError, match="and a token in the registry") as raised:
        found(told(acme, **settings))
    assert "crmsnap secrets remove acme" in raised.value.remedy
    with pytest.raises(UsageError, match="connection acme has token"):
        keep_token(told(acme, **settings), CANARY)
    with pytest.raises(ConfigError, match=" and token_env"):
        found(told(acme, token="x", token_env="Y"))


def test_a_kept_token_is_asked_for_its_key_only_when_it_is_needed(
    acme: Known, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine that only lists connections need not have the key."""
    keep_token(acme, CANARY)
    monkeypatch.delenv("CRMSNAP_SECRET_KEY")
    assert [secret.connection for secret in kept_secrets(acme.registry or "")] == ["acme"]
    with pytest.raises(ConfigError, match="CRMSNAP_SECRET_KEY is not set"):
        found(acme)


@pytest.mark.parametrize("between", [",", " ", ", ", "\n"])
def test_several_keys_stand_in_one_variable(
    acme: Known, key: str, monkeypatch: pytest.MonkeyPatch, between: str
) -> None:
    """The new one first; after the rotation the old one may go."""
    keep_token(acme, CANARY)
    new = new_key()
    monkeypatch.setenv("CRMSNAP_SECRET_KEY", f"{new}{between}{key}")
    assert found(acme) == CANARY
    assert rotate_secrets(acme.registry or "")[0] == 1
    monkeypatch.setenv("CRMSNAP_SECRET_KEY", new)
    assert found(acme) == CANARY


def test_a_token_is_hidden_from_the_moment_it_is_known(
    acme: Known, key: str, tmp_path: Path
) -> None:
    """Wherever it comes from, also one that was entered and is none."""
    file = tmp_path / "token"
    file.write_text(CANARY)
    file.chmod(0o600)
    read, entered, refused = (replace(acme, redactor=Redactor()) for _ in range(3))
    token_of(told(read, token_file=file))
    keep_token(entered, CANARY)
    with pytest.raises(ConfigError):
        keep_token(refused, f"{CANARY} {CANARY}")
    for known in (read, entered):
        assert known.redactor.redacted(f"a {CANARY}") == "a ***"
    assert "canary" not in refused.redactor.redacted(f"{CANARY} {CANARY}")


@pytest.mark.parametrize("text", ["", " \n", "two words", "pat-\x1b[0m", "pat-ö"])
def test_what_is_entered_and_is_no_token_is_not_kept(acme: Known, key: str, text: str) -> None:
    """A pipe from a command that failed, or a paste with more than the token."""
    with pytest.raises(ConfigError):
        keep_token(acme, text)
    assert kept_secrets(acme.registry or "") == ()


def test_a_nameless_connection_keeps_nothing(acme: Known, key: str) -> None:
    """Nobody would find it again."""
    with pytest.raises(UsageError):
        keep_token(replace(acme, name=None), CANARY)


OPEN_MODES = [0o640, 0o604, 0o660, 0o666, 0o444, 0o440, 0o610, 0o601, 0o777, 0o620]


@pytest.mark.parametrize("mode", OPEN_MODES, ids=oct)
@pytest.mark.parametrize("through", ["directly", "a link", "two links"])
def test_a_token_file_that_others_can_open_is_refused(
    acme: Known, tmp_path: Path, mode: int, through: str
) -> None:
    """Also as root, who may read everything, and through links, as Kubernetes mounts secrets."""
    file = tmp_path / "token"
    file.write_text(CANARY)
    file.chmod(mode)
    path = linked(file, through)
    with pytest.raises(ConfigError, match="other users of this machine can read it") as raised:
        found(told(acme, token_file=path))
    assert stat.filemode(file.stat().st_mode) in raised.value.cause
    file.chmod(0o600)
    assert found(told(acme, token_file=path)) == CANARY
    file.chmod(0o400)
    assert found(told(acme, token_file=path)) == CANARY


def linked(file: Path, through: str) -> Path:
    if through == "directly":
        return file
    first = file.with_name("..data")
    first.symlink_to(file)
    if through == "a link":
        return first
    second = file.with_name("second")
    second.symlink_to(first)
    return second


@pytest.mark.parametrize(
    "line",
    [
        '[connections.acme]\ntoken = "pat-canary"',
        '[connections.acme]\nproxy = "http://user:canary@proxy:3128"',
        'registry = "postgresql://crmsnap:canary@db/crmsnap"',
    ],
)
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_configuration_with_a_secret_that_others_can_read_is_refused(
    tmp_path: Path, line: str, mode: int
) -> None:
    """A password in a URL is one, too."""
    file = tmp_path / "crmsnap.toml"
    file.write_text(line)
    file.chmod(mode)
    with pytest.raises(ConfigError, match="holds a secret"):
        config.load(file)
    file.chmod(0o600)
    config.load(file)


@pytest.mark.parametrize(
    "line",
    [
        '[connections.acme]\ntoken_env = "ACME"',
        '[connections.acme]\nproxy = "http://proxy:3128"',
        'registry = "postgresql:///crmsnap"',
    ],
)
def test_a_configuration_without_a_secret_may_be_read_by_all(tmp_path: Path, line: str) -> None:
    """It may lie in a repository."""
    file = tmp_path / "crmsnap.toml"
    file.write_text(line)
    file.chmod(0o644)
    config.load(file)


def test_a_registry_that_others_can_read_is_refused(acme: Known, key: str, tmp_path: Path) -> None:
    """It is made for its owner alone, and somebody changed that."""
    keep_token(acme, CANARY)
    file = tmp_path / "home" / "registry.sqlite"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    file.chmod(0o640)
    with pytest.raises(RegistryError, match="other users of this machine can read it"):
        found(acme)


def test_no_error_of_a_token_repeats_it(acme: Known, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is wrong with it can be said without it."""
    monkeypatch.setenv("HUBSPOT_TOKEN", f"{CANARY} {CANARY}")
    with pytest.raises(CrmsnapError) as raised:
        found(acme)
    assert "canary" not in str(raised.value.as_dict())
