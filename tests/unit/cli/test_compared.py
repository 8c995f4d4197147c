"""A run beside the run before, for people."""

from crmsnap.cli.compared import comparison_lines


def test_the_ten_tables_that_moved_most_are_shown():
    """An account has hundreds, and each of them moves a little every day."""
    tables = {
        f"T{number:02d}": {"rows": [100, 100 + number], "bytes": [10, 11]} for number in range(25)
    }
    compared = {
        "day": "2026-11-21",
        "run": "run-1",
        "seconds": [None, None],
        "tables": {**tables, "SAME": {"rows": [1, 1], "bytes": [1, 1]}},
        "calls": {},
    }
    text = "\n".join(comparison_lines(compared))
    shown = [line.split()[0] for line in text.splitlines() if line.startswith("  T")][1:]
    assert shown == [f"T{number:02d}" for number in range(24, 14, -1)]
    assert "and 15 more tables that moved less" in text
    assert "1 more table with as many rows and bytes" in text
