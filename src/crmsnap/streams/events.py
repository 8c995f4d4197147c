"""The occurrences of every event type, in slices of time.

A slice keeps cursors shallow, and a run that was killed goes on within it. The end of the last slice is
the start of the run: what happens later belongs to the next day.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from operator import attrgetter

import msgspec
import orjson

from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import events
from crmsnap.hubspot.paging import follow
from crmsnap.hubspot.times import published
from crmsnap.state.shapes import EVENT_NAMES
from crmsnap.state.stream_file import Entry
from crmsnap.streams.documents import EventTypeDocument, PropertyDocument
from crmsnap.streams.event_types import EVENT_PROPERTIES, EVENT_TYPES
from crmsnap.streams.known_types import all_types, is_open
from crmsnap.streams.stream import Page, Scope, Stream, Task
from crmsnap.streams.types import TYPES

SLICE_DAYS = 90
SLICES = 8
"""Two years in slices; the first slice reaches back to the beginning of time."""
PAGE_EVENTS = 1_000

_property = msgspec.json.Decoder(PropertyDocument).decode
_event_type = msgspec.json.Decoder(EventTypeDocument).decode
_BEGINNING = "1970-01-01T00:00:00.000Z"


def tasks(scope: Scope) -> Iterator[Task]:
    """One pass for each event type that the API names."""
    type_ids = {
        name.upper(): known.id
        for known in all_types(scope)
        for name in (known.name, known.fully_qualified_name)
        if name
    }
    times = borders(scope.started_at)
    closed = _closed(scope)
    for document in scope.reader.documents("event-types"):
        known = _event_type(document.body)
        if known.readable:
            yield Task(
                f"events/{known.name}",
                partial(read, known.name, times, _Keeping(type_ids, closed[known.name])),
            )


def borders(started_at: str) -> tuple[str, ...]:
    """The times between slices, ascending, from the beginning of time to the start of the run."""
    end = datetime.fromisoformat(started_at).replace(tzinfo=UTC)
    inner = [end - timedelta(days=SLICE_DAYS * back) for back in range(SLICES, -1, -1)]
    return (_BEGINNING, *(_text(time) for time in inner))


def read(
    event_type: str,
    times: tuple[str, ...],
    keeping: "_Keeping",
    client: Client,
    position: str | None,
) -> Iterator[Page]:
    """The occurrences from a position (`<slice> <cursor>`) on."""
    if position is None and not _any(event_type, client):
        return  # most types never occur: one call instead of one for each slice
    number, _, cursor = (position or "0 ").partition(" ")
    for slice_ in range(int(number), len(times) - 1):
        fetch = partial(_fetch, client, event_type, times[slice_ : slice_ + 2])
        for page in follow(fetch, attrgetter("after"), cursor or None):
            behind = f"{slice_} {page.after}" if page.after else f"{slice_ + 1} "
            yield _page(page, keeping, behind)
        cursor = ""


EVENTS = Stream(
    name="events/<event type>",
    description="The occurrences of an event type.",
    endpoint="GET /events/event-occurrences/{version}",
    scopes=("business-intelligence", "oauth"),
    tasks=tasks,
    after=(TYPES, EVENT_TYPES, EVENT_PROPERTIES),
)


def _any(event_type: str, client: Client) -> bool:
    page = events.page(
        client, event_type, occurred_after=None, occurred_before=None, after=None, limit=1
    )
    return bool(page.results) or page.after is not None


def _fetch(
    client: Client, event_type: str, window: tuple[str, ...], after: str | None
) -> events.EventPage:
    return events.page(
        client,
        event_type,
        occurred_after=window[0],
        occurred_before=window[1],
        after=after,
        limit=PAGE_EVENTS,
    )


@dataclass(frozen=True, slots=True)
class _Keeping:
    """What is kept of an occurrence."""

    type_ids: Mapping[str, str]
    """Ids of object types by their names in upper case."""
    closed: frozenset[str]
    """Sensitive properties: occurrences come with all they have, so these are dropped."""


def _closed(scope: Scope) -> Mapping[str, frozenset[str]]:
    names: defaultdict[str, set[str]] = defaultdict(set)
    for document in scope.reader.documents("event-properties"):
        found = _property(document.body)
        if not is_open(found, allows_sensitive=False):
            names[found.owner].add(found.name)
    return defaultdict(frozenset, {owner: frozenset(found) for owner, found in names.items()})


def _page(page: events.EventPage, keeping: _Keeping, position: str) -> Page:
    rows: list[Entry] = []
    names: set[str] = set()
    for event in page.results:
        values = {
            name: value
            for name, value in event.properties.items()
            if value is not None and name not in keeping.closed
        }
        names.update(values)
        rows.append(
            (
                published(event.occurred_at),
                event.id,
                # Occurrences name the type (CONTACT) where everything else has its id (0-1).
                keeping.type_ids.get(event.object_type.upper(), event.object_type),
                event.object_id,
                orjson.dumps(values, option=orjson.OPT_SORT_KEYS),
            )
        )
    return Page(rows, position, {EVENT_NAMES: [(name,) for name in sorted(names)]})


def _text(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.") + f"{time.microsecond // 1000:03d}Z"
