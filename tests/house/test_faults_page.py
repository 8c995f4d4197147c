"""The table of faults and threats names tests; a name that is gone, or a row without one, is found here."""

import re

from tests.house.repository import ROOT, text_of

PAGE = ROOT / "docs" / "reference" / "faults.md"
ROWS = (
    *(f"H{number:02d}" for number in range(1, 33)),
    *(f"L{number:02d}" for number in range(1, 17)),
    *(f"A{number:02d}" for number in range(1, 18)),
    *("S01", "S02", "S03", "S09", "S12", "S17", "S18"),
)


def rows() -> dict[str, list[str]]:
    """Row -> the tests that its last cell names, `path::function` each."""
    found = {}
    for line in text_of(PAGE).splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if re.fullmatch(r"[A-Z]\d\d", cells[0]):
            found[cells[0]] = whole(re.findall(r"`([^`]+)`", cells[-1]))
    return found


def whole(names: list[str]) -> list[str]:
    """`::function` alone belongs to the file that was named before."""
    path, found = "", []
    for name in names:
        path = name.partition("::")[0] or path
        found.append(f"{path}::{name.partition('::')[2]}")
    return found


def is_there(test: str) -> bool:
    path, _, function = test.partition("::")
    file = ROOT / path
    return file.is_file() and f"\ndef {function}(" in text_of(file)


def test_every_row_names_a_test() -> None:
    """What nobody has made happen is only hoped for."""
    assert {row for row, tests in rows().items() if tests} == set(ROWS)


def test_every_test_that_is_named_exists() -> None:
    """A renamed test would leave the table with an empty promise."""
    assert not [test for tests in rows().values() for test in tests if not is_there(test)]
