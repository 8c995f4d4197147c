"""Reading again the records that have a property which was retyped, or was not read before; and no others."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import orjson

from crmsnap.errors import BadRequest
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import objects
from crmsnap.hubspot.endpoints.objects import Found
from crmsnap.streams.changed.drift import Drift
from crmsnap.streams.changed.reads import records_by_id
from crmsnap.streams.changed.scan import Position, Scan, begin
from crmsnap.streams.changed.search import behind, costs_more
from crmsnap.streams.changed.strip import stretches
from crmsnap.streams.stream import Page


def read_retyped(
    scan: Scan, client: Client, at: Position
) -> Iterator[tuple[Page, Position | None]]:
    """The records that have a value or a history of a retyped property, as the state knows: no search is needed."""
    names = (scan.drift or Drift()).retyped
    if (
        names
        and not at.cursor
        and costs_more(scan, client, sum(map(len, _having(scan, names, ""))))
    ):
        yield Page((), ""), begin("list")
        return
    for ids in _having(scan, names, at.cursor) if names else ():
        at = at.at(ids[-1])
        yield records_by_id(scan, client, ids), at
    yield Page((), ""), at.following


def read_added(scan: Scan, client: Client, at: Position) -> Iterator[tuple[Page, Position | None]]:
    """The records that have a value of an added property, name after name; all records where that costs less."""
    for lot in _lots(scan, client, _progress(at.cursor)):
        if lot is None:
            yield Page((), ""), begin("list")
            return
        progress, ids = lot
        at = at.at(progress.text)
        yield records_by_id(scan, client, ids), at
    yield Page((), ""), begin(scan.then)


class _Progress(NamedTuple):
    """How far the search for added properties has come."""

    number: int
    """Of the name among the added ones."""
    found: int
    """Records of it and of the names before it."""
    last: str
    """The id behind which it goes on; empty: at the beginning."""

    @property
    def text(self) -> str:
        return f"{self.number} {self.found} {self.last}"


def _progress(cursor: str) -> _Progress:
    if not cursor:
        return _Progress(0, 0, "")
    number, found, last = cursor.split(" ")
    return _Progress(int(number), int(found), last)


def _lots(
    scan: Scan, client: Client, progress: _Progress
) -> Iterator[tuple[_Progress, tuple[str, ...]] | None]:
    """Ids of records that have an added property, each lot with the progress behind it.

    None, at the end: it is better to read all records.
    """
    added = () if scan.drift is None else scan.drift.added
    for number in range(progress.number, len(added)):
        if number > progress.number:
            progress = _Progress(number, progress.found, "")
        pages = behind(_search(scan, client, added[number]), progress.last or None)
        while True:
            try:
                found = next(pages, None)
            except BadRequest:
                # Not every type can be searched; or the property is gone again, which a list takes no notice of.
                yield None
                return
            if found is None:
                break
            if not progress.last:
                progress = progress._replace(found=progress.found + found.total)
                if costs_more(scan, client, progress.found):
                    yield None
                    return
            progress = progress._replace(last=found.ids[-1])
            yield progress, found.ids


def _search(scan: Scan, client: Client, name: str) -> Callable[[str | None, str], Found]:
    condition = {"propertyName": name, "operator": "HAS_PROPERTY"}

    def find(above: str | None, offset: str) -> Found:
        return objects.search_ids(
            client, scan.wanted.object_type, condition, above=above, offset=offset
        )

    return find


def _having(scan: Scan, names: frozenset[str], low: str) -> Iterator[list[str]]:
    """Ids of the records that have a value or a history of one of these names, some at a time."""
    for records, histories in stretches(scan, low):
        found = [
            str(record.id)
            for record in records
            if not names.isdisjoint(orjson.loads(record.body))
            or (
                record.id in histories
                and not names.isdisjoint(orjson.loads(histories[record.id].body))
            )
        ]
        if found:
            yield found
