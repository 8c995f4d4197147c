"""Where a table is cut, and what its files are called."""

from hypothesis import given
from hypothesis import strategies as st

from crmsnap.publish.layout import is_day, manifest_key, part_key, part_number
from crmsnap.publish.ranges import ranges
from crmsnap.tables.table import Span


def whole(*weights: int) -> list[Span]:
    """Streams that are not cut."""
    return [Span(f"associations/{number}", weight=weight) for number, weight in enumerate(weights)]


def cut(type_: int, spans: int, rows: int) -> list[Span]:
    """A stream of so many spans of so many rows."""
    return [Span(f"objects/0-{type_}", low, low + 1, rows) for low in range(spans)]


def test_streams_are_joined_until_the_next_would_be_too_much() -> None:
    """Small stretches of many streams make one task, not thousands."""
    made = list(ranges(whole(3, 3, 3, 3, 3), weight_max=8))
    assert [len(one.spans) for one in made] == [2, 2, 1]
    assert [one.number for one in made] == [0, 1, 2]


def test_a_few_more_rows_move_no_other_range() -> None:
    """Else one new row would make every part behind it another one, and none could be copied."""
    before = [one.spans for one in ranges(whole(*[5] * 40), weight_max=64)]
    after = [one.spans for one in ranges(whole(8, *[5] * 39), weight_max=64)]
    assert before[1:] == after[1:]
    assert len(before) == 5


def test_each_span_of_a_large_stream_is_a_range() -> None:
    """Its borders stay from day to day, and no neighbour is rebuilt with it."""
    made = list(ranges([*whole(1, 1), *cut(1, 3, 4_000), Span("objects/0-2", weight=1)]))
    assert [len(one.spans) for one in made] == [2, 1, 1, 1, 1]
    assert [one.number for one in made] == [0, 1, 2, 3, 4]


def test_a_stream_that_is_cut_and_small_is_joined_whole() -> None:
    """One part for each thousand rows of small types would be many tiny parts in every table of all types."""
    made = list(ranges([*cut(1, 2, 1_000), *whole(100), *cut(2, 4, 1_000)]))
    assert [len(one.spans) for one in made] == [7]
    an_account = [span for type_ in range(40) for span in cut(type_, 1 + type_ % 3, 230)]
    assert sum(span.weight for span in an_account) > 18_000
    assert len(list(ranges(an_account))) <= 4


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 20))), st.integers(1, 30))
def test_no_span_is_lost_or_moved(weights: list[tuple[int, int]], weight_max: int) -> None:
    """Whatever the weights, and whichever spans are of one stream."""
    given_spans = [Span(f"s{name}", n, n + 1, weight) for n, (name, weight) in enumerate(weights)]
    made = list(ranges(given_spans, weight_max))
    assert [span for one in made for span in one.spans] == given_spans
    assert [one.number for one in made] == list(range(len(made)))
    assert all(one.weight <= weight_max or len(one.spans) == 1 for one in made)


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
