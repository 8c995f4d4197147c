"""Which tables jumped from one snapshot to the next."""

import pytest

from crmsnap.publish.jumps import jumps

NOTHING: dict[str, str] = {}


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (5_000, 4_000, "lost"),
        (5_000, 4_501, None),  # not a tenth
        (500, 401, None),  # a fifth, but not a hundred rows
        (500, 399, "lost"),
        (4_000, 6_001, "gained"),
        (4_000, 6_000, None),  # not more than half
        (100, 1_100, None),  # tenfold, but not more than a thousand rows
        (0, 100_000, "gained"),
        (10, 0, "emptied"),
        (9, 0, None),
        (0, 0, None),
    ],
)
def test_a_table_jumps_by_share_and_by_number(before: int, after: int, kind: str | None):
    """Both: a tenth of a large table is news, and so is no row more or less of a small one."""
    found = jumps({"OBJECTS": before}, {"OBJECTS": after}, NOTHING)
    assert [jump.kind for jump in found] == ([] if kind is None else [kind])


def test_a_table_that_is_no_longer_there_has_vanished():
    """However few rows it had, unless it had none."""
    found = jumps({"EVENTS_SEEN": 1, "EVENTS_NEVER": 0}, {}, NOTHING)
    assert [jump.sentence for jump in found] == [
        "EVENTS_SEEN is gone: the snapshot before had it with 1 rows"
    ]


def test_a_table_of_another_name_is_compared_with_itself():
    """A label was changed, no row was lost."""
    before, after = {"OBJECTS_PETS": 500}, {"OBJECTS_ANIMALS": 500}
    assert jumps(before, after, {"OBJECTS_ANIMALS": "OBJECTS_PETS"}) == ()


def test_a_jump_is_said_with_both_numbers_and_their_share():
    """So that nobody has to look them up."""
    (lost,) = jumps({"OBJECTS": 5_000}, {"OBJECTS": 4_000}, NOTHING)
    assert lost.sentence == "OBJECTS lost 1,000 rows (20%): 5,000 before, 4,000 now"
