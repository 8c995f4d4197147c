"""The exit code of several connections."""

from itertools import permutations

import pytest

from crmsnap.cli.exit_codes import EXIT_CODES, worst


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ((), 0),
        ((0, 3), 3),
        ((3, 75), 75),
        ((75, 4), 4),
        ((4, 5), 5),
        ((5, 1), 1),
        ((1, 130), 130),
        ((2, 75), 2),
    ],
)
def test_the_worst_is_the_one_that_needs_most_attention(codes: tuple[int, ...], expected: int):
    """In whatever order the connections ran."""
    assert {worst(order) for order in permutations(codes)} == {expected}


def test_every_exit_code_has_its_rank():
    """A new code without one would crash the command at its end."""
    for one in EXIT_CODES:
        assert worst([one.code]) == one.code
