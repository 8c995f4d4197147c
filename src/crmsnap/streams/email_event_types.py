"""The types of marketing-email events: their names in HubSpot's share, and the fields that they have.

The API calls them `OPEN` and `CLICK` and gives no ids; the share has a table for each, `EVENTS_OPENED_EMAIL_V2`.
A type that is not in this list is read like the others, under a name of ours.
(developers.hubspot.com: "Email analytics API v1"; the share's names: queries of its users.)
"""

from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType

import msgspec

from crmsnap.streams.documents import EventTypeDocument, PropertyDocument
from crmsnap.streams.other_types.flat import snake_case
from crmsnap.streams.stream import END, Page, Scope, Stream, Task

PREFIX = "email:"
"""Before the API's name of a type it makes EVENTTYPEID (ours): no other event type has a colon."""

_TEXT, _NUMBER, _BOOL, _JSON = "string", "number", "bool", "json"


@dataclass(frozen=True, slots=True)
class EmailEventType:
    """A type of event as the API calls it, and what we know of it."""

    name: str
    """`OPEN`."""
    event_name: str
    """`opened_email_v2`: what tables are named after."""
    label: str
    fields: tuple[tuple[str, str], ...] = ()
    """Fields that only some types have, as the API calls them, with the types of their values."""
    is_seen: bool = False
    """Whether the event name is the share's own; else it is ours."""

    @property
    def id(self) -> str:
        """EVENTTYPEID."""
        return PREFIX + self.name


_MAIL = (("subject", _TEXT), ("from", _TEXT), ("replyTo", _JSON), ("cc", _JSON), ("bcc", _JSON))
_READER = (
    ("userAgent", _TEXT),
    ("browser", _JSON),
    ("location", _JSON),
    ("ipAddress", _TEXT),
    ("deviceType", _TEXT),
    ("filteredEvent", _BOOL),
)
COMMON_FIELDS = (
    ("recipient", _TEXT),
    ("portalId", _TEXT),
    ("appId", _TEXT),
    ("appName", _TEXT),
    ("emailCampaignId", _TEXT),
    ("emailCampaignGroupId", _TEXT),
    ("hmid", _TEXT),
    ("sendId", _TEXT),
    ("smtpId", _TEXT),
    ("sentBy", _JSON),
    ("obsoletedBy", _JSON),
    ("causedBy", _JSON),
)
"""What every type can have. Ids are text from end to end."""

EMAIL_EVENT_TYPES = (
    EmailEventType("OPEN", "opened_email_v2", "Opened", (*_READER, ("duration", _NUMBER)), True),
    EmailEventType(
        "CLICK",
        "clicked_link_in_email_v2",
        "Clicked",
        (*_READER, ("url", _TEXT), ("referer", _TEXT), ("linkId", _TEXT)),
        is_seen=True,
    ),
    EmailEventType(
        "DELIVERED", "mta_delivered_email_v2", "Delivered", (("response", _TEXT),), is_seen=True
    ),
    EmailEventType(
        "BOUNCE",
        "mta_bounced_email_v2",
        "Bounced",
        (("category", _TEXT), ("response", _TEXT), ("status", _TEXT)),
        is_seen=True,
    ),
    EmailEventType("SPAMREPORT", "reported_spam_email_v2", "Reported as spam", _READER, True),
    EmailEventType(
        "STATUSCHANGE",
        "updated_email_subscription_status_v2",
        "Subscription changed",
        (
            ("source", _TEXT),
            ("requestedBy", _TEXT),
            ("portalSubscriptionStatus", _TEXT),
            ("subscriptions", _JSON),
            ("bounced", _BOOL),
        ),
        is_seen=True,
    ),
    # No public query names the table of sent mails; this is how delivered and bounced ones are named.
    EmailEventType("SENT", "mta_sent_email_v2", "Sent", _MAIL),
    EmailEventType("PROCESSED", "email_processed", "Processed"),
    EmailEventType(
        "DROPPED",
        "email_dropped",
        "Dropped",
        (*_MAIL, ("dropReason", _TEXT), ("dropMessage", _TEXT)),
    ),
    EmailEventType(
        "DEFERRED", "email_deferred", "Deferred", (("response", _TEXT), ("attempt", _NUMBER))
    ),
    EmailEventType("PRINT", "email_print", "Printed", _READER),
    EmailEventType("FORWARD", "email_forward", "Forwarded", _READER),
    EmailEventType(
        "SUPPRESSED",
        "email_suppressed",
        "Suppressed",
        (*_MAIL, ("suppressedReason", _TEXT), ("suppressedMessage", _TEXT)),
    ),
    EmailEventType("UNBOUNCE", "email_unbounce", "No longer bounced"),
)
"""Those that the guide describes. HubSpot has more, which nobody describes (`REPLY`, `SELECTED`)."""

_BY_NAME = MappingProxyType({known.name: known for known in EMAIL_EVENT_TYPES})

_SHARES_NAMES = MappingProxyType({("CLICK", "url"): "hs_click_original_url"})
"""Properties that the share calls otherwise than by the rule below."""


def email_event_type(name: str) -> EmailEventType:
    """A type by the API's name; one that nobody knows is `email_<name>`."""
    return _BY_NAME.get(name) or EmailEventType(name, f"email_{name.lower()}", name.capitalize())


def property_name(event_type: str, field: str) -> str:
    """The property that holds a field, which may be in snake_case already: `hs_email_campaign_id`."""
    snake = snake_case(field)
    return _SHARES_NAMES.get((event_type, snake), f"hs_{snake}")


def type_document(name: str) -> EventTypeDocument:
    """The definition of a type, as those of other event types are kept."""
    known = email_event_type(name)
    return EventTypeDocument(known.id, label=known.label)


def tasks(_: Scope) -> Iterator[Task]:
    """One pass without a call."""
    yield Task("email-event-types", lambda _client, _position: iter([_types()]))


def property_tasks(_: Scope) -> Iterator[Task]:
    """One pass without a call."""
    yield Task("email-event-properties", lambda _client, _position: iter([_properties()]))


EMAIL_EVENT_DEFINITIONS = Stream(
    name="email-event-types",
    description="The types of marketing-email events, as HubSpot documents them.",
    endpoint="none: no API lists them",
    scopes=(),
    tasks=tasks,
    defines=True,
)

EMAIL_EVENT_PROPERTIES = Stream(
    name="email-event-properties",
    description="The fields of marketing-email events, as HubSpot documents them.",
    endpoint="none: no API lists them",
    scopes=(),
    tasks=property_tasks,
    defines=True,
)


def _types() -> Page:
    names = sorted(known.name for known in EMAIL_EVENT_TYPES)
    return Page([(PREFIX + n, msgspec.json.encode(type_document(n))) for n in names], END)


def _properties() -> Page:
    found = [
        PropertyDocument(
            known.id,
            property_name(known.name, field),
            type_,
            hubspot_defined=True,
            data_sensitivity="non_sensitive",
            description=f"The API's field `{field}`.",
        )
        for known in EMAIL_EVENT_TYPES
        for field, type_ in (*COMMON_FIELDS, *known.fields)
    ]
    return Page([(f"{d.owner} {d.name}", msgspec.json.encode(d)) for d in found], END)
