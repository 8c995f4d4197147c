"""EVENTS_<NAME>: one table per event type that has occurred."""

import pytest

from crmsnap.model import Choice
from crmsnap.state.shapes import EMAIL_EVENT_NAMES
from crmsnap.state.stream_file import RunMark
from crmsnap.streams.documents import EventTypeDocument, PropertyDocument
from crmsnap.streams.email_event_types import EMAIL_EVENT_TYPES, type_document
from crmsnap.tables.events import EVENTS
from crmsnap.tables.given_names import STREAM, remembered
from crmsnap.tables.table import UNPARSED
from tests.builders.account_state import INGESTED, body, rows_of, scope_of

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
    """A value that slipped into the state must not slip out; beside it, the unclassified is in doubt too."""
    event_types(state, EventTypeDocument("pe1_x", id="6-1"))
    event_properties(
        state,
        PropertyDocument("pe1_x", "ssn", "string", data_sensitivity="sensitive"),
        PropertyDocument("pe1_x", "ill", "string", sensitive_categories=["HIPAA"]),
        PropertyDocument("pe1_x", "unclassified", "string"),
        PropertyDocument("pe1_x", "ok", "string", data_sensitivity="non_sensitive"),
    )
    closed = dict.fromkeys(("ssn", "ill", "unclassified", "undeclared"), "SECRET")
    state.events("pe1_x", (EARLY, "a", "0-1", "1", {**closed, "ok": "1", "hs_url": "/"}))
    (table,) = EVENTS.expand(scope_of(state.reader))
    assert [column.property for column in table.columns[6:]] == ["hs_url", "ok"]
    assert "SECRET" not in rows_of(table, state.reader)[0]


def test_own_properties_of_an_event_without_a_readable_definition_have_no_column(state):
    """Nobody can say whether they are sensitive; HubSpot's own cannot be."""
    event_types(state, EventTypeDocument("pe1_x"), EventTypeDocument("e_y"))
    for name in ("pe1_x", "e_y"):
        state.events(name, (EARLY, "a", "0-1", "1", {"own": "?", "hs_url": "/"}))
    assert {
        name: [column.property for column in table.columns[6:]]
        for name, table in tables(state).items()
    } == {"EVENTS_X": ["hs_url"], "EVENTS_Y": ["hs_url", "own"]}


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


def email_events(state, *events: tuple[str, str, str, str | None, dict[str, str]]) -> None:
    """What the stream leaves: type, time, id, contact, values."""
    documents = {known.id: type_document(known.name) for known in EMAIL_EVENT_TYPES}
    state.documents("email-event-types", documents)
    state.write(
        "email-events",
        [(type_, at, id_, "0-1", to, body(values)) for type_, at, id_, to, values in events],
        {EMAIL_EVENT_NAMES: sorted({(event[0], name) for event in events for name in event[-1]})},
    )


def next_day(state) -> None:
    """Names that were given once are remembered."""
    state.write(STREAM, remembered(state.reader, EVENTS.expand(scope_of(state.reader))))


def test_an_event_of_a_marketing_mail_is_a_row_of_its_types_table(state):
    """The golden row; a recipient whom nobody knows leaves OBJECTID empty, and only there it may be."""
    email_events(
        state,
        ("OPEN", LATE, "b", None, {"hs_duration": "17"}),
        ("OPEN", EARLY, "a", "151", {"hs_recipient": "Ada@example.com"}),
        ("CLICK", LATE, "c", "151", {"hs_click_original_url": "https://example.com/"}),
    )
    found = tables(state)
    assert list(found) == ["EVENTS_CLICKED_LINK_IN_EMAIL_V2", "EVENTS_OPENED_EMAIL_V2"]
    opened = found["EVENTS_OPENED_EMAIL_V2"]
    assert [column.name for column in opened.columns] == [
        *SYSTEM,
        "PROPERTY_HS_DURATION",
        "PROPERTY_HS_RECIPIENT",
    ]
    assert rows_of(opened, state.reader) == [
        ("email:OPEN", "a", "0-1", "151", EARLY, INGESTED, None, "Ada@example.com"),
        ("email:OPEN", "b", "0-1", None, LATE, INGESTED, "17", None),
    ]
    state.events("e_visited_page", (EARLY, "1", "0-1", "1", {}))
    nullable = {name: table.columns[3].nullable for name, table in tables(state).items()}
    assert nullable == dict.fromkeys(found, True) | {"EVENTS_VISITED_PAGE": False}


@pytest.mark.parametrize(
    ("api_name", "table"),
    [
        ("SENT", "EVENTS_MTA_SENT_EMAIL_V2"),
        ("STATUSCHANGE", "EVENTS_UPDATED_EMAIL_SUBSCRIPTION_STATUS_V2"),
        ("DROPPED", "EVENTS_EMAIL_DROPPED"),
        ("MADE_TOMORROW", "EVENTS_EMAIL_MADE_TOMORROW"),
    ],
)
def test_every_type_of_mail_event_has_a_table_also_one_that_nobody_knows(state, api_name, table):
    """A type that HubSpot adds tomorrow is published tomorrow."""
    email_events(state, (api_name, EARLY, "a", None, {}))
    assert {name: found.member.id for name, found in tables(state).items()} == {
        table: f"email:{api_name}"
    }


def ids_of(state) -> dict[str, str]:
    return {name: table.member.id for name, table in tables(state).items()}


def possible_ids(state) -> dict[str, str]:
    return {one.name: one.member.id for one in EVENTS.possible(state.reader)}


def clashing_types(state) -> None:
    """Types of all three sources that want one name, as the lists have them."""
    email_events(state)
    event_types(
        state,
        EventTypeDocument("e_opened_email_v2"),
        EventTypeDocument("pe1_opened_email_v2", id="6-9"),
    )


CLASHING = {
    "EVENTS_OPENED_EMAIL_V2": "email:OPEN",
    "EVENTS_OPENED_EMAIL_V2_E_OPENED_EMAIL_V2": "e_opened_email_v2",
    "EVENTS_OPENED_EMAIL_V2_6_9": "6-9",
}


@pytest.mark.parametrize("occurred", ["e_opened_email_v2", "pe1_opened_email_v2", "OPEN"])
def test_names_do_not_depend_on_what_has_occurred(state, occurred):
    """HubSpot's list names `e_opened_email_v2`: first the mails, then HubSpot's own, then the account's."""
    clashing_types(state)
    before = possible_ids(state)
    assert CLASHING.items() <= before.items()
    if occurred == "OPEN":
        email_events(state, ("OPEN", EARLY, "a", "1", {}))
    else:
        state.events(occurred, (EARLY, "x", "0-1", "1", {}))
    assert possible_ids(state) == before
    assert ids_of(state).items() <= CLASHING.items()
    assert len(ids_of(state)) == 1
    next_day(state)
    assert possible_ids(state) == before


@pytest.mark.parametrize(
    "events",
    [
        Choice(),
        Choice(("email:OPEN",)),
        Choice(("pe1_*",)),
        Choice((), ("e_opened_email_v2",)),
        Choice((), ("6-9", "click*")),
    ],
    ids=str,
)
def test_whatever_is_published_was_possible_under_that_name_before(state, events):
    """What a name in a selection means is decided by definitions alone, before a row is read."""
    clashing_types(state)
    planned = possible_ids(state)
    for name in ("e_opened_email_v2", "pe1_opened_email_v2"):
        state.events(name, (EARLY, "x", "0-1", "1", {}))
    email_events(state, *((type_, EARLY, type_, "1", {}) for type_ in ("OPEN", "CLICK", "SENT")))
    found = EVENTS.expand(scope_of(state.reader, events=events))
    published = {table.name: table.member.id for table in found}
    assert published
    assert published.items() <= planned.items()


def test_a_mail_event_that_nobody_lists_takes_no_name_from_one_that_is_listed(state):
    """It is known from its rows: when mails are not read, the names of all others are the same."""
    event_types(state, EventTypeDocument("pe1_email_reply", id="6-9"))
    email_events(state, ("REPLY", EARLY, "a", "1", {}))
    assert ids_of(state) == {"EVENTS_EMAIL_REPLY_EMAIL_REPLY": "email:REPLY"}
    assert possible_ids(state)["EVENTS_EMAIL_REPLY"] == "6-9"


def test_a_mail_event_that_nobody_lists_keeps_its_table_on_a_day_without_rows(state):
    """Else a new type would be given its name, and the two would have one when it occurs again."""
    email_events(state, ("REPLY", EARLY, "a", "1", {"hs_reply": "x"}))
    next_day(state)
    state.write("email-events", [], run=RunMark("the next one", INGESTED))
    email_events(state)
    event_types(state, EventTypeDocument("pe1_email_reply", id="6-9"))
    state.events("pe1_email_reply", (EARLY, "1", "0-1", "1", {}))
    assert ids_of(state) == {
        "EVENTS_EMAIL_REPLY": "email:REPLY",
        "EVENTS_EMAIL_REPLY_6_9": "6-9",
    }


def test_a_type_that_is_left_out_by_the_apis_name_leaves_no_other_out(state):
    """`e_opened_email_v2` is also a name for the mails; of two tables one can be chosen."""
    clashing_types(state)
    state.events("e_opened_email_v2", (EARLY, "x", "0-1", "1", {}))
    email_events(state, ("OPEN", EARLY, "a", "1", {}))
    scope = scope_of(state.reader, left_events=frozenset({"e_opened_email_v2"}))
    assert [table.name for table in EVENTS.expand(scope)] == ["EVENTS_OPENED_EMAIL_V2"]


def test_a_type_that_comes_later_takes_no_name_over(state):
    """Neither one with a lower id nor one of HubSpot's own: a loader's table keeps its meaning."""
    event_types(state, EventTypeDocument("pe1_login", id="6-10"))
    state.events("pe1_login", (EARLY, "1", "0-1", "1", {}))
    assert list(tables(state)) == ["EVENTS_LOGIN"]
    next_day(state)
    event_types(
        state,
        EventTypeDocument("pe1_login", id="6-10"),
        EventTypeDocument("pe1_Login", id="6-9"),
        EventTypeDocument("e_login"),
    )
    state.events("pe1_Login", (EARLY, "1", "0-1", "1", {}))
    state.events("e_login", (EARLY, "1", "0-1", "1", {}))
    assert {name: table.member.id for name, table in tables(state).items()} == {
        "EVENTS_LOGIN": "6-10",
        "EVENTS_LOGIN_6_9": "6-9",
        "EVENTS_LOGIN_E_LOGIN": "e_login",
    }


def test_hubspots_own_type_has_the_shares_name_before_one_of_the_account(state):
    """In the share its id is the lower one (`4-<n>`); the API gives its name alone."""
    event_types(
        state,
        EventTypeDocument("e_document_viewed_v2"),
        EventTypeDocument("pe1_document_viewed_v2", id="6-9"),
    )
    for name in ("e_document_viewed_v2", "pe1_document_viewed_v2"):
        state.events(name, (EARLY, "1", "0-1", "1", {}))
    assert tables(state)["EVENTS_DOCUMENT_VIEWED_V2"].member.id == "e_document_viewed_v2"


def test_a_table_that_had_a_row_once_stays_with_its_columns(state):
    """Its rows may go, with a person who is deleted; a loader must still find it while the type exists."""
    event_types(state, EventTypeDocument("e_x"))
    state.events("e_x", (EARLY, "1", "0-1", "1", {"hs_url": "/"}))
    email_events(state, ("OPEN", EARLY, "a", "1", {"hs_recipient": "a@example.com"}))
    next_day(state)
    for stream in ("events/e_x", "email-events"):
        state.write(stream, [], run=RunMark("the next one", INGESTED))
        state.write(stream, [])
    columns = {
        name: ([column.property for column in table.columns[6:]], rows_of(table, state.reader))
        for name, table in tables(state).items()
    }
    assert columns == {
        "EVENTS_OPENED_EMAIL_V2": (["hs_recipient"], []),
        "EVENTS_X": (["hs_url"], []),
    }
