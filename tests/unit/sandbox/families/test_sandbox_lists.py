from itertools import chain

import pytest

from crmsnap.sandbox.account.account import Account
from crmsnap.sandbox.account.lists import truth
from crmsnap.sandbox.account.times import DAY_MS
from crmsnap.sandbox.api.lists import (
    get_list,
    get_list_by_name,
    get_lists,
    list_members,
    list_members_by_joining,
    list_memberships_of_record,
    search_lists,
)
from crmsnap.sandbox.api.route import ApiError


def every_list(reader, **body):
    found, offset = [], 0
    while True:
        answer = reader.get(search_lists, body={"count": 4, "offset": offset, **body})
        found += answer["lists"]
        offset = answer["offset"]
        if not answer["hasMore"]:
            assert len(found) == answer["total"]
            return found


def test_the_search_finds_every_list_that_is_not_deleted(reader):
    """Paged by offset, told by `hasMore`; the oracle counts the same lists."""
    found = every_list(reader)
    assert {one["listId"] for one in found} == set(truth(reader.account, reader.now_ms))
    assert all("deletedAt" not in one for one in found)


def test_every_kind_of_list_is_there(reader):
    """Contacts and companies; manual, dynamic and snapshot; whole, empty, and of one record."""
    found = every_list(reader)
    kinds = {(one["objectTypeId"], one["processingType"]) for one in found}
    assert kinds == {
        (type_id, kind) for type_id in ("0-1", "0-2") for kind in ("MANUAL", "DYNAMIC", "SNAPSHOT")
    }
    sizes = truth(reader.account, reader.now_ms)
    assert sizes[found[0]["listId"]] == reader.account.live_count("0-1")
    assert {0, 1} <= set(sizes.values())


def test_members_are_exactly_the_live_ones(reader):
    """Both orders page to the same members, and to as many as the oracle counts."""
    for list_id, size in truth(reader.account, reader.now_ms).items():
        by_id = reader.all(list_members, {"listId": list_id}, limit=7)
        by_joining = reader.all(list_members_by_joining, {"listId": list_id}, limit=9)
        assert len(by_id) == size
        assert sorted(by_id, key=str) == sorted(by_joining, key=str)


def test_members_come_in_the_order_asked_for(reader):
    """By record id as a number, or by the time of joining."""
    everybody = {"listId": every_list(reader)[0]["listId"]}
    ids = [int(one["recordId"]) for one in reader.all(list_members, everybody)]
    times = [one["membershipTimestamp"] for one in reader.all(list_members_by_joining, everybody)]
    assert ids == sorted(set(ids))
    assert times == sorted(times)
    assert len(set(times)) < len(times), "some joined at the same millisecond"
    assert ids != [int(one["recordId"]) for one in reader.all(list_members_by_joining, everybody)]


def test_a_list_can_have_lost_all_of_its_members(reader):
    """Its members were archived, and archived records are in no list."""
    (leavers,) = [one for one in every_list(reader) if one["name"] == "Only leavers"]
    assert reader.all(list_members, {"listId": leavers["listId"]}) == []
    assert "hs_last_record_removed_at" in leavers["additionalProperties"]


def test_a_deleted_list_can_be_read_but_not_found(reader):
    """That is how a reader learns when it went; its members are gone with it."""
    known = {one["listId"] for one in every_list(reader)}
    ids = ",".join(str(number) for number in range(3, 60))
    deleted = [
        one for one in reader.get(get_lists, listIds=ids)["lists"] if one["listId"] not in known
    ]
    assert [one["name"] for one in deleted] == ["Deleted webinar list"]
    assert deleted[0]["deletedAt"] < "2026-11-26"
    with pytest.raises(ApiError) as caught:
        reader.get(list_members, {"listId": deleted[0]["listId"]})
    assert caught.value.status == 404


def test_additional_properties_are_texts_and_leave_out_what_is_empty(reader):
    """The size is text, as every value of a property in HubSpot."""
    empty, *_ = [one for one in every_list(reader) if one["name"] == "Empty, so far"]
    assert empty["additionalProperties"]["hs_list_size"] == "0"
    assert "hs_last_record_added_at" not in empty["additionalProperties"]
    values = [value for one in every_list(reader) for value in one["additionalProperties"].values()]
    assert all(isinstance(value, str) for value in values)


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ({"query": "PARTN"}, ["Partners"]),
        ({"processingTypes": ["MANUAL"], "objectTypeId": "0-2"}, ["Partners"]),
        ({"query": "nothing like this"}, []),
    ],
)
def test_a_search_narrows_by_what_is_given(reader, body, names):
    """Empty criteria mean everything, as both official clients send them."""
    everything = {"query": "", "processingTypes": [], "listIds": []}
    assert every_list(reader, **everything) == every_list(reader)
    assert [one["name"] for one in every_list(reader, **body)] == names


def test_a_search_by_ids_finds_these_lists(reader):
    """Ids are texts."""
    wanted = [one["listId"] for one in every_list(reader)][2:5]
    assert [one["listId"] for one in every_list(reader, listIds=wanted)] == wanted


@pytest.mark.parametrize("body", [{"count": 501}, {"count": "20"}, {"offset": -1}, []])
def test_a_search_that_makes_no_sense_is_refused(reader, body):
    """More than 500 lists a page are not given out."""
    with pytest.raises(ApiError) as caught:
        reader.get(search_lists, body=body)
    assert caught.value.status == 400


def test_more_than_250_members_a_page_are_refused(reader):
    """The limit of both orders."""
    everybody = {"listId": every_list(reader)[0]["listId"]}
    for handler in (list_members, list_members_by_joining):
        with pytest.raises(ApiError) as caught:
            reader.get(handler, everybody, limit=251)
        assert caught.value.status == 400


def test_an_unknown_list_is_answered_in_the_words_of_this_family(reader):
    """Its 404 has a context and no category."""
    with pytest.raises(ApiError) as caught:
        reader.get(get_list, {"listId": "0"})
    assert caught.value.body == {
        "status": "error",
        "message": "List does not exist with ID 0.",
        "context": {"listId": ["0"]},
    }


def test_a_single_list_has_a_size_and_its_filters_when_asked(reader):
    """Lists filled by hand have no filters."""
    for one in every_list(reader):
        whole = reader.get(get_list, {"listId": one["listId"]}, includeFilters="true")["list"]
        assert whole["size"] == int(one["additionalProperties"]["hs_list_size"])
        assert ("filterBranch" in whole) == (one["processingType"] != "MANUAL")
        by_name = {"objectTypeId": one["objectTypeId"], "listName": one["name"]}
        assert reader.get(get_list_by_name, by_name)["list"]["listId"] == one["listId"]


def test_the_lists_of_a_record_are_those_that_name_it(reader):
    """The same membership seen from the other side, with the same time."""
    everybody = every_list(reader)[0]["listId"]
    member = reader.all(list_members, {"listId": everybody})[1]
    path = {"objectTypeId": "0-1", "recordId": member["recordId"]}
    found = {one["listId"]: one for one in reader.all(list_memberships_of_record, path)}
    assert found[everybody]["lastAddedTimestamp"] == member["membershipTimestamp"]
    for list_id in truth(reader.account, reader.now_ms):
        members = {one["recordId"] for one in reader.all(list_members, {"listId": list_id})}
        is_contact_list = list_id in {
            one["listId"] for one in every_list(reader) if one["objectTypeId"] == "0-1"
        }
        assert (list_id in found) == (is_contact_list and member["recordId"] in members)


def test_a_page_goes_on_behind_a_member_that_was_archived_meanwhile(reader):
    """The token is a place, not a record: nobody is skipped or seen twice."""
    account = reader.account
    everybody = {"listId": every_list(reader)[0]["listId"]}
    pages = reader.pages(list_members, everybody, limit=50)
    first = next(pages)
    last = account.index_of("0-1", int(first[-1]["recordId"]))
    account.changes.life_to_change("0-1", last).archived_ms = reader.now_ms
    rest = [int(one["recordId"]) for one in chain(*pages)]
    assert len(rest) == len(set(rest)) == account.live_count("0-1") - 50


def test_losing_a_member_shows_in_size_and_time(reader):
    """A reader skips lists in which neither size nor times moved: so they must move."""
    partners = {"query": "Partners"}
    before = every_list(reader, **partners)[0]["additionalProperties"]
    reader.account.changes.life_to_change("0-2", 2).archived_ms = reader.now_ms
    after = every_list(reader, **partners)[0]["additionalProperties"]
    assert int(after["hs_list_size"]) == int(before["hs_list_size"]) - 1
    assert after["hs_last_record_removed_at"] != before.get("hs_last_record_removed_at")


def test_lists_are_made_and_deleted_from_day_to_day(reader):
    """One is new every day, and one goes."""
    reader.account = Account(seed=1, contacts=5_000, now_ms=reader.now_ms)
    before = set(truth(reader.account, reader.now_ms))
    reader.now_ms += DAY_MS
    after = set(truth(reader.account, reader.now_ms))
    assert (len(after - before), len(before - after)) == (1, 1)


def test_the_lists_of_a_huge_account_are_known_at_once():
    """Nothing is counted when the account starts: a million contacts, two thousand lists."""
    account = Account(seed=1, contacts=1_000_000, now_ms=1_795_651_200_000)
    counts = truth(account, account.started_ms)
    assert len(counts) == 2_011
    assert max(counts.values()) == 1_000_000
