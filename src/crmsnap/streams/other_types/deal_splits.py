"""Deal splits (0-72), asked for by the ids of the deals that were copied.

Each day it is those of the deals that changed, and of those that had splits before: most deals have none.
In their turn all deals are asked about. Where no deals are copied, or HubSpot does not serve that call, the
list of the objects API stands in, which is not documented for them. Either way only properties with a
definition are kept.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from operator import attrgetter

import orjson

from crmsnap.errors import BadRequest, NotFound
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import deal_splits, objects
from crmsnap.hubspot.paging import follow
from crmsnap.hubspot.times import earlier
from crmsnap.state.folder import open_as_is
from crmsnap.state.stream_file import EVERYTHING
from crmsnap.streams.earlier import built_on_until_sweep
from crmsnap.streams.other_types.fields import fields
from crmsnap.streams.other_types.flat import Flat, plain
from crmsnap.streams.other_types.keeping import Found, Keeping, without
from crmsnap.streams.other_types.other_type import OtherType
from crmsnap.streams.stream import END, Page, Scope

DEALS, DEAL_SPLIT = "0-3", "0-72"
STREAM, DEALS_STREAM = f"objects/{DEAL_SPLIT}", f"objects/{DEALS}"
BY_DEAL, BY_CHANGE, BY_LIST = "deal", "changed", "list"
DEAL_ID = "deal_id"
PAGE_RECORDS = 100

Kept = Mapping[int, Sequence[int | str]]
"""Deal -> the splits of it that the state has."""

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
    """The splits from a position on: `deal <last deal asked about>`, `changed <the same>` or `list <cursor>`."""
    if position == END:
        return
    way, _, after = (position or " ").partition(" ")
    kept = _kept(scope, keeping)
    if way == BY_CHANGE and kept is None:
        way, after = "", ""  # it was begun as a part of what is now read whole
    if not way:
        served = _is_served(scope, client)
        way = BY_LIST if not served else BY_DEAL if kept is None else BY_CHANGE
    if way == BY_LIST:
        yield from _by_list(keeping, client, after or None)
    elif way == BY_DEAL:
        yield from _by_deal(scope, keeping, client, int(after) if after else None)
    else:
        yield from _by_change(scope, keeping, client, kept or {}, int(after) if after else None)


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
    keeps=True,
    text_ids=False,
    associable=True,
)


def _is_served(scope: Scope, client: Client) -> bool:
    if DEALS_STREAM not in scope.reader.streams:
        return False
    try:
        first = scope.reader.record_ids(DEALS_STREAM, None, 1)
        if first:
            deal_splits.batch_read(client, [str(id_) for id_ in first])
    except (BadRequest, NotFound):
        return False
    return True


def _kept(scope: Scope, keeping: Keeping) -> Kept | None:
    """What this run builds on; None: it asks about every deal."""
    earlier = built_on_until_sweep(scope, STREAM, keeping.asked)
    if earlier is None or earlier.note != BY_DEAL or not keeping.keeps(DEAL_ID):
        return None
    found: defaultdict[int, list[int | str]] = defaultdict(list)
    for split in open_as_is(scope.reader.folder, STREAM).records(STREAM):
        found[int(orjson.loads(split.body)[DEAL_ID])].append(split.id)
    return found


def _by_deal(scope: Scope, keeping: Keeping, client: Client, last: int | None) -> Iterator[Page]:
    while ids := scope.reader.record_ids(DEALS_STREAM, last, deal_splits.BATCH_DEALS):
        last = ids[-1]
        yield keeping.page(_splits(keeping, client, ids), f"{BY_DEAL} {last}")
    yield Page([], END, whole=[EVERYTHING], note=BY_DEAL)


def _by_change(
    scope: Scope, keeping: Keeping, client: Client, kept: Kept, last: int | None
) -> Iterator[Page]:
    """The splits of deals that changed since, or had some; what is kept of these and does not come is gone."""
    finished = scope.reader.finished(STREAM)
    since = "" if finished is None else finished.started_at
    begun = since and earlier(since, minutes=scope.refresh.lag_minutes)
    changed = map(int, scope.reader.changed_ids(DEALS_STREAM, since, begun))
    deals = sorted(deal for deal in {*changed, *kept} if last is None or deal > last)
    for start in range(0, len(deals), deal_splits.BATCH_DEALS):
        ids = deals[start : start + deal_splits.BATCH_DEALS]
        page = keeping.page(_splits(keeping, client, ids), f"{BY_CHANGE} {ids[-1]}")
        met = {row[0] for row in page.rows}
        gone = [(split,) for deal in ids for split in kept.get(deal, ()) if split not in met]
        yield without(page, gone)
    yield Page([], END)


def _splits(keeping: Keeping, client: Client, deals: Sequence[int]) -> list[Found]:
    return [
        _found(keeping, split, {DEAL_ID: deal.id})
        for deal in deal_splits.batch_read(client, [str(id_) for id_ in deals])
        for split in deal.splits
        if not split.archived
    ]


def _by_list(keeping: Keeping, client: Client, after: str | None) -> Iterator[Page]:
    fetch = partial(_list_page, client, tuple(sorted(keeping.wanted)) if keeping.values else ())
    for page in follow(fetch, attrgetter("after"), after):
        found = [_found(keeping, split, {}) for split in page.results]
        if page.after is None:
            yield keeping.page(found, END)._replace(whole=[EVERYTHING], note=BY_LIST)
        else:
            yield keeping.page(found, f"{BY_LIST} {page.after}")


def _list_page(client: Client, names: tuple[str, ...], after: str | None) -> objects.Page:
    return objects.page(client, DEAL_SPLIT, properties=names, limit=PAGE_RECORDS, after=after)


def _found(keeping: Keeping, split: objects.Record, more: Flat) -> Found:
    # Properties come unasked here; one that nobody has defined may be sensitive.
    values = plain(split.properties)
    defined = {name: text for name, text in values.items() if name in keeping.defined}
    return Found(split.id, split.updated_at, {**defined, **more})
