"""The pieces that verify is made of: sets larger than memory, and kinds."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmsnap.publish.distinct import distinct_keys
from crmsnap.publish.kinds import misfit
from crmsnap.publish.live_ids import live_ids
from crmsnap.state.ids import number_of
from crmsnap.tables.table import Kind
from tests.unit.publish.made_up_tables import column


@given(st.lists(st.integers(0, 50).map(str), max_size=60), st.integers(1, 10))
def test_repeated_keys_are_counted_however_they_are_spread_over_runs(
    keys: list[str], run_keys: int
) -> None:
    """Within one run, between two, and often."""
    with distinct_keys(run_keys) as distinct:
        distinct.add(keys[:20])
        distinct.add(keys[20:])
        assert distinct.repeated() == sum(count - 1 for count in Counter(keys).values())


types = st.sampled_from(["0-1", "0-3", "2-7"])
ids = st.integers(0, 2**66).map(str) | st.sampled_from(["guid-a", "guid-b", "7", "007"])


@given(st.sets(st.tuples(types, ids)), st.lists(st.tuples(types, ids)))
def test_missing_records_are_exactly_those_that_were_not_added(
    live: set[tuple[str, str]], asked: list[tuple[str, str]]
) -> None:
    """Ids of any length, GUIDs, `007` beside `7`, and the same id under another type."""

    def place(record: tuple[str, str]) -> tuple[str, int, str]:
        number = number_of(record[1])
        return record[0], 2**70 if number is None else number, record[1]

    with live_ids() as known:
        for record in sorted(live, key=place):
            known.add(*record)
        for record in [*asked, *live]:
            assert known.missing([record]) == (record not in live)


def test_many_ids_lie_in_the_file_not_in_memory() -> None:
    """More than fit into one write."""
    with live_ids() as known:
        for number in range(0, 60_000, 2):
            known.add("0-1", str(number))
        assert known.missing(("0-1", str(number)) for number in range(60_000)) == 30_000


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("NUMBER", ["0", "-1.50", "12345678901234567"], ["1e5", "1.", "+1", ".5", "1,0", "٣"]),
        ("BOOLEAN", ["true", "false"], ["True", "1", "yes"]),
        (
            "TIMESTAMP",
            ["2026-11-22 02:00:00.000", "1969-12-31 23:59:59.999", "9999-12-31 00:00:00.000"],
            ["2026-11-22 02:00:00", "2026-02-29 00:00:00.000", "2026-11-22 24:00:00.000", "x"],
        ),
        ("DATE", ["2026-11-22"], ["2026-11-31", "20261122", "2026-W47-7"]),
        ("JSON", ["{}", '{"a":"b"}', "[]"], ["{", "'a'", "NaN"]),
        ("ID", ["1", "0f8c"], []),
        ("VARCHAR", ["", "anything"], []),
    ],
)
def test_a_value_fits_its_kind_or_does_not(kind: Kind, good: list[str], bad: list[str]) -> None:
    """One bad value among good ones is enough."""
    assert not misfit(column("C", kind), good)
    assert not misfit(column("C", kind, nullable=True), [*good, ""])
    for value in bad:
        assert misfit(column("C", kind, nullable=True), [*good, value]), value


@pytest.mark.parametrize("kind", ["NUMBER", "BOOLEAN", "TIMESTAMP", "DATE", "JSON", "ID"])
def test_null_where_it_never_is_does_not_fit(kind: Kind) -> None:
    """Text columns may hold the empty string, which looks the same to Python's csv."""
    assert misfit(column("C", kind), [""])
