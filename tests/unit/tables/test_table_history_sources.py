"""OBJECT_PROPERTIES_HISTORY_SOURCES: the rows of the history, with who or what set each value."""

from crmsnap.tables.object_properties import OBJECT_PROPERTIES
from crmsnap.tables.object_properties_history import OBJECT_PROPERTIES_HISTORY
from crmsnap.tables.object_properties_history_sources import OBJECT_PROPERTIES_HISTORY_SOURCES
from tests.builders.account_state import INGESTED, rows_of

OLD, NEW = "2026-01-01 00:00:00.000", "2026-11-20 08:15:30.123"
BY_USER = [NEW, "won", "CRM_UI", "userId:7", "CRM", 7]
BY_API = [OLD, "", "API", None, None, None]


def test_a_version_is_a_row_with_its_source(state):
    """The golden rows: six columns as in the history, and four in front of the last."""
    state.records("0-3", {1: {"stage": "won"}}, {1: {"stage": [BY_USER, BY_API]}})
    assert rows_of(OBJECT_PROPERTIES_HISTORY_SOURCES, state.reader) == [
        ("0-3", 1, "stage", "", OLD, "API", None, None, None, INGESTED),
        ("0-3", 1, "stage", "won", NEW, "CRM_UI", "userId:7", "CRM", 7, INGESTED),
    ]


def test_the_other_tables_of_a_copy_with_sources_are_the_same(state):
    """Only the optional table sees what lies behind a version's value."""
    state.records("0-3", {1: {"stage": "won"}}, {1: {"stage": [BY_USER, BY_API]}})
    assert rows_of(OBJECT_PROPERTIES_HISTORY, state.reader) == [
        ("0-3", 1, "stage", "", OLD, INGESTED),
        ("0-3", 1, "stage", "won", NEW, INGESTED),
    ]
    assert rows_of(OBJECT_PROPERTIES, state.reader) == [("0-3", 1, "stage", "won", NEW, INGESTED)]


def test_it_has_the_rows_of_the_history_in_the_same_order(state):
    """So that the two join one to one, also where two values share a moment."""
    versions = [[NEW, value, "API", None, None, None] for value in ("y", "x", None, "")]
    state.records("0-1", {2: {}, 10: {}}, {2: {"b": versions}, 10: {"a": versions}})
    with_sources = rows_of(OBJECT_PROPERTIES_HISTORY_SOURCES, state.reader)
    assert [row[:5] for row in with_sources] == [
        row[:5] for row in rows_of(OBJECT_PROPERTIES_HISTORY, state.reader)
    ]
    assert OBJECT_PROPERTIES_HISTORY_SOURCES.key == OBJECT_PROPERTIES_HISTORY.key


def test_what_an_older_copy_kept_without_sources_can_be_read(state):
    """Versions of two places are what the state holds where nobody asked for sources."""
    state.records("0-2", {1: {"a": "1"}}, {1: {"a": [(NEW, "1")]}})
    assert rows_of(OBJECT_PROPERTIES_HISTORY_SOURCES, state.reader) == [
        ("0-2", 1, "a", "1", NEW, None, None, None, None, INGESTED)
    ]
