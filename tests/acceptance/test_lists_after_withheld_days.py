"""Members of lists are those of today also behind days that were withheld, or had selected less.

A day that is not published has read lists and records all the same, and what hangs on records that went
was not taken out behind it. (The equality oracle publishes every day.)
"""

import json
import urllib.request
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from crmsnap.bootstrap import Known, RunClock, open_tools
from crmsnap.config import ConnectionSettings
from crmsnap.errors import StateError
from crmsnap.model import Progress, Selection, StepBegan
from crmsnap.report import Report
from crmsnap.sandbox.server import Address, Options, running
from crmsnap.sync import Request, run_sync
from tests.builders.snapshot import rows

NOW_MS = 1_795_312_800_000  # 2026-11-22T02:00:00Z
TABLES = ("LIST_MEMBERSHIPS", "LISTS", "OBJECTS")
ALL = Selection(types=("0-1", "0-2"), tables=TABLES)
NO_CONTACTS = Selection(types=("0-2",), tables=TABLES)


def withhold(progress: Progress) -> None:
    """End a run where one ends whose counts disagree."""
    if progress == StepBegan("reconcile"):
        raise StateError("withheld", cause="the test says so", remedy="sync again")


def sync(
    account: Address, folder: Path, selection: Selection = ALL, observe: Any = lambda _: None
) -> Report:
    settings = ConnectionSettings(
        to=str(folder / "snapshots"),
        token=SecretStr(account.token),
        base_url=account.url,
        allow_other_host=True,
    )
    with open_tools(Known(None, settings), folder / "home", RunClock(), observe) as tools:
        return run_sync(Request(selection=selection), tools)


def next_day(account: Address, **shares: float) -> None:
    body = json.dumps({"days": 1, "created": 0, "changed": 0, "archived": 0} | shares).encode()
    request = urllib.request.Request(
        f"{account.url}/_sandbox/advance", body, {"content-type": "application/json"}
    )
    urllib.request.urlopen(request).close()


def members(folder: Path, report: Report) -> list[Any]:
    """Who is in which list."""
    found = rows(folder / "snapshots" / report.manifest.facts.day, "LIST_MEMBERSHIPS")
    return sorted((row["LISTID"], row["OBJECTID"], row["UPDATEDAT"]) for row in found)


def test_members_are_those_of_a_first_day_behind_two_withheld_ones(tmp_path: Path):
    """Records went and came back meanwhile, as many of each, and contacts were left out for a day."""
    with running(Options(contacts=150, seed=12, now_ms=NOW_MS, frozen=True)) as account:
        carried = tmp_path / "carried"
        sync(account, carried)
        next_day(account, archived=0.1, merged=0.02)
        sync(account, carried, NO_CONTACTS)
        for table in ("OWNERS", "TEAMS"):  # else the next run would go on with the one that ended
            given_up = replace(ALL, tables=(*TABLES, table))
            next_day(account, archived=0.05, restored=0.05, merged=0.02)
            with pytest.raises(StateError, match="withheld"):
                sync(account, carried, given_up, withhold)
        next_day(account, restored=0.02, merged=0.01, gdpr_deleted=0.01)
        ours = members(carried, sync(account, carried))
        theirs = members(tmp_path / "first", sync(account, tmp_path / "first"))
    assert len(ours) > 100
    assert ours == theirs
