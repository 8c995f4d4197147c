"""EVENTS_<NAME>: one table per event type that has occurred."""

from crmsnap.streams.documents import EventTypeDocument, PropertyDocument
from crmsnap.tables.events import EVENTS
from crmsnap.tables.table import UNPARSED
from tests.builders.account_state import INGESTED, rows_of, scope_of

EARLY, LATE = "2026-11-19 00:00:00.000", "2026-11-20 08:15:30.123"
SYSTEM = ["EVENTTYPEID", "ID", "OBJECTTYPEID", "OBJECTID", "OCCURREDAT", "INGESTEDAT"]


def event_types(state, *found: EventTypeDocument) -> None:
    state.documents("event-types", {known.name: known for known in found})


def event_properties(state, *found: PropertyDocument) -> None:
    state.documents("event-properties", {f"{p.owner} {p.name}": p for p in found})


def tables(state):
    return {table.name: table for table in EVENTS.expand(scope_of(state.reader))}


def test_an_occurrence_is_a_row_with_every_key_ever_seen(state):
    """The golden row of a standard type: no definition, so its columns are what came."""
    event_types(state, EventTypeDocument("e_visited_page"))
    state.events(
        "e_visited_page",
        ("2026-11-20 08:15:30.123", "0f8c", "0-1", "151", {"hs_url": "https://example.com/a"}),
        ("2026-11-20 08:15:30.124", "0a00", "0-1", "9", {"hs_base_url": "", "hs_url": "u"}),
    )
    (table,) = EVENTS.expand(scope_of(state.reader))
    assert [column.name for column in table.columns] == [
        *SYSTEM,
        "PROPERTY_HS_BASE_URL",
        "PROPERTY_HS_URL",
    ]
    assert (table.name, table.member.id) == ("EVENTS_VISITED_PAGE", "e_visited_page")
    assert rows_of(table, state.reader) == [
        ("e_visited_page", "0f8c", "0-1", "151", LATE, INGESTED, None, "https://example.com/a"),
        ("e_visited_page", "0a00", "0-1", "9", "2026-11-20 08:15:30.124", INGESTED, "", "u"),
    ]


def test_an_event_of_the_account_has_the_id_and_types_of_its_definition(state):
    """A value that is not of its type is NULL there, and its text beside it."""
    event_types(state, EventTypeDocument("pe123_login", id="6-12031101"))
    event_properties(
        state,
        *(
            PropertyDocument("pe123_login", name, type_)
            for name, type_ in (
                ("at", "datetime"),
                ("day", "date"),
                ("n", "number"),
                ("ok", "bool"),
                ("pick", "enumeration"),
            )
        ),
    )
    state.events(
        "pe123_login",
        (
            EARLY,
            "a",
            "0-1",
            "1",
            {"at": "1798675200000", "day": "1798675200000", "n": "1e3", "ok": "true"},
        ),
        (
            LATE,
            "b",
            "0-1",
            "1",
            {"at": "soon", "day": "31.12.", "n": "1,5", "pick": "x;y", "late": "z"},
        ),
    )
    (table,) = EVENTS.expand(scope_of(state.reader))
    assert [
        (column.name.removeprefix("PROPERTY_"), column.kind) for column in table.columns[6:]
    ] == [
        ("AT", "TIMESTAMP"),
        ("UNPARSED_AT", "VARCHAR"),
        ("DAY", "DATE"),
        ("UNPARSED_DAY", "VARCHAR"),
        ("LATE", "VARCHAR"),
        ("N", "NUMBER"),
        ("UNPARSED_N", "VARCHAR"),
        ("OK", "VARCHAR"),
        ("PICK", "VARCHAR"),
    ]
    assert [row[0] for row in rows_of(table, state.reader)] == ["6-12031101"] * 2
    assert [row[6:] for row in rows_of(table, state.reader)] == [
        (
            "2026-12-31 00:00:00.000",
            "1798675200000",
            "2026-12-31",
            "1798675200000",
            None,
            "1000",
            "1e3",
            "true",
            None,
        ),
        (UNPARSED, "soon", UNPARSED, "31.12.", "z", UNPARSED, "1,5", None, "x;y"),
    ]


def test_a_sensitive_property_has_no_column(state):
    """A value that slipped into the state must not slip out."""
    event_types(state, EventTypeDocument("pe1_x"))
    event_properties(
        state,
        PropertyDocument("pe1_x", "ssn", "string", data_sensitivity="sensitive"),
        PropertyDocument("pe1_x", "ill", "string", sensitive_categories=["HIPAA"]),
    )
    state.events("pe1_x", (EARLY, "a", "0-1", "1", {"ssn": "SECRET", "ill": "SECRET", "ok": "1"}))
    (table,) = EVENTS.expand(scope_of(state.reader))
    assert [column.property for column in table.columns[6:]] == ["ok"]
    assert "SECRET" not in rows_of(table, state.reader)[0]


def test_a_type_that_never_occurred_has_no_table(state):
    """HubSpot's list names every type that could ever occur."""
    event_types(state, EventTypeDocument("e_a"), EventTypeDocument("e_b"), EventTypeDocument("e_c"))
    state.events("e_a", (EARLY, "1", "0-1", "1", {}))
    state.events("e_b")
    assert list(tables(state)) == ["EVENTS_A"]


def test_a_table_is_named_among_all_types_that_could_occur(state):
    """Else the first event of one type would rename the table of another."""
    event_types(
        state, EventTypeDocument("pe1_Login", id="6-10"), EventTypeDocument("pe1_login", id="6-9")
    )
    state.events("pe1_Login", (EARLY, "1", "0-1", "1", {}))
    assert list(tables(state)) == ["EVENTS_LOGIN_6_10"]
    state.events("pe1_login", (EARLY, "1", "0-1", "1", {}))
    assert {name: table.member.id for name, table in tables(state).items()} == {
        "EVENTS_LOGIN": "6-9",
        "EVENTS_LOGIN_6_10": "6-10",
    }


def test_events_are_read_also_when_their_types_could_not_be_listed_again(state):
    """The events scope does not bring the definitions' scope with it."""
    state.events("pe1_login", (EARLY, "1", "0-1", "1", {"a": "b"}))
    (table,) = tables(state).values()
    assert [row[0] for row in rows_of(table, state.reader)] == ["pe1_login"]


def test_rows_are_in_the_order_of_time(state):
    """New events come last, so that parts of former days stay as they were."""
    state.events(
        "e_x",
        (LATE, "a", "0-1", "1", {}),
        (EARLY, "b", "0-1", "1", {}),
        (EARLY, "a1", "0-1", "1", {}),
    )
    (table,) = tables(state).values()
    assert table.sorted_by == ("OCCURREDAT", "ID")
    assert [row[1] for row in rows_of(table, state.reader)] == ["a1", "b", "a"]
