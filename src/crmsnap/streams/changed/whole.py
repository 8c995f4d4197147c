"""The ways that meet every live record: the list of all, and the sweep that reads only what differs."""

from collections.abc import Iterator, Sequence

from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import objects
from crmsnap.hubspot.paging import follow
from crmsnap.streams.changed.reads import (
    PAGE_RECORDS,
    fits_url,
    page_records,
    records_by_id,
    records_of_list,
)
from crmsnap.streams.changed.scan import Position, Scan
from crmsnap.streams.record_rows import id_of, updated_at
from crmsnap.streams.stream import EVERYTHING, Page

ASKED_AT_ONCE = 200


def read_list(scan: Scan, client: Client, at: Position) -> Iterator[tuple[Page, Position | None]]:
    """Every live record; whom it does not meet has vanished."""
    return _whole(scan, client, at, sweeps=False)


def read_sweep(scan: Scan, client: Client, at: Position) -> Iterator[tuple[Page, Position | None]]:
    """The id and time of every live record, and the records that are new or have another time than ours.

    Where one call gives as many records as ids, all are read: that costs the same, and brings what HubSpot
    has calculated meanwhile.
    """
    return _whole(scan, client, at, sweeps=True)


def read_vanished(
    scan: Scan, client: Client, at: Position
) -> Iterator[tuple[Page, Position | None]]:
    """Whom the list did not have, asked for by id: one that was merged leads to another one, one that the
    list has dropped comes back, and one that was archived meanwhile is in the archive.

    Also those that a run has missed which was given up before it asked.
    """
    times = (scan.since, scan.started_at)
    while ids := scan.so_far.vanished(*times, int(at.cursor or 0), ASKED_AT_ONCE):
        at = at.at(str(ids[-1]))
        yield records_by_id(scan, client, [str(id_) for id_ in ids]), at
    yield Page((), ""), at.following


def _whole(
    scan: Scan, client: Client, at: Position, *, sweeps: bool
) -> Iterator[tuple[Page, Position | None]]:
    wanted = scan.wanted
    listed = fits_url(wanted, client) and not (sweeps and wanted.history_names)
    names = wanted.asked_names if listed else ()
    history = wanted.history_names if listed else ()
    limit = page_records(wanted) if listed else PAGE_RECORDS

    def fetch(after: str | None) -> objects.Page:
        return objects.page(
            client,
            wanted.object_type,
            properties=names,
            history=history,
            sweeps=sweeps,
            limit=limit,
            after=after,
        )

    for page in follow(fetch, lambda page: page.after, at.cursor or None):
        if listed:
            read = records_of_list(scan, page.results)
        elif sweeps:
            read = _differing(scan, client, page.results)
        else:
            read = records_by_id(scan, client, [record.id for record in page.results])
        if page.after is None:
            yield read._replace(whole=(EVERYTHING,)), at.following
        else:
            yield read, at.at(page.after)


def _differing(scan: Scan, client: Client, found: Sequence[objects.Record]) -> Page:
    type_ = scan.wanted.object_type
    listed = {id_of(type_, record.id): updated_at(type_, record) for record in found}
    ours = scan.so_far.times(listed)
    same = [id_ for id_, time in listed.items() if time is not None and ours.get(id_) == time]
    others = [str(id_) for id_ in listed if id_ not in set(same)]
    page = records_by_id(scan, client, others)
    return page._replace(met=[(id_,) for id_ in same])
