"""The table of faults and threats in the docs is whole, and what it points to is about them."""

import re
from pathlib import Path

from tests.aws.front.effects import EFFECTS
from tests.aws.server import ROOT

PAGE = ROOT / "docs" / "explanation" / "how-the-aws-side-is-tested.md"
FAULTS = [f"A{number:02}" for number in range(1, 18)]
THREATS = [f"S{number:02}" for number in (1, 2, 3, 9, 12, 17, 18)]
ROW = re.compile(r"^\| ([AS]\d\d) \|.*\]\(([^)]+)\) \|$", re.MULTILINE)


def _rows() -> list[tuple[str, Path]]:
    return [(code, PAGE.parent / path) for code, path in ROW.findall(PAGE.read_text())]


def test_every_fault_and_threat_has_a_row() -> None:
    """A row that is missing is a fault that nobody shows."""
    assert [code for code, _ in _rows()] == FAULTS + THREATS


def test_every_row_leads_to_tests() -> None:
    """Or, for what is shown by every test of a folder, to the place that checks it."""
    for code, path in _rows():
        text = path.read_text()
        assert "def test_" in text or "assert" in text, (code, path)


def test_every_effect_of_the_plan_is_on_the_page() -> None:
    """Who writes a test looks there for what can go wrong on purpose."""
    page = PAGE.read_text()
    assert sorted(name for name in EFFECTS if f"`{name}`" not in page) == []
