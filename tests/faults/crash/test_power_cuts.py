"""The power goes in the middle of a run: the state recovers or begins anew, and no day is published falsely."""

from pathlib import Path

import pytest

from tests.faults.crash.power import PowerCut
from tests.faults.crash.scenario import first_day, second_day
from tests.faults.crash.test_kill_at_every_effect import Prepare, evenly

SAMPLE = 4


@pytest.mark.parametrize("prepare", [first_day, second_day])
def test_a_run_that_lost_its_power_is_ended_by_the_next_one(prepare: Prepare, tmp_path: Path):
    """Some moments, and one fate of the disk for each."""
    lost = 0
    with prepare(tmp_path, 1) as scenario:
        for number in evenly(len(scenario.effects), SAMPLE):
            cut = PowerCut(number)
            scenario.kill(number, then=cut)
            lost += cut.lost
    assert lost > 0


@pytest.mark.full
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("prepare", [first_day, second_day])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_whatever_the_disk_has_kept_the_next_run_ends_it(
    prepare: Prepare, seed: int, tmp_path: Path
):
    """Every seventh moment, other fates of the disk for each seed."""
    lost = 0
    with prepare(tmp_path, 1) as scenario:
        for number in range(seed, len(scenario.effects) + 1, 7):
            cut = PowerCut(1000 * seed + number)
            scenario.kill(number, then=cut)
            lost += cut.lost
    assert lost > 0
