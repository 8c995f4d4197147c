"""Days pass: every change is in the journal, and truth, lists and journal agree."""

from itertools import islice, pairwise

import pytest

from crmsnap.sandbox.account.advance import churn
from crmsnap.sandbox.api.route import ApiError

EVERYTHING = {"associated": 0.05, "recalculated": 0.02}


@pytest.fixture
def aged(make_api):
    """An account of 2,000 contacts after one day in which everything happened."""
    api = make_api(contacts=2000)
    api.account.move_clock = lambda ms: setattr(api, "now_ms", api.now_ms + ms)
    api.post("/_sandbox/advance", EVERYTHING)
    return api


def entries(api, *actions, type_id=None):
    """The entries of the journal with these actions."""
    return [
        one
        for one in api.get("/_sandbox/journal", limit=100_000)["entries"]
        if (not actions or one["action"] in actions) and type_id in (None, one["objectTypeId"])
    ]


def test_a_day_does_to_contacts_what_was_asked(aged):
    """Shares of the live records."""
    merged = len(entries(aged, "MERGE", type_id="0-1"))
    counts = {
        action: len(entries(aged, action, type_id="0-1"))
        for action in ("UPDATE", "CREATE", "ARCHIVE", "GDPR_DELETE", "RECALCULATE")
    }
    assert counts == {
        "UPDATE": 40 + merged,
        "CREATE": 20,
        "ARCHIVE": 4,
        "GDPR_DELETE": 2,
        "RECALCULATE": 40,
    }
    assert merged == 2


def test_the_clock_moves_by_the_days_and_every_change_lies_between(aged):
    """In the order of time, numbered without gaps."""
    every = entries(aged)
    started = aged.account.started_ms
    assert aged.now_ms == started + 86_400_000
    assert [one["seq"] for one in every] == list(range(1, len(every) + 1))
    assert all(one["atMs"] <= other["atMs"] for one, other in pairwise(every))
    assert started < every[0]["atMs"]
    assert every[-1]["atMs"] <= aged.now_ms


def test_the_journal_can_be_paged(aged):
    """`next` is null at the end."""
    pages, after = [], 0
    while after is not None:
        page = aged.get("/_sandbox/journal", after=after, limit=100)
        pages += page["entries"]
        after = page["next"]
    assert pages == entries(aged)


def test_truth_lists_and_hubspots_counts_agree_after_a_day(aged):
    """Three ways to count."""
    truth = aged.get("/_sandbox/truth")["types"]
    assert truth["0-1"] == 2000 + 20 - 4 - 2 - 2
    for found in aged.account.types():
        assert len(aged.all_records(found.name, limit=100)) == truth[found.id]
        assert aged.account.live_count(found.id) == truth[found.id]


def test_an_update_moves_the_time_and_shows_its_values(aged):
    """The newest update of a record is what a list shows of it."""
    newest = {}
    for one in entries(aged, "UPDATE", type_id="0-1"):
        newest[one["objectId"]] = one
    shown = 0
    for number, one in newest.items():
        if aged.account.is_live("0-1", aged.account.index_of("0-1", int(number))):
            record = aged.get(
                f"/crm/v3/objects/contacts/{number}", properties=list(one["properties"])
            )
            assert record["updatedAt"] == one["at"] == record["properties"]["lastmodifieddate"]
            assert {name: record["properties"][name] for name in one["properties"]} == one[
                "properties"
            ]
            shown += 1
    assert shown > 30


def test_walking_back_through_the_journal_gives_the_values_of_the_start(aged, make_api):
    """So that any version of a record can be had: the oracle of reads under churn."""
    untouched = make_api(contacts=2000).account
    first = {}
    for one in entries(aged, "UPDATE", "RECALCULATE", type_id="0-1"):
        first.setdefault(one["objectId"], one)
    old = {
        number: untouched.index_of("0-1", int(number))
        for number in first
        if untouched.index_of("0-1", int(number)) is not None
    }
    assert len(old) > 60
    for number, index in old.items():
        before, previous = untouched.view("0-1", index), first[number]["previous"]
        assert previous == {name: before.value(name) for name in previous}


def test_a_changed_value_is_the_newest_of_its_history(aged):
    """Before it everything that the history held already."""
    one = next(
        one
        for one in entries(aged, "UPDATE", type_id="0-1")
        if aged.account.is_live("0-1", aged.account.index_of("0-1", int(one["objectId"])))
    )
    names = list(one["properties"])
    record = aged.get(f"/crm/v3/objects/contacts/{one['objectId']}", propertiesWithHistory=names)
    for name in names:
        history = record["propertiesWithHistory"][name]
        assert (one["properties"][name] or "", one["at"]) in [
            (entry["value"], entry["timestamp"]) for entry in history
        ]


def test_a_calculated_value_changes_without_moving_the_time(aged):
    """Only a full read finds it."""
    updated = {one["objectId"] for one in entries(aged, "UPDATE")}
    one = next(
        one
        for one in entries(aged, "RECALCULATE", type_id="0-1")
        if one["objectId"] not in updated
        and one["properties"] != one["previous"]
        and aged.account.is_live("0-1", aged.account.index_of("0-1", int(one["objectId"])))
    )
    names = list(one["properties"])
    record = aged.get(f"/crm/v3/objects/contacts/{one['objectId']}", properties=names)
    assert record["properties"][names[0]] == one["properties"][names[0]]
    assert record["updatedAt"] < one["at"]


def test_archiving_leaves_the_time_of_change_alone(aged):
    """airbyte #19838: a reader that goes by time of change never hears of it."""
    served = {found.id for found in aged.account.types()}
    for one in entries(aged, "ARCHIVE"):
        if one["objectTypeId"] not in served:
            continue
        record = aged.get(
            f"/crm/v3/objects/{one['objectTypeId']}/{one['objectId']}", archived="true"
        )
        assert record["archivedAt"] == one["at"]
        assert record["updatedAt"] <= one["at"]


def test_a_privacy_deletion_leaves_nothing_to_read(aged):
    """Neither live nor archived: only the journal knows."""
    for one in entries(aged, "GDPR_DELETE"):
        for archived in ("false", "true"):
            with pytest.raises(ApiError) as refused:
                aged.get(f"/crm/v3/objects/contacts/{one['objectId']}", archived=archived)
            assert refused.value.status == 404


def test_a_merge_leaves_one_record_that_names_the_other(aged):
    """The loser's id answers with the survivor, for contacts."""
    for one in entries(aged, "MERGE", type_id="0-1"):
        record = aged.get(
            f"/crm/v3/objects/contacts/{one['objectId']}", properties="hs_merged_object_ids"
        )
        assert record["id"] == one["mergedInto"]
        assert one["objectId"] in record["properties"]["hs_merged_object_ids"].split(";")


def test_a_contact_gets_the_addresses_of_who_is_merged_into_it(make_api):
    """Its own one stays the first; the others become further ones."""
    account = make_api(contacts=200).account
    survivor, loser = islice(
        (
            index
            for index in account.live_indexes("0-1")
            if account.view("0-1", index).value("email")
        ),
        2,
    )
    first, address = (account.view("0-1", one).value("email") for one in (survivor, loser))
    account.merge("0-1", survivor, loser, account.started_ms + 1)
    merged = account.view("0-1", survivor)
    assert merged.value("email") == first
    assert address in merged.value("hs_additional_emails").split(";")


def test_merged_deals_live_on_under_a_new_id(make_api):
    """Both ids vanish; the webhook's `newObjectId`."""
    api = make_api(contacts=1000)
    before = api.account.size("0-3")
    quiet = {"changed": 0, "created": 0, "archived": 0, "gdpr_deleted": 0, "merged": 0.004}
    api.post("/_sandbox/advance", quiet)
    merges = entries(api, "MERGE", type_id="0-3")
    assert len(merges) == 2
    assert len({one["mergedInto"] for one in merges}) == 1
    assert api.account.index_of("0-3", int(merges[0]["mergedInto"])) >= before


def test_associations_change_without_moving_any_time(aged):
    """What re-reading changed records alone would miss; truth counts them."""
    changed = entries(aged, "ASSOCIATION_ADDED", "ASSOCIATION_REMOVED", type_id="0-1")
    assert {one["action"] for one in changed} == {"ASSOCIATION_ADDED", "ASSOCIATION_REMOVED"}
    for one in entries(aged, "ASSOCIATION_REMOVED", type_id="0-1"):
        base = f"/crm/v4/objects/contacts/{one['objectId']}/associations/{one['toObjectTypeId']}"
        index = aged.account.index_of("0-1", int(one["objectId"]))
        if aged.account.is_live("0-1", index):
            found = aged.get(base)["results"]
            assert int(one["toObjectId"]) not in {to["toObjectId"] for to in found}


def test_newest_only_leaves_old_records_alone(make_api):
    """So that parts of old key ranges can be used again."""
    api = make_api(contacts=2000)
    api.post("/_sandbox/advance", {"newest_only": True, "changed": 0.01})
    touched = {
        api.account.index_of("0-1", int(one["objectId"]))
        for one in entries(api, type_id="0-1")
        if not one["action"].startswith("ASSOCIATION")
    }
    assert min(touched) > 1800


def test_churn_changes_the_account_before_each_request(make_api):
    """As many changes as asked for, in the journal, with truth following."""
    api = make_api()
    api.post("/_sandbox/churn", {"changes_per_request": 20})
    for _ in range(10):
        churn(api.account, api.now_ms)
    assert len(entries(api)) >= 200
    truth = api.get("/_sandbox/truth")["types"]
    assert len(api.all_records("contacts", limit=100)) == truth["0-1"]
    assert {"UPDATE", "CREATE", "ARCHIVE", "MERGE"} <= {one["action"] for one in entries(api)}


@pytest.mark.parametrize(
    "body",
    [
        {"changed": -1},
        {"changed": 1.5},
        {"unknown": 1},
        {"newest_only": 1},
        {"days": "two"},
        {"days": 1e300},
        {"definitions": {}},
    ],
)
def test_an_advance_that_makes_no_sense_is_refused(api, body):
    """400 that says what is wrong, and nothing changed."""
    with pytest.raises(ApiError) as refused:
        api.post("/_sandbox/advance", body)
    assert refused.value.status == 400
    assert len(api.account.journal) == 0


@pytest.mark.parametrize(
    "body", [{"unknown": 1}, {"search_cap": "50"}, {"search_id_order": "size"}, {"short_pages": 1}]
)
def test_a_knob_that_does_not_exist_or_fit_is_refused(api, body):
    """400, not a silent default."""
    with pytest.raises(ApiError) as refused:
        api.post("/_sandbox/knobs", body)
    assert refused.value.status == 400
