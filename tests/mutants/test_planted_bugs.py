"""The tests are believed because they find bugs that were planted for them, one at a time."""

import re

import pytest

from tests.house.repository import ROOT
from tests.mutants.laboratory import Laboratory
from tests.mutants.mutant import Mutant
from tests.mutants.planted.catalogue import MUTANTS

PROMISES = {f"P{number}" for number in range(1, 17)}
"""What the pages on consistency and security promise, by the numbers that bugs are labelled with."""

BY_NAME = pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)


@BY_NAME
def test_every_bug_has_its_place_and_its_tests(mutant: Mutant) -> None:
    """Code moves: a bug that fits nowhere any more has to be planted anew, and its tests have to be there."""
    text = (ROOT / mutant.file).read_text()
    assert mutant.planted_in(text) != text
    assert mutant.killers
    for killer in mutant.killers:
        path, _, name = killer.partition("[")[0].partition("::")
        assert re.search(rf"^def {name}\(", (ROOT / path).read_text(), re.MULTILINE), killer


def test_every_promise_is_attacked() -> None:
    """At least once each, and no bug twice."""
    assert {mutant.promise.split()[0] for mutant in MUTANTS} >= PROMISES
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS) >= 30


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory: pytest.TempPathFactory) -> Laboratory:
    """A copy of the tree in which all these tests pass: else any bug would seem to be found."""
    made = Laboratory.copy_of(ROOT, tmp_path_factory.mktemp("laboratory") / "tree")
    outcomes, said = made.outcomes(killer for mutant in MUTANTS for killer in mutant.killers)
    assert set(outcomes.values()) == {"passed"}, said
    return made


@pytest.mark.full
@BY_NAME
def test_every_planted_bug_is_killed(laboratory: Laboratory, mutant: Mutant) -> None:
    """By each test that is named, and by a failure of it."""
    judged = laboratory.judge(mutant)
    assert judged.verdict == "killed", f"{judged.outcomes}\n{judged.said}"
