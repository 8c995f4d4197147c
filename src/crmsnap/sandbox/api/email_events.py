"""`/email/public/v1/events`: what became of marketing mails, the newest first.

The oldest API that is still read: `hasMore` and `offset` instead of `paging`, times in milliseconds,
and every type of event with fields of its own. The last page has an `offset` too. No dated path.
Source: legacydocs.hubspot.com, "Get email events for a campaign or recipient".
"""

from itertools import islice
from typing import Any

import orjson

from crmsnap.sandbox.account.account import Account
from crmsnap.sandbox.account.email_events import EmailEvents, EmailEventType, Place
from crmsnap.sandbox.account.event_texts import CITIES, PAGES, TITLES
from crmsnap.sandbox.api import pages
from crmsnap.sandbox.api.number import whole_number
from crmsnap.sandbox.api.route import Call, Family, Reply, Route

SCOPES = frozenset({"content"})
LIMIT_DEFAULT, LIMIT_MAX = 100, 1_000
NOT_SERVED = ("appId", "excludeFilteredEvents")
APPS = ((113, "Batch"), (20_053, 'AutomationEmail, "v2"'))


def list_events(account: Account, call: Call) -> Reply:
    """A page of events within two times, of one type, campaign or recipient when asked."""
    _refuse_unserved(call)
    events = EmailEvents(account, call.now_ms)
    size = pages.limit(call, LIMIT_DEFAULT, LIMIT_MAX)
    wanted, campaign = _type(call), _number(call, "campaignId", None)
    recipient = call.first("recipient")
    last = _place_of_token(call)
    from_ms, until_ms = (
        _number(call, "startTimestamp", 0),
        _number(call, "endTimestamp", call.now_ms),
    )
    if last is not None:
        until_ms = min(until_ms or 0, last.at_ms)
    found = (
        place
        for place in events.newest_first(from_ms or 0, until_ms or 0)
        if (last is None or place < last)
        and (wanted is None or events.type_of(place) is wanted)
        and (campaign is None or events.campaign_id(place.mail) == campaign)
        and (recipient is None or events.recipient(place.mail).lower() == recipient.lower())
    )
    chosen = list(islice(found, size + 1))
    shown = chosen[:size]
    answer = {
        "hasMore": len(chosen) > size,
        "offset": pages.token(*(shown[-1] if shown else last or (0, 0, 0))),
        "events": [_json(account, events, place) for place in shown],
    }
    return Reply(orjson.dumps(answer))


FAMILY = Family(
    name="email-events",
    limit="burst",
    routes=(Route("GET", ("/email/public/v1/events",), list_events, SCOPES),),
)


def _refuse_unserved(call: Call) -> None:
    """A filter that HubSpot knows and the sandbox does not is refused: ignored, it would mislead."""
    for name in NOT_SERVED:
        if name in call.query:
            raise pages.invalid(name, f"the sandbox does not choose events by {name}")


def _type(call: Call) -> EmailEventType | None:
    text = call.first("eventType")
    if text is None:
        return None
    if text not in EmailEventType.__members__:
        raise pages.invalid(
            "eventType", f"eventType was none of {', '.join(EmailEventType)}: {text}"
        )
    return EmailEventType(text)


def _number(call: Call, name: str, default: int | None) -> int | None:
    text = call.first(name)
    if text is None:
        return default
    number = whole_number(text)
    if number is None:
        raise pages.invalid(name, f"{name} was not a valid number: {text}", "INVALID_LONG")
    return number


def _place_of_token(call: Call) -> Place | None:
    """The event that the page before ended with."""
    text = call.first("offset")
    if not text:
        return None
    parts = pages.parts_of(text, 3, "offset")
    numbers = [whole_number(part) for part in parts]
    if None in numbers:
        raise pages.invalid("offset", f"offset is not a valid paging token: {text}")
    return Place(*(number or 0 for number in numbers))


def _json(account: Account, events: EmailEvents, place: Place) -> dict[str, Any]:
    kind = events.type_of(place)
    bits = events.bits(place.mail, 3)
    app_id, app_name = APPS[bits % 7 == 0]
    body: dict[str, Any] = {
        "id": events.event_id(place),
        "type": kind,
        "created": place.at_ms,
        "recipient": events.recipient(place.mail),
        "portalId": account.portal_id,
        "appId": app_id,
        "appName": app_name,
        "emailCampaignId": events.campaign_id(place.mail),
        "hmid": f"{bits:015x}",
    }
    if place.step:
        body["sentBy"] = _reference(events, events.place_of(place.mail, 0))
    later = events.obsoleted_by(place)
    if later is not None:
        body["obsoletedBy"] = _reference(events, later)
    return body | _details(kind, events.bits(place.mail, 60 + place.step))


def _reference(events: EmailEvents, place: Place) -> dict[str, Any]:
    return {"id": events.event_id(place), "created": place.at_ms}


def _details(kind: EmailEventType, bits: int) -> dict[str, Any]:
    """What only this type of event tells."""
    match kind:
        case EmailEventType.SENT | EmailEventType.DROPPED:
            mail = {"from": "Ünal & Co. <news@example.com>", "replyTo": ["news@example.com"]}
            copies: dict[str, Any] = {"subject": TITLES[bits % len(TITLES)], "cc": [], "bcc": []}
            reason = {"dropReason": "PREVIOUSLY_BOUNCED", "dropMessage": "bounced before"}
            return mail | copies | (reason if kind is EmailEventType.DROPPED else {})
        case EmailEventType.DELIVERED:
            return {"response": "250 2.0.0 OK\r\nqueued as 4F<7>", "smtpId": None}
        case EmailEventType.DEFERRED:
            return {"response": "451 4.7.1 try again later", "attempt": 1 + bits % 3}
        case EmailEventType.BOUNCE:
            response = {"response": '550 "no such user", sorry', "status": "5.1.1"}
            return response | {"category": ("UNKNOWN_USER", "MAILBOX_FULL", "SPAM")[bits % 3]}
        case EmailEventType.STATUSCHANGE:
            return _status_change(bits)
        case EmailEventType.PROCESSED:
            return {}
        case _:
            return _reader(kind, bits)


def _status_change(bits: int) -> dict[str, Any]:
    return {
        "source": "SOURCE_RECIPIENT",
        "requestedBy": None,
        "portalSubscriptionStatus": "UNSUBSCRIBED",
        "subscriptions": [
            {"id": 7 + bits % 3, "status": "UNSUBSCRIBED"},
            {"id": 90_071_992_547_409_931},
        ],
        "bounced": False,
    }


def _reader(kind: EmailEventType, bits: int) -> dict[str, Any]:
    """Where and with what a mail was read."""
    city = CITIES[bits % len(CITIES)]
    body: dict[str, Any] = {
        "browser": {
            "name": "Google Chrome",
            "family": "Chrome",
            "producer": "Google Inc.",
            "producerUrl": "https://www.google.com",
            "type": "Browser",
            "url": "",
            "version": [] if bits % 2 else ["120.0"],
        },
        "location": {"country": "Schweden", "state": "skåne"} | ({"city": city} if city else {}),
        "userAgent": 'Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101, "like" Gecko',
    }
    if kind in (EmailEventType.OPEN, EmailEventType.CLICK):
        body |= {
            "deviceType": ("COMPUTER", "MOBILE", "UNKNOWN")[bits % 3],
            "filteredEvent": bits % 11 == 0,
        }
    if kind is EmailEventType.OPEN:
        body["duration"] = bits % 40_000
    if kind is EmailEventType.CLICK:
        body |= {"url": PAGES[bits % len(PAGES)], "referer": "", "linkId": bits % 5}
    return body
