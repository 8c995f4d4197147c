"""Tokens at rest: readable with a key alone, only where they belong, and rotated all or not at all."""

import json
import subprocess
import sys
from base64 import urlsafe_b64encode
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Engine, text

from crmsnap.errors import ConfigError, RegistryError
from crmsnap.registry.secret_keys import Encrypted, SecretKeys, new_key
from crmsnap.registry.secrets import (
    TOKEN,
    find_secret,
    remove_secrets,
    rotate_secrets,
    secrets,
    set_secret,
)
from tests.builders.command import environment

CANARY = "pat-eu1-canary-canary-canary"
NOW = "2026-11-22 05:00:00.000"
LATER = "2026-11-23 05:00:00.000"


def kept(registry: Engine, keys: SecretKeys, connection: str, secret: str = CANARY) -> Encrypted:
    stored = keys.encrypted(connection, TOKEN, secret, now=NOW)
    set_secret(registry, stored)
    return stored


def found(registry: Engine, connection: str) -> Encrypted:
    stored = find_secret(registry, connection, TOKEN)
    assert stored is not None
    return stored


def test_a_kept_secret_comes_back_with_its_key(registry: Engine) -> None:
    """And the later one of two, however often it is entered."""
    keys = SecretKeys([new_key()])
    kept(registry, keys, "acme", "an earlier one")
    kept(registry, keys, "acme")
    assert keys.decrypted(found(registry, "acme")) == CANARY
    assert find_secret(registry, "other", TOKEN) is None


def test_the_registry_holds_nothing_that_opens_anything(registry: Engine) -> None:
    """Whoever copies the database has ciphertext and the ids of keys."""
    key = new_key()
    kept(registry, SecretKeys([key]), "acme")
    with registry.connect() as db:
        rows = [tuple(row) for row in db.execute(text("SELECT * FROM secrets"))]
    assert rows
    assert "canary" not in str(rows)
    assert key not in str(rows)
    if registry.url.get_backend_name() == "sqlite":
        data = Path(str(registry.url.database)).read_bytes()
        assert b"canary" not in data
        assert key.encode() not in data


def test_the_first_key_encrypts_and_each_decrypts(registry: Engine) -> None:
    """While a new key is brought to every machine, both kinds of secrets can be read."""
    old, new = new_key(), new_key()
    kept(registry, SecretKeys([old]), "acme")
    both = SecretKeys([new, old])
    kept(registry, both, "other")
    assert both.decrypted(found(registry, "acme")) == both.decrypted(found(registry, "other"))
    assert found(registry, "other").key_id == SecretKeys([new]).current
    with pytest.raises(ConfigError, match="cannot be decrypted"):
        SecretKeys([old]).decrypted(found(registry, "other"))


def test_after_a_rotation_the_old_key_opens_nothing(registry: Engine) -> None:
    """That is what a rotation is for; a second one finds nothing to do."""
    old, new = new_key(), new_key()
    for name in ("acme", "beta", "gamma"):
        kept(registry, SecretKeys([old]), name)
    keys = SecretKeys([new, old])
    assert rotate_secrets(registry, keys, now=LATER) == 3
    assert rotate_secrets(registry, keys, now=LATER) == 0
    for stored in secrets(registry):
        assert SecretKeys([new]).decrypted(stored) == CANARY
        assert stored.changed_at == LATER
        with pytest.raises(ConfigError):
            SecretKeys([old]).decrypted(stored)


def test_a_rotation_that_cannot_read_one_secret_changes_none(registry: Engine) -> None:
    """Half rotated, nobody would know which keys are still needed."""
    old, lost, new = new_key(), new_key(), new_key()
    kept(registry, SecretKeys([old]), "acme")
    kept(registry, SecretKeys([lost]), "beta")
    before = secrets(registry)
    with pytest.raises(ConfigError) as raised:
        rotate_secrets(registry, SecretKeys([new, old]), now=LATER)
    assert SecretKeys([lost]).current in raised.value.cause
    assert secrets(registry) == before


ROTATION = """
import sys
from crmsnap.registry.opening import open_registry
from crmsnap.registry.secret_keys import SecretKeys
from crmsnap.registry.secrets import rotate_secrets
url, *keys = sys.stdin.read().split()
with open_registry(url) as registry:
    print(rotate_secrets(registry, SecretKeys(keys), now="2026-11-23 05:00:00.000"))
"""


def test_two_rotations_at_once_lose_nothing(registry: Engine, url: str) -> None:
    """Two operators, or one who was impatient."""
    old, new = new_key(), new_key()
    for number in range(30):
        kept(registry, SecretKeys([old]), f"c{number}")
    running = [
        subprocess.Popen(
            [sys.executable, "-c", ROTATION],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment(),
        )
        for _ in range(2)
    ]
    rotated = sum(int(process.communicate(f"{url} {new} {old}")[0]) for process in running)
    assert rotated == 30
    assert {SecretKeys([new]).decrypted(stored) for stored in secrets(registry)} == {CANARY}


def test_a_secret_that_was_copied_to_another_connection_is_refused(registry: Engine) -> None:
    """Who may write to the database must not make one connection copy another one's account."""
    keys = SecretKeys([new_key()])
    set_secret(registry, replace(kept(registry, keys, "acme"), connection="evil"))
    with pytest.raises(RegistryError, match="was changed"):
        keys.decrypted(found(registry, "evil"))


def test_a_ciphertext_that_was_changed_is_refused() -> None:
    """Every bit counts: Fernet signs what it encrypts."""
    keys = SecretKeys([new_key()])
    stored = keys.encrypted("acme", TOKEN, CANARY, now=NOW)
    for at in range(0, len(stored.ciphertext) - 2, 7):
        other = "A" if stored.ciphertext[at] != "A" else "B"
        ciphertext = stored.ciphertext[:at] + other + stored.ciphertext[at + 1 :]
        with pytest.raises(RegistryError, match="was changed"):
            keys.decrypted(replace(stored, ciphertext=ciphertext))


def test_removing_forgets_all_of_one_connection(registry: Engine) -> None:
    """And nothing of the others."""
    keys = SecretKeys([new_key()])
    kept(registry, keys, "acme")
    kept(registry, keys, "beta")
    assert remove_secrets(registry, "acme") == 1
    assert remove_secrets(registry, "acme") == 0
    assert [stored.connection for stored in secrets(registry)] == ["beta"]


GOOD = new_key()
BAD = {
    "a word": "correct-horse",
    "all the same": "a" * 44,
    "one letter short": GOOD[:-1],
    "one letter long": f"{GOOD}=",
    "without padding": GOOD.rstrip("="),
    "with a blank": f" {GOOD}",
    "with a foreign letter": f"{GOOD[:20]}!{GOOD[20:]}",
    "nothing but zeros": urlsafe_b64encode(bytes(32)).decode(),
    "a phrase": urlsafe_b64encode(b"correct horse battery staple 123").decode(),
    "a short one, repeated": urlsafe_b64encode(bytes(range(8)) * 4).decode(),
    "31 bytes": urlsafe_b64encode(bytes(range(31))).decode(),
    "beyond ASCII": "ключ" * 11,
}


@pytest.mark.parametrize("key", BAD.values(), ids=BAD)
def test_a_key_that_could_be_guessed_or_is_none_is_refused(key: str) -> None:
    """With the command that makes a good one, and without repeating the key."""
    with pytest.raises(ConfigError) as raised:
        SecretKeys([new_key(), key])
    assert "crmsnap secrets new-key" in raised.value.remedy
    assert key not in json.dumps(raised.value.as_dict())


def test_no_key_is_refused_with_the_command_that_makes_one() -> None:
    """The first thing that happens to everybody."""
    with pytest.raises(ConfigError, match="CRMSNAP_SECRET_KEY is not set"):
        SecretKeys([])


def test_every_new_key_is_good() -> None:
    """Checks that refuse one random key in a thousand would be found by users."""
    for _ in range(2000):
        SecretKeys([new_key()])
    Fernet(new_key())
