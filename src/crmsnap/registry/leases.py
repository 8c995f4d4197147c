"""Leases: one run works on a connection at a time, on whichever machine.

A lease saves work; it does not make writing safe, since a process can be paused for longer than its
lease and go on afterwards. Safe are names by content and a manifest that is only ever created. Time
is the database's own: it is the only clock that all machines share.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, Engine, delete, func, or_, select

from crmsnap.errors import Busy
from crmsnap.registry.schema import LEASES
from crmsnap.registry.transactions import reading
from crmsnap.registry.upsert import upsert


@dataclass(frozen=True, slots=True)
class Lease:
    """Who works on a connection."""

    connection: str
    holder: str
    """`host:process:random`, never the same twice."""
    until: str
    """By the database's clock."""


def take_lease(
    registry: Engine, connection: str, holder: str, *, seconds: float, dead: str | None = None
) -> None:
    """Have a connection for so many seconds from now on; its holder renews it by taking it again.

    Raise `Busy` while somebody else has it. `dead` is a holder that is known to have ended: what it
    held is free.
    """
    statement = upsert(registry, LEASES).values(
        connection=connection, holder=holder, until=_in(registry, seconds)
    )
    free = or_(LEASES.c.until <= _in(registry, 0), LEASES.c.holder.in_((holder, dead or holder)))
    with registry.begin() as db:
        db.execute(
            statement.on_conflict_do_update(
                index_elements=[LEASES.c.connection],
                set_={"holder": statement.excluded.holder, "until": statement.excluded.until},
                where=free,
            )
        )
        row = db.execute(select(LEASES).where(LEASES.c.connection == connection)).one()
    lease = Lease(**row._mapping)
    if lease.holder != holder:
        raise held(lease)


def give_lease_back(registry: Engine, connection: str, holder: str) -> None:
    """Let others have it at once; nothing happens to a lease that somebody else has."""
    with registry.begin() as db:
        db.execute(
            delete(LEASES).where(LEASES.c.connection == connection, LEASES.c.holder == holder)
        )


def live_lease(registry: Engine, connection: str) -> Lease | None:
    """Who works on a connection now; None: nobody."""
    asked = select(LEASES).where(
        LEASES.c.connection == connection, LEASES.c.until > _in(registry, 0)
    )
    with reading(registry) as db:
        row = db.execute(asked).one_or_none()
    return None if row is None else Lease(**row._mapping)


def held(lease: Lease) -> Busy:
    """The error for a connection that somebody else works on."""
    return Busy(
        f"another run works on connection {lease.connection}",
        cause=f"{lease.holder} has it until {lease.until} UTC, unless it says so again",
        remedy="wait until it has ended, then run this command again",
    )


def _in(registry: Engine, seconds: float) -> ColumnElement[str]:
    """So many seconds from now, by the database's clock and as it is kept."""
    if registry.dialect.name == "sqlite":
        return func.strftime("%Y-%m-%d %H:%M:%f", "now", f"+{seconds:.3f} seconds")
    now = func.timezone("UTC", func.clock_timestamp())
    return func.to_char(now + timedelta(seconds=seconds), "YYYY-MM-DD HH24:MI:SS.MS")
