"""The members of an object written by replacing signs are what taking it apart gives."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmsnap.publish.csv_text import batches
from crmsnap.publish.member_lines import JSON_MAX, member_lines
from crmsnap.tables.table import Members, Rows
from tests.unit.publish.made_up_tables import LONG_COLUMNS, a_table

INGESTED = "2026-11-22 02:00:00.000"
SIGNS = st.text(st.sampled_from('":,{}ab\\\n\0é🎉 '), max_size=12)
"""The signs that JSON and CSV are made of, in every neighbourhood."""


def members(values: dict[str, str], id_: int = 1) -> Members:
    return Members(
        ("0-1", id_), orjson.dumps(values, option=orjson.OPT_SORT_KEYS), (None, INGESTED)
    )


def written(*items: Rows) -> tuple[bytes, int]:
    table = a_table("LONG", LONG_COLUMNS, (), key=("OBJECTTYPEID", "OBJECTID", "NAME"))
    made = list(batches(table, items))
    return b"".join(batch.data for batch in made), sum(batch.rows for batch in made)


@given(st.dictionaries(SIGNS, SIGNS, max_size=6))
def test_the_lines_are_those_of_the_object_taken_apart(values: dict[str, str]) -> None:
    """Whatever signs the names and values are made of."""
    item = members(values)
    assert written(item) == written(item.group())


@pytest.mark.parametrize(
    "values",
    [{"a": ","}, {"a": "", "b": ""}, {"a": ",", ",": "b"}, {"a": ":,:", ":b": ",:,"}],
)
def test_values_that_look_like_json_are_written_fast_and_right(values: dict[str, str]) -> None:
    """The hard neighbours: a value that is nothing but a sign between quotes."""
    item = members(values)
    assert member_lines(item, "", "") is not None
    assert written(item) == written(item.group())


@pytest.mark.parametrize("text", ['"', "\\", "\n", "\0"])
def test_an_object_with_a_backslash_is_taken_apart(text: str) -> None:
    """Its quotes no longer tell where texts end."""
    assert member_lines(members({"a": text}), "", "") is None


@pytest.mark.parametrize("values", [{":": ""}, {"a": ":"}, {"a": "", ":": "b"}])
def test_an_object_with_a_lone_colon_is_taken_apart(values: dict[str, str]) -> None:
    """Quoted, it looks like what stands between a name and its value."""
    assert member_lines(members(values), "", "") is None


def test_an_object_without_members_has_no_lines() -> None:
    """A record whose properties are all empty."""
    assert written(members({})) == (b"", 0)


def test_a_long_object_is_cut_into_batches() -> None:
    """A record with 1,500 long texts must not become one batch that no part can take."""
    values = {f"p{number:05}": "x" * 900 for number in range(1_500)}
    assert len(members(values).json) > JSON_MAX
    table = a_table("LONG", LONG_COLUMNS, (), key=("OBJECTTYPEID", "OBJECTID", "NAME"))
    assert len(list(batches(table, [members(values)]))) > 2


def test_where_an_object_stands_in_the_order_is_known() -> None:
    """The part's key range and the proof of ascending keys need its first and last name."""
    table = a_table("LONG", LONG_COLUMNS, (), key=("OBJECTTYPEID", "OBJECTID", "NAME"))
    (batch,) = batches(table, [members({"b": "1", "a": "2", "c": ""}), members({"x": "y"}, 2)])
    assert (batch.first, batch.last, batch.rows) == (("0-1", 1, "a"), ("0-1", 2, "x"), 4)
