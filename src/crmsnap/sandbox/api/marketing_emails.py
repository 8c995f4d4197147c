"""`/marketing/emails`: marketing emails, with statistics on request."""

from typing import Any

import orjson

from crmsnap.sandbox.account import asset_texts
from crmsnap.sandbox.account.account import Account
from crmsnap.sandbox.account.asset_ids import asset_id
from crmsnap.sandbox.account.assets import CAMPAIGN, MARKETING_EMAIL, Asset
from crmsnap.sandbox.account.ids import mix
from crmsnap.sandbox.account.times import DAY_MS, iso
from crmsnap.sandbox.account.values import CANARY
from crmsnap.sandbox.api import errors, pages
from crmsnap.sandbox.api.assets import find_asset, list_assets
from crmsnap.sandbox.api.route import Call, Family, Reply, Route

SCOPES = frozenset({"content", "marketing.email.read"})
LIMIT_DEFAULT = 100
TYPES = (
    ("BATCH_EMAIL", "batch"),
    ("AUTOMATED_EMAIL", "automated"),
    ("AB_EMAIL", "ab_master"),
    ("RSS_EMAIL", "rss_to_email"),
)


def list_emails(account: Account, call: Call) -> Reply:
    """A page of emails."""
    return list_assets(account, call, MARKETING_EMAIL, _json, limit=LIMIT_DEFAULT)


def get_email(account: Account, call: Call) -> Reply:
    """One email by its id."""
    found = find_asset(account, call, MARKETING_EMAIL, call.path["emailId"])
    if found is None:
        raise errors.not_found(f"Email with id {call.path['emailId']} was not found")
    return Reply(orjson.dumps(_json(account, found, call)))


def _json(account: Account, found: Asset, call: Call) -> dict[str, Any]:
    type_, subcategory = TYPES[found.index % len(TYPES)]
    published = found.index % 4 != 2
    body: dict[str, Any] = {
        "id": asset_id(account, MARKETING_EMAIL, found.index),
        "name": asset_texts.name(found),
        "subject": asset_texts.hostile_text(found) or "",
        "state": "PUBLISHED" if published else "DRAFT",
        "type": type_,
        "subcategory": subcategory,
        "isAb": type_ == "AB_EMAIL",
        "isPublished": published,
        "isTransactional": False,
        "sendOnPublish": True,
        "jitterSendTime": None,
        "archived": found.archived_ms is not None,
        "createdAt": iso(found.created_ms),
        "updatedAt": iso(found.updated_ms),
        "createdById": str(880_011 + found.bits % 5),
        "updatedById": str(880_011 + found.bits % 7),
        "previewKey": f"{CANARY}{found.bits % 10**8}",
        "activeDomain": "",
        "language": asset_texts.language(found),
        "businessUnitId": "0",
        "folderId": found.bits % 10**9,
        "primaryEmailCampaignId": str(9_007_199_254_740_993 + found.index),
        "allEmailCampaignIds": [str(9_007_199_254_740_993 + found.index)] if published else [],
        "emailTemplateMode": "DRAG_AND_DROP" if found.index % 2 else None,
        "from": {"fromName": "Müller & Söhne", "replyTo": "mail@example.com", "customReplyTo": ""},
        "to": _recipients(found),
        "content": _content(found),
        "webversion": {"slug": asset_texts.slug(found), "title": asset_texts.sentence(found)},
        "subscriptionDetails": {"subscriptionId": "1", "officeLocationId": None},
        "workflowNames": [],
    }
    if published:
        body["publishDate"] = iso(found.created_ms + DAY_MS)
        body["publishedAt"] = iso(found.created_ms + DAY_MS)
        body["publishedById"] = None
    if found.index % 3 == 1:
        body["campaign"] = asset_id(account, CAMPAIGN, found.index % 7)
        body["campaignName"] = asset_texts.sentence(found)
    if type_ == "RSS_EMAIL":
        body["rssData"] = {"maxEntries": 5, "timing": {"repeats": "daily", "time": "09:00"}}
    if found.archived_ms is not None:
        body["deletedAt"] = iso(found.archived_ms)
    if pages.flag(call, "includeStats"):
        body |= _statistics(account, found, published)
    return body


def _recipients(found: Asset) -> dict[str, Any]:
    return {
        "contactIds": {"include": [], "exclude": []},
        "contactIlsLists": {"include": [str(found.bits % 900)], "exclude": []},
        "contactLists": {"include": [], "exclude": []},
        "limitSendFrequency": False,
        "suppressGraymail": found.index % 2 == 0,
    }


def _content(found: Asset) -> dict[str, Any]:
    html = asset_texts.html(found)
    return {
        "templatePath": "@hubspot/email/dnd/welcome.html",
        "plainTextVersion": asset_texts.sentence(found) + "\n\n--\r\n",
        "widgets": {"module_1": {"body": {"html": html}, "order": found.index, "css": None}},
        "flexAreas": {"main": {"boxed": False, "sections": []}},
        "smartFields": {},
        "themeSettingsValues": {},
        "widgetContainers": {},
    }


def _statistics(account: Account, found: Asset, published: bool) -> dict[str, Any]:
    """Figures of a sent email, zeros for a draft; the time of counting is a text or a number."""
    bits = mix(account.seed, found.kind.salt, found.index, found.revision)
    sent = bits % 50_000 + 1 if published else 0
    delivered = sent * 97 // 100
    opened = delivered * (bits // 50_000 % 60) // 100
    clicked = opened * (bits // 3_000_000 % 40) // 100
    counted_ms = account.started_ms - DAY_MS + found.revision * DAY_MS
    stats = {
        "counters": {
            "sent": sent,
            "delivered": delivered,
            "open": opened,
            "click": clicked,
            "bounce": sent - delivered,
            "hardbounced": (sent - delivered) // 3,
            "softbounced": sent - delivered - (sent - delivered) // 3,
            "unsubscribed": clicked // 50,
            "spamreport": clicked // 1_000,
            "dropped": sent // 200,
            "reply": 0,
        },
        "deviceBreakdown": {
            "open_device_type": {"computer": opened // 2, "mobile": opened - opened // 2},
            "click_device_type": {"computer": clicked, "mobile": 0},
        },
        "qualifierStats": {"drop_reason": {"PREVIOUSLY_BOUNCED": sent // 200}} if published else {},
        "ratios": {
            "deliveredratio": _percent(delivered, sent),
            "openratio": _percent(opened, delivered),
            "clickratio": _percent(clicked, delivered),
            "bounceratio": _percent(sent - delivered, sent),
        },
    }
    # A field that neither of HubSpot's clients knows, in two forms.
    counted = iso(counted_ms) if found.index % 2 else counted_ms
    return {"stats": stats, "statsCountedAt": counted}


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 0.0


PATHS = ("/marketing/v3/emails", "/marketing/emails/{version}")
FAMILY = Family(
    name="marketing-emails",
    limit="burst",
    routes=(
        Route("GET", PATHS, list_emails, SCOPES),
        Route("GET", tuple(f"{one}/{{emailId}}" for one in PATHS), get_email, SCOPES),
    ),
)
