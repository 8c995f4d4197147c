"""Secrets of connections in the registry: encrypted, one row each, decrypted only by a rotation."""

from dataclasses import asdict

from sqlalchemy import ColumnElement, Engine, Row, delete, insert, select, update

from crmsnap.registry.schema import SECRETS
from crmsnap.registry.secret_keys import Encrypted, SecretKeys
from crmsnap.registry.transactions import reading

TOKEN = "token"  # noqa: S105 - the name of a secret
"""The name of the HubSpot token among a connection's secrets."""


def secrets(registry: Engine) -> tuple[Encrypted, ...]:
    """Every secret, by connection and name, still encrypted."""
    with reading(registry) as db:
        rows = db.execute(select(SECRETS).order_by(SECRETS.c.connection, SECRETS.c.name)).all()
    return tuple(map(_encrypted, rows))


def find_secret(registry: Engine, connection: str, name: str) -> Encrypted | None:
    """One secret, still encrypted; None if the registry has none."""
    with reading(registry) as db:
        row = db.execute(
            select(SECRETS).where(SECRETS.c.connection == connection, SECRETS.c.name == name)
        ).one_or_none()
    return None if row is None else _encrypted(row)


def set_secret(registry: Engine, secret: Encrypted) -> None:
    """Keep a secret, in place of an earlier one of the same name."""
    with registry.begin() as db:
        db.execute(delete(SECRETS).where(_same(secret)))
        db.execute(insert(SECRETS).values(**asdict(secret)))


def remove_secrets(registry: Engine, connection: str) -> int:
    """Forget all secrets of a connection; how many there were."""
    with registry.begin() as db:
        return db.execute(delete(SECRETS).where(SECRETS.c.connection == connection)).rowcount


def rotate_secrets(registry: Engine, keys: SecretKeys, *, now: str) -> int:
    """Encrypt with the first key whatever another one encrypted, all or nothing; how many that were.

    Raise `ConfigError` when a key is missing, `RegistryError` when a secret was changed.
    """
    rotated = 0
    with registry.begin() as db:
        for row in db.execute(select(SECRETS).with_for_update()).all():
            old = _encrypted(row)
            secret = keys.decrypted(old)  # also one of the first key: a rotation proves them all
            if old.key_id == keys.current:
                continue
            new = keys.encrypted(old.connection, old.name, secret, now=now)
            db.execute(update(SECRETS).where(_same(old)).values(**asdict(new)))
            rotated += 1
    return rotated


def _same(secret: Encrypted) -> ColumnElement[bool]:
    return (SECRETS.c.connection == secret.connection) & (SECRETS.c.name == secret.name)


def _encrypted(row: Row[tuple[str, str, str, str, str]]) -> Encrypted:
    return Encrypted(row.connection, row.name, row.key_id, row.ciphertext, row.changed_at)
