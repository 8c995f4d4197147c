"""The order of rows, watched while they are written and when they are read back."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmsnap.errors import SnapshotError
from crmsnap.publish.order import Ascending, rank
from crmsnap.tables.table import Column, Group, Row
from tests.unit.publish.made_up_tables import RECORD_KEY, a_table, column

ID = (column("ID", "ID"),)
TEXT = (column("NAME"),)


def follow(
    columns: Sequence[Column], groups: Sequence[Sequence[Row]], *, read_back: bool = False
) -> None:
    table = a_table("T", columns, [], key=[one.name for one in columns])
    ascending = Ascending(table, read_back=read_back)
    for rows in groups:
        ascending.follow(Group((), rows, ()))


@pytest.mark.parametrize(
    ("columns", "values"),
    [
        (ID, [2, 10, "11", "a", "b"]),
        (ID, ["9", "10", "9007199254740992", "9007199254740993"]),
        (ID, ["9", "10", "007e", "7f"]),
        (ID, ["6", "8", "9223372036854775807", "007", "7e", "9223372036854775808"]),
        (ID, ["0", "1", "00", "01"]),
        ((column("N", "NUMBER"),), [-1, "0.5", 1, "1.5", 2]),
        (TEXT, ["", "A", "Z", "a", "ä", "\uffff", "😀"]),
        ((column("V", nullable=True),), [None, "", "a"]),
        (TEXT, ["0-1", "0-101", "0-11", "0-2", "2-1"]),
    ],
)
def test_rows_in_order_pass(columns: Sequence[Column], values: Sequence[str | int | None]) -> None:
    """Numbers by value, everything else by code point, NULL first; in one group and in many."""
    rows: list[Row] = [(value,) for value in values]
    follow(columns, [rows])
    follow(columns, [[row] for row in rows])


@pytest.mark.parametrize(
    ("columns", "values"),
    [
        (ID, [10, 9]),
        (ID, ["10", "9"]),
        (ID, [5, "5"]),
        (ID, ["a", "5"]),
        (ID, ["b", "a"]),
        (ID, ["007", "8"]),
        (ID, ["9223372036854775808", "9223372036854775807"]),
        (TEXT, ["b", "a"]),
        (TEXT, ["a", "a"]),
        ((column("V", nullable=True),), ["", None]),
    ],
)
def test_a_row_that_steps_back_or_comes_twice_stops_the_run(
    columns: Sequence[Column], values: Sequence[str | int | None]
) -> None:
    """A key that comes twice would be two rows for one record."""
    rows: list[Row] = [(value,) for value in values]
    for groups in ([rows], [[row] for row in rows], [[*rows[:1]], rows[1:]]):
        with pytest.raises(SnapshotError, match="twice or out of order"):
            follow(columns, groups)


def test_the_error_names_ids_and_no_values() -> None:
    """A property's value may be somebody's illness."""
    columns = (column("OBJECTID", "ID"), column("VALUE"))
    with pytest.raises(SnapshotError) as raised:
        follow(columns, [[(151, "secret b"), (151, "secret a")]])
    assert "OBJECTID 151" in raised.value.message
    assert "secret" not in str(raised.value.as_dict())


def test_what_rows_share_counts_between_groups() -> None:
    """Records follow each other; inside one its properties do."""
    columns = (column("OBJECTTYPEID"), column("OBJECTID", "ID"), column("NAME"))
    table = a_table("T", columns, [], key=(*RECORD_KEY, "NAME"))
    ascending = Ascending(table)
    names = [("a",), ("b",)]
    assert ascending.follow(Group(("0-1", 9), names, ())) == (("0-1", 9, "a"), ("0-1", 9, "b"))
    ascending.follow(Group(("0-1", 10), names, ()))
    ascending.follow(Group(("0-2", 1), names, ()))
    with pytest.raises(SnapshotError):
        ascending.follow(Group(("0-2", 1), names, ()))


def test_a_group_whose_rows_share_their_whole_key_is_refused() -> None:
    """Then all of its rows have the same key."""
    columns = (column("ID", "ID"), column("V"))
    ascending = Ascending(a_table("T", columns, [], key=("ID",)))
    with pytest.raises(SnapshotError):
        ascending.follow(Group((1,), [("a",), ("b",)], ()))


def test_read_back_a_blank_may_be_null_and_empty_once_each() -> None:
    """CSV readers give both as '', and both can be a property's history at one millisecond."""
    columns = (column("ID", "ID"), column("V", nullable=True))
    follow(columns, [[("1", ""), ("1", ""), ("2", "x")]], read_back=True)
    with pytest.raises(SnapshotError):
        follow(columns, [[("1", ""), ("1", "")]])
    with pytest.raises(SnapshotError):
        follow(columns, [[("1", "x"), ("1", "x")]], read_back=True)


@given(
    st.lists(
        st.tuples(
            st.integers(0, 30)
            | st.sampled_from(["3", "12", "a", "b", "007", "12345678901234567890"]),
            st.sampled_from(["", "a", "b"]) | st.none(),
        ),
        min_size=2,
        max_size=8,
    )
)
def test_the_fast_way_agrees_with_the_ranks(rows: list[Row]) -> None:
    """Whatever mixture of kinds a group holds."""
    columns = (column("ID", "ID"), column("V", nullable=True))
    ranks = [rank(columns, row) for row in rows]
    ascends = all(before < after for before, after in pairwise(ranks))
    for groups in ([rows], [rows[:1], rows[1:]]):
        try:
            follow(columns, groups)
        except SnapshotError:
            assert not ascends
        else:
            assert ascends
