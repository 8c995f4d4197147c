"""`kill -9` at every moment at which a run touches the world: nothing is torn, nothing is lost.

After each kill every day is absent or complete, and the next run ends with the bytes of a run that was
never killed. The account stands still meanwhile, so the two may differ in nothing.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.faults.crash.scenario import Scenario, first_day, second_day

Prepare = Callable[[Path, int], AbstractContextManager[Scenario]]

SAMPLE = 20
"""Kills of each scenario that the short suite does, evenly spread over its effects."""

EFFECTS_AT_LEAST = {first_day: 500, second_day: 400}
"""Fewer would mean that the hooks miss some: on the second day, the files of the state are there already."""


def evenly(effects: int, sample: int) -> list[int]:
    """So many numbers from 1 to the last effect, the first and the last among them."""
    return sorted({1 + at * (effects - 1) // (sample - 1) for at in range(sample)})


@pytest.mark.parametrize("prepare", [first_day, second_day])
def test_a_run_that_is_killed_anywhere_is_ended_by_the_next_one(prepare: Prepare, tmp_path: Path):
    """A sample of the moments, for every commit."""
    with prepare(tmp_path, 1) as scenario:
        assert len(scenario.effects) >= EFFECTS_AT_LEAST[prepare]
        for number in evenly(len(scenario.effects), SAMPLE):
            scenario.kill(number)


@pytest.mark.full
@pytest.mark.timeout(1200)
@pytest.mark.parametrize(
    ("prepare", "seed"),
    [(first_day, 1), (first_day, 2), (first_day, 3), (second_day, 1)],
    ids=["first-1", "first-2", "first-3", "second-1"],
)
def test_a_run_that_is_killed_at_every_effect_is_ended_by_the_next_one(
    prepare: Prepare, seed: int, tmp_path: Path
):
    """All of them: a sample finds the common moments, and the rare ones are those that hurt."""
    with prepare(tmp_path, seed) as scenario:
        assert len(scenario.effects) >= EFFECTS_AT_LEAST[prepare]
        for number in range(1, len(scenario.effects) + 1):
            scenario.kill(number)
