"""What the endpoint of marketing-email events makes of answers that the sandbox does not give."""

import pytest

from crmsnap.errors import UnexpectedAnswer
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import email_events
from crmsnap.streams.other_types.flat import flat
from tests.unit.hubspot.host import Host, Reply

OPEN = {"id": "a", "type": "OPEN", "created": 1_795_312_800_123, "recipient": "A@b.example"}


def page(client: Client, offset: str | None = None) -> email_events.EmailEventPage:
    return email_events.page(client, start_ms=1, end_ms=2, offset=offset)


def test_an_event_comes_whole(client: Client, host: Host) -> None:
    """Also with the fields that nobody has described; numbers with all their digits."""
    event = {**OPEN, "emailCampaignId": 90071992547409931, "newField": [{"b": 1.5, "a": None}]}
    host.answer(Reply({"hasMore": True, "offset": "x", "events": [event]}))
    found = page(client)
    assert host.got[0].target.endswith("events?limit=1000&startTimestamp=1&endTimestamp=2")
    assert found.offset == "x"
    assert flat(found.events[0].fields) == {
        "id": "a",
        "type": "OPEN",
        "created": "1795312800123",
        "recipient": "A@b.example",
        "email_campaign_id": "90071992547409931",
        "new_field": '[{"a":null,"b":1.5}]',
    }


def test_the_last_page_has_an_offset_too(client: Client, host: Host) -> None:
    """`hasMore` ends the reading, and an empty page with more behind it does not."""
    host.answer(Reply({"hasMore": True, "offset": "y", "events": []}))
    assert page(client, "x").offset == "y"
    host.answer(Reply({"hasMore": False, "offset": "z", "events": [OPEN]}))
    assert page(client, "y").offset is None


@pytest.mark.parametrize("more", [{}, {"offset": "x"}])
def test_pages_that_lead_nowhere_are_named(
    client: Client, host: Host, more: dict[str, str]
) -> None:
    """More events are said to follow, and nothing says where, or where we are already."""
    host.answer(Reply({"hasMore": True, "events": [OPEN], **more}))
    with pytest.raises(UnexpectedAnswer):
        page(client, "x")


def test_the_one_type_that_does_not_name_itself(client: Client, host: Host) -> None:
    """HubSpot's guide: all but UNBOUNCE have a type and a recipient."""
    host.answer(Reply({"hasMore": False, "events": [{"id": "a", "created": 1}]}))
    (event,) = page(client).events
    assert (event.type, event.recipient, event.created_ms) == ("UNBOUNCE", None, 1)
