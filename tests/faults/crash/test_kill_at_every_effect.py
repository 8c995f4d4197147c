"""`kill -9` at every moment at which a run touches the world: nothing is torn, nothing is lost.

After each kill every day is absent or complete, and the next run ends with the bytes of a run that was
never killed. The account stands still meanwhile, so the two may differ in nothing.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.faults.crash.scenario import (
    Scenario,
    first_day,
    repairing_day,
    replacing,
    second_day,
    sweeping_day,
)

Prepare = Callable[[Path, int], AbstractContextManager[Scenario]]

SAMPLE = {first_day: 8, second_day: 6, sweeping_day: 4, repairing_day: 4, replacing: 4}
"""Kills of each scenario that the short suite does, evenly spread over its effects."""

EFFECTS_AT_LEAST = {
    first_day: 500,
    second_day: 400,
    sweeping_day: 400,
    repairing_day: 400,
    replacing: 400,
}
"""Fewer would mean that the hooks miss some: on the second day, the files of the state are there already."""


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
@pytest.mark.parametrize(
    ("prepare", "seed", "every"),
    [
        (first_day, 1, 1),
        (first_day, 2, 1),
        (first_day, 3, 1),
        (second_day, 1, 1),
        (sweeping_day, 1, 3),
        (repairing_day, 1, 3),
        (replacing, 1, 3),
    ],
    ids=["first-1", "first-2", "first-3", "second-1", "sweeping-1", "repairing-1", "replacing-1"],
)
def test_a_run_that_is_killed_at_every_effect_is_ended_by_the_next_one(
    prepare: Prepare, seed: int, every: int, tmp_path: Path
):
    """All of them: a sample finds the common moments, and the rare ones are those that hurt.

    Of the longer scenarios every third one, so that the whole suite ends within an hour.
    """
    with prepare(tmp_path, seed) as scenario:
        assert len(scenario.effects) >= EFFECTS_AT_LEAST[prepare]
        for number in range(1, len(scenario.effects) + 1, every):
            scenario.kill(number)
