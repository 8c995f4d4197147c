"""The history of runs: what people ask about later, of every machine that shares the registry.

What a run needs to go on stays in its state; a run that was killed comes in here with the next one.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from sqlalchemy import Engine, Row, and_, func, or_, select

from crmsnap.registry.schema import RUNS
from crmsnap.registry.transactions import reading
from crmsnap.registry.upsert import upsert


@dataclass(frozen=True, slots=True)
class RememberedRun:
    """One run, as it is remembered."""

    id: str
    connection: str
    day: str
    """Sync day, `YYYY-MM-DD`."""
    started_at: str
    ended_at: str | None
    status: str
    """running, published, failed, interrupted, deferred or abandoned."""
    destination: str
    selection: str
    """JSON."""
    report: str | None
    """What the run printed at its end, JSON."""


def remember_runs(registry: Engine, connection: str, runs: Iterable[RememberedRun]) -> None:
    """Remember the runs of a connection as they are now; those that are known so already cost nothing.

    A run that has published stays so: an old copy of a state may still believe that it is under way.
    While it tidies behind its snapshot its end is not known yet, and is taken when it is.
    """
    with registry.begin() as db:
        rows = db.execute(
            select(RUNS.c.id, RUNS.c.status, RUNS.c.ended_at).where(RUNS.c.connection == connection)
        )
        known = {row.id: (row.status, row.ended_at) for row in rows}
        changed = [asdict(run) for run in runs if known.get(run.id) != (run.status, run.ended_at)]
        if not changed:
            return
        statement = upsert(registry, RUNS)
        db.execute(
            statement.on_conflict_do_update(
                index_elements=[RUNS.c.id],
                set_={name: statement.excluded[name] for name in ("status", "ended_at", "report")},
                where=or_(
                    RUNS.c.status != "published",
                    and_(RUNS.c.ended_at.is_(None), statement.excluded.status == "published"),
                ),
            ),
            changed,
        )


def remembered_runs(registry: Engine, connection: str | None = None) -> tuple[RememberedRun, ...]:
    """The runs of one or all connections, the newest first."""
    asked = select(RUNS).order_by(RUNS.c.started_at.desc(), RUNS.c.id.desc())
    if connection is not None:
        asked = asked.where(RUNS.c.connection == connection)
    with reading(registry) as db:
        return tuple(map(_run, db.execute(asked)))


def last_runs(registry: Engine) -> dict[str, RememberedRun]:
    """The newest run of each connection, by connection."""
    newest = (
        select(RUNS.c.connection, func.max(RUNS.c.started_at).label("started_at"))
        .group_by(RUNS.c.connection)
        .subquery()
    )
    asked = (
        select(RUNS)
        .join(
            newest,
            and_(
                RUNS.c.connection == newest.c.connection,
                RUNS.c.started_at == newest.c.started_at,
            ),
        )
        .order_by(RUNS.c.id)
    )
    with reading(registry) as db:
        return {run.connection: run for run in map(_run, db.execute(asked))}


def _run(row: Row[tuple[object, ...]]) -> RememberedRun:
    return RememberedRun(**row._mapping)
