"""The same kills, of first days of accounts with other records: a module of its own, to run beside the others."""

from pathlib import Path

import pytest

from tests.faults.crash.scenario import EFFECTS_AT_LEAST, first_day

pytestmark = [pytest.mark.full, pytest.mark.timeout(3600)]


@pytest.mark.parametrize("seed", [2, 3])
def test_a_run_that_is_killed_at_every_effect_is_ended_by_the_next_one(seed: int, tmp_path: Path):
    """Other names and numbers of records, so other pages and parts."""
    with first_day(tmp_path, seed) as scenario:
        assert len(scenario.effects) >= EFFECTS_AT_LEAST[first_day]
        for number in range(1, len(scenario.effects) + 1):
            scenario.kill(number)
