"""Who changed since the last run, found by search: ids alone, page after page behind the last id.

Search gives at most 10,000 results of a query, and its pages move while records change. So no page is found
by its number: each is the first page of those behind the id that was received last. That holds for any
number of records with the same time, and whether ids are compared as numbers or as texts.

Its index lags behind, so a search looks back beyond the last run. What it finds there has the time that we
know of, unless the index had not heard of the change: only records with another time are read.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import pairwise, zip_longest
from math import ceil

from crmsnap.errors import BadRequest
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import objects
from crmsnap.hubspot.endpoints.objects import Found
from crmsnap.hubspot.paging import stuck
from crmsnap.hubspot.times import published
from crmsnap.streams.changed.reads import PAGE_RECORDS, fits_url, page_records, records_by_id
from crmsnap.streams.changed.scan import Position, Scan, begin
from crmsnap.streams.record_rows import id_of
from crmsnap.streams.stream import Page

FINDS = Callable[[str | None, str], Found]
"""A search behind an id, from an offset on."""


def read_changes(
    scan: Scan, client: Client, at: Position
) -> Iterator[tuple[Page, Position | None]]:
    """The records that changed; all of them where that costs less, or where they cannot be searched."""
    # What is in the archive has to be known before a list of all forgets who is not met there.
    read_all = begin("list")
    if scan.changed_since is None or _fills_one_page(scan, client):
        yield Page((), ""), read_all
        return
    name, since_ms = scan.changed_since
    condition = {"propertyName": name, "operator": "GTE", "value": str(since_ms)}

    def find(above: str | None, offset: str) -> Found:
        return objects.search_ids(
            client, scan.wanted.object_type, condition, above=above, offset=offset
        )

    pages = behind(find, at.cursor or None)
    while True:
        try:
            found = next(pages, None)
        except BadRequest:
            if at.cursor:
                raise
            # Not every type can be searched, nor does each keep a time that can.
            yield Page((), ""), read_all
            return
        if found is None:
            break
        if not at.cursor and costs_more(scan, client, found.total):
            yield Page((), ""), read_all
            return
        at = at.at(found.ids[-1])
        yield records_by_id(scan, client, _unknown(scan, found)), at
    yield Page((), ""), at.following


def _unknown(scan: Scan, found: Found) -> list[str]:
    """Ids of which the index knows another time than we, or none."""
    object_type = scan.wanted.object_type
    listed = {
        id_: (id_of(object_type, id_), time)
        for id_, time in zip_longest(found.ids, found.times[: len(found.ids)])
    }
    ours = scan.so_far.times(number for number, _ in listed.values())
    return [
        id_
        for id_, (number, time) in listed.items()
        if time is None or ours.get(number) != published(time)
    ]


def behind(find: FINDS, last: str | None) -> Iterator[Found]:
    """Every page of what a search finds behind an id (None: of all), each with at least one id."""
    orders = [_as_numbers, _as_texts]
    while True:
        found = _not_empty(partial(find, last))
        if not found.ids:
            return
        known = [] if last is None else [last]
        orders = [order for order in orders if order([*known, *found.ids])]
        if not orders:
            raise stuck(f"search gives ids in no order behind {last}")
        last = found.ids[-1]
        yield found
        if found.offset is None and len(found.ids) >= found.total:
            return


def _not_empty(find: Callable[[str], Found]) -> Found:
    """The first page that has ids. An empty one may still say that more follow."""
    found = find("0")
    while not found.ids and found.offset is not None:
        found = find(found.offset)  # which is larger: `search_ids` sees to that
    return found


def _as_numbers(ids: Sequence[str]) -> bool:
    return all((len(one), one) < (len(other), other) for one, other in pairwise(ids))


def _as_texts(ids: Sequence[str]) -> bool:
    return all(one < other for one, other in pairwise(ids))


def costs_more(scan: Scan, client: Client, changed: int) -> bool:
    """Whether a list of all is better: it may cost a third more calls, as search may be asked only five
    times a second, and it brings what HubSpot has calculated meanwhile."""
    if scan.live is None:
        return False
    size = page_records(scan.wanted)
    by_search = ceil(changed / objects.SEARCH_PAGE_IDS) + ceil(changed / size)
    by_list = ceil(scan.live / size)
    if not fits_url(scan.wanted, client):
        by_list += ceil(scan.live / PAGE_RECORDS)
    return by_list * 3 <= by_search * 4


def _fills_one_page(scan: Scan, client: Client) -> bool:
    """Whether one call gives the whole type: no search is cheaper, and the list does not lag behind."""
    few = scan.live is not None and scan.live < page_records(scan.wanted)
    return few and fits_url(scan.wanted, client)
