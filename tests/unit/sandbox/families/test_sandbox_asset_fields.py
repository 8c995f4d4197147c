"""What is particular to one kind of marketing asset."""

import re
from datetime import datetime

import pytest

from crmsnap.sandbox.api.blog_posts import list_posts
from crmsnap.sandbox.api.campaigns import READABLE, get_campaign, list_campaigns
from crmsnap.sandbox.api.cms_pages import list_landing_pages, list_site_pages
from crmsnap.sandbox.api.forms import list_forms
from crmsnap.sandbox.api.marketing_emails import list_emails
from crmsnap.sandbox.api.route import ApiError

GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


@pytest.mark.parametrize("listing", [list_landing_pages, list_site_pages, list_posts])
def test_fields_of_content_are_missing_or_null_in_turn(listing, reader):
    """HubSpot's clients declare all of them to be there."""
    found = reader.all(listing)
    every = {name for one in found for name in one}
    assert any(every - one.keys() for one in found)
    for name in ("abStatus", "folderId", "password"):
        values = [one[name] for one in found]
        assert None in values
        assert any(value is not None for value in values)


def test_site_pages_sort_differently_by_text_and_by_number(reader):
    """Who keeps ids as text must not sort or page by that text."""
    ids = [one["id"] for one in reader.all(list_site_pages)]
    assert ids == sorted(ids, key=int) != sorted(ids)


def test_times_of_content_have_two_forms(reader):
    """ISO 8601 where a page was made, milliseconds where it expires or a post was archived."""
    pages = reader.all(list_site_pages)
    assert all(datetime.fromisoformat(one["created"]) for one in pages)
    assert any(isinstance(one["pageExpiryDate"], int) for one in pages)
    assert isinstance(reader.all(list_posts, archived="true")[0]["archivedAt"], int)
    assert isinstance(reader.all(list_site_pages, archived="true")[0]["archivedAt"], str)


def test_statistics_of_emails_come_when_asked_for(reader):
    """The time of counting is a text in one email and a number in the next."""
    assert not any("stats" in one for one in reader.all(list_emails))
    found = reader.all(list_emails, includeStats="true")
    assert all(one["stats"]["counters"]["sent"] >= 0 for one in found)
    assert any(not one["stats"]["qualifierStats"] for one in found), "a draft was never sent"
    assert {type(one["statsCountedAt"]) for one in found} == {int, str}


def test_statistics_add_up(reader):
    """So that a test of a reader can tell a column from its neighbour."""
    for one in reader.all(list_emails, includeStats="true"):
        counters = one["stats"]["counters"]
        assert counters["sent"] == counters["delivered"] + counters["bounce"]
        assert counters["bounce"] == counters["hardbounced"] + counters["softbounced"]
        assert counters["click"] <= counters["open"] <= counters["delivered"]


def test_an_email_names_a_campaign_that_exists(reader):
    """By its GUID, and so do pages."""
    known = {one["id"] for one in reader.all(list_campaigns)}
    named = {one["campaign"] for one in reader.all(list_emails) if "campaign" in one}
    named |= {one["campaign"] for one in reader.all(list_site_pages) if one["campaign"]}
    assert named
    assert named & known


@pytest.mark.parametrize("listing", [list_campaigns, list_forms])
def test_ids_of_campaigns_and_forms_are_guids_in_no_order(listing, reader):
    """They cannot be compared to find out what is new."""
    ids = [one["id"] for one in reader.all(listing)]
    assert all(GUID.fullmatch(one) for one in ids)
    assert ids != sorted(ids)


def test_a_campaign_has_the_properties_that_are_asked_for(reader):
    """Without names none; empty ones are left out instead of being null."""
    assert all(one["properties"] == {} for one in reader.all(list_campaigns))
    found = reader.all(list_campaigns, properties=",".join(READABLE))
    assert all(value for one in found for value in one["properties"].values())
    assert {name for one in found for name in one["properties"]} == READABLE
    assert any(one["properties"].keys() < READABLE for one in found)


def test_a_campaign_has_two_ids(reader):
    """The GUID of the API and the number that other records know."""
    found = reader.all(list_campaigns, properties="hs_object_id")
    numbers = [one["properties"]["hs_object_id"] for one in found]
    assert len(set(numbers)) == len(numbers)
    assert all(number.isdigit() and int(number) > 2**53 for number in numbers)


@pytest.mark.parametrize("handler", [list_campaigns, get_campaign])
def test_a_property_that_campaigns_do_not_have_is_refused(handler, reader):
    """Other families ignore unknown names; this one answers 400."""
    path = {"campaignGuid": reader.all(list_campaigns)[0]["id"]}
    with pytest.raises(ApiError) as refused:
        reader.get(handler, path, properties="hs_name,hs_budget_total")
    assert refused.value.status == 400
    assert "hs_budget_total" in refused.value.body["message"]


def test_a_form_tells_its_fields_and_whose_they_are(reader):
    """A form can write to contacts and to companies."""
    for form in reader.all(list_forms):
        fields = [field for group in form["fieldGroups"] for field in group["fields"]]
        assert {field["objectTypeId"] for field in fields} == {"0-1", "0-2"}
    assert any("archivedAt" in one for one in reader.all(list_forms, archived="true"))
