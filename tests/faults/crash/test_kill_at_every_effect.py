"""`kill -9` at every moment at which a run touches the world: nothing is torn, nothing is lost.

After each kill every day is absent or complete, and the next run ends with the bytes of a run that was
never killed. The account stands still meanwhile, so the two may differ in nothing.
"""

from pathlib import Path

import pytest

from tests.faults.crash.scenario import (
    EFFECTS_AT_LEAST,
    Prepare,
    first_day,
    repairing_day,
    replacing,
    second_day,
    sweeping_day,
)

SAMPLE = {first_day: 6, second_day: 4, sweeping_day: 3, repairing_day: 3, replacing: 3}
"""Kills of each scenario that the short suite does, evenly spread over its effects."""


def evenly(effects: int, sample: int) -> list[int]:
    """So many numbers from 1 to the last effect, the first and the last among them."""
    return sorted({1 + at * (effects - 1) // (sample - 1) for at in range(sample)})


@pytest.mark.parametrize("prepare", SAMPLE)
def test_a_run_that_is_killed_anywhere_is_ended_by_the_next_one(prepare: Prepare, tmp_path: Path):
    """A sample of the moments, for every commit."""
    with prepare(tmp_path, 1) as scenario:
        assert len(scenario.effects) >= EFFECTS_AT_LEAST[prepare]
        for number in evenly(len(scenario.effects), SAMPLE[prepare]):
            scenario.kill(number)


@pytest.mark.full
@pytest.mark.timeout(3600)
@pytest.mark.parametrize(("prepare", "every"), [(first_day, 1), (second_day, 2)])
def test_a_run_that_is_killed_at_every_effect_is_ended_by_the_next_one(
    prepare: Prepare, every: int, tmp_path: Path
):
    """All of them: a sample finds the common moments, and the rare ones are those that hurt. Of the second day
    every other one: most of its effects are those of the first."""
    with prepare(tmp_path, 1) as scenario:
        assert len(scenario.effects) >= EFFECTS_AT_LEAST[prepare]
        for number in range(1, len(scenario.effects) + 1, every):
            scenario.kill(number)
