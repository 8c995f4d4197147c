"""Deal splits (0-72), asked for by the ids of the deals that were copied.

Where no deals are copied, or HubSpot does not serve that call, the list of the objects API stands in,
which is not documented for them. Either way only properties with a definition are kept.
"""

from collections.abc import Iterator
from functools import partial
from operator import attrgetter

from crmsnap.errors import BadRequest, NotFound
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import deal_splits, objects
from crmsnap.hubspot.paging import follow
from crmsnap.streams.other_types.fields import fields
from crmsnap.streams.other_types.flat import Flat, plain
from crmsnap.streams.other_types.keeping import Found, Keeping
from crmsnap.streams.other_types.other_type import OtherType
from crmsnap.streams.stream import END, Page, Scope

DEALS, DEAL_SPLIT = "0-3", "0-72"
BY_DEAL, BY_LIST = "deal", "list"
PAGE_RECORDS = 100

SPLIT_FIELDS = fields("""
    deal_id                   string    Deal that is split
    hs_deal_split_percentage  number    Share of the deal in percent
    hs_deal_split_amount      number    Share of the deal's amount
    hubspot_owner_id          string    Owner whose share it is
    hs_object_id              string    Id of the record
    hs_createdate             datetime  When it was made
    hs_lastmodifieddate       datetime  When it was last changed
""")


def read(scope: Scope, keeping: Keeping, client: Client, position: str | None) -> Iterator[Page]:
    """The splits from a position on: `deal <last deal asked about>` or `list <cursor>`."""
    way, _, after = (position or " ").partition(" ")
    if not way:
        way = BY_DEAL if _is_served(scope, client) else BY_LIST
    if way == BY_DEAL:
        yield from _by_deal(scope, keeping, client, int(after) if after else None)
    else:
        yield from _by_list(keeping, client, after or None)


def probe(client: Client) -> None:
    """The splits of the first deal, or the first of the list."""
    deals = objects.page(client, DEALS, properties=(), limit=1, after=None).results
    try:
        if deals:
            deal_splits.batch_read(client, [deal.id for deal in deals])
    except (BadRequest, NotFound):
        objects.page(client, DEAL_SPLIT, properties=(), limit=1, after=None)


DEAL_SPLITS = OtherType(
    id=DEAL_SPLIT,
    description="Deal splits of the deals that were copied.",
    endpoint="POST /deal-splits/{version}/batch/read",
    fields=SPLIT_FIELDS,
    read=read,
    probe=probe,
    counted_elsewhere="HubSpot counts the splits of deals that are gone, too; they are read by the deals there are",
    listed_properties=True,
    after_objects=True,
    text_ids=False,
    associable=True,
)


def _is_served(scope: Scope, client: Client) -> bool:
    if f"objects/{DEALS}" not in scope.reader.streams:
        return False
    try:
        first = scope.reader.record_ids(f"objects/{DEALS}", None, 1)
        if first:
            deal_splits.batch_read(client, [str(id_) for id_ in first])
    except (BadRequest, NotFound):
        return False
    return True


def _by_deal(scope: Scope, keeping: Keeping, client: Client, last: int | None) -> Iterator[Page]:
    stream = f"objects/{DEALS}"
    while ids := scope.reader.record_ids(stream, last, deal_splits.BATCH_DEALS):
        last = ids[-1]
        found = [
            _found(keeping, split, {"deal_id": deal.id})
            for deal in deal_splits.batch_read(client, [str(id_) for id_ in ids])
            for split in deal.splits
            if not split.archived
        ]
        yield keeping.page(found, f"{BY_DEAL} {last}")


def _by_list(keeping: Keeping, client: Client, after: str | None) -> Iterator[Page]:
    fetch = partial(_list_page, client, tuple(sorted(keeping.wanted)) if keeping.values else ())
    for page in follow(fetch, attrgetter("after"), after):
        found = [_found(keeping, split, {}) for split in page.results]
        yield keeping.page(found, END if page.after is None else f"{BY_LIST} {page.after}")


def _list_page(client: Client, names: tuple[str, ...], after: str | None) -> objects.Page:
    return objects.page(client, DEAL_SPLIT, properties=names, limit=PAGE_RECORDS, after=after)


def _found(keeping: Keeping, split: objects.Record, more: Flat) -> Found:
    # Properties come unasked here; one that nobody has defined may be sensitive.
    values = plain(split.properties)
    defined = {name: text for name, text in values.items() if name in keeping.defined}
    return Found(split.id, split.updated_at, {**defined, **more})
