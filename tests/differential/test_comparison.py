"""The comparison itself: what it must not let pass. It needs no other reader, so it runs with every `make test`."""

import pytest

from tests.differential.comparison import (
    ABSENT,
    RIGHT,
    Defect,
    Table,
    assert_explained,
    compare,
    meaning,
)

TYPES = {"name": "string", "size": "number", "closed": "bool", "seen": "datetime"}
RAW = {"name": "", "size": "75", "closed": None, "seen": "2026-11-20T05:00:00.5Z"}
OURS = {"name": "", "size": "75", "seen": "1795150800500"}
THEIRS = {"name": "", "size": 75.0, "closed": None, "seen": "2026-11-20T05:00:00.500000+00:00"}
CLOSED = Defect(
    "a boolean without a value becomes false",
    lambda cell: False if cell.type == "bool" and cell.raw is None else RIGHT,
)


def table(row):
    return Table(TYPES, {"1": row})


def test_another_form_of_the_same_value_is_no_difference():
    """Floats, times with another fraction, a null that is left out on our side."""
    found = compare(table(RAW), table(OURS), table(THEIRS))
    assert_explained(found, [])
    assert found.right == len(TYPES)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", None),
        ("name", " "),
        ("name", ABSENT),
        ("size", 75.5),
        ("size", None),
        ("closed", False),
        ("closed", ""),
        ("seen", "2026-11-20T05:00:00+00:00"),
        ("seen", "2026-11-20T05:00:00.500+01:00"),
    ],
)
def test_every_other_value_of_theirs_is_a_difference(name, value):
    """Null is not empty, not false and not a missing column; a millisecond counts."""
    found = compare(table(RAW), table(OURS), table({**THEIRS, name: value}))
    assert len(found.unexplained) == 1
    assert name in found.unexplained[0]


@pytest.mark.parametrize(
    ("name", "value"), [("size", "75.0"), ("name", None), ("closed", "false"), ("seen", "0")]
)
def test_ours_has_to_be_what_hubspot_answers(name, value):
    """Even where the other reader makes the same mistake: the raw answer decides."""
    found = compare(table(RAW), table({**OURS, name: value}), table({**THEIRS, name: value}))
    assert len(found.ours_wrong) == 1


def test_a_known_defect_explains_its_own_value_and_no_other():
    """What is not exactly foretold stays a difference."""
    found = compare(table(RAW), table(OURS), table({**THEIRS, "closed": False}), [CLOSED])
    assert_explained(found, [CLOSED])
    assert found.known == {CLOSED.title: 1}
    found = compare(table(RAW), table(OURS), table({**THEIRS, "closed": 0}), [CLOSED])
    assert found.unexplained


def test_a_defect_that_was_mended_is_noticed():
    """Else the list of defects would outlive them."""
    found = compare(table(RAW), table(OURS), table(THEIRS), [CLOSED])
    assert found.unexplained
    other = table({**RAW, "closed": "true"})
    found = compare(other, table({**OURS, "closed": "true"}), table({**THEIRS, "closed": True}))
    with pytest.raises(AssertionError):
        assert_explained(found, [CLOSED])


def test_what_hubspot_does_not_have_is_named():
    """A reader that adds columns of its own is seen to do so."""
    found = compare(table(RAW), table(OURS), table({**THEIRS, "extra": None}))
    assert found.invented == {"extra"}


@pytest.mark.parametrize(
    ("type_", "text"), [("number", "1;2;3"), ("number", "1,5"), ("datetime", "yesterday")]
)
def test_text_that_cannot_be_read_means_itself(type_, text):
    """It is a value like any other: HubSpot delivers it."""
    assert meaning(type_, text) == text
