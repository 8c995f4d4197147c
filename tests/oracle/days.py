"""Two copies of one account at one moment, compared row by row: decision 0009's rule as a test.

The account stands still while both are made, so whatever differs was lost or kept wrongly by the copy
that knows earlier days.
"""

import csv
import gzip
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr

from crmsnap.bootstrap import Known, RunClock, open_tools
from crmsnap.config import ConnectionSettings
from crmsnap.model import Progress, Refresh, Selection
from crmsnap.report import Report
from crmsnap.sync import Request, run_sync
from tests.builders.sandbox_process import SandboxAccount

INGESTED_AT = "INGESTEDAT"
DELETED_OBJECTS = "DELETED_OBJECTS"
"""A first run knows of no deletion: this table is compared with the account's journal instead."""
SHOWN = 5

csv.field_size_limit(sys.maxsize)


@dataclass(frozen=True)
class Copying:
    """One connection: its state and its days."""

    account: SandboxAccount
    folder: Path
    selection: Selection = field(default_factory=Selection)
    refresh: Refresh = field(default_factory=Refresh)
    allow_differences: bool = False
    observe: Callable[[Progress], None] = field(default=lambda _: None)
    snapshots: str = "snapshots"
    """The folder of its days, in `folder`."""

    def sync(self) -> Report:
        """Publish the day of the account's clock."""
        settings = ConnectionSettings(
            to=str(self.folder / self.snapshots),
            token=SecretStr(self.account.token),
            base_url=self.account.url,
            allow_other_host=True,
        )
        known = Known(None, settings)
        request = Request(
            selection=self.selection,
            refresh=self.refresh,
            allow_differences=self.allow_differences,
        )
        with open_tools(known, self.folder / "home", RunClock(), self.observe) as tools:
            return run_sync(request, tools)

    def day(self, report: Report) -> Path:
        """The folder of the day that a report is about."""
        return self.folder / self.snapshots / report.manifest.facts.day


def differences(day: Path, first: Path) -> list[str]:
    """What a copy holds otherwise than a first copy of the same moment, in words; INGESTEDAT apart."""
    found = []
    tables, expected = _tables(day), _tables(first)
    found += [f"{name}: no such table" for name in sorted(expected - tables)]
    # A table that once had rows stays, as a header: readers are not surprised by one that is gone.
    found += [
        f"{name}: a first copy has no such table"
        for name in sorted(tables - expected)
        if _rows(day / name)[1]
    ]
    for name in sorted(tables & expected):
        header, rows = _rows(day / name)
        first_header, first_rows = _rows(first / name)
        if header != first_header:
            found.append(f"{name}: columns {sorted(set(header) ^ set(first_header))} differ")
            continue
        found += [f"{name}: {text}" for text in _compared(rows, first_rows)]
    return found


def _compared(rows: Counter[tuple[str, ...]], first: Counter[tuple[str, ...]]) -> Iterator[str]:
    for title, more in (("not in a first copy", rows - first), ("missing", first - rows)):
        for row in sorted(more)[:SHOWN]:
            yield f"{title}: {row}"
        if len(more) > SHOWN:
            yield f"{title}: {len(more) - SHOWN} more rows"


def _tables(day: Path) -> set[str]:
    return {path.name for path in day.iterdir() if path.is_dir()} - {DELETED_OBJECTS}


def _rows(table: Path) -> tuple[tuple[str, ...], Counter[tuple[str, ...]]]:
    """Columns and rows of a table without INGESTEDAT; every part has the same columns."""
    columns: tuple[str, ...] = ()
    rows: Counter[tuple[str, ...]] = Counter()
    for part in sorted(table.glob("*.csv.gz")):
        with gzip.open(part, "rt", encoding="utf-8", newline="") as text:
            lines = csv.reader(text)
            header = next(lines)
            kept = [place for place, name in enumerate(header) if name != INGESTED_AT]
            columns = tuple(header[place] for place in kept)
            rows.update(tuple(line[place] for place in kept) for line in lines)
    return columns, rows
