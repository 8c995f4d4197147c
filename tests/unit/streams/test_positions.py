"""Positions of a pass over records: what was saved is read back, and leads through every stage."""

import pytest

from crmsnap.streams.changed.scan import STAGES, Position, begin, position_of


@pytest.mark.parametrize("way", STAGES)
def test_a_way_goes_through_its_stages(way):
    """Each stage of it once, in order; behind the last there is none."""
    at, met = begin(way), []
    while at is not None:
        met.append(at.stage)
        assert position_of(at.text) == at
        assert position_of(at.at("a cursor 7").text) == at.at("a cursor 7")
        at = at.following
    assert tuple(met) == STAGES[way]


@pytest.mark.parametrize("text", ["", "123", "list", "list search 7", "ids archive "])
def test_what_is_no_position_is_refused(text):
    """A run that took it for the beginning would skip what its way owes."""
    with pytest.raises(ValueError, match="no position"):
        position_of(text)


def test_a_cursor_is_text():
    """Ids of any length and form, as they were received."""
    assert position_of("changes search 0100") == Position("changes", "search", "0100")
