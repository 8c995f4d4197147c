"""`/marketing/campaigns`: campaigns. Their id is a GUID; the property `hs_object_id` is a number.

Unlike elsewhere, a property name that cannot be read is refused, empty properties are left out, and
there is no way to list what was deleted (as Estuary's connector for HubSpot found).
"""

from typing import Any

import orjson

from crmsnap.sandbox.account import asset_texts
from crmsnap.sandbox.account.account import Account
from crmsnap.sandbox.account.asset_ids import asset_id
from crmsnap.sandbox.account.assets import CAMPAIGN, Asset
from crmsnap.sandbox.account.ids import owner_count, owner_id
from crmsnap.sandbox.account.times import DAY_MS, iso
from crmsnap.sandbox.api import errors, pages
from crmsnap.sandbox.api.assets import find_asset, list_assets
from crmsnap.sandbox.api.route import Call, Family, Reply, Route

SCOPES = frozenset({"marketing.campaigns.read"})
LIMIT_DEFAULT = 50
FIRST_OBJECT_ID = 9_007_199_254_740_993
STATUSES = ("planned", "in_progress", "active", "paused", "completed")
READABLE = frozenset({
    "hs_start_date", "hs_end_date", "hs_color_hex", "hs_notes", "hs_audience", "hs_goal", "hs_owner",
    "hs_currency_code", "hs_created_by_user_id", "hs_campaign_status", "hs_object_id", "hs_name", "hs_utm",
    "hs_budget_items_sum_amount", "hs_spend_items_sum_amount",
})  # fmt: skip


def list_campaigns(account: Account, call: Call) -> Reply:
    """A page of campaigns with the properties that are named."""
    _properties(call)
    if pages.flag(call, "archived"):
        raise pages.invalid("archived", "archived is not a parameter of this request")
    return list_assets(account, call, CAMPAIGN, _json, limit=LIMIT_DEFAULT)


def get_campaign(account: Account, call: Call) -> Reply:
    """One campaign by its GUID."""
    _properties(call)
    found = find_asset(account, call, CAMPAIGN, call.path["campaignGuid"])
    if found is None:
        raise errors.not_found(f"Campaign {call.path['campaignGuid']} was not found")
    return Reply(orjson.dumps(_json(account, found, call) | {"assets": {}}))


def _properties(call: Call) -> list[str]:
    """The names asked for, between commas or repeated; 400 when one cannot be read."""
    names = [name for text in call.query.get("properties", ()) for name in text.split(",") if name]
    for name in names:
        if name not in READABLE:
            raise pages.invalid("properties", f"Property {name} is not a readable property")
    return names


def _json(account: Account, found: Asset, call: Call) -> dict[str, Any]:
    values = _values(account, found)
    return {
        "id": asset_id(account, CAMPAIGN, found.index),
        "properties": {name: values[name] for name in _properties(call) if values[name]},
        "createdAt": iso(found.created_ms),
        "updatedAt": iso(found.updated_ms),
        "businessUnits": [{"id": 0}] if found.index % 2 else [],
        # A field that hubspot-sdk does not know.
        "assetsCount": found.bits % 40,
    }


def _values(account: Account, found: Asset) -> dict[str, str | None]:
    """Every readable property, None and empty where the answer has nothing."""
    bits = found.bits
    amount = f"{bits % 10**9 / 100:.2f}"
    return {
        "hs_name": asset_texts.name(found),
        "hs_start_date": iso(found.created_ms)[:10],
        "hs_end_date": iso(found.created_ms + 30 * DAY_MS)[:10] if found.index % 3 else None,
        "hs_color_hex": f"#{bits % 0x1000000:06x}",
        "hs_notes": asset_texts.html(found) if found.index % 2 else "",
        "hs_audience": asset_texts.hostile_text(found),
        "hs_goal": asset_texts.sentence(found),
        "hs_owner": str(owner_id(account.seed, bits % owner_count(account.contacts))),
        "hs_currency_code": ("EUR", "USD", None, "JPY")[bits // 3 % 4],
        "hs_created_by_user_id": "880011",
        "hs_campaign_status": STATUSES[(found.index + found.revision) % len(STATUSES)],
        "hs_object_id": str(FIRST_OBJECT_ID + found.index * 17),
        "hs_utm": f"utm-{found.index}-%C3%BC" if found.index % 2 else None,
        "hs_budget_items_sum_amount": amount,
        "hs_spend_items_sum_amount": "0" if found.index % 2 else None,
    }


PATHS = ("/marketing/v3/campaigns", "/marketing/campaigns/{version}")
FAMILY = Family(
    name="campaigns",
    limit="burst",
    routes=(
        Route("GET", PATHS, list_campaigns, SCOPES),
        Route("GET", tuple(f"{one}/{{campaignGuid}}" for one in PATHS), get_campaign, SCOPES),
    ),
)
