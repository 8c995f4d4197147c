"""PROPERTY_DEFINITIONS and OBJECT_AND_EVENT_TYPE_DEFINITIONS."""

from crmsnap.streams.documents import EventTypeDocument, PropertyDocument, TypeDocument
from crmsnap.tables.object_and_event_type_definitions import OBJECT_AND_EVENT_TYPE_DEFINITIONS
from crmsnap.tables.property_definitions import PROPERTY_DEFINITIONS
from tests.builders.account_state import INGESTED, rows_of

CREATED = "2025-01-07 10:00:00.000"


def test_a_property_is_a_row_with_everything_hubspot_says(state):
    """The golden row; options are HubSpot's own, keys sorted."""
    state.documents(
        "properties/0-3",
        {
            "stage": PropertyDocument(
                owner="0-3",
                name="stage",
                type="enumeration",
                field_type="select",
                label="Stage",
                description="Where it is",
                group_name="dealinformation",
                options=[{"value": "a", "label": "Ä", "hidden": False, "displayOrder": -1}],
                calculated=False,
                has_unique_value=False,
                hidden=False,
                hubspot_defined=True,
                referenced_object_type="OWNER",
                data_sensitivity="non_sensitive",
                created_at=CREATED,
            )
        },
    )
    assert rows_of(PROPERTY_DEFINITIONS, state.reader) == [
        (
            "0-3",
            "stage",
            "Stage",
            "Where it is",
            "dealinformation",
            "enumeration",
            "select",
            '[{"displayOrder":-1,"hidden":false,"label":"Ä","value":"a"}]',
            False,
            False,
            False,
            True,
            "OWNER",
            "non_sensitive",
            False,
            CREATED,
            None,
            INGESTED,
        )
    ]


def test_no_options_and_none_given_are_two_things(state):
    """`[]` when the API says that there are none, NULL when it says nothing."""
    state.documents(
        "properties/0-1",
        {
            "a": PropertyDocument("0-1", "a", "string", options=[]),
            "b": PropertyDocument("0-1", "b", "string"),
        },
    )
    assert [row[7] for row in rows_of(PROPERTY_DEFINITIONS, state.reader)] == ["[]", None]


def test_a_sensitive_property_is_listed_although_its_values_are_not(state):
    """The gap is visible."""
    definition = PropertyDocument("0-1", "ssn", "string", data_sensitivity="highly_sensitive")
    state.documents("properties/0-1", {"ssn": definition})
    assert [(row[1], row[13]) for row in rows_of(PROPERTY_DEFINITIONS, state.reader)] == [
        ("ssn", "highly_sensitive")
    ]


def test_properties_of_events_stand_under_the_id_of_their_type(state):
    """As EVENTTYPEID, so that events join their properties; without an id, under the API's name."""
    state.documents(
        "event-types",
        {
            "pe1_login": EventTypeDocument("pe1_login", id="6-10"),
            "pe1_buy": EventTypeDocument("pe1_buy", id="6-9"),
        },
    )
    state.documents(
        "event-properties",
        {
            f"{owner} {name}": PropertyDocument(owner, name, "string")
            for owner in ("pe1_buy", "pe1_login", "e_seen")
            for name in ("x", "b")
        },
    )
    state.documents("properties/7-1", {"p": PropertyDocument("7-1", "p", "string")})
    state.documents("properties/0-2", {"p": PropertyDocument("0-2", "p", "string")})
    state.documents("properties/0-10", {"p": PropertyDocument("0-10", "p", "string")})
    assert [row[:2] for row in rows_of(PROPERTY_DEFINITIONS, state.reader)] == [
        ("0-10", "p"),
        ("0-2", "p"),
        ("6-10", "b"),
        ("6-10", "x"),
        ("6-9", "b"),
        ("6-9", "x"),
        ("7-1", "p"),
        ("e_seen", "b"),
        ("e_seen", "x"),
    ]


def test_object_types_and_event_types_are_rows_of_one_table(state):
    """The golden rows, by id as text."""
    state.documents(
        "types",
        {
            "0-1": TypeDocument("0-1", "CONTACT", "CONTACT", "Contact", "Contacts"),
            "2-12345": TypeDocument(
                "2-12345", "pets", "p123_pets", "Pet", "Pets", "Animals", True, CREATED, CREATED
            ),
        },
    )
    state.documents(
        "event-types",
        {
            "e_visited_page": EventTypeDocument("e_visited_page"),
            "pe123_login": EventTypeDocument(
                "pe123_login", id="6-1", label="Login", description="In"
            ),
        },
    )
    assert rows_of(OBJECT_AND_EVENT_TYPE_DEFINITIONS, state.reader) == [
        (
            "0-1",
            "CONTACT",
            "CONTACT",
            "Contact",
            "Contacts",
            None,
            "OBJECT",
            False,
            None,
            None,
            INGESTED,
        ),
        (
            "2-12345",
            "p123_pets",
            "pets",
            "Pet",
            "Pets",
            "Animals",
            "OBJECT",
            True,
            CREATED,
            CREATED,
            INGESTED,
        ),
        ("6-1", "pe123_login", "login", "Login", None, "In", "EVENT", False, None, None, INGESTED),
        (
            "e_visited_page",
            "e_visited_page",
            "visited_page",
            None,
            None,
            None,
            "EVENT",
            False,
            None,
            None,
            INGESTED,
        ),
    ]


def test_a_name_that_is_all_prefix_stays(state):
    """An empty NAME would say nothing."""
    state.documents(
        "event-types", {name: EventTypeDocument(name) for name in ("e_", "pe12_", "pets")}
    )
    assert [row[2] for row in rows_of(OBJECT_AND_EVENT_TYPE_DEFINITIONS, state.reader)] == [
        "e_",
        "pe12_",
        "pets",
    ]
