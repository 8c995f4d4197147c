"""ASSOCIATIONS_<X>_TO_<Y>: one table per ordered pair of types, the same rows as ASSOCIATIONS."""

import pytest

from crmsnap.streams.documents import LabelDocument, TypeDocument
from crmsnap.tables.associations import ASSOCIATIONS
from crmsnap.tables.associations_of_pair import ASSOCIATIONS_OF_PAIR
from crmsnap.tables.given_names import remembered
from tests.builders.account_state import INGESTED, AccountState, rows_of, scope_of

DEFAULT = [(9001, "HUBSPOT_DEFINED", 4)]


@pytest.fixture
def state(tmp_path):
    """An account with two custom types."""
    state = AccountState(tmp_path)
    types(state, custom("2-1", "pets", "Pets"), custom("2-2", "walks", "Walks"))
    return state


def types(state, *found: TypeDocument) -> None:
    state.documents("types", {known.id: known for known in found})


def custom(id_: str, name: str, plural: str) -> TypeDocument:
    return TypeDocument(id_, name, plural_label=plural, custom=True)


def tables(state):
    return {table.name: table for table in ASSOCIATIONS_OF_PAIR.expand(scope_of(state.reader))}


def a_day_later(state) -> AccountState:
    """An empty state in which only the names of tables are remembered."""
    later = AccountState(state.reader.folder / "later")
    later.write("table-names", remembered(state.reader, tables(state).values()))
    return later


def test_a_pair_with_rows_is_a_table_that_is_named_after_both_types(state):
    """The golden rows: HubSpot's own SQL reads CONTACTS_TO_DEALS with these columns."""
    state.documents(
        "association-labels/0-1",
        {
            "a": LabelDocument("0-1", "0-3", "HUBSPOT_DEFINED", 4),
            "b": LabelDocument("0-1", "0-3", "USER_DEFINED", 36, label="Champion"),
        },
    )
    champion = (9001, "USER_DEFINED", 36)
    state.associations("0-1__0-3", {151: [*DEFAULT, champion], 9: DEFAULT})
    ((name, table),) = tables(state).items()
    assert name == "ASSOCIATIONS_CONTACTS_TO_DEALS"
    assert [column.name for column in table.columns] == [
        "COMBINEDASSOCIATIONTYPEID",
        "ASSOCIATIONCATEGORY",
        "ASSOCIATIONTYPEID",
        "CONTACT_OBJECTID",
        "DEAL_OBJECTID",
        "ISMAINASSOCIATIONDEFINITION",
        "INGESTEDAT",
    ]
    assert table.key == ("CONTACT_OBJECTID", "DEAL_OBJECTID", "COMBINEDASSOCIATIONTYPEID")
    assert rows_of(table, state.reader) == [
        ("0-4", "HUBSPOT_DEFINED", 4, 9, 9001, True, INGESTED),
        ("0-4", "HUBSPOT_DEFINED", 4, 151, 9001, True, INGESTED),
        ("1-36", "USER_DEFINED", 36, 151, 9001, False, INGESTED),
    ]


def test_the_tables_of_pairs_are_the_rows_of_the_table_of_all(state):
    """Without the two types, which are in the name."""
    for pair in ("0-1__0-3", "0-3__0-1", "0-2__0-2", "2-1__0-1"):
        state.associations(pair, {10: DEFAULT, 9: [*DEFAULT, (9002, "WORK", 1)]})
    apart = [
        (*row[:3], *table.member.id.split("__"), *row[3:])
        for table in tables(state).values()
        for row in rows_of(table, state.reader)
    ]
    together = [
        (*row[:3], row[3], row[5], row[4], row[6], *row[7:])
        for row in rows_of(ASSOCIATIONS, state.reader)
    ]
    assert len(together) == 12
    assert sorted(apart, key=str) == sorted(together, key=str)


@pytest.mark.parametrize(
    ("pair", "columns"),
    [
        ("0-2__0-2", ("FROM_COMPANY_OBJECTID", "TO_COMPANY_OBJECTID")),
        ("0-8__2-1", ("LINE_ITEM_OBJECTID", "PETS_OBJECTID")),
        ("2-1__2-3", ("PETS_OBJECTID", "PETS_2_3_OBJECTID")),
        ("2-3__2-1", ("PETS_2_3_OBJECTID", "PETS_OBJECTID")),
        ("2-4__0-1", ("T_2_4_OBJECTID", "CONTACT_OBJECTID")),
    ],
)
def test_the_columns_of_ids_differ_whatever_the_types_are_called(state, pair, columns):
    """One type on both sides, two with one internal name, one without a letter in it."""
    types(
        state,
        *(custom("2-1", "pets", "A"), custom("2-3", "Pets", "B"), custom("2-4", "ペット", "C")),
    )
    state.associations(pair, {1: DEFAULT})
    (table,) = tables(state).values()
    assert table.key[:2] == columns
    assert len({column.name for column in table.columns}) == len(table.columns)


def test_two_pairs_never_have_one_name(state):
    """`A_TO_B` to `C` and `A` to `B_TO_C` read the same."""
    types(
        state,
        *(custom("2-1", "w", "A to B"), custom("2-2", "x", "C")),
        *(custom("2-3", "y", "A"), custom("2-4", "z", "B to C")),
    )
    for pair in ("2-1__2-2", "2-3__2-4"):
        state.associations(pair, {1: DEFAULT})
    assert {name: table.member.id for name, table in tables(state).items()} == {
        "ASSOCIATIONS_A_TO_B_TO_C": "2-1__2-2",
        "ASSOCIATIONS_A_TO_B_TO_C_2_3__2_4": "2-3__2-4",
    }


def test_a_pair_without_rows_makes_no_table_until_its_first_row(state):
    """Thousands of pairs could be associated; a handful is."""
    state.associations("0-1__0-3", {})
    assert tables(state) == {}
    state.associations("0-3__0-1", {1: DEFAULT})
    later = a_day_later(state)
    for pair in ("0-1__0-3", "0-3__0-1"):
        later.associations(pair, {})
    ((name, table),) = tables(later).items()
    assert (name, rows_of(table, later.reader)) == ("ASSOCIATIONS_DEALS_TO_CONTACTS", [])


def test_a_pair_that_could_not_be_read_today_keeps_its_table(state):
    """Its gap is declared; a loader finds the columns."""
    state.associations("0-1__0-3", {1: DEFAULT})
    later = a_day_later(state)
    (table,) = tables(later).values()
    assert table.name == "ASSOCIATIONS_CONTACTS_TO_DEALS"
    assert rows_of(table, later.reader) == []


def test_a_pair_that_nobody_wants_today_has_no_table(state):
    """A header alone would say that there are no associations any more."""
    state.associations("0-1__0-3", {1: DEFAULT})
    later = a_day_later(state)
    for chosen in ({"types": frozenset({"0-1"})}, {"excluded_types": frozenset({"0-3"})}):
        assert not list(ASSOCIATIONS_OF_PAIR.expand(scope_of(later.reader, **chosen)))


def test_a_pair_whose_type_is_gone_has_no_table(state):
    """A table stays for as long as its types exist."""
    state.associations("2-1__2-2", {1: DEFAULT})
    later = a_day_later(state)
    types(later, custom("2-2", "walks", "Walks"))
    assert tables(later) == {}


def test_a_later_type_of_the_same_label_takes_over_no_table(state):
    """Also where the tables of the types themselves are not copied, which would keep their names."""
    state.associations("2-2__0-1", {1: DEFAULT})
    later = a_day_later(state)
    types(later, custom("2-1", "other", "Walks"), custom("2-2", "walks", "Walks"))
    later.associations("2-1__0-1", {1: DEFAULT})
    assert {name: table.member.id for name, table in tables(later).items()} == {
        "ASSOCIATIONS_WALKS_TO_CONTACTS": "2-2__0-1",
        "ASSOCIATIONS_WALKS_2_1_TO_CONTACTS": "2-1__0-1",
    }


def test_a_relabelled_type_renames_its_tables(state):
    """The name follows the label; the manifest tells which types it is about."""
    state.associations("2-1__0-1", {1: DEFAULT})
    later = a_day_later(state)
    types(later, custom("2-1", "pets", "Animals"))
    (table,) = tables(later).values()
    assert (table.name, table.member.id) == ("ASSOCIATIONS_ANIMALS_TO_CONTACTS", "2-1__0-1")
