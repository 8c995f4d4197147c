"""What event types are called."""

from collections import Counter

import pytest

from crmsnap.model import Choice
from crmsnap.streams.documents import EventTypeDocument
from crmsnap.streams.email_event_types import (
    COMMON_FIELDS,
    EMAIL_EVENT_TYPES,
    property_name,
    type_document,
)
from crmsnap.streams.event_names import bare_name, names_of_event


@pytest.mark.parametrize(
    "word",
    [
        "pe1_social flow - b",
        "social flow - b",
        "SOCIAL_FLOW___B",
        "6-17",
        "Social Flow - B",
        "social*",
    ],
)
def test_an_event_type_is_chosen_by_any_of_its_names(word):
    """With or without prefix, by id, label, table or pattern, in any letters."""
    known = EventTypeDocument("pe1_social flow - b", id="6-17", label="Social flow - B")
    assert Choice(only=(word,)).takes(*names_of_event(known))
    assert not Choice(only=(word,)).takes(*names_of_event(EventTypeDocument("e_visited_page")))


@pytest.mark.parametrize(
    "word", ["OPEN", "email:open", "opened_email_v2", "EVENTS_OPENED_EMAIL_V2"]
)
def test_a_mail_event_is_chosen_by_the_names_of_either_side(word):
    """The API's and the share's."""
    names = names_of_event(type_document("OPEN"))
    assert Choice(only=(word.removeprefix("EVENTS_"),)).takes(*names)


def test_no_two_types_of_mail_events_have_one_name():
    """Each is a table of its own."""
    names = Counter(bare_name(known.id) for known in EMAIL_EVENT_TYPES)
    assert set(names.values()) == {1}


def test_the_fields_of_a_mail_event_become_properties_as_in_the_share():
    """`hs_` and snake_case, but where the share's own name is known; each its own."""
    assert property_name("OPEN", "emailCampaignId") == "hs_email_campaign_id"
    assert property_name("CLICK", "url") == "hs_click_original_url"
    for known in EMAIL_EVENT_TYPES:
        fields = [field for field, _ in (*COMMON_FIELDS, *known.fields)]
        assert len({property_name(known.name, field) for field in fields}) == len(fields)
