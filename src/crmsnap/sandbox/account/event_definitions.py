"""The event types of the account: HubSpot's own, an app's, and the custom ones with their definitions.

HubSpot lists every standard event type whether an account can have it or not, so several types here
never occur; and marketing email events are listed but never served by the events API (HubSpot's
page "Events API"). Only custom events have a definition. A name need not be a word: the custom
`social media flow - basic` has spaces, and `document_viewed_v2` exists twice.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

from crmsnap.sandbox.account.event_texts import CITIES, HOSTILE, PAGES, SECRETS, TITLES

CONTACT, COMPANY, DEAL = "0-1", "0-2", "0-3"


class FieldType(StrEnum):
    """The types that a property of an event can have."""

    STRING = "string"
    NUMBER = "number"
    DATETIME = "datetime"
    BOOL = "bool"
    ENUMERATION = "enumeration"


@dataclass(frozen=True, slots=True)
class Field:
    """A property of an event type and what it may hold; None means that an occurrence lacks it."""

    name: str
    type: FieldType
    values: tuple[str | None, ...]
    declared: bool = True
    """False: occurrences have it although the definition does not name it."""
    options: tuple[str, ...] = ()
    sensitivity: str = "non_sensitive"


@dataclass(frozen=True, slots=True)
class EventType:
    """One kind of event: its names, who does it, how often, and what is told about it."""

    name: str
    """As the events API calls it: `e_visited_page`, `pe<account>_...`, `ae<app>_...`."""
    type_id: str
    object_type_id: str
    share: int
    """Of 1,000 occurrences in the account, how many are of this type."""
    fields: tuple[Field, ...] = ()
    custom: "CustomDefinition | None" = None


@dataclass(frozen=True, slots=True)
class CustomDefinition:
    """What a user said about a custom event when defining it."""

    name: str
    label: str
    plural: str | None = None
    description: str | None = None
    tracking: str = "MANUAL"
    archived: bool = False


@cache
def event_types(portal_id: int) -> tuple[EventType, ...]:
    """Every event type of the account, archived definitions included; their shares sum to 1,000."""
    custom = tuple(
        EventType(
            name=f"pe{portal_id}_{made.definition.name}",
            type_id=f"6-{12_031_101 + 7 * position}",
            object_type_id=made.object_type_id,
            share=made.share,
            fields=made.fields,
            custom=made.definition,
        )
        for position, made in enumerate(_CUSTOM)
    )
    return _STANDARD + custom


def visible_types(portal_id: int) -> tuple[EventType, ...]:
    """The types that the account can be asked for: all but archived definitions."""
    return tuple(
        kind for kind in event_types(portal_id) if kind.custom is None or not kind.custom.archived
    )


def custom_types(portal_id: int) -> tuple[EventType, ...]:
    """The types that have a definition, in the order of their type ids."""
    return tuple(kind for kind in event_types(portal_id) if kind.custom is not None)


def _text(name: str, *values: str | None, declared: bool = True) -> Field:
    return Field(name, FieldType.STRING, values, declared)


def _number(name: str, *values: str | None) -> Field:
    return Field(name, FieldType.NUMBER, values)


def _choice(name: str, *values: str | None) -> Field:
    options = tuple(dict.fromkeys(value for value in values if value))
    return Field(name, FieldType.ENUMERATION, values, options=options)


_WHEN = Field(
    "hs_started_at",
    FieldType.DATETIME,
    ("1767225600123", "2026-01-01T00:00:00.123Z", "2026-01-01T00:00:00Z", "1653696000000", None),
)
_PAID = Field("paid", FieldType.BOOL, ("true", "false", "true", "", None))
_PASSPORT = Field("passport_number", FieldType.STRING, SECRETS, sensitivity="sensitive")
_DIAGNOSIS = Field("diagnosis", FieldType.STRING, SECRETS, sensitivity="highly_sensitive")
_CITY = _text("hs_city", *CITIES)
_VISITOR = (
    _CITY,
    _text("hs_country", "de", "se", "jp", "br", None),
    _text("hs_language", "de-de", "en", None),
)
_NUMBERS = ("0", "-1.50", "12345678901234567", "0.1", "1e5", "1;2;3", "007", "", None)

_STANDARD = (
    # 4-96000 is the id inside the paging tokens that HubSpot gives out for this event type.
    EventType(
        "e_visited_page",
        "4-96000",
        CONTACT,
        432,
        (
            _text("hs_url", *PAGES),
            _text("hs_base_url", *(page.partition("?")[0] for page in PAGES)),
            _text("hs_title", *TITLES),
            _text("hs_referrer", "https://www.google.com/", "https://example.com/", "", None),
            _text("hs_utm_source", "newsletter", "google", None, None),
            _text("hs_session_id", "s-1", "s-2", "s-3", "s-4", "s-5", "s-6", "s-7"),
            _number("hs_visit_count", "1", "2", "3", "17", None),
            *_VISITOR,
        ),
    ),
    EventType(
        "e_opened_tracked_inbox_email_v8",
        "4-666440",
        CONTACT,
        90,
        (_text("hs_subject", *TITLES, *HOSTILE), *_VISITOR),
    ),
    EventType(
        "e_v2_contact_enrolled_in_sequence",
        "4-675777",
        CONTACT,
        25,
        (
            _text("hs_sequence_id", "90071992547409931", "17"),
            _text("hs_enrolled_by", "880011", None),
        ),
    ),
    EventType(
        "e_v2_sequence_step_executed",
        "4-675778",
        CONTACT,
        60,
        (
            _text("hs_sequence_id", "90071992547409931", "17"),
            _number("hs_step_order", "0", "1", "2"),
        ),
    ),
    EventType(
        "e_document_viewed_v2",
        "4-680210",
        CONTACT,
        35,
        (_text("hs_document_name", *TITLES), _number("hs_page_count", *_NUMBERS)),
    ),
    EventType(
        "e_cookie_banner_viewed",
        "4-1639794",
        CONTACT,
        70,
        (_text("hs_consent", "accept", "decline", None), *_VISITOR),
    ),
    EventType(
        "e_mb_media_played",
        "4-1639797",
        CONTACT,
        20,
        (_text("hs_media_title", *HOSTILE), _number("hs_played_seconds", *_NUMBERS)),
    ),
    EventType(
        "e_call_mentioned_keyword",
        "4-1741072",
        CONTACT,
        20,
        (_text("hs_keyword", "price", "Kündigung", "競合", None),),
    ),
    EventType(
        "e_updated_email_subscription_status_v2",
        "4-1741073",
        CONTACT,
        15,
        (_text("hs_status", "SUBSCRIBED", "NOT_SUBSCRIBED"),),
    ),
    EventType(
        "e_ad_metrics_imported_v0",
        "4-1741074",
        COMPANY,
        25,
        (_number("hs_clicks", *_NUMBERS), _number("hs_cost", "12.345678901234567", "0")),
    ),
    EventType("ae205134_webinar_attended", "4-2026117", CONTACT, 10, (_text("webinar", *TITLES),)),
    *(
        EventType(name, type_id, CONTACT, 0)
        for name, type_id in (
            ("e_clicked_link_in_email_v2", "4-665536"),
            ("e_opened_email_v2", "4-665538"),
            ("e_mta_delivered_email_v2", "4-665537"),
            ("e_mta_bounced_email_v2", "4-665539"),
            ("e_reported_spam_email_v2", "4-665535"),
            ("e_hs_scheduled_email_v2", "4-665540"),
            ("e_v2_contact_booked_meeting_through_sequence", "4-675783"),
        )
    ),
)


@dataclass(frozen=True, slots=True)
class _Made:
    definition: CustomDefinition
    object_type_id: str
    share: int
    fields: tuple[Field, ...] = field(default=())


_CUSTOM = (
    _Made(
        CustomDefinition(
            "software_usage_event", "Software usage", "Software usages", "One session."
        ),
        COMPANY,
        78,
        (
            _text("software_version", "1.0", "1.10", "2.0-rc1", None),
            _number("minutes", *_NUMBERS),
            _choice("edition", "free", "team", "enterprise", None),
            _PAID,
            _WHEN,
            _text("beta_flag", "on", None, None, declared=False),
        ),
    ),
    _Made(
        CustomDefinition("oauth_login", "OAuth login", tracking="WEBHOOK"),
        CONTACT,
        60,
        (_text("provider", "google", "github", "", None), _WHEN, _CITY, _PASSPORT),
    ),
    _Made(
        CustomDefinition("aws_ecommerce", 'AWS "e-commerce", daily', tracking="IMPORT"),
        CONTACT,
        20,
        (_number("amount", *_NUMBERS), _text("note", *HOSTILE), _PAID, _DIAGNOSIS),
    ),
    _Made(
        CustomDefinition("social media flow - basic", "Social Media Flow - Basic"),
        CONTACT,
        12,
        (_choice("network", "linkedin", "mastodon", "X / Twitter"), _text("post", *HOSTILE)),
    ),
    _Made(
        CustomDefinition(
            "document_viewed_v2", "ドキュメントを見た", description="Zeile 1\nZeile 2"
        ),
        CONTACT,
        6,
        (_text("document_name", *TITLES),),
    ),
    _Made(
        CustomDefinition("plan_changed", "Plan changed 🚀", tracking="PROPERTY_CHANGE"),
        DEAL,
        16,
        (_choice("plan", "starter", "professional", None), _number("price", *_NUMBERS)),
    ),
    _Made(CustomDefinition("nothing_to_tell", "Nothing to tell"), CONTACT, 5),
    _Made(CustomDefinition("rare", "Rare"), COMPANY, 1, (_text("why", *HOSTILE),)),
    _Made(
        CustomDefinition("trial_expired", "Trial expired", tracking="CUSTOM_SCRIPT"),
        CONTACT,
        0,
        (_WHEN,),
    ),
    _Made(CustomDefinition("old_signup", "Old sign-up", archived=True), CONTACT, 0, (_CITY,)),
)
