"""On a day on which only time passed, what is built anew is other than the day before, table by table.

A copied part is a second name of the file of the day before: so nobody is asked, each part is looked at.
"""

from collections import defaultdict
from pathlib import Path

import pytest

from tests.builders.command import Crmsnap
from tests.builders.sandbox_process import DAY, sandbox

NEXT = "2026-11-21"
NOTHING = dict.fromkeys(
    ("changed", "created", "archived", "merged", "gdpr_deleted", "associated", "recalculated"), 0
)

WHOLE = {
    "TEAMS": "made of the documents of owners, of which each may name another team",
    "OWNER_TEAM": "made of the documents of owners too",
}
"""Small tables that are built when anything of what they are made of has changed, and why."""

NO_BUSINESS = ("CONTACTS", "COMPANIES", "DEALS", "TICKETS", "EMAILS")
"""Of these no record changed."""


def parts(day: Path) -> list[Path]:
    return sorted(day.rglob("*.csv.gz"))


@pytest.mark.full
def test_what_is_built_on_a_day_without_a_change_of_records_is_other_than_before(tmp_path: Path):
    """Events came in, threads went on, a list was made. All else is yesterday's file, and of a table of events
    it is the last part alone that is not."""
    with sandbox() as account:
        mine = Crmsnap(tmp_path, account)
        assert mine.sync().exit_code == 0
        account.post("/_sandbox/advance", {"days": 1, **NOTHING})
        assert mine.sync().exit_code == 0
    before = parts(mine.snapshots / DAY)
    files = {part.stat().st_ino for part in before}
    contents = {(part.parent.name, part.read_bytes()) for part in before}
    built: dict[str, list[Path]] = defaultdict(list)
    for part in parts(mine.snapshots / NEXT):
        if part.stat().st_ino not in files:
            built[part.parent.name].append(part)
    needless = {
        table
        for table, anew in built.items()
        for part in anew
        if (table, part.read_bytes()) in contents
    }
    assert needless <= WHOLE.keys()
    assert not built.keys() & {f"OBJECTS_{name}" for name in NO_BUSINESS}
    for table, anew in built.items():
        if table.startswith("EVENTS_"):
            assert anew == [max((mine.snapshots / NEXT / table).iterdir())], table
