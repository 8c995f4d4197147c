"""What differs between two snapshots, by their outlines."""

import pytest

from crmsnap.publish.changes import Change, Changes, Earlier, changes_since
from crmsnap.publish.outline import (
    Outline,
    PropertyOutline,
    TableOutline,
    TypeOutline,
    packed,
    unpacked,
)

ZIP = PropertyOutline("string", "Zip", "non_sensitive", calculated=False, archived=False)
CONTACTS = TableOutline("OBJECTS_<PLURAL> 0-1", {"OBJECTID": "ID", "PROPERTY_ZIP": "VARCHAR"})
THEN = Outline(
    types={"0-1": TypeOutline("Contacts", archived=False)},
    properties={"0-1": {"zip": ZIP}},
    tables={"OBJECTS_CONTACTS": CONTACTS},
    settings={"types": None},
)


def since(now: Outline, then: Outline = THEN) -> Changes:
    return changes_since(Earlier("2026-11-20", "2026-11-20 05:00:00.000", then), now)


def with_properties(**properties: PropertyOutline) -> Outline:
    return Outline(THEN.types, {"0-1": properties}, THEN.tables, THEN.settings)


def test_nothing_that_changed_is_nothing_to_say():
    """A report shows no heading without lines."""
    assert not since(THEN)
    assert since(THEN).since_day == "2026-11-20"


@pytest.mark.parametrize(
    ("now", "change"),
    [
        (
            PropertyOutline("number", "Zip", "non_sensitive", calculated=False, archived=False),
            Change("0-1", "zip", "retyped", "string", "number"),
        ),
        (
            PropertyOutline("string", "PLZ", "non_sensitive", calculated=False, archived=False),
            Change("0-1", "zip", "relabelled", "Zip", "PLZ"),
        ),
        (
            PropertyOutline("string", "Zip", "sensitive", calculated=False, archived=False),
            Change("0-1", "zip", "reclassified", "non_sensitive", "sensitive"),
        ),
        (
            PropertyOutline("string", "Zip", "non_sensitive", calculated=True, archived=False),
            Change("0-1", "zip", "calculated", "false", "true"),
        ),
        (
            PropertyOutline("string", "Zip", "non_sensitive", calculated=False, archived=True),
            Change("0-1", "zip", "archived"),
        ),
    ],
)
def test_a_property_that_is_otherwise_is_said_with_both(now: PropertyOutline, change: Change):
    """There and back: the way back is the opposite change."""
    assert since(with_properties(zip=now)).properties == (change,)
    (back,) = since(THEN, with_properties(zip=now)).properties
    assert (back.before, back.after) == (change.after, change.before)
    assert back.change == ("restored" if change.change == "archived" else change.change)


def test_a_type_that_was_not_asked_for_before_is_no_thousand_new_properties():
    """Its properties were there; nobody had asked."""
    now = Outline(THEN.types, {**THEN.properties, "0-2": {"zip": ZIP}}, THEN.tables, THEN.settings)
    assert since(now).properties == ()
    assert since(THEN, now).properties == ()


def test_types_that_a_run_did_not_ask_for_did_not_go():
    """A copy of the owners alone reads no types."""
    nothing = Outline({}, {}, THEN.tables, THEN.settings)
    assert since(nothing).types == since(THEN, nothing).types == ()


def test_a_table_of_another_name_is_the_same_table():
    """By what it is about: its columns are compared with those that it had."""
    columns = {"OBJECTID": "ID", "PROPERTY_ZIP": "NUMBER"}
    renamed = {"OBJECTS_PEOPLE": TableOutline(CONTACTS.about, columns)}
    found = since(Outline(THEN.types, THEN.properties, renamed, THEN.settings))
    assert found.tables == (
        Change("OBJECTS_PEOPLE", "OBJECTS_PEOPLE", "renamed", "OBJECTS_CONTACTS", "OBJECTS_PEOPLE"),
    )
    assert found.columns == (
        Change("OBJECTS_PEOPLE", "PROPERTY_ZIP", "retyped", "VARCHAR", "NUMBER"),
    )


def test_an_outline_is_kept_as_it_is():
    """What the next day is compared with."""
    assert unpacked(packed(THEN)) == THEN


@pytest.mark.parametrize("data", [b"", b"no zstd", packed(THEN)[:-3]])
def test_an_outline_that_cannot_be_read_is_none(data: bytes):
    """A snapshot is not withheld for what it could have been compared with."""
    assert unpacked(data) is None


def test_another_selection_is_one_change_and_no_drift():
    """What it leaves out was not removed from the account, and nobody has to look at each of it."""
    now = Outline({}, {}, {}, {"types": "deals"})
    assert since(now) == Changes(
        "2026-11-20",
        "2026-11-20 05:00:00.000",
        settings=(Change("settings", "types", "changed", None, "deals"),),
    )
    other_version = Outline({}, {}, {}, {"types": None, "crmsnap": "2"})
    assert since(other_version).tables
