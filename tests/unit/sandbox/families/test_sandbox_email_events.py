"""Events of marketing mails: newest first, `hasMore` and `offset`, some of them late."""

from collections import Counter

import pytest

from crmsnap.sandbox.account import email_events
from crmsnap.sandbox.account.account import Account
from crmsnap.sandbox.account.email_events import EmailEventType
from crmsnap.sandbox.account.times import DAY_MS
from crmsnap.sandbox.api.email_events import list_events
from crmsnap.sandbox.api.objects import list_records
from crmsnap.sandbox.api.route import ApiError


def read(reader, **query):
    """Every event, page after page while there is more."""
    found = []
    while True:
        page = reader.get(list_events, **query)
        found += page["events"]
        if not page["hasMore"]:
            return found
        query["offset"] = page["offset"]


@pytest.mark.parametrize("limit", [1, 50, 1_000])
def test_every_event_comes_once_and_the_newest_first(reader, limit):
    """Also where several share one millisecond and a page ends between them."""
    found = read(reader, limit=limit)
    times = [one["created"] for one in found]
    assert times == sorted(times, reverse=True)
    assert len({one["id"] for one in found}) == len(found)
    assert Counter(one["type"] for one in found) == email_events.truth(
        reader.account, reader.now_ms
    )
    assert max(Counter(times).values()) >= 16


def test_an_account_of_any_size_has_about_three_for_each_contact(reader):
    """Every type among them, from 200 contacts on."""
    for contacts in (200, 3_000):
        reader.account = Account(seed=4, contacts=contacts, now_ms=reader.now_ms)
        counts = email_events.truth(reader.account, reader.now_ms)
        assert set(counts) == set(EmailEventType)
        assert 2.6 <= sum(counts.values()) / contacts <= 3.4


def test_a_page_without_more_has_an_offset_too(reader):
    """What follows it is empty: a reader that goes on until there is no offset never ends."""
    page = reader.get(list_events, limit=1_000, offset=reader.get(list_events)["offset"])
    assert page["hasMore"] is False
    assert reader.get(list_events, offset=page["offset"]) == {
        "hasMore": False,
        "offset": page["offset"],
        "events": [],
    }


def test_time_type_campaign_and_recipient_choose(reader):
    """Both times inclusive, addresses in any letters."""
    every = read(reader, limit=1_000)
    some = every[len(every) // 2]
    at = some["created"]
    chosen = read(reader, startTimestamp=at, endTimestamp=at)
    assert chosen == [one for one in every if one["created"] == at]
    opened = read(reader, eventType="OPEN")
    assert opened == [one for one in every if one["type"] == "OPEN"]
    campaign = read(reader, campaignId=some["emailCampaignId"])
    assert campaign == [one for one in every if one["emailCampaignId"] == some["emailCampaignId"]]
    address = some["recipient"].swapcase()
    assert {one["recipient"].lower() for one in read(reader, recipient=address)} == {
        some["recipient"].lower()
    }


def test_recipients_are_contacts_in_several_ways_or_nobody(reader):
    """First addresses, in other letters too, second ones, and addresses that no contact has."""
    contacts = reader.all(
        list_records, {"type": "contacts"}, limit=100, properties="email,hs_additional_emails"
    )
    first = {one["properties"]["email"] for one in contacts}
    others = {
        address
        for one in contacts
        for address in (one["properties"]["hs_additional_emails"] or "").split(";")
        if address
    }
    recipients = {one["recipient"] for one in read(reader, limit=1_000)}
    assert len(recipients & first) > 50
    assert recipients & others
    lowered = {one.lower() for one in recipients - first - others}
    assert lowered & first
    assert any(one.startswith("nobody") for one in lowered - first - others)


def test_an_event_names_the_sending_that_it_follows(reader):
    """By its id and its time."""
    every = {one["id"]: one for one in read(reader, limit=1_000)}
    followers = [one for one in every.values() if one["type"] != "SENT"]
    for one in followers:
        sent = every[one["sentBy"]["id"]]
        assert (sent["type"], sent["created"]) == ("SENT", one["sentBy"]["created"])
        assert (sent["recipient"], sent["hmid"]) == (one["recipient"], one["hmid"])
    again = [one for one in every.values() if "obsoletedBy" in one]
    assert again
    assert all(every[one["obsoletedBy"]["id"]]["type"] == "OPEN" for one in again)


def test_types_have_fields_of_their_own(reader):
    """An open has a browser, a click an address, a bounce a category, a status its subscriptions."""
    found = {one["type"]: one for one in read(reader, limit=1_000)}
    for kind, names in (
        ("SENT", {"subject", "from", "cc", "bcc"}),
        ("OPEN", {"browser", "location", "userAgent", "deviceType", "duration"}),
        ("CLICK", {"browser", "url", "deviceType"}),
        ("BOUNCE", {"category", "response"}),
        ("STATUSCHANGE", {"source", "subscriptions"}),
    ):
        assert names <= set(found[kind])
    assert "browser" not in found["SENT"]


def test_some_events_arrive_late(reader):
    """A reader that goes on from its newest event never hears of them."""
    reader.account = Account(seed=2, contacts=20_000, now_ms=reader.now_ms)
    reader.now_ms += DAY_MS
    today = reader.now_ms - DAY_MS
    first = {one["id"]: one for one in read(reader, limit=1_000, startTimestamp=today)}
    newest = max(one["created"] for one in first.values())
    reader.now_ms += 2 * DAY_MS
    later = read(reader, limit=1_000, startTimestamp=today, endTimestamp=newest)
    late = [one for one in later if one["id"] not in first]
    assert late
    assert {one["id"] for one in later} >= set(first)


def test_events_of_an_erased_contact_are_gone(reader):
    """And not counted."""
    account = reader.account
    index = next(
        index
        for index in account.live_indexes("0-1")
        if read(reader, recipient=account.view("0-1", index).value("email") or "x")
    )
    address = account.view("0-1", index).value("email")
    before = len(read(reader, limit=1_000))
    account.delete("0-1", index, reader.now_ms)
    assert read(reader, recipient=address) == []
    after = read(reader, limit=1_000)
    assert len(after) < before
    assert len(after) == sum(email_events.truth(account, reader.now_ms).values())


def test_mail_to_an_address_that_no_contact_has_stays(reader):
    """An erased contact without an address takes no mail with it."""
    account = reader.account
    index = next(
        index
        for index in account.live_indexes("0-1")
        if account.view("0-1", index).value("email") is None
    )
    before = len(read(reader, limit=1_000))
    account.delete("0-1", index, reader.now_ms)
    assert len(read(reader, limit=1_000)) == before


@pytest.mark.parametrize(
    "query",
    [
        {"limit": 1_001},
        {"eventType": "OPENED"},
        {"offset": "nonsense"},
        {"startTimestamp": "2026-01-01"},
        {"campaignId": "x"},
        {"excludeFilteredEvents": "true"},
    ],
)
def test_a_request_that_makes_no_sense_is_refused(reader, query):
    """400, as everywhere."""
    with pytest.raises(ApiError) as refused:
        reader.get(list_events, **query)
    assert refused.value.status == 400
