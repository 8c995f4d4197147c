"""Values as typed columns: dense or sparse the same cells, and no text is lost or made up."""

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from crmsnap.tables.property_columns import (
    PARSE,
    cells_of,
    present_cells_of,
    property_columns,
)
from crmsnap.tables.table import UNPARSED, Column, Kind

NAMES = st.text("abx_1", min_size=1, max_size=4) | st.sampled_from(["unparsed_a", "A", "ä"])
KINDS: st.SearchStrategy[Kind] = st.sampled_from(
    ["VARCHAR", "NUMBER", "TIMESTAMP", "DATE", "BOOLEAN"]
)
TEXTS = st.text() | st.sampled_from(
    ["", "0", "1.50", "1e3", "true", "1798675200000", "2026-12-31", "2026-12-31T00:00:00Z", "n/a"]
)
TYPED = st.dictionaries(NAMES, KINDS, max_size=6)


@st.composite
def records(draw: st.DrawFn) -> tuple[Mapping[str, Kind], dict[str, str]]:
    """The kinds of some properties, and values for some of them, names ascending."""
    kinds = draw(TYPED)
    there = draw(st.lists(st.sampled_from(sorted(kinds)), unique=True)) if kinds else []
    return kinds, {name: draw(TEXTS) for name in sorted(there)}


@given(records())
def test_a_sparse_row_has_the_cells_of_a_dense_one(record):
    """In ascending order, and nothing where a cell is NULL."""
    kinds, values = record
    columns = property_columns(kinds)
    cells = present_cells_of(columns)(values)
    assert [at for at, _ in cells] == sorted({at for at, _ in cells})
    dense = [None] * len(columns)
    for at, cell in cells:
        assert cell is not None
        dense[at] = cell
    assert dense == cells_of(columns)(values)


@given(records())
def test_every_value_stands_in_its_own_columns_and_nowhere_else(record):
    """Typed if it parses, marked if it does not; its text beside it, or in a column that takes any."""
    kinds, values = record
    columns = property_columns(kinds)
    assert len({column.name for column in columns}) == len(columns)
    found: dict[str, list[object]] = {name: [] for name in kinds}
    for column, cell in zip(columns, cells_of(columns)(values), strict=True):
        found[column.property].append(cell)
    for name, cells in found.items():
        text, parse = values.get(name), PARSE.get(kinds[name])
        typed = parse(text) if parse and text else None
        if parse is None or not text:
            assert cells[0] == (text if parse is None else None)
        else:
            assert cells[0] == (UNPARSED if typed is None else typed)
        assert cells[1:] == ([text] if kinds[name] in ("NUMBER", "TIMESTAMP", "DATE") else [])


def test_a_value_without_a_column_is_left_out():
    """The columns are what was promised; a sensitive name of 0-4 has none."""
    columns = property_columns({"b": "VARCHAR"})
    assert present_cells_of(columns)({"a": "x", "b": "1", "c": "y"}) == [(0, "1")]


def test_positions_are_those_in_the_whole_row():
    """Columns that hold no property stand before."""
    columns = property_columns({"a": "NUMBER", "b": "BOOLEAN"})
    assert present_cells_of([Column("OBJECTID", "ID", "Its id."), *columns])(
        {"a": "1", "b": "false"}
    ) == [
        (1, "1"),
        (2, "1"),
        (3, False),
    ]
