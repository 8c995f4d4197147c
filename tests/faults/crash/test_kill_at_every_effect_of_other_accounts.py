"""The same kills, of first days of accounts with other records: a module of its own, to run beside the others."""

from pathlib import Path

import pytest

from tests.faults.crash.scenario import EFFECTS_AT_LEAST, first_day

pytestmark = [pytest.mark.full, pytest.mark.timeout(3600)]


@pytest.mark.parametrize("seed", [2, 3])
def test_a_run_that_is_killed_anywhere_is_ended_by_the_next_one(seed: int, tmp_path: Path):
    """Other names and numbers of records, so other pages and parts. Each leaves out another third of the
    effects, which the other one tries."""
    with first_day(tmp_path, seed) as scenario:
        numbers = [one for one in range(1, len(scenario.effects) + 1) if one % 3 != seed - 2]
        assert len(numbers) >= EFFECTS_AT_LEAST[first_day]
        for number in numbers:
            scenario.kill(number)
