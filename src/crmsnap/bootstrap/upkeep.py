"""From a connection to its state's folder, held for whoever changes it outside of a run."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crmsnap.bootstrap.connections import Known
from crmsnap.bootstrap.keeping import kept_state
from crmsnap.bootstrap.tools import lease_of
from crmsnap.model import Clock
from crmsnap.state.folder import locked
from crmsnap.state.sqlite import LOCK_FILE, RUNS_FILE


def states(home: Path) -> dict[str, Path]:
    """The folder of every connection that has a state here, by name; also one without its record of runs."""
    found = {file.parent for name in (RUNS_FILE, LOCK_FILE) for file in home.glob(f"*/{name}")}
    return {folder.name: folder for folder in sorted(found) if any(folder.rglob("*.sqlite"))}


@contextmanager
def held_state(known: Known, home: Path, clock: Clock) -> Iterator[Path]:
    """The folder of a connection's state, while no run works on it. Raise `Busy` if one does."""
    name = known.name or ""
    with (
        locked(home / name),
        lease_of(known.registry, home, name),
        kept_state(known, clock, home / name),
    ):
        yield home / name
