"""How much a clock may be wrong: AWS refuses requests beyond 15 minutes."""

from datetime import timedelta

import pytest

from crmsnap.connection.checks.clock import clock_check


@pytest.mark.parametrize(
    ("minutes", "verdict"),
    [
        (-20, "failed"),
        (-15, "failed"),
        (-5, "warning"),
        (0, "ok"),
        (1, "ok"),
        (5, "warning"),
        (20, "failed"),
    ],
)
def test_a_clock_is_judged_in_both_directions(minutes: int, verdict: str) -> None:
    """Some minutes are worth saying: they become more."""
    check = clock_check(timedelta(minutes=minutes))
    assert check.verdict == verdict
    assert bool(check.advice) is (verdict != "ok")


def test_without_any_answer_nothing_is_said_of_the_clock() -> None:
    """The store was not reached, which another question tells."""
    assert clock_check(None).verdict == "skipped"
