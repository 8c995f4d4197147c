"""`/crm/object-library/enablement`: which object types the account uses."""

import orjson

from crmsnap.sandbox.account.account import Account
from crmsnap.sandbox.api import errors
from crmsnap.sandbox.api.route import Call, Family, Reply, Route

TEMPLATES = ("/crm/v3/object-library/enablement", "/crm/object-library/{version}/enablement")


def list_enablement(account: Account, call: Call) -> Reply:
    """Every type of the account, custom ones too."""
    enabled = {found.id: True for found in account.types()}
    return Reply(orjson.dumps({"enablementByObjectTypeId": enabled | NOT_ENABLED}))


def get_enablement(account: Account, call: Call) -> Reply:
    """Whether one type is used."""
    type_id = call.path["id"]
    found = account.find_type(type_id)
    if found is None and type_id not in NOT_ENABLED:
        raise errors.not_found()
    return Reply(orjson.dumps({"enablement": found is not None}))


NOT_ENABLED = {"0-44": False}
"""Types that HubSpot knows and this account does not use: workflows. Nothing is said of types with
APIs of their own, which the account does use: what HubSpot says of them is not known."""

FAMILY = Family(
    name="object-library",
    limit="burst",
    routes=(
        Route("GET", TEMPLATES, list_enablement),
        Route("GET", tuple(f"{one}/{{id}}" for one in TEMPLATES), get_enablement),
    ),
)
