"""What hangs on records is on a later day as a first run would copy it, for a part of the calls.

Associations, labels, lists, members, events, and the types with APIs of their own; each table is compared
cell by cell, but for INGESTEDAT, which says when a row was read.
"""

import csv
import gzip
import json
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from crmsnap.bootstrap import Known, RunClock, open_tools
from crmsnap.config import ConnectionSettings
from crmsnap.model import Selection
from crmsnap.report import Report
from crmsnap.sandbox.server import Address, Options, running
from crmsnap.sync import Request, run_sync

NOW_MS = 1_795_312_800_000  # 2026-11-22T02:00:00Z
DAY = {
    "days": 1,
    "changed": 0.03,
    "associated": 0.05,
    "restored": 0.01,
    "gdpr_deleted": 0.01,
}
OWN_APIS = ("0-11", "0-15", "0-28", "0-29", "0-35", "0-58", "0-72")
REQUEST = Request(
    selection=Selection(
        types=("0-1", "0-2", "0-3", *OWN_APIS),
        exclude_tables=("DELETED_*",),  # a first run has met nobody who could go
    )
)


class Copies:
    """An account, the state that is carried from day to day, and the days' reports."""

    def __init__(self, account: Address, folder: Path) -> None:
        self.account = account
        self.folder = folder
        self.reports: list[Report] = []

    def sync(self, name: str = "carried", request: Request = REQUEST) -> Report:
        settings = ConnectionSettings(
            to=str(self.folder / name / "snapshots"),
            token=SecretStr(self.account.token),
            base_url=self.account.url,
            allow_other_host=True,
        )
        with open_tools(
            Known(None, settings), self.folder / name / "home", RunClock(), lambda _: None
        ) as tools:
            return run_sync(request, tools)

    def next_day(self, **changes: Any) -> None:
        body = json.dumps(DAY | changes).encode()
        request = urllib.request.Request(
            f"{self.account.url}/_sandbox/advance", body, {"content-type": "application/json"}
        )
        urllib.request.urlopen(request).close()

    def rows(self, name: str, day: str, table: str) -> Counter[tuple[tuple[str, str], ...]]:
        """Every row with how often it is there, less when it was read."""
        found: Counter[tuple[tuple[str, str], ...]] = Counter()
        for part in (self.folder / name / "snapshots" / day / table).glob("*.csv.gz"):
            lines = gzip.decompress(part.read_bytes()).decode().splitlines(keepends=True)
            for row in csv.DictReader(lines):
                found[tuple((key, text) for key, text in row.items() if key != "INGESTEDAT")] += 1
        return found


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copies]:
    """Two days of one account, and the second one copied by a first run as well."""
    options = Options(contacts=200, seed=1, now_ms=NOW_MS, frozen=True)
    limit = csv.field_size_limit(10**9)
    with running(options) as account:
        made = Copies(account, tmp_path_factory.mktemp("copies"))
        made.reports.append(made.sync())
        made.next_day()
        made.reports.append(made.sync())
        made.sync("first")
        yield made
    csv.field_size_limit(limit)


def test_every_table_of_a_second_day_is_that_of_a_first_run(copies: Copies) -> None:
    """Nothing is lost that was not read again, and nothing stays that went."""
    day = copies.reports[-1].manifest.facts.day
    tables = [table.name for table in copies.reports[-1].manifest.tables]
    differ = {
        table: (ours - theirs, theirs - ours)
        for table in tables
        if (ours := copies.rows("carried", day, table))
        != (theirs := copies.rows("first", day, table))
    }
    assert len(tables) > 50
    assert differ == {}


@pytest.mark.parametrize(
    ("family", "at_most"),
    [
        ("association-labels", 0.5),
        ("conversations", 0.2),
        ("email-events", 0.2),
        ("forms", 0.5),
        ("events", 0.2),
        ("memberships", 0.9),
    ],
)
def test_a_second_day_takes_a_part_of_the_first_ones_calls(
    copies: Copies, family: str, at_most: float
) -> None:
    """Counted by family: what an account of this size has a hundred of is a handful of calls a day."""
    first, second = (report.calls[family] for report in copies.reports[:2])
    assert 0 < second <= at_most * first


def test_a_report_says_what_every_call_was_for(copies: Copies) -> None:
    """The sum of the families is what the sandbox was asked; JSON has the same figures."""
    for report in copies.reports:
        assert report.as_dict()["calls"] == report.calls
        assert {"catalogue", "probes", "objects", "associations"} <= report.calls.keys()


def test_after_a_week_everything_is_read_in_its_turn(copies: Copies) -> None:
    """What leaves no sign of change is found: so many calls as on the first day, and the same rows."""
    copies.next_day(days=7)
    report = copies.sync()
    for family in ("association-labels", "conversations", "email-events", "forms"):
        assert report.calls[family] >= copies.reports[0].calls[family]


MANY_PAGES = Request(
    selection=Selection(
        types=("0-1", "0-2", "0-3", "0-72"), tables=("OBJECT_PROPERTIES", "LIST_MEMBERSHIPS")
    )
)

AT_MOST = {"objects": 9, "memberships": 6, "deal-splits": 2}
"""Calls of its second day; those of its first are four times as many and more. A batch for each type and what is in the
archive; a page for each list that somebody joined; a batch of deals, and one that tries whether they are served."""


def test_what_a_day_takes_follows_from_what_changed(tmp_path: Path) -> None:
    """An account whose lists and batches have many pages, and a day that touches 3 % of it.

    `make bench-days` measures the share of a large account; a family that is read whole again fails here.
    """
    with running(Options(contacts=3_000, seed=1, now_ms=NOW_MS, frozen=True)) as account:
        copies = Copies(account, tmp_path)
        first = copies.sync(request=MANY_PAGES).calls
        copies.next_day(changed=0.02, gdpr_deleted=0.001, restored=0, associated=0)
        second = copies.sync(request=MANY_PAGES)
        copies.sync("first", request=MANY_PAGES)
    assert {name: first[name] for name in AT_MOST} == {
        name: max(first[name], 4 * calls) for name, calls in AT_MOST.items()
    }
    assert {name: calls for name, calls in AT_MOST.items() if second.calls[name] > calls} == {}
    day = second.manifest.facts.day
    ours, theirs = (copies.rows(name, day, "LIST_MEMBERSHIPS") for name in ("carried", "first"))
    assert ours == theirs
