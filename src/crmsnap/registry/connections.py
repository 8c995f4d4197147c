"""Connections that commands made. Their settings are JSON objects whose meaning only `config` knows."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from crmsnap.errors import UsageError
from crmsnap.registry.leases import held, live_lease
from crmsnap.registry.schema import AWS_LINKS, CONNECTIONS, LEASES, SECRETS
from crmsnap.registry.transactions import reading


@dataclass(frozen=True, slots=True)
class StoredConnection:
    """A connection as the registry keeps it."""

    name: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    """What was set, and nothing that is a default or a secret."""
    enabled: bool = True
    created_at: str = ""
    changed_at: str = ""


def connections(registry: Engine) -> tuple[StoredConnection, ...]:
    """Every connection, by name."""
    with reading(registry) as db:
        rows = db.execute(select(CONNECTIONS).order_by(CONNECTIONS.c.name)).all()
    return tuple(
        StoredConnection(
            row.name, json.loads(row.settings), row.enabled, row.created_at, row.changed_at
        )
        for row in rows
    )


def add_connection(
    registry: Engine, name: str, settings: Mapping[str, Any], *, now: str
) -> StoredConnection:
    """Remember a new connection. Raise `UsageError` when the name is taken."""
    stored = StoredConnection(name, dict(settings), True, now, now)
    try:
        with registry.begin() as db:
            db.execute(
                insert(CONNECTIONS).values(
                    name=name,
                    settings=json.dumps(stored.settings),
                    enabled=True,
                    created_at=now,
                    changed_at=now,
                )
            )
    except IntegrityError:
        raise UsageError(
            f"there is a connection {name!r} already",
            cause="names are unique",
            remedy=f"change it with `crmsnap connections edit {name}`, or choose another name",
        ) from None
    return stored


def change_connection(
    registry: Engine,
    name: str,
    *,
    settings: Mapping[str, Any] | None = None,
    enabled: bool | None = None,
    now: str,
) -> bool:
    """Replace its settings, or switch it on or off; whether there is such a connection."""
    values: dict[str, Any] = {"changed_at": now}
    if settings is not None:
        values["settings"] = json.dumps(dict(settings))
    if enabled is not None:
        values["enabled"] = enabled
    with registry.begin() as db:
        changed = db.execute(update(CONNECTIONS).where(CONNECTIONS.c.name == name).values(**values))
    return changed.rowcount > 0


def remove_connection(registry: Engine, name: str) -> bool:
    """Forget a connection with its AWS link and its secrets; whether there was one.

    Its runs stay in the history. Raise `Busy` while a run works on it.
    """
    lease = live_lease(registry, name)
    if lease is not None:
        raise held(lease)
    with registry.begin() as db:
        removed = db.execute(delete(CONNECTIONS).where(CONNECTIONS.c.name == name))
        for table in (AWS_LINKS, SECRETS, LEASES):
            db.execute(delete(table).where(table.c.connection == name))
    return removed.rowcount > 0
