"""The four tables of records: OBJECTS, their values as JSON and in rows, and their histories."""

from crmsnap.tables.object_properties import OBJECT_PROPERTIES
from crmsnap.tables.object_properties_history import OBJECT_PROPERTIES_HISTORY
from crmsnap.tables.object_with_object_properties import OBJECT_WITH_OBJECT_PROPERTIES
from crmsnap.tables.objects import OBJECTS
from tests.builders.account_state import INGESTED, UPDATED, RunMark, rows_of

OLD, NEW = "2026-01-01 00:00:00.000", "2026-11-20 08:15:30.123"


def test_every_record_of_every_type_is_a_row(state):
    """Types by code point, ids by value, also beyond 2^53 where doubles would round."""
    state.records("2-1232", {7: {}})
    state.records("0-1", {9_007_199_254_740_993: {}, 151: {}, 9: {}})
    assert rows_of(OBJECTS, state.reader) == [
        ("0-1", 9, UPDATED, INGESTED),
        ("0-1", 151, UPDATED, INGESTED),
        ("0-1", 9_007_199_254_740_993, UPDATED, INGESTED),
        ("2-1232", 7, UPDATED, INGESTED),
    ]


def test_a_record_without_a_time_has_none(state):
    """Some types have no time of change; a made-up one would be a lie."""
    state.write("objects/0-1", [(1, None, b"{}")])
    assert rows_of(OBJECTS, state.reader) == [("0-1", 1, None, INGESTED)]


def test_values_are_published_as_one_json_object(state):
    """A value without text is left out before, by the stream; an empty one stays."""
    state.records(
        "0-1", {151: {"email": "ada@example.com", "hs_lead_status": "", "city": "Zürich"}}
    )
    assert rows_of(OBJECT_WITH_OBJECT_PROPERTIES, state.reader) == [
        (
            "0-1",
            151,
            '{"city":"Zürich","email":"ada@example.com","hs_lead_status":""}',
            UPDATED,
            INGESTED,
        )
    ]


def test_every_value_is_a_row(state):
    """Without histories nobody knows when a value was set; the record's time is not the value's."""
    state.records("0-1", {151: {"zip": "8000", "email": "", "city": 'a"b\nc'}, 9: {"email": "e"}})
    assert rows_of(OBJECT_PROPERTIES, state.reader) == [
        ("0-1", 9, "email", "e", None, INGESTED),
        ("0-1", 151, "city", 'a"b\nc', None, INGESTED),
        ("0-1", 151, "email", "", None, INGESTED),
        ("0-1", 151, "zip", "8000", None, INGESTED),
    ]


def test_a_record_without_values_has_no_row_of_values(state):
    """Null is not empty: the API's null gives no row."""
    state.records("0-1", {1: {}, 2: {"a": "1"}, 3: {}})
    assert [row[1] for row in rows_of(OBJECT_PROPERTIES, state.reader)] == [2]


def test_a_value_has_the_time_of_its_newest_version(state):
    """Records and histories go in lock step; some records have none, some histories no record."""
    state.records(
        "0-1",
        {1: {"a": "x"}, 2: {"a": "y", "b": "z"}, 4: {"a": "w"}},
        {2: {"a": [(NEW, "y"), (OLD, "x")]}, 3: {"a": [(NEW, "gone")]}, 4: {"a": [(OLD, "w")]}},
    )
    assert [row[1:5] for row in rows_of(OBJECT_PROPERTIES, state.reader)] == [
        (1, "a", "x", None),
        (2, "a", "y", NEW),
        (2, "b", "z", None),
        (4, "a", "w", OLD),
    ]


def test_a_version_that_is_not_the_current_value_does_not_date_it(state):
    """A calculated value may run ahead of its history; a wrong time is worse than none."""
    state.records("0-1", {1: {"a": "now"}}, {1: {"a": [(OLD, "before")]}})
    assert [row[3:5] for row in rows_of(OBJECT_PROPERTIES, state.reader)] == [("now", None)]


def test_a_history_is_rows_in_the_order_of_time(state):
    """The API gives the newest first; the key ascends. A cleared value is empty or null, as it came."""
    state.records(
        "0-3",
        {1: {"stage": "won"}},
        {1: {"stage": [(NEW, "won"), (OLD, "")], "amount": [(NEW, "1"), (OLD, None)]}},
    )
    assert rows_of(OBJECT_PROPERTIES_HISTORY, state.reader) == [
        ("0-3", 1, "amount", None, OLD, INGESTED),
        ("0-3", 1, "amount", "1", NEW, INGESTED),
        ("0-3", 1, "stage", "", OLD, INGESTED),
        ("0-3", 1, "stage", "won", NEW, INGESTED),
    ]


def test_versions_of_one_moment_are_in_the_order_of_their_values(state):
    """VALUE ends the key because two values can share a millisecond; equal pairs count once."""
    state.records("0-1", {1: {}}, {1: {"a": [(NEW, v) for v in ("y", "x", None, "", "y", None)]}})
    assert [row[3] for row in rows_of(OBJECT_PROPERTIES_HISTORY, state.reader)] == [
        None,
        "",
        "x",
        "y",
    ]


def test_a_record_without_versions_has_no_row_of_history(state):
    """Groups are never empty, so that the first and the last key of a part exist."""
    state.records("0-1", {1: {}, 2: {}}, {1: {}, 2: {"a": [(NEW, "1")]}})
    reader = state.reader
    groups = [
        group
        for span in OBJECT_PROPERTIES_HISTORY.spans(reader)
        for group in OBJECT_PROPERTIES_HISTORY.rows(reader, span)
    ]
    assert [group.before for group in groups] == [("0-1", 2)]


def test_unchanged_records_keep_the_time_they_came_in(state):
    """INGESTEDAT is when the row last changed: unchanged rows are unchanged bytes."""
    older = RunMark("run-0", "2026-11-21 02:00:00.000")
    same = (1, UPDATED, b'{"a":"1"}')
    state.write("objects/0-1", [same, (2, UPDATED, b'{"a":"1"}')], run=older)
    state.write("objects/0-1", [same, (2, UPDATED, b'{"a":"2"}')])
    for table in (OBJECTS, OBJECT_WITH_OBJECT_PROPERTIES, OBJECT_PROPERTIES):
        assert [row[-1] for row in rows_of(table, state.reader)] == [older.ingested_at, INGESTED]
