"""Names of tables and columns: safe, readable, and never the same for two things."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crmsnap.tables.naming import (
    NAME_BYTES_MAX,
    ColumnNames,
    GivenName,
    Named,
    column_names,
    id_order,
    is_as_wished,
    sanitised,
    table_names,
)

HOSTILE = [
    "../../etc",
    "\0",
    ".hidden",
    "_x",
    "x" * 300,
    "\u202eevil",
    "🐈",
    "名前",
    "a\ud800b",
    "",
    "ﬁ",
    "½",
]

texts = st.text(max_size=30) | st.sampled_from(HOSTILE) | st.text("aAäÄ_-. ", max_size=4)


def names_of(prefix, things):
    return {id_: given.name for id_, given in table_names(prefix, things).items()}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("visited_page", "VISITED_PAGE"),
        ("Social Media Flow - Basic", "SOCIAL_MEDIA_FLOW___BASIC"),
        ("Zürich café", "ZURICH_CAFE"),
        ("renew__y_n__", "RENEW__Y_N__"),
        ("../../etc", "______ETC"),
        ("猫", "_"),
    ],
)
def test_signs_are_replaced_one_for_one(text, name):
    """HubSpot's own EVENTS_SOCIAL_MEDIA_FLOW___BASIC has three underscores for three signs."""
    assert sanitised(text) == name


def test_a_name_without_a_letter_gives_way_to_the_next():
    """A label in another script leaves only underscores; then the internal name, then the id."""
    assert names_of("OBJECTS_", [Named("2-1", ("Pets", "pets")), Named("2-2", ("猫", "cats"))]) == {
        "2-1": "OBJECTS_PETS",
        "2-2": "OBJECTS_CATS",
    }
    assert names_of("OBJECTS_", [Named("2-12", ("猫", "犬"))]) == {"2-12": "OBJECTS_T_2_12"}


def test_of_two_types_with_one_name_the_lower_id_keeps_it():
    """Ids of an account's own types grow, so a newcomer never takes an older type's name."""
    things = [Named("6-10", ("Login",)), Named("6-9", ("LOGIN",)), Named("6-100", ("login",))]
    assert names_of("EVENTS_", things) == {
        "6-9": "EVENTS_LOGIN",
        "6-10": "EVENTS_LOGIN_6_10",
        "6-100": "EVENTS_LOGIN_6_100",
    }


def test_nobody_loses_a_name_to_anothers_way_out():
    """`login_6_10` is what the second `login` would be called; it is taken by the one called so."""
    things = [Named("6-9", ("login",)), Named("6-10", ("login",)), Named("6-11", ("login_6_10",))]
    assert names_of("EVENTS_", things) == {
        "6-9": "EVENTS_LOGIN",
        "6-10": "EVENTS_LOGIN_6_10_2",
        "6-11": "EVENTS_LOGIN_6_10",
    }


def test_a_name_that_was_given_stays_while_the_label_stays():
    """A type with a lower id that comes later takes no other table's name, nor one that it had."""
    things = [Named("2-5", ("Pets",)), Named("2-9", ("Pets",))]
    given = {"2-9": GivenName("OBJECTS_PETS", "OBJECTS_PETS")}
    assert table_names("OBJECTS_", things, given) == {
        "2-5": GivenName("OBJECTS_PETS", "OBJECTS_PETS_2_5"),
        "2-9": GivenName("OBJECTS_PETS", "OBJECTS_PETS"),
    }
    renamed = [Named("2-5", ("Pets",)), Named("2-9", ("Dogs",))]
    assert table_names("OBJECTS_", renamed, given) == {
        "2-5": GivenName("OBJECTS_PETS", "OBJECTS_PETS_2_5"),
        "2-9": GivenName("OBJECTS_DOGS", "OBJECTS_DOGS", ("OBJECTS_PETS",)),
    }


def test_two_types_that_swap_their_labels_do_not_swap_their_tables():
    """Who loads OBJECTS_PETS never gets dogs; and a type that is called as before has its table again."""
    first = table_names("OBJECTS_", [Named("2-5", ("Pets",)), Named("2-9", ("Dogs",))])
    swapped = table_names("OBJECTS_", [Named("2-5", ("Dogs",)), Named("2-9", ("Pets",))], first)
    assert [found.name for found in swapped.values()] == ["OBJECTS_DOGS_2_5", "OBJECTS_PETS_2_9"]
    back = table_names("OBJECTS_", [Named("2-5", ("Pets",)), Named("2-9", ("Dogs",))], swapped)
    assert [found.name for found in back.values()] == ["OBJECTS_PETS", "OBJECTS_DOGS"]


def test_ids_are_in_the_order_of_their_numbers():
    """`6-9` before `6-10`; a name without a number comes after."""
    ids = ["e_x", "6-10", "0-1", "6-9", "2-5"]
    assert sorted(ids, key=id_order) == ["0-1", "2-5", "6-9", "6-10", "e_x"]


@given(
    st.dictionaries(
        st.from_regex(r"[0-9]-[0-9]{1,3}|pe1_[a-z]{1,3}", fullmatch=True) | texts, texts
    )
)
@example({"x" * 300: "é" * 300, "x" * 301: "e" * 300, "y": "e" * 301})
def test_table_names_are_safe_and_differ_whatever_an_account_says(labels):
    """A name is a folder of the snapshot: two tables in one, or one outside, would damage the copy."""
    names = names_of("EVENTS_", [Named(id_, (label,)) for id_, label in labels.items()])
    assert names.keys() == labels.keys()
    assert len(set(names.values())) == len(names)
    for name in names.values():
        assert re.fullmatch(r"EVENTS_[A-Z0-9_]+", name)
        assert len(name) <= NAME_BYTES_MAX


@given(st.dictionaries(texts, st.booleans()))
@example({"x": True, "unparsed_x": False, "X": True, "x_2": False, "unparsed_x_2": False})
def test_columns_differ_whatever_properties_are_called(properties):
    """Two columns of one name cannot be read by name."""
    names = column_names(properties)
    columns = [column for both in names.values() for column in both if column is not None]
    assert len(set(columns)) == len(columns) == len(properties) + sum(properties.values())
    for column in columns:
        assert re.fullmatch(r"PROPERTY_[A-Z0-9_]*", column)
        assert len(column) <= NAME_BYTES_MAX


clashing = st.text("aA_-2", max_size=4) | st.sampled_from(["unparsed_a", "unparsed_a-", "é" * 190])


@given(st.lists(st.dictionaries(clashing, st.booleans()), min_size=2, max_size=4))
def test_a_column_never_changes_its_property_while_both_are_there(days):
    """Whatever comes and goes, with the memory of what could have been otherwise."""
    given: dict[str, ColumnNames] = {}
    before: dict[str, ColumnNames] = {}
    for properties in days:
        names = column_names(properties, given)
        for name in names.keys() & before.keys():
            assert names[name].value == before[name].value
            assert None in (names[name].raw, before[name].raw) or names[name] == before[name]
        taken = {column for name, both in given.items() if name not in names for column in both}
        assert taken.isdisjoint({column for both in names.values() for column in both} - {None})
        for name, both in names.items():
            if not is_as_wished(name, both):
                raw = both.raw or (given[name].raw if name in given else None)
                given[name] = ColumnNames(both.value, raw)
        before = names


def test_of_properties_that_differ_by_case_the_lower_case_keeps_the_name():
    """It is the usual one; the others follow in code point order."""
    names = column_names({"name": False, "Name": False, "NAME": False})
    assert {name: both.value for name, both in names.items()} == {
        "NAME": "PROPERTY_NAME_2",
        "Name": "PROPERTY_NAME_3",
        "name": "PROPERTY_NAME",
    }


def test_a_property_called_like_a_raw_text_yields_to_it():
    """Else the raw text would move when such a property is made."""
    assert column_names({"x": True, "unparsed_x": False}) == {
        "unparsed_x": ("PROPERTY_UNPARSED_X_2", None),
        "x": ("PROPERTY_X", "PROPERTY_UNPARSED_X"),
    }


def test_only_names_that_could_have_been_others_need_a_memory():
    """An account of 1,500 plain properties remembers nothing."""
    assert is_as_wished("a_b", ColumnNames("PROPERTY_A_B", "PROPERTY_UNPARSED_A_B"))
    assert not is_as_wished("a_b", ColumnNames("PROPERTY_A_B_2", None))
    assert not is_as_wished("a-b", ColumnNames("PROPERTY_A_B", None))
