"""OBJECTS_<PLURAL>: a table for each type, a typed column for each property that is copied."""

from collections.abc import Mapping
from typing import Any

import pytest

from crmsnap.model import Choice
from crmsnap.streams.documents import PropertyDocument, TableNameDocument, TypeDocument
from crmsnap.tables.associations_of_pair import ASSOCIATIONS_OF_PAIR
from crmsnap.tables.given_names import remembered
from crmsnap.tables.objects_of_type import OBJECTS_OF_TYPE
from crmsnap.tables.table import UNPARSED, Sparse, Table
from tests.builders.account_state import INGESTED, UPDATED, AccountState, rows_of, scope_of

SYSTEM = ["OBJECTTYPEID", "OBJECTID", "UPDATEDAT", "INGESTEDAT"]


def types(state, *found: TypeDocument) -> None:
    state.documents("types", {known.id: known for known in found})


def properties(state, type_id: str, **found: str | PropertyDocument) -> None:
    """Definitions by name, by their type where nothing else matters."""
    definitions = {
        name: PropertyDocument(type_id, name, one) if isinstance(one, str) else one
        for name, one in found.items()
    }
    state.documents(f"properties/{type_id}", definitions)


def table(state, name: str, **chosen: Any) -> Table:
    return tables(state, **chosen)[f"OBJECTS_{name}"]


def tables(state, **chosen: Any) -> Mapping[str, Table]:
    return {found.name: found for found in OBJECTS_OF_TYPE.expand(scope_of(state.reader, **chosen))}


def names(found: Table) -> list[str]:
    """The columns of its properties."""
    assert [column.name for column in found.columns[:4]] == SYSTEM
    return [column.name.removeprefix("PROPERTY_") for column in found.columns[4:]]


@pytest.fixture
def deals(state):
    """Deals whose properties have every type."""
    properties(
        state,
        "0-3",
        amount="number",
        closedate="date",
        createdate="datetime",
        dealname="string",
        dealstage="enumeration",
        won="bool",
    )
    values = {
        "amount": "1500.50",
        "closedate": "1798675200000",
        "createdate": "1767225600123",
        "dealname": 'Acme "renewal"',
        "dealstage": "a;b",
        "won": "true",
    }
    failed = dict.fromkeys(values, "n/a")
    state.records("0-3", {9001: values, 9002: failed, 9003: dict.fromkeys(values, ""), 9004: {}})
    return state


def test_a_value_stands_typed_in_a_column_of_its_property(deals):
    """The golden row: a text beside each number and date, as HubSpot's share has it."""
    found = table(deals, "DEALS")
    assert [(c.name.removeprefix("PROPERTY_"), c.kind, c.property) for c in found.columns[4:]] == [
        ("AMOUNT", "NUMBER", "amount"),
        ("UNPARSED_AMOUNT", "VARCHAR", "amount"),
        ("CLOSEDATE", "DATE", "closedate"),
        ("UNPARSED_CLOSEDATE", "VARCHAR", "closedate"),
        ("CREATEDATE", "TIMESTAMP", "createdate"),
        ("UNPARSED_CREATEDATE", "VARCHAR", "createdate"),
        ("DEALNAME", "VARCHAR", "dealname"),
        ("DEALSTAGE", "VARCHAR", "dealstage"),
        ("WON", "BOOLEAN", "won"),
    ]
    assert rows_of(found, deals.reader)[0] == (
        *("0-3", 9001, UPDATED, INGESTED),
        *("1500.50", "1500.50"),
        *("2026-12-31", "1798675200000"),
        *("2026-01-01 00:00:00.123", "1767225600123"),
        *('Acme "renewal"', "a;b", True),
    )


def test_a_text_that_is_not_of_its_type_is_marked_and_stands_beside(deals):
    """Else a wrong number would look like none; a bool's text is in OBJECT_PROPERTIES."""
    row = rows_of(table(deals, "DEALS"), deals.reader)[1]
    assert row[4:] == (*(UNPARSED, "n/a") * 3, "n/a", "n/a", UNPARSED)


def test_an_empty_text_did_not_fail_to_parse(deals):
    """A cleared number is not a wrong one; and a value that is not there has no cell at all."""
    rows = rows_of(table(deals, "DEALS"), deals.reader)
    assert rows[2][4:] == (*(None, "") * 3, "", "", None)
    assert rows[3][4:] == (None,) * 9


def test_a_row_holds_what_its_record_has(deals):
    """1,500 columns must not make a record of three values as long as one of 1,500."""
    found = table(deals, "DEALS")
    (span,) = found.spans(deals.reader)
    empty = list(found.rows(deals.reader, span))[3]
    assert empty == Sparse(("0-3", 9004, UPDATED, INGESTED), [])


def test_the_columns_are_what_was_asked_for(state):
    """Archived, sensitive and unchosen properties have no value, so a column would promise one."""
    properties(
        state,
        "0-1",
        a="string",
        b="string",
        gone=PropertyDocument("0-1", "gone", "string", archived=True),
        ssn=PropertyDocument("0-1", "ssn", "string", data_sensitivity="sensitive"),
        ill=PropertyDocument("0-1", "ill", "string", sensitive_categories=["HIPAA"]),
    )
    types(state, TypeDocument("0-1", "CONTACT"))
    state.records("0-1", {1: {"a": "1"}})
    assert names(table(state, "CONTACTS")) == ["A", "B"]
    assert names(table(state, "CONTACTS", properties=Choice(never=("b",)))) == ["A"]
    assert names(table(state, "CONTACTS", properties=Choice(only=("contacts.b",)))) == ["B"]


def test_an_unclassified_property_of_a_type_that_allows_sensitive_ones_has_no_column(state):
    """It was not asked for either."""
    properties(state, "2-1", a="string")
    types(state, TypeDocument("2-1", "pets", allows_sensitive=True, plural_label="Pets"))
    assert names(table(state, "PETS")) == []


def test_columns_of_names_that_clash_are_told_apart(state):
    """HubSpot allows `x` beside `unparsed_x`; a name as nearly all are comes first, with both its columns."""
    properties(state, "0-1", x="number", unparsed_x="string", X="string")
    found = table(state, "CONTACTS")
    assert {c.name.removeprefix("PROPERTY_"): c.property for c in found.columns[4:]} == {
        "X": "x",
        "UNPARSED_X": "x",
        "X_2": "X",
        "UNPARSED_X_2": "unparsed_x",
    }


def test_a_property_keeps_its_column_when_another_comes_that_wants_it(state):
    """A loader that reads PROPERTY_A_B would get the values of another property from one day to the next."""
    days = [
        {"A-B": "string", "n": "string"},
        {"A-B": "string", "n": "string", "a_b": "number", "unparsed_n": "string"},
        {"A-B": "string", "n": "number", "a_b": "number", "unparsed_n": "string", "a-b": "date"},
        {"a_b": "number", "unparsed_n": "string", "a b": "string"},
        {"A-B": "number", "n": "number", "a_b": "string", "unparsed_n": "number", "a-b": "date"},
    ]
    ever: dict[str, str] = {}
    kept: list[tuple[str, bytes]] = []
    for day, found in enumerate(days):
        state = AccountState(state.reader.folder / str(day))
        properties(state, "0-1", **found)
        state.write("table-names", kept)
        deals = table(state, "CONTACTS")
        kept = remembered(state.reader, [deals])
        own = {column.name: column.property for column in deals.columns[4:]}
        assert set(own.values()) == set(found)
        assert len(own) == len(deals.columns[4:])
        assert ever | own == own | ever, "a column has another property than before"
        ever |= own
    assert ever == {
        "PROPERTY_A_B": "A-B",
        "PROPERTY_UNPARSED_A_B": "a_b",
        "PROPERTY_A_B_2": "a_b",
        "PROPERTY_A_B_3": "a-b",
        "PROPERTY_UNPARSED_A_B_2": "a-b",
        "PROPERTY_A_B_4": "a b",
        "PROPERTY_UNPARSED_A_B_3": "A-B",
        "PROPERTY_N": "n",
        "PROPERTY_UNPARSED_N": "unparsed_n",
        "PROPERTY_UNPARSED_N_2": "n",
        "PROPERTY_UNPARSED_UNPARSED_N": "unparsed_n",
    }


def test_a_pairs_table_forgets_no_column_of_the_types_that_it_is_named_after(state):
    """Both keep the name of the type's table; only one of them knows its columns."""
    properties(state, "0-1", **{"A-B": "string"})
    state.write("table-names", remembered(state.reader, [table(state, "CONTACTS")]))
    state.associations("0-1__0-1", {1: [(2, "USER_DEFINED", 1)]})
    pairs = ASSOCIATIONS_OF_PAIR.expand(scope_of(state.reader))
    state.write("table-names", remembered(state.reader, pairs))
    properties(state, "0-1", **{"A-B": "string", "a_b": "string"})
    assert names(table(state, "CONTACTS")) == ["A_B", "A_B_2"]


def test_fields_that_nobody_declared_are_texts(state):
    """An API of its own may answer more than its documentation says; ids may be GUIDs."""
    types(state, TypeDocument("0-28", "FORM", source="other-api"))
    properties(
        state, "0-28", name="string", gone=PropertyDocument("0-28", "gone", "string", archived=True)
    )
    state.text_id_records(
        "0-28", {"0f8c-guid": {"gone": "x", "name": "N", "new_field": "1"}, 17: {}}
    )
    found = table(state, "FORMS")
    assert names(found) == ["NAME", "NEW_FIELD"]
    assert [row[1:2] + row[4:] for row in rows_of(found, state.reader)] == [
        (17, None, None),
        ("0f8c-guid", "N", "1"),
    ]
    assert names(table(state, "FORMS", properties=Choice(never=("new_*",)))) == ["NAME"]


def test_a_type_that_could_not_be_read_has_a_header(state):
    """The article's types are there in every account, so that a loader finds the schema."""
    properties(state, "0-3", amount="number")
    found = tables(state)
    assert {"OBJECTS_ADS", "OBJECTS_CONTACTS", "OBJECTS_ENGAGEMENTS"} <= set(found)
    assert list(found) == sorted(found)
    assert names(found["OBJECTS_DEALS"]) == ["AMOUNT", "UNPARSED_AMOUNT"]
    assert [rows_of(one, state.reader) for one in found.values()] == [[]] * len(found)


def test_a_type_that_was_not_selected_has_no_table(state):
    """An empty table would say that the account has none."""
    assert set(tables(state, types=frozenset({"0-1", "0-3"}))) == {
        "OBJECTS_CONTACTS",
        "OBJECTS_DEALS",
    }
    assert "OBJECTS_DEALS" not in tables(state, excluded_types=frozenset({"0-3"}))


def test_an_archived_type_has_a_table_as_long_as_it_has_records(state):
    """Its schema is only history; but what is read is published."""
    types(state, TypeDocument("2-1", "pets", archived=True), TypeDocument("2-2", "cats"))
    assert [name for name in tables(state) if "PETS" in name or "CATS" in name] == ["OBJECTS_CATS"]
    given = TableNameDocument(OBJECTS_OF_TYPE.name, "2-1", "OBJECTS_PETS", "OBJECTS_PETS")
    state.documents("table-names", {"OBJECTS_<PLURAL> 2-1": given})
    assert "OBJECTS_PETS" not in tables(state)
    state.records("2-1", {1: {}})
    assert "OBJECTS_PETS" in tables(state)


def test_a_table_says_what_it_is_about(state):
    """The manifest maps names to ids, and shows the name that was wished for."""
    types(state, TypeDocument("2-1", "pets", plural_label="Deals"))
    member = table(state, "DEALS_2_1").member
    assert (member.family, member.id, member.wanted) == (
        *(OBJECTS_OF_TYPE.name, "2-1"),
        "OBJECTS_DEALS",
    )
