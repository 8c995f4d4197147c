from itertools import pairwise
from urllib.parse import quote

import orjson
import pytest

from crmsnap.sandbox.account.account import Account
from crmsnap.sandbox.account.event_definitions import custom_types
from crmsnap.sandbox.account.events import truth
from crmsnap.sandbox.account.times import DAY_MS, iso
from crmsnap.sandbox.account.values import CANARY
from crmsnap.sandbox.api.event_definitions import get_definition, list_definitions
from crmsnap.sandbox.api.event_types import list_event_types
from crmsnap.sandbox.api.events import list_occurrences
from crmsnap.sandbox.api.route import ApiError

VISITS = "e_visited_page"


def names(reader):
    return reader.get(list_event_types)["eventTypes"]


def occurrences(reader, **query):
    return reader.all(list_occurrences, limit=1000, **query)


def test_sensitive_properties_come_with_every_occurrence_and_are_marked(reader):
    """Nobody has to ask for them; the definition says what they are."""
    marked = set()
    for kind in custom_types(reader.account.portal_id):
        definition = reader.get(get_definition, {"eventName": kind.name})
        classes = {one["name"]: one["dataSensitivity"] for one in definition["properties"]}
        if kind.custom.archived:
            continue
        for one in reader.all(list_occurrences, eventType=kind.name, limit=1_000):
            for name, text in one["properties"].items():
                is_closed = classes.get(name, "non_sensitive") != "non_sensitive"
                assert text.startswith(CANARY) is is_closed
                marked |= {classes[name]} if is_closed else set()
    assert marked == {"sensitive", "highly_sensitive"}


def test_there_are_standard_custom_and_app_events_and_some_never_occur(reader):
    """A reader must try every name and find nothing behind several of them."""
    found = names(reader)
    used = truth(reader.account, reader.now_ms)
    assert len(found) >= 24
    assert set(used) < set(found)
    prefixes = ("e_", f"pe{reader.account.portal_id}_", "ae")
    assert all(name.startswith(prefixes) for name in found)
    assert {"e_opened_email_v2", VISITS} <= set(found)
    assert any(name != quote(name) for name in found), "one name needs quoting in a URL"


def test_every_type_pages_to_exactly_its_occurrences(reader):
    """In both directions, in small pages, with five occurrences a contact in all."""
    counts = truth(reader.account, reader.now_ms)
    for name in names(reader):
        for sort in ("ASCENDING", "-occurredAt"):
            found = reader.all(list_occurrences, eventType=name, limit=13, sort=sort)
            assert len({one["id"] for one in found}) == len(found) == counts.get(name, 0)
            assert {one["eventType"] for one in found} <= {name}
    assert sum(counts.values()) == 5 * reader.account.contacts


def test_they_are_sorted_by_time_and_some_times_are_equal(reader):
    """The newest first unless asked otherwise."""
    newest_first = [one["occurredAt"] for one in occurrences(reader, eventType=VISITS)]
    oldest_first = [
        one["occurredAt"] for one in occurrences(reader, eventType=VISITS, sort="ASCENDING")
    ]
    assert oldest_first == sorted(newest_first)
    assert newest_first == oldest_first[::-1]
    assert len(set(newest_first)) < len(newest_first)
    assert oldest_first[0] < "2025-11" < "2026-11" < newest_first[0]


def test_both_ends_of_a_time_window_are_inclusive(reader):
    """A slice that ends where the next begins gives their border twice, never not at all."""
    times = [one["occurredAt"] for one in occurrences(reader, eventType=VISITS, sort="ASCENDING")]
    after, before = times[50], times[99]
    window = {"eventType": VISITS, "occurredAfter": after, "occurredBefore": before}
    expected = [time for time in times if after <= time <= before]
    for sort in ("ASCENDING", "DESCENDING"):
        found = reader.all(list_occurrences, limit=7, sort=sort, **window)
        assert sorted(one["occurredAt"] for one in found) == expected


def test_slices_of_time_together_are_the_whole(reader):
    """What a reader does with a huge event type."""
    start, found = reader.now_ms - 402 * DAY_MS, set()
    for day in range(0, 402, 67):
        window = {
            "occurredAfter": iso(start + day * DAY_MS),
            "occurredBefore": iso(start + (day + 67) * DAY_MS),
        }
        found |= {one["id"] for one in occurrences(reader, eventType=VISITS, **window)}
    assert len(found) == truth(reader.account, reader.now_ms)[VISITS]


def test_by_object_type_all_of_its_events_come_in_one_order(reader):
    """A merge of many event types, paged without loss."""
    found = reader.all(list_occurrences, objectType="contact", limit=37)
    assert {one["objectType"] for one in found} == {"CONTACT"}
    assert len({one["id"] for one in found}) == len(found)
    assert len({one["eventType"] for one in found}) > 10
    assert all(a["occurredAt"] >= b["occurredAt"] for a, b in pairwise(found))
    others = [occurrences(reader, objectType=name) for name in ("0-2", "deals")]
    assert all(others)
    assert len(found) + sum(map(len, others)) == 5 * reader.account.contacts


def test_the_events_of_one_record_are_found_directly(reader):
    """By its id, across event types, as a timeline shows them."""
    everything = occurrences(reader, objectType="contact")
    for wanted in {one["objectId"] for one in everything[:5]}:
        found = occurrences(reader, objectType="contact", objectId=wanted)
        assert found == [one for one in everything if one["objectId"] == wanted]
    assert occurrences(reader, objectType="contact", objectId=1) == []


def test_every_record_named_is_one_that_the_account_had(reader):
    """EVENTS rows must join to records, archived ones included."""
    for type_id in ("0-1", "0-2", "0-3"):
        ids = {int(one["objectId"]) for one in occurrences(reader, objectType=type_id)}
        assert all(reader.account.index_of(type_id, id_) is not None for id_ in ids)


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"eventType": "e_no_such_event"},
        {"objectType": "nothing"},
        {"eventType": VISITS, "limit": 1001},
        {"eventType": VISITS, "limit": 0},
        {"eventType": VISITS, "occurredAfter": "yesterday"},
        {"eventType": VISITS, "sort": "sideways"},
        {"eventType": VISITS, "after": "bm90aGluZw"},
        {"eventType": VISITS, "objectId": 151},
        {"eventType": VISITS, "property__hs_url": "x"},
    ],
)
def test_a_question_that_makes_no_sense_is_refused(reader, query):
    """Without event type and object type it is a scan of everything, which is not allowed."""
    with pytest.raises(ApiError) as caught:
        reader.get(list_occurrences, **query)
    assert (caught.value.status, caught.value.body["category"]) == (400, "VALIDATION_ERROR")
    if not query:
        assert caught.value.body["message"] == "Must specify an eventType or objectType"


def test_twenty_are_given_unless_asked_otherwise(reader):
    """The default page is small."""
    assert len(reader.get(list_occurrences, eventType=VISITS)["results"]) == 20


def test_values_are_texts_and_some_are_hostile(reader):
    """What breaks a careless writer of CSV: quotes, line ends of every kind, NUL, empty texts."""
    found = [
        value
        for name in truth(reader.account, reader.now_ms)
        for one in occurrences(reader, eventType=name)
        for value in one["properties"].values()
    ]
    assert all(isinstance(value, str) for value in found)
    text = "".join(found)
    assert all(sign in text for sign in '"\n\r\t\\\u0000\u2028\ufeff')
    assert {"", "NULL", "1;2;3", "12345678901234567"} <= set(found)


def test_an_occurrence_may_have_no_property_at_all(reader):
    """The object is there and empty."""
    name = f"pe{reader.account.portal_id}_nothing_to_tell"
    assert {orjson.dumps(one["properties"]) for one in occurrences(reader, eventType=name)} == {
        b"{}"
    }


def test_only_the_properties_asked_for_are_told(reader):
    """The dated path takes their names."""
    found = occurrences(reader, eventType=VISITS, properties="hs_url,hs_title")
    assert {name for one in found for name in one["properties"]} == {"hs_url", "hs_title"}


def test_each_day_brings_new_events_and_some_come_late(reader):
    """A reader that only looks behind the newest time it saw would miss those."""
    reader.account = Account(seed=1, contacts=4_000, now_ms=reader.now_ms)
    seen = {one["id"]: one["occurredAt"] for one in occurrences(reader, eventType=VISITS)}
    late = 0
    for _ in range(4):
        newest = max(seen.values())
        reader.now_ms += DAY_MS
        found = {one["id"]: one["occurredAt"] for one in occurrences(reader, eventType=VISITS)}
        assert seen.keys() < found.keys()
        late += sum(time < newest for id_, time in found.items() if id_ not in seen)
        seen = found
        assert len(seen) == truth(reader.account, reader.now_ms)[VISITS]
    assert late


def test_nothing_changes_within_a_day(reader):
    """Two reads of one run agree although the clock goes on."""
    before = occurrences(reader, objectType="contact")
    reader.now_ms += DAY_MS - 1
    assert occurrences(reader, objectType="contact") == before


def test_a_privacy_deletion_takes_the_events_along(reader):
    """HubSpot keeps nothing of an erased person; an archived one keeps the events."""
    account, contacts = reader.account, occurrences(reader, objectType="contact")
    erased, archived = (account.index_of("0-1", int(one["objectId"])) for one in contacts[:2])
    account.changes.life_to_change("0-1", archived).archived_ms = reader.now_ms
    account.changes.life_to_change("0-1", erased).deleted = True
    gone = str(account.record_id("0-1", erased))
    left = occurrences(reader, objectType="contact")
    assert left == [one for one in contacts if one["objectId"] != gone]
    assert sum(truth(account, reader.now_ms).values()) == 1000 - (len(contacts) - len(left))


def test_another_seed_is_another_account(reader):
    """And the same seed is the same one, byte for byte."""
    again = Account(seed=1, contacts=200, now_ms=reader.account.started_ms)
    other = Account(seed=2, contacts=200, now_ms=reader.account.started_ms)
    first, second, third = (
        list_occurrences(account, reader.call(eventType=VISITS)).body
        for account in (reader.account, again, other)
    )
    assert first == second != third


def test_definitions_are_of_custom_events_only(reader):
    """The archived one is defined and can no longer be asked for."""
    found = reader.all(list_definitions, limit=3)
    defined = {one["fullyQualifiedName"]: one["archived"] for one in found}
    custom = {name for name in names(reader) if name.startswith("pe")}
    assert custom == {name for name, archived in defined.items() if not archived}
    assert True in defined.values()
    assert reader.get(list_definitions)["total"] == len(found)


def test_definitions_tell_their_properties_when_asked(reader):
    """Of every type there is; without asking the list is empty."""
    assert all(one["properties"] == [] for one in reader.all(list_definitions))
    found = reader.all(list_definitions, includeProperties="true")
    properties = [item for one in found for item in one["properties"]]
    types = {item["type"] for item in properties}
    assert types == {"string", "number", "datetime", "bool", "enumeration"}
    assert all(bool(item["options"]) == (item["type"] == "enumeration") for item in properties)


def test_occurrences_know_a_property_that_the_definition_does_not(reader):
    """Columns must follow what comes as well as what is declared."""
    name = f"pe{reader.account.portal_id}_software_usage_event"
    definition = reader.get(get_definition, {"eventName": name})
    declared = {item["name"] for item in definition["properties"]}
    seen = {key for one in occurrences(reader, eventType=name) for key in one["properties"]}
    assert seen - declared == {"beta_flag"}


def test_a_definition_is_found_by_either_of_its_names(reader):
    """The reference page takes the short one, the events API the long one."""
    for one in reader.all(list_definitions):
        by_name = [
            reader.get(get_definition, {"eventName": one[key]})
            for key in ("name", "fullyQualifiedName")
        ]
        assert by_name[0] == by_name[1]
    with pytest.raises(ApiError) as caught:
        reader.get(get_definition, {"eventName": "nothing"})
    assert caught.value.status == 404


@pytest.mark.parametrize("handler", [list_event_types, list_definitions, list_occurrences])
@pytest.mark.parametrize("tier", ["starter", "professional"])
def test_smaller_subscriptions_have_no_events(reader, handler, tier):
    """A declared gap for the reader, in the same form as a missing scope."""
    reader.account.tier = tier
    with pytest.raises(ApiError) as caught:
        reader.get(handler, eventType=VISITS)
    assert (caught.value.status, caught.value.body["category"]) == (403, "MISSING_SCOPES")


def test_the_end_of_millions_is_as_near_as_the_beginning():
    """Two million visits: their last page is computed without the pages before it."""
    account = Account(seed=1, contacts=1_000_000, now_ms=1_795_651_200_000)
    account.tier = "enterprise"
    counts = truth(account, account.started_ms)
    assert sum(counts.values()) == 5_000_000
    assert counts[VISITS] > 2_000_000
