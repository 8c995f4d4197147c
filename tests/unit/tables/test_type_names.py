"""What types are called in names of tables: the same everywhere, and from day to day."""

from crmsnap.streams.documents import TableNameDocument, TypeDocument
from crmsnap.tables.type_names import object_table_names, plural_names, singular_names


def types(state, *found: TypeDocument) -> None:
    state.documents("types", {known.id: known for known in found})


def custom(id_: str, **values: object) -> TypeDocument:
    return TypeDocument(id_, **{"name": f"type_{id_[2:]}", "custom": True} | values)


def test_a_standard_type_keeps_its_name_whatever_the_account_calls_it(state):
    """HubSpot's own SQL reads CONTACTS and LINE_ITEMS in every account."""
    types(state, TypeDocument("0-1", "CONTACT", plural_label="Patients"))
    names = plural_names(state.reader)
    assert [names[id_] for id_ in ("0-1", "0-8", "0-45")] == ["CONTACTS", "LINE_ITEMS", "LISTS"]


def test_a_custom_type_follows_its_plural_label(state):
    """Then the singular one with an S, the internal name, and the id, whichever says something first."""
    types(
        state,
        custom("2-1", plural_label="Pop tart leads", singular_label="Lead"),
        custom("2-2", singular_label="Pet"),
        custom("2-3", plural_label="名前", singular_label="名"),
        custom("2-4", name="名", plural_label="🐈"),
        TypeDocument("2-5", "2-5"),
        TypeDocument("0-999", "0-999", plural_label="Robots"),
    )
    names = plural_names(state.reader)
    assert [names[id_] for id_ in ("2-1", "2-2", "2-3", "2-4", "2-5", "0-999")] == [
        *("POP_TART_LEADS", "PETS", "TYPE_3", "T_2_4", "T_2_5", "ROBOTS")
    ]


def test_a_custom_type_does_not_take_the_name_of_a_standard_one(state):
    """Also where the account has no such standard type yet."""
    types(state, custom("2-1", plural_label="Carts"))
    assert plural_names(state.reader)["2-1"] == "CARTS_2_1"


def test_a_name_stays_with_its_type(state):
    """The lower of two ids would have it, but it came later."""
    given = TableNameDocument("OBJECTS_<PLURAL>", "2-9", "OBJECTS_PETS", "OBJECTS_PETS")
    state.documents("table-names", {"OBJECTS_<PLURAL> 2-9": given})
    types(state, custom("2-1", plural_label="Pets"), custom("2-9", plural_label="pets"))
    found = object_table_names(state.reader)
    assert found["2-9"].name == "OBJECTS_PETS"
    assert found["2-1"].name == "OBJECTS_PETS_2_1"


def test_an_archived_type_holds_only_a_name_that_it_was_given(state):
    """A table that was published under it must not become another type's on the next day."""
    archived = custom("2-1", plural_label="Pets", archived=True)
    types(state, archived, custom("2-9", plural_label="Pets"))
    names = plural_names(state.reader)
    assert "2-1" not in names
    assert names["2-9"] == "PETS"
    given = TableNameDocument("OBJECTS_<PLURAL>", "2-1", "OBJECTS_PETS", "OBJECTS_PETS")
    state.documents("table-names", {"OBJECTS_<PLURAL> 2-1": given})
    assert plural_names(state.reader)["2-9"] == "PETS_2_9"


def test_columns_speak_of_a_type_by_its_internal_name(state):
    """A customer's queries on HubSpot's share have `pop_tart_leads_objectid` for a type of that name."""
    types(state, custom("2-1", name="pop_tart_leads"), custom("2-2", name="名"))
    names = singular_names(state.reader)
    assert [names.get(id_) for id_ in ("0-1", "0-8", "2-1", "2-2")] == [
        *("CONTACT", "LINE_ITEM", "pop_tart_leads", None)
    ]
