"""The history of runs: what the registry remembers of all machines, and what the states here know.

A state is ahead of the registry: it knows of a run that was killed, and of those that ended while
the registry could not be reached.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from crmsnap.errors import RegistryError
from crmsnap.registry.address import is_there
from crmsnap.registry.opening import open_registry
from crmsnap.registry.runs import RememberedRun, remember_runs, remembered_runs
from crmsnap.state.runs import RunRow, read_runs


def remember(registry: str, connection: str, runs: Iterable[RunRow]) -> tuple[str, ...]:
    """Tell the registry what a state knows of its runs; a warning if it cannot be told now.

    A snapshot is not lost for that: the next run tells it.
    """
    try:
        with open_registry(registry) as opened:
            remember_runs(opened, connection, [_of_state(connection, run) for run in runs])
    except RegistryError as error:
        return (f"the registry does not know of this run yet: {error.message} ({error.cause})",)
    return ()


def known_runs(registry: str, home: Path, connection: str | None = None) -> list[RememberedRun]:
    """The runs of one or all connections, the newest first."""
    found = {
        run.id: _of_state(file.parent.name, run)
        for file in sorted(home.glob("*/runs.sqlite"))
        if connection in (None, file.parent.name)
        for run in read_runs(file)
    }
    if is_there(registry):
        with open_registry(registry) as opened:
            for run in remembered_runs(opened, connection):
                found.setdefault(run.id, run)
    # Stable: of runs that began in the same second, a state knows which was the last.
    return sorted(found.values(), key=lambda run: run.started_at, reverse=True)


def _of_state(connection: str, run: RunRow) -> RememberedRun:
    return RememberedRun(
        id=run.id,
        connection=connection,
        day=run.day,
        started_at=run.started_at,
        ended_at=run.ended_at,
        status=run.status,
        destination=run.destination,
        selection=json.dumps(asdict(run.selection)),
        report=run.report,
    )
