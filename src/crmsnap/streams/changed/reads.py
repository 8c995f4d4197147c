"""Reading records by their ids, and what an answer tells of records that are gone."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import partial

import msgspec

from crmsnap.errors import BadRequest, UnexpectedAnswer
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import objects
from crmsnap.hubspot.times import held_ms, published
from crmsnap.state.ids import number_of
from crmsnap.state.shapes import ARCHIVE, DELETIONS
from crmsnap.state.stream_file import Entry
from crmsnap.streams.changed.scan import Scan
from crmsnap.streams.record_rows import Wanted, id_of, joined, page_of
from crmsnap.streams.stream import Page

PAGE_RECORDS = 100
PAGE_RECORDS_WITH_HISTORY = 50
"""Page limits of list and batch read (docs: "retrieve records", "batch read")."""

MERGED_IDS = "hs_merged_object_ids"
MERGED_TIMES = "hs_calculated_merged_vids"
"""What a survivor says of those that were merged into it: `1;2`, and of contacts `1:1712120830123;2:...`."""


def page_records(wanted: Wanted) -> int:
    """How many records one call gives."""
    return PAGE_RECORDS_WITH_HISTORY if wanted.history_names else PAGE_RECORDS


def fits_url(wanted: Wanted, client: Client) -> bool:
    """Whether a list can name all that is wanted."""
    return objects.fits_url(client, wanted.object_type, wanted.asked_names, wanted.history_names)


def records_by_id(scan: Scan, client: Client, ids: Sequence[str]) -> Page:
    """The live ones of these records as rows; the others leave the state, and so does who was merged into one.

    Those of ours that lead nowhere are looked for in the archive before they count as vanished: what
    happened to an archived record stays, and what happened to one that vanished goes.

    Taken apart batch by batch: with 1,500 names and their histories an answer has megabytes, most of them
    nulls.
    """
    size = page_records(scan.wanted)
    pages: list[Page] = []
    gone = Gone()
    for start in range(0, len(ids), size):
        found, missing = _batch(scan.wanted, client, ids[start : start + size])
        pages.append(page_of(scan.wanted, found, ""))
        gone.missing.update(missing)
        gone.merged.update(_losers(scan, found))
    page = joined(pages, "")
    lost = _lost(scan, page, gone)
    for start in range(0, len(lost), PAGE_RECORDS):
        archived = _archived(scan.wanted, client, lost[start : start + PAGE_RECORDS])
        for record in archived:
            at = record.archived_at and published(record.archived_at)
            gone.archived[id_of(scan.wanted.object_type, record.id)] = at
        gone.merged.update(_losers(scan, archived))
    return _without(scan, page, gone)


def records_of_list(scan: Scan, found: Sequence[objects.Record]) -> Page:
    """Records that a list gave as rows; who was merged into one of them leaves the state."""
    return without_losers(scan, page_of(scan.wanted, found, ""), found)


def without_losers(scan: Scan, page: Page, found: Sequence[objects.Record]) -> Page:
    """A page, with the removal of those that were merged into one of these records, be it live or not."""
    return _without(scan, page, Gone(merged=_losers(scan, found)))


@dataclass(frozen=True, slots=True)
class Gone:
    """Records that an answer says are no longer live."""

    missing: dict[int, int | None] = field(default_factory=dict)
    """Each with the record that it now leads to, where it leads to one."""
    merged: dict[int, tuple[int, str | None]] = field(default_factory=dict)
    """As the record tells that they were merged into: which one that is, and when, as published."""
    archived: dict[int, str | None] = field(default_factory=dict)
    """Those of the missing ones that are in the archive, each with the time of that, as published."""


def _lost(scan: Scan, page: Page, gone: Gone) -> list[str]:
    """Who is missing and leads nowhere, of those that are ours or count as vanished."""
    ids = [id_ for id_, survivor in gone.missing.items() if survivor is None]
    if not ids:
        return []
    ours = _ours(scan, page, ids)
    known = scan.so_far.reasons(ids)
    return [str(id_) for id_ in ids if id_ in ours or known.get(id_) == "VANISHED"]


def _ours(scan: Scan, page: Page, ids: Collection[int]) -> set[int]:
    rows = {int(row[0] or 0) for row in page.rows}
    return {*scan.so_far.times(ids), *rows.intersection(ids)}


def _without(scan: Scan, page: Page, gone: Gone) -> Page:
    """The page, with the removal of those that are gone; who never was among ours is not worth a word."""
    ids = {*gone.missing, *gone.merged}
    if not ids:
        return page
    ours = _ours(scan, page, ids)
    known = scan.so_far.reasons(ids)
    deletions: list[Entry] = []
    for id_, survivor in gone.missing.items():
        if id_ in gone.archived:
            deletions.append((id_, "ARCHIVED", gone.archived[id_], None))
            continue
        # Who vanished may turn out to have been merged.
        if id_ in ours or (survivor is not None and known.get(id_) == "VANISHED"):
            reason = "VANISHED" if survivor is None else "MERGED"
            deletions.append((id_, reason, None, survivor))
    deletions += [
        (id_, "MERGED", at, survivor)
        for id_, (survivor, at) in gone.merged.items()
        if id_ in ours or id_ in known
    ]
    archive: list[Entry] = [(id_, at, 0) for id_, at in gone.archived.items()]
    before = page.beside or {}
    beside = {
        **before,
        DELETIONS: [*before.get(DELETIONS, ()), *deletions],
        ARCHIVE: [*before.get(ARCHIVE, ()), *archive],
    }
    removed = [*page.removed, *((id_,) for id_ in sorted(ours))]
    return page._replace(beside=beside, removed=removed)


class _Merges(msgspec.Struct):
    hs_merged_object_ids: str | None = None
    hs_calculated_merged_vids: str | None = None


_merges = msgspec.json.Decoder(_Merges).decode


def _losers(scan: Scan, found: Sequence[objects.Record]) -> dict[int, tuple[int, str | None]]:
    losers: dict[int, tuple[int, str | None]] = {}
    if scan.first or not scan.wanted.merge_names:
        return losers
    for record in found:
        merges = _merges(record.properties)
        if merges.hs_merged_object_ids or merges.hs_calculated_merged_vids:
            survivor = id_of(scan.wanted.object_type, record.id)
            losers |= {id_: (survivor, at) for id_, at in _named(merges).items() if id_ != survivor}
    return losers


def _named(merges: _Merges) -> dict[int, str | None]:
    """The ids, each with its time where one is given."""
    named: dict[int, str | None] = {}
    for text in (merges.hs_merged_object_ids or "").split(";"):
        id_ = number_of(text.strip())
        if id_ is not None:
            named[id_] = None
    for text in (merges.hs_calculated_merged_vids or "").split(";"):
        vid, _, time = text.strip().partition(":")
        id_, milliseconds = number_of(vid), number_of(time)
        if id_ is not None:
            named[id_] = None if milliseconds is None else held_ms(milliseconds)
    return named


def _batch(
    wanted: Wanted, client: Client, ids: Sequence[str]
) -> tuple[list[objects.Record], dict[int, int | None]]:
    """Those of these records that are live, and the others, each with the record that it leads to.

    A batch that says nothing of an id is asked for it again, so that no record is lost in silence.
    """
    read = partial(
        objects.batch_read,
        client,
        wanted.object_type,
        properties=wanted.asked_names,
        history=wanted.history_names,
    )
    number = partial(id_of, wanted.object_type)
    batch = read(ids=ids)
    missing: dict[int, int | None] = dict.fromkeys(map(number, batch.missing))
    if not batch.silent:
        return batch.results, missing
    again = read(ids=batch.silent)
    missing |= dict.fromkeys(map(number, again.missing))
    for id_ in again.silent:
        led_to = objects.live_id(client, wanted.object_type, id_)
        if led_to == id_:
            raise UnexpectedAnswer(
                f"HubSpot leaves record {id_} of type {wanted.object_type} out of batches",
                cause="the record is live, but two batch reads neither gave it nor called it missing",
                remedy="sync again; if it stays, report it to HubSpot with the type and id",
            )
        missing[number(id_)] = None if led_to is None else number(led_to)
    return [*batch.results, *again.results], missing


def _archived(wanted: Wanted, client: Client, ids: Sequence[str]) -> list[objects.Record]:
    """Those of these records that are in the archive; none of a type that has no archive."""
    read = partial(
        objects.batch_read,
        client,
        wanted.object_type,
        properties=wanted.merge_names,
        archived=True,
    )
    try:
        batch = read(ids=ids)
        # As of the live ones: silence says nothing.
        again = read(ids=batch.silent).results if batch.silent else []
    except BadRequest:
        return []
    # One that was merged may be answered by its survivor, which names it.
    return list({record.id: record for record in (*batch.results, *again)}.values())
