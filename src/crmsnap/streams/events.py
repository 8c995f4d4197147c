"""The occurrences of every event type, in slices of time; marketing e-mail has an API of its own."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from operator import attrgetter

import msgspec
import orjson

from crmsnap.errors import BadRequest, NotFound
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import events
from crmsnap.hubspot.object_types import STANDARD_TYPES
from crmsnap.hubspot.times import published
from crmsnap.state.about import types_in_events
from crmsnap.state.folder import open_as_is
from crmsnap.state.shapes import EVENT_NAMES
from crmsnap.state.stream_file import Entry
from crmsnap.streams.documents import EventTypeDocument
from crmsnap.streams.earlier import built_on_until_sweep, digest_of
from crmsnap.streams.event_names import names_of_event
from crmsnap.streams.event_types import EVENT_PROPERTIES, EVENT_TYPES
from crmsnap.streams.event_values import Kept, event_properties, properties_of
from crmsnap.streams.known_types import all_types
from crmsnap.streams.stream import Page, Scope, Stream, Task
from crmsnap.streams.time_slices import ALL, Slice, Times, late_since, times_of, walk
from crmsnap.streams.types import TYPES

PAGE_EVENTS = 1_000

_event_type = msgspec.json.Decoder(EventTypeDocument).decode


def tasks(scope: Scope) -> Iterator[Task]:
    """One pass for each chosen event type that the API names, and for those of archived definitions."""
    type_ids = _type_ids(scope)
    properties = event_properties(scope.reader)
    for document in scope.reader.documents("event-types"):
        known = _event_type(document.body)
        names = names_of_event(known)
        if scope.takes_event(*names):
            kept = Kept(
                properties_of(known, properties, scope.reader), scope.properties.within(*names)
            )
            asked = digest_of(kept.asked, _has_custom(type_ids))
            since = _since(scope, f"events/{known.name}", asked)
            yield Task(
                f"events/{known.name}",
                partial(read, known.name, times_of(scope, since), Keeping(type_ids, kept)),
                # HubSpot does not list the types of archived definitions, and may still serve them.
                probe=None if known.readable else partial(_probe_archived, known.name),
                keeps=since is not None,
                asked=asked,
            )


def read(
    event_type: str,
    times: Times,
    keeping: "Keeping",
    client: Client,
    position: str | None,
) -> Iterator[Page]:
    """The occurrences of these times from a position (`<way> <slice> <cursor>`) on."""
    position = times.within(position)
    if position is None and times.way == ALL and not events.has_occurred(client, event_type):
        return  # most types never occur: one call instead of one for each slice
    fetch = partial(_fetch, client, event_type)
    for page, behind in walk(times.slices, fetch, attrgetter("after"), position):
        yield _page(page, keeping, f"{times.way} {behind}")


EVENTS = Stream(
    name="events/<event type>",
    description="The occurrences of an event type.",
    endpoint="GET /events/event-occurrences/{version}",
    scopes=("business-intelligence", "oauth"),
    tasks=tasks,
    after=(TYPES, EVENT_TYPES, EVENT_PROPERTIES),
)


@dataclass(frozen=True, slots=True)
class Keeping:
    """What is kept of an occurrence."""

    type_ids: Mapping[str, str]
    """Ids of object types by their names in upper case."""
    kept: Kept


def _type_ids(scope: Scope) -> dict[str, str]:
    """Ids of object types by every name that occurrences may give them."""
    standard = {known.name.upper(): known.id for known in STANDARD_TYPES}
    return standard | {
        name.upper(): known.id
        for known in all_types(scope)
        for name in (known.name, known.fully_qualified_name)
        if name
    }


def _since(scope: Scope, stream: str, asked: str) -> datetime | None:
    """From which time on occurrences are read; None: all of them, also where there were none before.

    Also where the records that they name are not read: nobody would learn that one was deleted for privacy, and
    what it did would stay.
    """
    earlier = built_on_until_sweep(scope, stream, asked)
    if earlier is None or not open_as_is(scope.reader.folder, stream).count(stream):
        return None
    named = types_in_events(scope.reader.folder, stream)
    if not all(scope.reads(one) and f"objects/{one}" not in scope.gaps for one in named):
        return None
    return late_since(scope, earlier)


def _has_custom(type_ids: Mapping[str, str]) -> bool:
    """Whether custom types are known: without them occurrences keep their names instead of their ids."""
    return any(id_.startswith("2-") for id_ in type_ids.values())


def _probe_archived(event_type: str, client: Client) -> None:
    try:
        events.has_occurred(client, event_type)
    except (BadRequest, NotFound) as refused:
        raise NotFound(
            "the definition of this event type is archived, and HubSpot does not serve what occurred before",
            cause=refused.cause,
            remedy="restore the definition in HubSpot if its events are needed",
            correlation_id=refused.correlation_id,
        ) from refused


def _fetch(client: Client, event_type: str, times: Slice, after: str | None) -> events.EventPage:
    return events.page(
        client,
        event_type,
        occurred_after=None if times.start is None else _text(times.start),
        occurred_before=_text(times.end),
        after=after,
        limit=PAGE_EVENTS,
    )


def _page(page: events.EventPage, keeping: Keeping, position: str) -> Page:
    rows: list[Entry] = []
    names = set(keeping.kept.defined)
    for event in page.results:
        values = keeping.kept.values(event.properties)
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
