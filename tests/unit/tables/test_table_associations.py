"""ASSOCIATION_DEFINITIONS and ASSOCIATIONS."""

from crmsnap.streams.documents import LabelDocument
from crmsnap.tables.association_definitions import ASSOCIATION_DEFINITIONS
from crmsnap.tables.associations import ASSOCIATIONS
from tests.builders.account_state import INGESTED, rows_of

PLAIN = LabelDocument("0-1", "0-3", "HUBSPOT_DEFINED", 4, name="contact_to_deal")
CHAMPION = LabelDocument("0-1", "0-3", "USER_DEFINED", 36, label="Champion")


def labels(state, *found: LabelDocument) -> None:
    by_type: dict[str, dict[str, LabelDocument]] = {}
    for label in found:
        key = f"{label.to_type} {label.category} {label.type_id}"
        by_type.setdefault(label.from_type, {})[key] = label
    for from_type, documents in by_type.items():
        state.documents(f"association-labels/{from_type}", documents)


def test_an_association_type_is_a_row(state):
    """The golden rows: HubSpot's own type without a label is the main one of its pair."""
    labels(state, PLAIN, CHAMPION)
    assert rows_of(ASSOCIATION_DEFINITIONS, state.reader) == [
        ("0-4", "HUBSPOT_DEFINED", 4, "0-1", "0-3", "contact_to_deal", None, True, INGESTED),
        ("1-36", "USER_DEFINED", 36, "0-1", "0-3", None, "Champion", False, INGESTED),
    ]


def test_definitions_are_in_the_order_of_the_combined_id_as_text(state):
    """The state's key orders `4` before `10`, and `HUBSPOT` before `INTEGRATOR` before `USER`."""
    categories = ["WORK", "INTEGRATOR_DEFINED", "USER_DEFINED", "NEW_CATEGORY"]
    labels(
        state,
        *(LabelDocument("0-1", "0-2", category, 5) for category in categories),
        LabelDocument("0-1", "0-2", "HUBSPOT_DEFINED", 4),
        LabelDocument("0-1", "0-2", "HUBSPOT_DEFINED", 10, label="Primary"),
        LabelDocument("0-1", "0-10", "HUBSPOT_DEFINED", 7),
    )
    found = rows_of(ASSOCIATION_DEFINITIONS, state.reader)
    assert [(row[4], row[0]) for row in found] == [
        ("0-10", "0-7"),
        ("0-2", "0-10"),
        ("0-2", "0-4"),
        ("0-2", "1-5"),
        ("0-2", "2-5"),
        ("0-2", "3-5"),
        ("0-2", "NEW_CATEGORY-5"),
    ]


def test_every_type_of_every_association_is_a_row(state):
    """A pair with a label is two rows: the label's and the plain one."""
    labels(state, PLAIN, CHAMPION)
    state.associations(
        "0-1__0-3", {151: [(9001, "HUBSPOT_DEFINED", 4), (9001, "USER_DEFINED", 36)]}
    )
    assert rows_of(ASSOCIATIONS, state.reader) == [
        ("0-4", "HUBSPOT_DEFINED", 4, "0-1", 151, "0-3", 9001, True, INGESTED),
        ("1-36", "USER_DEFINED", 36, "0-1", 151, "0-3", 9001, False, INGESTED),
    ]


def test_a_type_without_a_definition_is_neither_main_nor_not(state):
    """A definition of another pair says nothing about this one, though it has the same id."""
    labels(state, LabelDocument("0-1", "0-2", "HUBSPOT_DEFINED", 4), PLAIN)
    state.associations("0-1__0-3", {1: [(2, "HUBSPOT_DEFINED", 999)]})
    state.associations("0-1__0-5", {1: [(2, "HUBSPOT_DEFINED", 4)]})
    assert [row[7] for row in rows_of(ASSOCIATIONS, state.reader)] == [None, None]


def test_pairs_are_in_the_order_of_both_types(state):
    """Names of streams are not: `0-10__0-1` comes before `0-1__0-1`."""
    for pair in ("0-10__0-1", "0-1__0-2", "0-1__0-10", "0-2__0-1"):
        state.associations(pair, {10: [(1, "HUBSPOT_DEFINED", 1)], 9: [(1, "HUBSPOT_DEFINED", 1)]})
    assert [(row[3], row[5], row[4]) for row in rows_of(ASSOCIATIONS, state.reader)] == [
        (from_type, to_type, id_)
        for from_type, to_type in (("0-1", "0-10"), ("0-1", "0-2"), ("0-10", "0-1"), ("0-2", "0-1"))
        for id_ in (9, 10)
    ]
