"""LISTS and LIST_MEMBERSHIPS."""

from crmsnap.streams.documents import ListDocument
from crmsnap.tables.list_memberships import LIST_MEMBERSHIPS
from crmsnap.tables.lists import LISTS
from tests.builders.account_state import INGESTED, rows_of

CREATED, CHANGED = "2026-05-01 12:00:00.000", "2026-05-02 09:30:00.000"


def test_a_list_is_a_row(state):
    """The golden row; the id of the retired API stays NULL because HubSpot does not give it."""
    state.documents(
        "lists",
        {
            "7935": ListDocument(
                "7935",
                "Beta users",
                "0-1",
                "SNAPSHOT",
                size=97,
                created_at=CREATED,
                updated_at=CHANGED,
                created_by_user_id=880011,
                updated_by_user_id=880012,
            )
        },
    )
    assert rows_of(LISTS, state.reader) == [
        (
            "7935",
            None,
            "Beta users",
            "0-1",
            "SNAPSHOT",
            97,
            CREATED,
            CHANGED,
            None,
            880011,
            880012,
            INGESTED,
        )
    ]


def test_lists_are_in_the_order_of_their_numbers(state):
    """The state sorts keys as text; the table's key is a number."""
    state.documents(
        "lists", {id_: ListDocument(id_, "A list", "0-1", "MANUAL") for id_ in ("9", "10")}
    )
    assert [row[0] for row in rows_of(LISTS, state.reader)] == ["9", "10"]


def test_a_member_is_a_row_with_the_type_of_its_list(state):
    """HubSpot's membership rows do not say the type; OBJECTID alone would join to nothing."""
    state.documents(
        "lists",
        {
            "9": ListDocument("9", "Contacts", "0-1", "MANUAL"),
            "10": ListDocument("10", "Companies", "0-2", "MANUAL"),
        },
    )
    state.write("memberships", [(10, 151, CREATED), (9, 2, None), (9, 1, None)])
    assert rows_of(LIST_MEMBERSHIPS, state.reader) == [
        ("0-1", 9, 1, None, INGESTED),
        ("0-1", 9, 2, None, INGESTED),
        ("0-2", 10, 151, CREATED, INGESTED),
    ]
