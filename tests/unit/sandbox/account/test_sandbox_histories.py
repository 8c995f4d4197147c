"""Property histories: longer than anybody keeps, with equal times, and with nothing at their end."""

import pytest


@pytest.fixture
def contacts(api, readable_names):
    """Every contact with the history and the current value of every property."""
    names = ",".join(readable_names)
    return api.all_records("contacts", limit=50, properties=names, propertiesWithHistory=names)


def histories(contacts):
    """Record, name and entries of every history."""
    for record in contacts:
        for name, entries in record["propertiesWithHistory"].items():
            yield record, name, entries


def test_the_newest_entry_is_the_current_value(contacts):
    """A reader may take the value from the history; an empty newest entry means no value."""
    for record, name, entries in histories(contacts):
        current = record["properties"][name]
        assert (entries[0]["value"] if entries else None) == current or (
            current is None and entries[0]["value"] == ""
        )


def test_entries_come_newest_first_within_the_life_of_the_record(contacts):
    """From the record's creation to its last change."""
    for record, _, entries in histories(contacts):
        times = [entry["timestamp"] for entry in entries]
        assert times == sorted(times, reverse=True)
        assert all(record["createdAt"] <= time <= record["updatedAt"] for time in times)


def test_some_histories_are_longer_than_what_is_kept(contacts):
    """60 versions, where 45 are published for contacts and 20 for the rest."""
    lengths = {len(entries) for _, _, entries in histories(contacts)}
    assert {0, 1, 21, 46, 60} <= lengths
    assert max(lengths) == 60


def test_some_histories_have_one_time_for_several_values(contacts):
    """Their order is then the order of the answer."""
    assert any(
        len({entry["timestamp"] for entry in entries}) == 1
        and len({entry["value"] for entry in entries}) > 1
        for _, _, entries in histories(contacts)
    )


def test_some_histories_end_with_a_cleared_value(contacts):
    """The record says null, the newest entry is an empty text."""
    cleared = [
        entries
        for record, name, entries in histories(contacts)
        if record["properties"][name] is None and entries
    ]
    assert cleared
    assert all(entries[0]["value"] == "" for entries in cleared)


def test_every_entry_says_what_set_it(contacts):
    """Type always, id and user sometimes."""
    entries = [entry for _, _, entries in histories(contacts) for entry in entries]
    assert all({"value", "timestamp", "sourceType"} <= entry.keys() for entry in entries)
    assert {"updatedByUserId" in entry for entry in entries} == {True, False}


def test_no_history_comes_unasked(api):
    """The member is there only when it was asked for."""
    assert "propertiesWithHistory" not in api.get("/crm/v3/objects/contacts", limit=1)["results"][0]
