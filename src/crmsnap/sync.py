"""One run, from the top: check -> discover -> extract -> publish -> report.

A run belongs to a sync day by HubSpot's clock. Killed at any moment, the next run goes on behind its
last page, for its day, and publishes the same bytes.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from crmsnap.destinations.interface import Destination
from crmsnap.errors import CrmsnapError, DailyLimitReached, Interrupted, SnapshotError
from crmsnap.extract.discover import discover
from crmsnap.extract.full import extract
from crmsnap.extract.read import Reading
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import account, types
from crmsnap.model import Clock, Gap, Progress, Selection, StepBegan
from crmsnap.publish.manifest import Manifest, RunFacts
from crmsnap.publish.publish import publish, published, sweep
from crmsnap.state.folder import locked, open_reader
from crmsnap.state.runs import RUNNING, RunRow, Runs
from crmsnap.state.stream_file import RunMark
from crmsnap.streams.known_types import all_types, is_open, properties
from crmsnap.streams.objects import OBJECT_HISTORIES, OBJECT_VALUES
from crmsnap.streams.stream import Scope
from crmsnap.tables import CATALOGUE
from crmsnap.tables.table import Table, TableFamily


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be copied."""

    connection: str | None = None
    """Name of the connection; None: `account-<portal id>`."""
    types: tuple[str, ...] = ()
    """Ids or names of object types; empty: all."""
    tables: tuple[str, ...] = ()
    """Names of tables, of a family by its pattern; empty: all that are not optional."""
    allow_gaps: bool = False
    """Publish although something became unreadable in the middle of the run."""
    iso_dates: bool = False
    compression: str = "fast"


@dataclass(frozen=True, slots=True)
class Tools:
    """Everything that a run works with; `bootstrap` makes it, tests make their own."""

    client: Client
    home: Path
    """Below it every connection has its state."""
    destination: Destination
    open_executor: Callable[[int], AbstractContextManager[Executor]]
    """For so many rows of the state: where parts are written."""
    clock: Clock
    observe: Callable[[Progress], None]
    new_run_id: Callable[[datetime], str]
    workers: int = 16
    """How many streams are read at once."""


@dataclass(frozen=True, slots=True)
class Report:
    """How a run ended."""

    connection: str
    run_id: str
    day: str
    outcome: str
    """`published`, `published with gaps`, or `already published`."""
    manifest: Manifest
    resumed: bool
    calls: int
    """Requests that this process sent to HubSpot."""

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What the snapshot does not hold."""
        return self.manifest.gaps

    @property
    def exit_code(self) -> int:
        """3 when the operator could close a gap, else 0."""
        return 3 if any(gap.reason == "missing-scope" for gap in self.gaps) else 0
