"""HubSpot's counts of a type beside ours, at the end of a pass that read changes alone.

No list of changes tells of a record that was deleted for privacy. A count does, but the count of all records
moves with those that are made meanwhile: one that came hides one that went. New ids are greater than all
others, so that only the records up to the newest of ours are counted.
"""

from collections.abc import Iterator
from itertools import islice

from crmsnap.errors import BadRequest, MissingScope, NotFound
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import objects, types
from crmsnap.hubspot.paging import follow
from crmsnap.streams.changed.reads import PAGE_RECORDS
from crmsnap.streams.changed.scan import Position, Scan, begin
from crmsnap.streams.stream import Page

_PAGES = 20
"""Of records that came since: who is so far behind had better read the changes once more."""


def read_compared(
    scan: Scan, client: Client, at: Position
) -> Iterator[tuple[Page, Position | None]]:
    """Nothing, where the numbers agree; else the changes once more, and then every id.

    The first time, somebody may have been archived or merged behind the search.
    """
    if _agrees(scan, client):
        yield Page((), ""), at.following
    else:
        yield Page((), ""), begin("ids" if at.way == "twice" else "twice")


def _agrees(scan: Scan, client: Client) -> bool:
    newest = scan.so_far.newest()
    if newest is None:
        return True
    searched = _searched(scan, client, newest)
    if searched is None:
        return True
    # Search compares ids as numbers, or as texts: HubSpot does not say which. Then it counts too few.
    ours = scan.so_far.count()
    return searched == ours or _listed(scan, client, newest) == ours


def _searched(scan: Scan, client: Client, newest: int) -> int | None:
    """How many records up to an id search knows; None: it does not say."""
    try:
        return objects.count(client, scan.wanted.object_type, up_to=newest)
    except BadRequest:
        return None  # not every type can be searched


def _listed(scan: Scan, client: Client, newest: int) -> int | None:
    """HubSpot's own count without those that the list has behind an id; None: it does not say."""
    object_type = scan.wanted.object_type

    def fetch(after: str | None) -> objects.Page:
        return objects.page(
            client, object_type, properties=(), sweeps=True, limit=PAGE_RECORDS, after=after
        )

    try:
        counted = types.record_counts(client).get(object_type)
        pages = follow(fetch, lambda page: page.after, str(newest))
        came = sum(len(page.results) for page in islice(pages, _PAGES))
    except (BadRequest, MissingScope, NotFound):
        return None
    return None if counted is None or counted.count is None else counted.count - came
