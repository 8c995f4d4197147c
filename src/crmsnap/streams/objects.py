"""The records of every object type, with their properties and, where wanted, their histories.

HubSpot has no way to ask for "all properties": each is named. Names that fit the URL are read by the
list, whose page is one call; else the list gives the ids and a batch read, with the names in its body,
gives the records. Both hand out each record whole, so that no row is torn between two versions.

After the first run only what changed is read, while what is kept of a record stays the same. How, is said
in `changed`.
"""

from collections.abc import Callable, Iterator
from functools import partial
from math import ceil
from operator import attrgetter

from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import objects
from crmsnap.hubspot.object_types import STANDARD_TYPES
from crmsnap.hubspot.times import epoch_ms
from crmsnap.state.reader import Finished
from crmsnap.state.so_far import SoFar
from crmsnap.streams.changed.again import read_added, read_retyped
from crmsnap.streams.changed.archived import TRACKED, read_archive, read_restored, tried_at
from crmsnap.streams.changed.compared import read_compared
from crmsnap.streams.changed.drift import READ_AGAIN, Drift, drift_of
from crmsnap.streams.changed.reads import (
    MERGED_IDS,
    MERGED_TIMES,
    PAGE_RECORDS,
    fits_url,
    page_records,
)
from crmsnap.streams.changed.scan import Position, Scan, Stage, Way, begin, position_of
from crmsnap.streams.changed.search import read_changes
from crmsnap.streams.changed.strip import read_stripped
from crmsnap.streams.changed.whole import read_list, read_sweep, read_vanished
from crmsnap.streams.documents import TypeDocument
from crmsnap.streams.earlier import is_due
from crmsnap.streams.known_types import (
    is_open,
    names_of,
    properties,
    readable_types,
    wanted_properties,
)
from crmsnap.streams.properties import PROPERTIES
from crmsnap.streams.record_rows import Wanted
from crmsnap.streams.stream import END, Page, Scope, Stream, Task
from crmsnap.streams.types import TYPES

_MODIFIED = {standard.id: standard.last_modified_property for standard in STANDARD_TYPES}
_MINUTE_MS = 60_000


def tasks(scope: Scope) -> Iterator[Task]:
    """One pass for each readable type whose properties could be listed."""
    listed = frozenset(scope.reader.family("properties"))
    for known in readable_types(scope):
        if known.id not in listed or not scope.reads(known.id):
            continue
        yield _task(scan_of(scope, known), known)


def sweep_task(scope: Scope, object_type: str) -> Task | None:
    """A pass that compares every live record of a type with ours, and reads what differs.

    None for a type that the generic objects API does not serve.
    """
    for known in readable_types(scope):
        if known.id == object_type:
            return _task(scan_of(scope, known, way="sweep"), known)
    return None


def read(scan: Scan, client: Client, position: str | None) -> Iterator[Page]:
    """The pages of a pass from a position on."""
    if position == END:
        return
    at: Position | None = begin(scan.way) if position is None else position_of(position)
    while at is not None:
        stage = _STAGES[at.stage]
        for page, following in stage(scan, client, at):
            yield page._replace(position=END if following is None else following.text)
            at = following


def calls_of(scope: Scope, known: TypeDocument, client: Client, records: int) -> int:
    """How many calls it takes to read so many records of a type for the first time."""
    wanted = _wanted(scope, known)
    archive = 1
    pages = max(1, ceil(records / PAGE_RECORDS))
    if not fits_url(wanted, client):
        return archive + pages + ceil(records / page_records(wanted))
    return archive + max(1, ceil(records / page_records(wanted)))


def scan_of(scope: Scope, known: TypeDocument, way: Way | None = None) -> Scan:
    """The pass over a type's records that is due; or one that begins in a given way."""
    stream = f"objects/{known.id}"
    finished = scope.reader.finished(stream)
    wanted = _wanted(scope, known)
    drift = _drift(scope, known, wanted, finished)
    due = _way(scope, stream, finished)
    return Scan(
        wanted,
        SoFar(scope.reader.folder, stream),
        scope.started_at,
        way or ("drift" if drift else due),
        since="" if finished is None else finished.started_at,
        first=finished is None,
        live=known.count,
        drift=drift,
        then=due,
        changed_since=_changed_since(scope, known, finished),
    )


_STAGES: dict[Stage, Callable[[Scan, Client, Position], Iterator[tuple[Page, Position | None]]]] = {
    "archive": read_archive,
    "restored": read_restored,
    "search": read_changes,
    "list": read_list,
    "sweep": read_sweep,
    "vanished": read_vanished,
    "compared": read_compared,
    "strip": read_stripped,
    "retyped": read_retyped,
    "added": read_added,
}


def _task(scan: Scan, known: TypeDocument) -> Task:
    return Task(
        stream=scan.so_far.stream,
        read=partial(read, scan),
        probe=partial(_probe, known.id),
        expected=known.count if scan.way == "list" else None,
        # A way that meets everything says so itself: a pass may change its way in the middle.
        keeps=True,
        asked=scan.wanted.asked,
    )


def _drift(
    scope: Scope, known: TypeDocument, wanted: Wanted, finished: Finished | None
) -> Drift | None:
    """What differs from what rows were read for; None where that is nothing, or there are no rows."""
    if finished is None:
        return None
    recent = frozenset(
        one.name
        for one in properties(scope, known.id)
        if one.created_at is not None and one.created_at >= finished.started_at
    )
    asked = finished.asked_beside(wanted.asked)
    if asked == wanted.asked and recent.isdisjoint(wanted.names):
        return None
    return READ_AGAIN if scope.refresh.full else drift_of(asked, wanted, recent)


def _way(scope: Scope, stream: str, finished: Finished | None) -> Way:
    """How a type is read today, but for what became of its properties."""
    if finished is None or scope.refresh.full:
        return "list"
    # Without the archive every day is a sweep, but not one that looks whether the archive is still too long.
    since = min(finished.swept_at, tried_at(finished.note) or finished.swept_at)
    if is_due(scope, stream, since):
        return "sweep"
    return "changes" if finished.note == TRACKED else "ids"


def _changed_since(
    scope: Scope, known: TypeDocument, finished: Finished | None
) -> tuple[str, int] | None:
    """The property to search by, and from when on; None where nothing is known or the type has none."""
    name = _MODIFIED.get(known.id, "hs_lastmodifieddate")
    has = any(one.name == name and not one.archived for one in properties(scope, known.id))
    if finished is None or not has:
        return None
    overlap = scope.refresh.overlap_minutes * _MINUTE_MS
    return name, _milliseconds(finished.started_at) - overlap


def _milliseconds(published: str) -> int:
    return int(epoch_ms(published) or 0)


def _nothing(_: Scope) -> Iterator[Task]:
    """The passes of what is only an instruction to the pass over the records; pickled by its name."""
    return iter(())


OBJECTS = Stream(
    name="objects/<type>",
    description="The live records of an object type with their property values.",
    endpoint="GET /crm/objects/{version}/{type}, POST /crm/objects/{version}/{type}/batch/read",
    scopes=("crm.objects.<type>.read",),
    tasks=tasks,
    after=(TYPES, PROPERTIES),
)

OBJECT_VALUES = Stream(
    name="objects/<type>, values",
    description="The property values of the same records: without it only ids and times are read.",
    endpoint="GET /crm/objects/{version}/{type}?properties=",
    scopes=("crm.objects.<type>.read",),
    tasks=_nothing,
    after=(OBJECTS,),
)

OBJECT_HISTORIES = Stream(
    name="objects/<type>, histories",
    description="The property histories of the same records, read in the same pass.",
    endpoint="GET /crm/objects/{version}/{type}?propertiesWithHistory=",
    scopes=("crm.objects.<type>.read",),
    tasks=_nothing,
    after=(OBJECTS,),
)

OBJECT_HISTORY_SOURCES = Stream(
    name="objects/<type>, sources",
    description="Who or what set each value of these histories, read in the same pass.",
    endpoint="GET /crm/objects/{version}/{type}?propertiesWithHistory=",
    scopes=("crm.objects.<type>.read",),
    tasks=_nothing,
    after=(OBJECTS,),
)


def _wanted(scope: Scope, known: TypeDocument) -> Wanted:
    merges = tuple(
        one.name
        for one in properties(scope, known.id)
        if one.name in (MERGED_IDS, MERGED_TIMES)
        and not one.archived
        and is_open(one, allows_sensitive=known.allows_sensitive)
    )
    if not (scope.values or scope.histories):
        return Wanted(known.id, names=(), dates=frozenset(), merge_names=merges)
    definitions = sorted(wanted_properties(scope, known), key=attrgetter("name"))
    has_history = scope.histories and scope.histories_of.takes(*names_of(known))
    return Wanted(
        known.id,
        names=tuple(definition.name for definition in definitions),
        types=tuple(definition.type for definition in definitions),
        dates=frozenset()
        if scope.iso_dates
        else frozenset(d.name for d in definitions if d.type in ("date", "datetime")),
        history_names=tuple(
            sorted(
                definition.name
                for definition in definitions
                if has_history and (scope.calculated_histories or not definition.calculated)
            )
        ),
        sources=scope.sources,
        merge_names=merges,
    )


def _probe(object_type: str, client: Client) -> object:
    return objects.page(client, object_type, properties=(), limit=1, after=None)
