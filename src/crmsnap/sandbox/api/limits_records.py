"""`/crm/limits/records`: how many records of each type the account has, beside what it may have."""

from typing import Any

import orjson

from crmsnap.sandbox.account.account import Account
from crmsnap.sandbox.account.object_types import ObjectType
from crmsnap.sandbox.api.route import Call, Family, Reply, Route

STANDARD_MAX = 15_000_000
CUSTOM_MAX = 1_500_000


def read_usage(account: Account, call: Call) -> Reply:
    """The live records of every type: HubSpot's own count to compare with."""
    custom = [_usage(account, found) for found in account.types() if found.custom]
    used = sum(one["usage"] for one in custom)
    standard = [
        _usage(account, found) | _share(account.live_count(found.id), STANDARD_MAX)
        for found in account.types()
        if not found.custom
    ]
    overall = {"overallLimit": CUSTOM_MAX, "overallPercentage": 100 * used / CUSTOM_MAX}
    body = {
        "hubspotDefinedObjectTypes": standard,
        "customObjectTypes": {**overall, "overallUsage": used, "byObjectType": custom},
    }
    return Reply(orjson.dumps(body))


def _usage(account: Account, found: ObjectType) -> dict[str, Any]:
    return {
        "objectTypeId": found.id,
        "singularLabel": found.singular_label,
        "pluralLabel": found.plural_label,
        "usage": account.live_count(found.id),
    }


def _share(used: int, limit: int) -> dict[str, Any]:
    return {"limit": limit, "percentage": 100 * used / limit}


FAMILY = Family(
    name="limits-records",
    limit="burst",
    routes=(Route("GET", ("/crm/v3/limits/records", "/crm/limits/{version}/records"), read_usage),),
)
