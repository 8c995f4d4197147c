"""What judges the tests is judged itself, on a tree of three files."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.mutants.laboratory import Laboratory, Verdict
from tests.mutants.mutant import Mutant

PRODUCT = """
def double(number):
    return number * 2
"""
TESTS = """
import time
import pytest
from product import double

@pytest.mark.parametrize("number", [0, 3])
def test_that_checks(number):
    assert double(number) == number + number

def test_that_checks_nothing():
    double(3)
"""
CHECKS, CHECKS_NOTHING = "test_it.py::test_that_checks", "test_it.py::test_that_checks_nothing"


@pytest.fixture
def laboratory(tmp_path: Path) -> Laboratory:
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "product.py").write_text(PRODUCT)
    (tree / "test_it.py").write_text(TESTS)
    (tree / "pytest.ini").write_text("[pytest]\npythonpath = .\n")
    return Laboratory.copy_of(tree, tmp_path / "copy")


def bug(new: str, *killers: str, old: str = "number * 2") -> Mutant:
    return Mutant("bug", "P0", "product.py", old, new, killers or (CHECKS,))


@pytest.mark.parametrize(
    ("mutant", "verdict"),
    [
        pytest.param(bug("number * 3"), "killed", id="a bug that is noticed"),
        pytest.param(bug("2 * number"), "survived", id="a patch that changes nothing"),
        pytest.param(
            bug("number * 3", CHECKS, CHECKS_NOTHING), "survived", id="a test that notices nothing"
        ),
        pytest.param(bug("number *"), "broken", id="a tree that cannot be imported"),
        pytest.param(
            bug("number * 3", "test_it.py::test_that_is_not_there"), "broken", id="no such test"
        ),
    ],
)
def test_a_bug_is_killed_by_a_failing_test_and_by_nothing_else(
    laboratory: Laboratory, mutant: Mutant, verdict: Verdict
) -> None:
    """A tree that does not even import would fail every test, whatever it checks."""
    judged = laboratory.judge(mutant)
    assert judged.verdict == verdict, judged.said
    assert (laboratory.root / "product.py").read_text() == PRODUCT


def test_a_test_that_runs_out_of_time_has_found_nothing(laboratory: Laboratory) -> None:
    """A machine under load would else kill every bug."""
    judged = replace(laboratory, test_seconds=1).judge(bug("__import__('time').sleep(60)"))
    assert judged.verdict == "broken"
    assert judged.outcomes == {CHECKS: "timed out"}


@pytest.mark.parametrize(("old", "times"), [("number * 4", 0), ("number", 2)])
def test_a_bug_without_exactly_one_place_is_refused(
    laboratory: Laboratory, old: str, times: int
) -> None:
    """Planted elsewhere, it would be another bug."""
    with pytest.raises(ValueError, match=f"stands {times} times"):
        laboratory.judge(bug("other", old=old))
