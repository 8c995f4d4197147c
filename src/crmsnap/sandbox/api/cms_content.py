"""What pages and blog posts have in common on the wire.

HubSpot's clients declare every field to be there; real answers leave some out and have null or an
empty text in others, and times are ISO texts in one field and epoch milliseconds in the next.
"""

from typing import Any

from crmsnap.sandbox.account import asset_texts
from crmsnap.sandbox.account.account import Account
from crmsnap.sandbox.account.asset_ids import asset_id
from crmsnap.sandbox.account.assets import CAMPAIGN, Asset
from crmsnap.sandbox.account.ids import owner_count
from crmsnap.sandbox.account.owners import owner
from crmsnap.sandbox.account.times import DAY_MS, iso
from crmsnap.sandbox.account.values import CANARY

DOMAIN = "www.example.com"
NEVER = "1970-01-01T00:00:00Z"
ODD_FIELDS = {2: "language", 3: "metaDescription", 6: "featuredImage", 8: "publishDate"}
"""Position within ten -> a field that the content lacks altogether."""


def content(account: Account, found: Asset, content_type: str) -> dict[str, Any]:
    """The fields of any page or post; `content_type` is the number of its category."""
    published = found.index % 4 != 2
    expires = found.index % 6 == 3
    body = {
        "id": asset_id(account, found.kind, found.index),
        "name": asset_texts.name(found),
        "htmlTitle": asset_texts.sentence(found),
        "metaDescription": asset_texts.hostile_text(found),
        "slug": asset_texts.slug(found),
        "url": f"https://{DOMAIN}/{asset_texts.slug(found)}",
        "domain": DOMAIN if found.index % 3 else "",
        "language": asset_texts.language(found),
        "state": "PUBLISHED" if published else "DRAFT",
        "currentState": "PUBLISHED" if published else "DRAFT",
        "currentlyPublished": published,
        "publishImmediately": True,
        "publishDate": iso(found.created_ms + DAY_MS) if published else NEVER,
        "created": iso(found.created_ms),
        "updated": iso(found.updated_ms),
        "archivedInDashboard": False,
        "contentTypeCategory": content_type,
        "categoryId": int(content_type),
        # Larger than 2^53: text here, a JSON number further down.
        "folderId": str(9_007_199_254_740_993 + 2 * found.index) if found.index % 2 else None,
        "contentGroupId": None,
        "campaign": asset_id(account, CAMPAIGN, found.index % 7) if found.index % 3 == 1 else "",
        "abStatus": "master" if found.index % 5 == 4 else None,
        "abTestId": str(found.bits % 10**12) if found.index % 5 == 4 else None,
        "mabExperimentId": None,
        "dynamicPageHubDbTableId": None,
        "dynamicPageDataSourceType": None,
        "dynamicPageDataSourceId": None,
        "translatedFromId": None,
        # What opens a page is no content of it: it is marked as sensitive values are.
        "password": (f"{CANARY}{found.bits % 10**12}", "", None)[found.index % 3],
        "featuredImage": f"https://{DOMAIN}/hubfs/Bild%20{found.index}.png",
        "featuredImageAltText": "",
        "useFeaturedImage": found.index % 2 == 0,
        "linkRelCanonicalUrl": None,
        "enableDomainStylesheets": None,
        "enableLayoutStylesheets": None,
        "pageExpiryEnabled": expires,
        "pageExpiryDate": account.started_ms + 90 * DAY_MS if expires else None,
        "pageExpiryRedirectId": 90_071_992_547_409_931 if expires else None,
        "pageExpiryRedirectUrl": "",
        "publicAccessRulesEnabled": False,
        # A field that neither of HubSpot's clients knows.
        "viewsLast30Days": {"organic": found.bits % 1_000, "direct": None},
    }  # fmt: skip
    body |= _people(account, found) | _structures(found)
    body.pop(ODD_FIELDS.get(found.index % 10, ""), None)
    return body


def _people(account: Account, found: Asset) -> dict[str, Any]:
    author = owner(account, found.bits % owner_count(account.contacts), account.started_ms)
    by = None if author.user_id is None else str(author.user_id)
    return {
        "authorName": f"{author.first_name} {author.last_name}",
        "createdById": by,
        "updatedById": by,
    }


def _structures(found: Asset) -> dict[str, Any]:
    """What is a tree: code, modules, layout."""
    html = asset_texts.html(found)
    cell = {"type": "cell", "name": "rich_text", "params": {"html": html}, "rows": [], "cells": []}
    return {
        "headHtml": "<style>\n  h1::after { content: \"\\201C\"; }\n</style>",
        "footerHtml": "" if found.index % 2 else None,
        "attachedStylesheets": [],
        "publicAccessRules": [],
        "translations": {},
        "themeSettingsValues": {} if found.index % 2 else None,
        "widgets": {"module_1": {"body": {"html": html, "css": None}, "order": found.index}},
        "widgetContainers": {},
        "layoutSections": {"dnd_area": {"type": "section", "rows": [{"0": cell}], "w": 12}},
    }  # fmt: skip
