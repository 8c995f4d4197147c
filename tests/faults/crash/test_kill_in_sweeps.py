"""The same kills, in runs that sweep, repair or replace: they are longer, so that every third effect is tried."""

from pathlib import Path

import pytest

from tests.faults.crash.scenario import (
    EFFECTS_AT_LEAST,
    Prepare,
    repairing_day,
    replacing,
    sweeping_day,
)

pytestmark = [pytest.mark.full, pytest.mark.timeout(3600)]

EVERY = 3


@pytest.mark.parametrize(
    ("first", "prepare"), [(1, sweeping_day), (2, repairing_day), (3, replacing)]
)
def test_a_longer_run_that_is_killed_is_ended_by_the_next_one(
    first: int, prepare: Prepare, tmp_path: Path
):
    """Each begins with another effect, so that together they try all kinds."""
    with prepare(tmp_path, 1) as scenario:
        assert len(scenario.effects) >= EFFECTS_AT_LEAST[prepare]
        for number in range(first, len(scenario.effects) + 1, EVERY):
            scenario.kill(number)
