"""HubSpot's older lists of properties, which open readers still ask for and the sandbox does not serve.

They answer a bare array where the v3 list has `results` (legacydocs.hubspot.com, "Get all contact properties"),
so the proxy gives the sandbox's v3 answer in that form. Records are always the sandbox's own.
"""

import json
from collections.abc import Collection
from urllib.parse import urlsplit

from tests.builders.sandbox_process import SandboxAccount
from tests.differential.hubspot_host import Answer, Stand
from tests.differential.truth import get

TYPES = {
    "/properties/v2/contact/properties": "contacts",
    "/properties/v2/company/properties": "companies",
    "/properties/v2/deal/properties": "deals",
    "/companies/v2/properties": "companies",
    "/properties/v1/deals/properties": "deals",
}


def older_lists(account: SandboxAccount, hidden: Collection[str] = ()) -> Stand:
    """The lists for the proxy, without the hidden properties."""

    def answer(path: str) -> Answer | None:
        type_ = TYPES.get(urlsplit(path).path)
        if type_ is None:
            return None
        listed = get(account, f"/crm/v3/properties/{type_}")["results"]
        return Answer(
            200, json.dumps([one for one in listed if one["name"] not in hidden]).encode()
        )

    return answer
