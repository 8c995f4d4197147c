"""Days pass for the whole account: lists, events and owners go along with its records."""

import pytest

from crmsnap.sandbox.account import events, lists, owners
from crmsnap.sandbox.account.account import Account
from crmsnap.sandbox.account.advance import Advance, advance
from crmsnap.sandbox.account.times import DAY_MS, iso
from crmsnap.sandbox.api.events import list_occurrences
from crmsnap.sandbox.api.lists import list_members, list_members_by_joining, search_lists
from crmsnap.sandbox.api.owners import list_owners


@pytest.fixture
def later(reader):
    """The reader three busy days later."""
    reader.account = Account(seed=3, contacts=1_000, now_ms=reader.now_ms)
    busy = Advance(created=0.05, archived=0.05, merged=0.02, gdpr_deleted=0.02)
    for _ in range(3):
        advance(reader.account, busy, reader.now_ms)
        reader.now_ms += DAY_MS
    return reader


def everybody(reader):
    return reader.get(search_lists, body={"query": "Everybody"})["lists"][0]


def test_lists_hold_the_live_records_of_today(later):
    """What was made joined a dynamic list, what went left every list."""
    for list_id, size in lists.truth(later.account, later.now_ms).items():
        for handler in (list_members, list_members_by_joining):
            found = later.all(handler, {"listId": list_id}, limit=100)
            assert len({one["recordId"] for one in found}) == len(found) == size
    members = later.all(list_members, {"listId": everybody(later)["listId"]})
    account = later.account
    live = [account.record_id("0-1", index) for index in account.live_indexes("0-1")]
    assert [int(one["recordId"]) for one in members] == live


def test_a_new_record_joined_when_it_was_made(later):
    """So the newest members come last in the order of joining, and none is from the future."""
    path = {"listId": everybody(later)["listId"]}
    times = [one["membershipTimestamp"] for one in later.all(list_members_by_joining, path)]
    assert times == sorted(times)
    assert iso(later.account.started_ms) < times[-1] < iso(later.now_ms)


def test_a_list_tells_that_it_changed(later):
    """Size and both times moved since the day before."""
    before = everybody(later)["additionalProperties"]
    advance(later.account, Advance(archived=0.01), later.now_ms)
    after = everybody(later)["additionalProperties"]
    for name in ("hs_last_record_added_at", "hs_last_record_removed_at"):
        assert int(after[name]) > int(before[name])


def test_events_of_erased_contacts_are_gone_and_counted_as_gone(later):
    """Page by page as many as the oracle says, none of an erased contact."""
    account = later.account
    counts = events.truth(account, later.now_ms)
    erased = {
        str(account.record_id("0-1", index))
        for index, life in account.changes.of_type("0-1").items()
        if life.deleted
    }
    assert erased
    for name, count in counts.items():
        found = later.all(list_occurrences, eventType=name, limit=250)
        assert len(found) == count
        assert not {one["objectId"] for one in found if one["objectType"] == "CONTACT"} & erased


def test_owners_are_still_all_there(later):
    """One more for each day."""
    found = [*later.all(list_owners), *later.all(list_owners, archived="true")]
    assert len(found) == owners.truth(later.account, later.now_ms) == 12 + 3
