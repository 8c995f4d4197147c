"""Campaigns (0-35). The record's id is the property `hs_object_id`; the API's own id is a GUID.

Properties have to be named, and one name that the account's campaigns do not have fails the call: then
each is tried alone, once, and those that exist are read.
"""

from collections.abc import Iterator
from functools import partial
from operator import attrgetter

import msgspec

from crmsnap.errors import BadRequest
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import marketing
from crmsnap.hubspot.endpoints.raw_pages import RawPage
from crmsnap.hubspot.paging import follow
from crmsnap.streams.other_types.fields import fields
from crmsnap.streams.other_types.flat import flat, members_of, plain
from crmsnap.streams.other_types.keeping import Found, Keeping, required
from crmsnap.streams.other_types.other_type import OtherType
from crmsnap.streams.stream import END, Page, Scope

ID_PROPERTY = "hs_object_id"

PROPERTIES = fields("""
    hs_object_id                string       Id of the record
    hs_name                     string       Name
    hs_start_date               date         First day
    hs_end_date                 date         Last day
    hs_campaign_status          enumeration  planned, in_progress, active, paused, completed
    hs_audience                 string       Whom it is for
    hs_goal                     string       What it is for
    hs_notes                    string       Notes
    hs_owner                    string       Owner
    hs_created_by_user_id       string       User who made it
    hs_color_hex                string       Colour in calendars
    hs_currency_code            string       Currency of its amounts
    hs_utm                      string       Tracking parameter
    hs_budget_items_sum_amount  number       Budget
    hs_spend_items_sum_amount   number       Spending
""")

CAMPAIGN_FIELDS = (
    *PROPERTIES,
    *fields("""
    id                          string       GUID of the campaign
    created_at                  datetime     When it was made
    updated_at                  datetime     When it was last changed
    business_units              string       Brands, JSON
    """),
)


def read(scope: Scope, keeping: Keeping, client: Client, position: str | None) -> Iterator[Page]:
    """The campaigns from a position (the list's cursor) on."""
    del scope
    fetch = partial(marketing.campaigns, client, properties=_names(client, keeping))
    for page in follow(fetch, attrgetter("after"), position):
        yield keeping.page(map(_record, page.results), page.after or END)


def probe(client: Client) -> RawPage:
    """One campaign."""
    return marketing.campaigns(client, None, (), limit=1)


CAMPAIGNS = OtherType(
    id="0-35",
    description="Campaigns with their properties.",
    endpoint="GET /marketing/campaigns/{version}?properties=",
    fields=CAMPAIGN_FIELDS,
    read=read,
    probe=probe,
    says_total=True,
    associable=True,
)


def _names(client: Client, keeping: Keeping) -> list[str]:
    """The properties to ask for: those that are kept, and the id."""
    names = [one.name for one in PROPERTIES if keeping.keeps(one.name) or one.name == ID_PROPERTY]
    return names if _exist(client, names) else [name for name in names if _exist(client, [name])]


def _exist(client: Client, names: list[str]) -> bool:
    try:
        marketing.campaigns(client, None, names, limit=1)
    except BadRequest:
        return False
    return True


def _record(item: msgspec.Raw) -> Found:
    members = members_of(item)
    own = flat(item)
    own.pop("properties", None)
    properties = plain(members["properties"]) if "properties" in members else {}
    # Properties without a value do not come; a campaign without a number is known by its GUID.
    id_ = properties.get(ID_PROPERTY) or required(own, "id")
    return Found(id_, own.get("updated_at"), {**own, **properties})
