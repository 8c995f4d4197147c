"""The data look real, traps included: each of them is there at the smallest size, for any seed."""

import re

import pytest

from crmsnap.sandbox.account import hostile
from crmsnap.sandbox.account.values import CANARY

SEEDS = [1, 2, 77]


@pytest.fixture(params=SEEDS)
def contacts(request, make_api):
    """All contacts with all their properties, by record."""
    account = make_api(seed=request.param)
    names = [one["name"] for one in account.get("/crm/v3/properties/contacts")["results"]]
    return account.all_records("contacts", limit=100, properties=",".join(names))


def values(contacts, name):
    """All values of one property."""
    return {record["properties"][name] for record in contacts}


def test_a_contact_has_150_properties_of_which_about_60_are_set(contacts):
    """The shape that the project's speed is measured with."""
    filled = [
        sum(value is not None for value in record["properties"].values()) for record in contacts
    ]
    assert {len(record["properties"]) for record in contacts} == {150}
    assert 55 <= sum(filled) / len(filled) <= 66


def test_every_hostile_text_is_there(contacts):
    """Line breaks of every kind, quotes, NUL, emoji, other alphabets, texts that look like null."""
    assert values(contacts, "last_survey_comment") >= set(hostile.TEXTS)


def test_the_longest_text_that_hubspot_allows_is_there(contacts):
    """65,536 characters in one value."""
    assert max(len(text or "") for text in values(contacts, "last_survey_comment")) == 65_536


def test_empty_texts_and_nulls_stand_side_by_side(contacts):
    """They are different values and must stay so."""
    assert {"", None} <= values(contacts, "last_survey_comment")
    assert {"", None} <= values(contacts, "customer_reference")


def test_number_properties_hold_what_no_number_type_can(contacts):
    """Seventeen digits, a list of numbers, leading zeros, exponents."""
    assert {"90071992547409931", "1;2;3", "00012", "1e21"} <= values(contacts, "customer_reference")


def test_dates_come_in_every_form(contacts):
    """ISO with and without milliseconds, epoch milliseconds, plain dates, far past and far future."""
    assert values(contacts, "odd_date") >= set(hostile.TIMES)
    days = values(contacts, "contract_signed_on") - {None}
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", day) for day in days)
    moments = values(contacts, "hs_recurring_billing_end_date") - {None}
    assert moments
    assert all(moment.isdigit() for moment in moments)


def test_booleans_can_be_null(contacts):
    """Null is not false (tap-hubspot 4.5.0 turned 45,074 of them into false)."""
    assert values(contacts, "hs_email_optout") == {"true", "false", None}


def test_names_are_not_all_latin(contacts):
    """Other alphabets, apostrophes, quotes and commas in names."""
    text = "".join(filter(None, values(contacts, "firstname") | values(contacts, "lastname")))
    assert any(ord(sign) > 0x3000 for sign in text)
    assert set("'\",é") <= set(text)


def test_many_records_share_one_time_of_change(contacts):
    """An import touches more records in one millisecond than search gives results."""
    times = [record["updatedAt"] for record in contacts]
    assert max(map(times.count, times)) >= 25


def test_no_value_holds_the_canary_of_sensitive_ones(contacts):
    """Else a search for leaks would find what is no leak."""
    texts = (value for record in contacts for value in record["properties"].values())
    assert not any(CANARY in text for text in texts if text)


def test_merged_contacts_name_their_losers_in_two_forms(contacts):
    """`id;id`, and `id:milliseconds;id:milliseconds` for contacts alone."""
    merged = values(contacts, "hs_merged_object_ids") - {None}
    assert any(re.fullmatch(r"\d+;\d+", text) for text in merged)
    vids = values(contacts, "hs_calculated_merged_vids") - {None}
    assert any(re.fullmatch(r"\d+:\d{13};\d+:\d{13}", text) for text in vids)


def test_every_record_of_every_type_says_when_it_was_made_and_changed(api):
    """`createdAt` is never after `updatedAt`, and nothing was changed in the last hour."""
    for found in api.account.types():
        for record in api.all_records(found.id, limit=100):
            assert record["createdAt"] <= record["updatedAt"] < "2026-09-21T13:13:20.000Z"


def test_labels_of_custom_types_are_what_people_write(api):
    """Paths in labels, other alphabets, right-to-left, two labels for one table name."""
    labels = [
        one["labels"]["plural"] for one in api.get("/crm-object-schemas/v3/schemas")["results"]
    ]
    assert any("../" in label and "\u202e" in label for label in labels)
    assert {"Договоры", "مشاريع", "Field Visits", "Field-Visits", "Pets", "Line Items"} <= set(
        labels
    )


def test_one_type_has_more_property_names_than_a_url_can_hold(api):
    """1,500 names: they have to be asked for in the body of a batch read."""
    names = [one["name"] for one in api.get("/crm/v3/properties/projects")["results"]]
    assert len(names) >= 1_490
    assert sum(len(name) + 1 for name in names) > 16_000


def test_one_type_has_no_record(api):
    """Its table is empty, not absent."""
    assert api.get("/crm/v3/objects/carts") == {"results": []}
