"""Type 0-4, ENGAGEMENT: the union of seven types, once each, wherever a table has a row per record."""

from itertools import pairwise

import msgspec
import pytest

from crmsnap.model import Choice
from crmsnap.state.spans import NEW_ROWS
from crmsnap.streams.documents import PropertyDocument, TypeDocument
from crmsnap.tables import CATALOGUE
from crmsnap.tables.chosen import expanded
from crmsnap.tables.engagements import record_spans
from crmsnap.tables.object_properties import OBJECT_PROPERTIES
from crmsnap.tables.object_with_object_properties import OBJECT_WITH_OBJECT_PROPERTIES
from crmsnap.tables.objects import OBJECTS
from crmsnap.tables.objects_of_type import OBJECTS_OF_TYPE
from crmsnap.tables.property_definitions import PROPERTY_DEFINITIONS
from crmsnap.tables.table import Span
from tests.builders.account_state import INGESTED, UPDATED, RunMark, rows_of, scope_of

OLDER = RunMark("run-0", "2026-11-21 02:00:00.000")


def define(state, type_id: str, *found: PropertyDocument) -> None:
    state.documents(f"properties/{type_id}", {one.name: one for one in found})


@pytest.fixture
def activities(state):
    """Calls, notes, tasks and a contact; a note and a task share an id."""
    state.records("0-1", {5: {"email": "e"}})
    state.records("0-27", {7: {"subject": "task"}, 10: {}})
    state.records("0-46", {7: {"body": "note"}, 9: {"body": "9"}})
    state.records("0-48", {8: {"n": "1"}})
    state.documents(
        "types",
        {
            id_: TypeDocument(id_, name)
            for id_, name in (("0-27", "TASK"), ("0-46", "NOTE"), ("0-48", "CALL"))
        },
    )
    define(state, "0-27", PropertyDocument("0-27", "subject", "string"))
    define(state, "0-46", PropertyDocument("0-46", "body", "string"))
    define(state, "0-48", PropertyDocument("0-48", "n", "number"))
    return state


def own_table(state, **chosen):
    tables = {
        one.member.id: one for one in OBJECTS_OF_TYPE.expand(scope_of(state.reader, **chosen))
    }
    return tables["0-4"]


def test_an_engagement_stands_under_its_own_type_and_under_0_4(activities):
    """By id in their place among the types; of two with one id, that of the lowest type."""
    assert [row[:2] for row in rows_of(OBJECTS, activities.reader)] == [
        *(("0-1", 5), ("0-27", 7), ("0-27", 10)),
        *(("0-4", 7), ("0-4", 8), ("0-4", 9), ("0-4", 10)),
        *(("0-46", 7), ("0-46", 9), ("0-48", 8)),
    ]
    assert [row[1:3] for row in rows_of(OBJECT_WITH_OBJECT_PROPERTIES, activities.reader)][3:7] == [
        (7, '{"subject":"task"}'),
        (8, '{"n":"1"}'),
        (9, '{"body":"9"}'),
        (10, "{}"),
    ]


def test_its_table_has_the_properties_of_all(activities):
    """A task has no body: NULL."""
    found = own_table(activities)
    assert found.name == "OBJECTS_ENGAGEMENTS"
    assert [column.property for column in found.columns[4:]] == ["body", "n", "n", "subject"]
    assert rows_of(found, activities.reader) == [
        ("0-4", 7, UPDATED, INGESTED, None, None, None, "task"),
        ("0-4", 8, UPDATED, INGESTED, None, "1", "1", None),
        ("0-4", 9, UPDATED, INGESTED, "9", None, None, None),
        ("0-4", 10, UPDATED, INGESTED, None, None, None, None),
    ]


def test_values_are_not_repeated(activities):
    """The long tables would be half as long again, for nothing."""
    assert "0-4" not in {row[0] for row in rows_of(OBJECT_PROPERTIES, activities.reader)}


def test_a_run_that_does_not_want_0_4_has_none(activities):
    """`--types tasks` asks for tasks."""
    for chosen in ({"types": frozenset({"0-27"})}, {"excluded_types": frozenset({"0-4"})}):
        tables = expanded(CATALOGUE, scope_of(activities.reader, **chosen))
        rows = [row for table in tables for row in rows_of(table, activities.reader)]
        of_engagements = [row for row in rows if "0-4" in row]
        # Definitions are the account's, not those of a selection.
        assert {len(row) for row in of_engagements} == {len(PROPERTY_DEFINITIONS.columns)}


def test_without_any_of_the_seven_there_is_nothing(state):
    """Not even a span."""
    state.records("0-1", {5: {}})
    assert [span.stream for span in record_spans(state.reader)] == ["objects/0-1"]
    assert rows_of(own_table(state), state.reader) == []


def test_it_is_cut_where_the_largest_of_the_seven_is(state):
    """By the state alone, and every record once: borders of one type may lie anywhere in another."""
    rows = {
        "0-27": [(3 * n, UPDATED, b"{}") for n in range(1, 2 * NEW_ROWS + 4)],
        "0-48": [(5 * n, UPDATED, b"{}") for n in range(1, NEW_ROWS + 2)],
    }
    for type_id, of_type in rows.items():
        state.write(f"objects/{type_id}", of_type)
    spans = [span for span in record_spans(state.reader) if span.stream == "objects/0-4"]
    borders = [None, 3 * NEW_ROWS, 6 * NEW_ROWS, None]
    weight = (3 * NEW_ROWS + 4) // 3
    assert spans == [Span("objects/0-4", low, high, weight) for low, high in pairwise(borders)]
    ids = [row[1] for row in rows_of(own_table(state), state.reader)]
    assert ids == sorted({id_ for of_type in rows.values() for id_, _, _ in of_type})


def test_a_name_of_two_types_is_a_text(activities):
    """A number for calls and a text for notes: 0-4 promises what holds for both."""
    define(activities, "0-46", PropertyDocument("0-46", "n", "string", label="Of notes"))
    activities.records("0-46", {9: {"n": "many"}})
    found = own_table(activities)
    assert {c.property: c.kind for c in found.columns[4:]}["n"] == "VARCHAR"
    assert "PROPERTY_UNPARSED_N" not in {column.name for column in found.columns}
    (row,) = definitions(activities, "n")
    assert (row["TYPE"], row["LABEL"]) == ("string", "Of notes")


def definitions(state, name: str) -> list[dict[str, object]]:
    """The rows of 0-4's definition of this name."""
    columns = [column.name for column in PROPERTY_DEFINITIONS.columns]
    rows = [
        dict(zip(columns, row, strict=True)) for row in rows_of(PROPERTY_DEFINITIONS, state.reader)
    ]
    return [row for row in rows if (row["OBJECTTYPEID"], row["NAME"]) == ("0-4", name)]


def test_its_definitions_are_the_union_in_its_place(activities):
    """0-4 comes between 0-27 and 0-46; each row is as new as the newest of what it is made from."""
    assert [row[:2] for row in rows_of(PROPERTY_DEFINITIONS, activities.reader)] == [
        ("0-27", "subject"),
        *(("0-4", "body"), ("0-4", "n"), ("0-4", "subject")),
        *(("0-46", "body"), ("0-48", "n")),
    ]


def test_a_live_definition_wins_over_an_archived_one(activities):
    """The values that are copied are those of the live one."""
    define(activities, "0-27", PropertyDocument("0-27", "n", "string", archived=True))
    (row,) = definitions(activities, "n")
    assert (row["TYPE"], row["ARCHIVED"]) == ("number", False)


def test_options_are_those_of_all(activities):
    """Each value once, with the label that the first type gives it."""
    define(
        activities,
        "0-27",
        PropertyDocument("0-27", "n", "enumeration", options=[{"value": "a", "label": "A"}]),
    )
    other = [{"value": "a", "label": "other"}, {"value": "b", "label": "B"}]
    define(activities, "0-48", PropertyDocument("0-48", "n", "enumeration", options=other))
    (row,) = definitions(activities, "n")
    assert row["OPTIONS"] == '[{"label":"A","value":"a"},{"label":"B","value":"b"}]'
    assert row["TYPE"] == "enumeration"


@pytest.mark.parametrize(
    "closed",
    [
        PropertyDocument("0-27", "body", "string", data_sensitivity="highly_sensitive"),
        PropertyDocument("0-27", "body", "string", sensitive_categories=["HIPAA"]),
        PropertyDocument("0-27", "body", "string", data_sensitivity="sensitive", archived=True),
    ],
)
def test_what_is_sensitive_in_one_type_has_no_value_under_0_4(activities, closed):
    """Notes may show their body under 0-46; one name under 0-4 cannot be both."""
    define(activities, "0-27", closed)
    define(
        activities,
        "0-46",
        PropertyDocument("0-46", "body", "string", data_sensitivity="non_sensitive"),
    )
    found = own_table(activities)
    assert "body" not in [column.property for column in found.columns]
    wide = {row[:2]: row[2] for row in rows_of(OBJECT_WITH_OBJECT_PROPERTIES, activities.reader)}
    assert (wide["0-46", 9], wide["0-4", 9]) == ('{"body":"9"}', "{}")
    (row,) = definitions(activities, "body")
    assert row["DATASENSITIVITY"] == (closed.data_sensitivity or "sensitive")
    assert row["ARCHIVED"] is False


def test_choosing_is_by_the_own_type_of_an_engagement(activities):
    """Its columns are what was read, with any of the seven."""
    found = own_table(activities, properties=Choice(never=("tasks.subject",)))
    assert [column.property for column in found.columns[4:]] == ["body", "n", "n"]


def test_a_definition_is_as_new_as_the_newest_it_is_made_from(activities):
    """INGESTEDAT says when the row last changed."""
    same = PropertyDocument("0-18", "subject", "string")
    activities.write("properties/0-18", [("subject", encoded(same))], run=OLDER)
    activities.write("properties/0-18", [("subject", encoded(same))])
    assert definitions(activities, "subject")[0]["INGESTEDAT"] == INGESTED


def encoded(definition: PropertyDocument) -> bytes:
    return msgspec.json.encode(definition)
