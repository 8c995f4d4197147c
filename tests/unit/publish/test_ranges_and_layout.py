"""Where a table is cut, and what its files are called."""

from hypothesis import given
from hypothesis import strategies as st

from crmsnap.publish.layout import is_day, manifest_key, part_key, part_number
from crmsnap.publish.ranges import ranges
from crmsnap.tables.table import Span


def spans(*weights: int) -> list[Span]:
    return [
        Span("objects/0-1", number, number + 1, weight) for number, weight in enumerate(weights)
    ]


def test_spans_are_joined_until_the_next_would_be_too_much() -> None:
    """Small stretches of many streams make one task, not thousands."""
    made = list(ranges(spans(3, 3, 3, 3, 3), weight_max=7))
    assert [[span.low for span in one.spans] for one in made] == [[0, 1], [2, 3], [4]]
    assert [one.number for one in made] == [0, 1, 2]


def test_a_heavy_span_is_a_range_of_its_own() -> None:
    """The state decides where spans are cut, so that borders stay where they are."""
    made = list(ranges(spans(1, 99, 1), weight_max=7))
    assert [[span.weight for span in one.spans] for one in made] == [[1], [99], [1]]


@given(st.lists(st.integers(0, 20)), st.integers(1, 30))
def test_no_span_is_lost_or_moved(weights: list[int], weight_max: int) -> None:
    """Whatever the weights."""
    given_spans = spans(*weights)
    made = list(ranges(given_spans, weight_max))
    assert [span for one in made for span in one.spans] == given_spans
    assert all(
        sum(span.weight for span in one.spans) <= weight_max or len(one.spans) == 1
        for one in made
        if all(span.weight for span in one.spans)
    )


def test_a_part_is_named_by_its_place_and_its_content() -> None:
    """The number sorts a listing, the hash makes writing it twice harmless."""
    key = part_key("2026-11-22", "OWNERS", part_number(3, 7), "0123456789abcdef" + "f" * 48)
    assert key == "2026-11-22/OWNERS/part-00307-0123456789abcdef.csv.gz"
    assert manifest_key("2026-11-22") == "2026-11-22/_MANIFEST.json"


def test_numbers_of_one_range_never_reach_into_the_next() -> None:
    """However many parts a range has; beyond the hundredth they share a number, not a name."""
    assert part_number(0, 99) == part_number(0, 250) == 99
    assert part_number(1, 0) == 100


def test_only_dates_are_days() -> None:
    """Other folders below the prefix are not ours."""
    assert is_day("2026-11-22")
    for name in ("2026-13-01", "2026-11-22x", "20261122", "_tmp", "2026-1-2", "२०२६-११-२२"):
        assert not is_day(name)
