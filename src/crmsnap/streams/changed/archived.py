"""HubSpot's archive of a type, read whole: who of ours is in it, and who has left it.

Archiving a record, or restoring it, does not move its time of change (airbyte issue 19838), so that search
finds neither. The archive is a list like any other, of ids with the time of each (docs: "retrieve records",
`archived`).
"""

from collections.abc import Iterator, Sequence

from crmsnap.errors import BadRequest
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import objects
from crmsnap.hubspot.paging import follow
from crmsnap.hubspot.times import held
from crmsnap.state.shapes import ARCHIVE, DELETIONS
from crmsnap.state.stream_file import Entry
from crmsnap.streams.changed.reads import PAGE_RECORDS, records_by_id, without_losers
from crmsnap.streams.changed.scan import CHANGES, STAGES, Position, Scan, begin
from crmsnap.streams.record_rows import id_of
from crmsnap.streams.stream import Page

TRACKED, UNTRACKED = "archive known", "archive not known since"
"""Notes for the next run: whether what is in the archive was read to its end, or else when that was tried."""

SPARED_PAGES = 10
"""So much of the archive is read before it may be found to be too long."""

RESTORED_AT_ONCE = 200


def read_archive(
    scan: Scan, client: Client, at: Position
) -> Iterator[tuple[Page, Position | None]]:
    """Everything in the archive: those of ours go.

    An archive that is longer than the list of the live records, or that HubSpot does not give, is left
    alone: a sweep then costs less and finds the same.
    """

    def fetch(after: str | None) -> objects.Page:
        return objects.page(
            client,
            scan.wanted.object_type,
            properties=scan.wanted.merge_names,
            archived=True,
            limit=PAGE_RECORDS,
            after=after,
        )

    pages = follow(fetch, lambda page: page.after, at.cursor or None)
    count = 0
    while True:
        try:
            page = next(pages)
        except BadRequest:
            if at.cursor or count:
                raise
            yield Page((), "", note=_untracked(scan)), _without_archive(at)
            return
        count += 1
        if page.after is None:
            yield _noted(scan, page.results)._replace(note=TRACKED), at.following
            return
        if _too_long(scan, count):
            yield _noted(scan, page.results)._replace(note=_untracked(scan)), _without_archive(at)
            return
        yield _noted(scan, page.results), at.at(page.after)


def tried_at(note: str | None) -> str | None:
    """When reading the archive was tried in vain, as published; None: what is in it is known, or it never was tried."""
    return note.removeprefix(f"{UNTRACKED} ") if note and note.startswith(UNTRACKED) else None


def read_restored(
    scan: Scan, client: Client, at: Position
) -> Iterator[tuple[Page, Position | None]]:
    """Who has left the archive: live again, or removed for good."""
    while ids := scan.so_far.left_archive(RESTORED_AT_ONCE):
        page = records_by_id(scan, client, [str(id_) for id_ in ids])
        left: list[Entry] = [(id_, None, 1) for id_ in ids]
        before = page.beside or {}
        yield page._replace(beside={**before, ARCHIVE: [*left, *before.get(ARCHIVE, ())]}), at
    yield Page((), ""), at.following


def _untracked(scan: Scan) -> str:
    return f"{UNTRACKED} {scan.started_at}"


def _too_long(scan: Scan, pages: int) -> bool:
    return scan.live is not None and pages > SPARED_PAGES + scan.live // PAGE_RECORDS


def _without_archive(at: Position) -> Position | None:
    """How a pass goes on that does not know who is in the archive: everything has to be met."""
    return begin("ids") if STAGES[at.way] == CHANGES else at.following


def _noted(scan: Scan, archived: Sequence[objects.Record]) -> Page:
    times = {
        id_of(scan.wanted.object_type, record.id): record.archived_at and held(record.archived_at)
        for record in archived
    }
    ours = scan.so_far.times(times)
    # Who vanished may have been archived a moment too late to be seen there. A merge is not undone.
    known = {id_ for id_, why in scan.so_far.reasons(times).items() if why != "MERGED"}
    deletions: list[Entry] = [
        (id_, "ARCHIVED", times[id_], None) for id_ in times if id_ in ours or id_ in known
    ]
    archive: list[Entry] = [(id_, at, 0) for id_, at in times.items()]
    page = Page(
        (),
        "",
        beside={ARCHIVE: archive, DELETIONS: deletions},
        removed=[(id_,) for id_ in ours],
    )
    # A survivor may have been archived since.
    return without_losers(scan, page, archived)
