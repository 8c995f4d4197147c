"""`runs.sqlite` that does not hold what was written into it."""

import sqlite3
from pathlib import Path

import pytest

from crmsnap.errors import StateDamaged
from crmsnap.model import Gap, Selection
from crmsnap.state.runs import RunRow, Runs


@pytest.mark.parametrize(("table", "column"), [("runs", "selection"), ("gaps", "scopes")])
def test_a_value_that_cannot_be_read_is_called_damage(tmp_path: Path, table: str, column: str):
    """With its file and what to do, and no traceback."""
    run = RunRow("run-1", "2026-11-22", "2026-11-22 02:00:00.000", Selection(), "/there", "running")
    with Runs(tmp_path) as runs:
        runs.begin(run)
        runs.add_gap(run.id, Gap("teams", "missing-scope", "no", ("a.scope",)))
    with sqlite3.connect(tmp_path / "runs.sqlite") as db:
        db.execute(f"UPDATE {table} SET {column} = '[1'")
    db.close()
    with Runs(tmp_path) as runs:
        ask = runs.unfinished if table == "runs" else lambda: runs.gaps(run.id)
        with pytest.raises(StateDamaged, match=r"runs\.sqlite"):
            ask()
