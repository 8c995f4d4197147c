"""Which records of a type came or went while it was read: what explains that HubSpot counts another number.

HubSpot counts at one moment, and a list is read over many. New ids are greater than all others, so those
that were made behind the reader's back are the end of the list; the others are found by search and in the
archive. Reading ends as soon as a difference is explained.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import msgspec

from crmsnap.errors import BadRequest
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import objects
from crmsnap.hubspot.paging import follow
from crmsnap.hubspot.times import earlier, epoch_ms, held
from crmsnap.state.ids import number_of
from crmsnap.state.so_far import SoFar
from crmsnap.streams.changed.reads import MERGED_IDS, PAGE_RECORDS
from crmsnap.streams.changed.search import behind
from crmsnap.streams.documents import TypeDocument
from crmsnap.streams.known_types import properties
from crmsnap.streams.objects import scan_of
from crmsnap.streams.stream import Scope

_PAGES = 20
"""Of a search or a list: who needs more of them to explain a difference had better sweep."""


@dataclass(frozen=True, slots=True)
class Window:
    """A type, and the time within which its records may have moved."""

    object_type: str
    ours: SoFar
    newest: int | None
    """The greatest of our ids."""
    since_ms: int
    """Before the run began by as much as HubSpot's search index may lag behind."""
    since: str
    """The same, as published."""
    created: str | None
    """The property with the time at which a record was made; None: the type has none."""
    changed: str | None
    """That with the time of the last change."""
    merges: bool
    """Whether a record says who was merged into it."""
    listed: bool
    """Whether this is behind a sweep that counts forced. Then all behind the newest of our ids came later than
    that, whatever they say: a merge makes a new record of old ones, and people import what is years old."""


def window_of(scope: Scope, known: TypeDocument, *, listed: bool) -> Window:
    """The window of a type that this run has read."""
    scan = scan_of(scope, known)
    names = {one.name for one in properties(scope, known.id) if not one.archived}
    since = earlier(scope.started_at, minutes=scope.refresh.lag_minutes)
    # People may set `createdate` of deals to any day; the other one is HubSpot's own.
    created = next((name for name in ("hs_createdate", "createdate") if name in names), None)
    return Window(
        known.id,
        scan.so_far,
        scope.reader.last_id(scan.so_far.stream),
        int(epoch_ms(since) or 0),
        since,
        created=created,
        changed=scan.changed_since[0] if scan.changed_since else None,
        merges=bool(scan.wanted.merge_names),
        listed=listed,
    )


def lost(window: Window, client: Client) -> set[int]:
    """Ids behind the newest of ours that were made before the window: they had to be read.

    The list does not lag behind, as search does, which may not know of them yet.
    """
    if window.listed:
        return set()
    for page in _listed(window, client, after=_newest(window)):
        ids = _numbers(one.id for one in page.results if not _is_since(window, _made(window, one)))
        found = set(ids) - window.ours.times(ids).keys()
        if found:
            return found
    return set()


def came(window: Window, client: Client, enough: int) -> set[int]:
    """Ids that were live at a moment of the window and are not ours; about `enough` of them if there are."""
    found: set[int] = set()
    for ids in _sources_of_new(window, client):
        found |= set(ids) - window.ours.times(ids).keys()
        if len(found) >= enough:
            break
    return found


def went(window: Window, client: Client, enough: int) -> set[int]:
    """Ids of ours that HubSpot no longer has among the live ones; about `enough` of them if there are."""
    found: set[int] = set()
    for ids in _sources_of_old(window, client):
        found |= window.ours.times(ids).keys()
        if len(found) >= enough:
            break
    return found


def _sources_of_new(window: Window, client: Client) -> Iterator[list[int]]:
    for page in _listed(window, client, after=_newest(window)):
        yield _numbers(
            record.id
            for record in page.results
            if window.listed or _is_since(window, _made(window, record))
        )
    if window.created is not None:
        yield from _searched(window, client, window.created)
    for page in _listed(window, client, archived=True):
        yield _numbers(
            record.id
            for record in page.results
            if _is_since(window, record.archived_at) and _is_since(window, record.created_at)
        )


def _sources_of_old(window: Window, client: Client) -> Iterator[list[int]]:
    for page in _listed(window, client, archived=True):
        yield _numbers(
            record.id for record in page.results if _is_since(window, record.archived_at)
        )
    if window.changed is not None and window.merges:
        for survivors in _searched(window, client, window.changed):
            yield _merged_into(window, client, survivors)


def _listed(
    window: Window, client: Client, *, archived: bool = False, after: str | None = None
) -> Iterator[objects.Page]:
    def fetch(after: str | None) -> objects.Page:
        return objects.page(
            client,
            window.object_type,
            properties=() if window.created is None else (window.created,),
            archived=archived,
            sweeps=True,
            limit=PAGE_RECORDS,
            after=after,
        )

    try:
        yield from islice(follow(fetch, lambda page: page.after, after), _PAGES)
    except BadRequest:
        return  # not every type has an archive, nor takes any number as a cursor


def _newest(window: Window) -> str | None:
    return None if window.newest is None else str(window.newest)


_values = msgspec.json.Decoder(dict[str, str | None]).decode


def _made(window: Window, record: objects.Record) -> str | None:
    """When a record was made: by its property, as the time beside it may be one that people have set."""
    value = _values(record.properties).get(window.created or "")
    return value if value and epoch_ms(value) else record.created_at


def _searched(window: Window, client: Client, name: str) -> Iterator[list[int]]:
    condition = {"propertyName": name, "operator": "GTE", "value": str(window.since_ms)}

    def find(above: str | None, offset: str) -> objects.Found:
        return objects.search_ids(client, window.object_type, condition, above=above, offset=offset)

    try:
        for found in islice(behind(find, None), _PAGES):
            yield _numbers(found.ids)
    except BadRequest:
        return  # not every type can be searched


class _Merges(msgspec.Struct):
    hs_merged_object_ids: str | None = None


_merges = msgspec.json.Decoder(_Merges).decode


def _merged_into(window: Window, client: Client, survivors: list[int]) -> list[int]:
    losers: list[int] = []
    for start in range(0, len(survivors), PAGE_RECORDS):
        ids = [str(id_) for id_ in survivors[start : start + PAGE_RECORDS]]
        batch = objects.batch_read(client, window.object_type, ids=ids, properties=(MERGED_IDS,))
        for record in batch.results:
            losers += _numbers((_merges(record.properties).hs_merged_object_ids or "").split(";"))
    return losers


def _is_since(window: Window, time: str | None) -> bool:
    at = time and held(time)
    return bool(at and at >= window.since)


def _numbers(ids: Iterable[str]) -> list[int]:
    return [id_ for id_ in map(number_of, ids) if id_ is not None]
