"""Spans: every row of the state once, in the order of the rows."""

from itertools import pairwise

from crmsnap.state.spans import NEW_ROWS, SPAN_ROWS
from crmsnap.tables.spans import each, records, whole
from crmsnap.tables.table import Span
from tests.builders.account_state import UPDATED


def test_a_large_type_is_cut_at_its_own_rows(state):
    """Borders follow from the state alone, so a part is the same on any machine; the newest lie apart."""
    rows = [(2 * id_, UPDATED, b"{}") for id_ in range(1, 2 * SPAN_ROWS + 6)]
    state.write("objects/0-1", rows)
    state.write("objects/0-2", rows[:3])
    ends = [2 * SPAN_ROWS, *range(2 * SPAN_ROWS + 2 * NEW_ROWS, 4 * SPAN_ROWS + 1, 2 * NEW_ROWS)]
    assert list(records(state.reader)) == [
        Span("objects/0-1", None, ends[0], SPAN_ROWS),
        *(Span("objects/0-1", low, high, NEW_ROWS) for low, high in pairwise(ends)),
        Span("objects/0-1", ends[-1], None, 5),
        Span("objects/0-2", None, None, 3),
    ]


def test_streams_that_were_not_read_are_no_span(state):
    """A missing scope leaves a table empty; the gap is declared elsewhere."""
    assert list(whole("teams", "owners")(state.reader)) == []
    state.write("owners", [("1", b"{}"), ("2", b"{}")])
    assert list(whole("teams", "owners")(state.reader)) == [Span("owners", weight=2)]


def test_a_family_is_whole_or_one_by_one(state):
    """Small tables read a family at once; a name that only begins alike is no member."""
    for stream in ("properties/0-2", "properties/0-10", "properties-of-old/0-1"):
        state.write(stream, [("a", b"{}")])
    assert list(whole("properties")(state.reader)) == [Span("properties/0-10", weight=2)]
    assert [span.stream for span in each("properties")(state.reader)] == [
        "properties/0-10",
        "properties/0-2",
    ]
