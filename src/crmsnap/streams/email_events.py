"""What became of marketing e-mails, all types of events in one pass, in slices of time.

One pass and not one for each type: a type that HubSpot adds tomorrow comes with the others. Who a recipient
is, is looked up when an event is taken in, among the contacts that this run has read with their addresses:
every day's copy says who has the address on that day, as merged and deleted contacts need it.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from functools import partial
from operator import attrgetter

import orjson

from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import email_events
from crmsnap.hubspot.endpoints.email_events import EmailEvent
from crmsnap.hubspot.object_types import CONTACT
from crmsnap.hubspot.times import milliseconds, published_ms
from crmsnap.model import Gap
from crmsnap.state.reader import EMAIL_EVENTS as EMAIL_EVENTS_STREAM
from crmsnap.state.reader import StateReader
from crmsnap.state.shapes import EMAIL_EVENT_NAMES
from crmsnap.state.stream_file import Entry
from crmsnap.streams.earlier import built_on_until_sweep, digest_of
from crmsnap.streams.email_event_types import (
    COMMON_FIELDS,
    EMAIL_EVENT_TYPES,
    email_event_type,
    property_name,
    type_document,
)
from crmsnap.streams.event_names import names_of_event
from crmsnap.streams.event_values import EventProperties, Kept
from crmsnap.streams.objects import OBJECTS
from crmsnap.streams.other_types.flat import flat
from crmsnap.streams.recipients import Recipients, anybody_changed, has_addresses, recipients
from crmsnap.streams.recipients_again import RECIPIENT, looked_up_again
from crmsnap.streams.stream import Page, Scope, Stream, Task
from crmsnap.streams.time_slices import Slice, Times, late_since, times_of, walk

_IN_COLUMNS = frozenset({"id", "type", "created"})
"""Fields that are columns of every table of events."""


def tasks(scope: Scope) -> Iterator[Task]:
    """One pass over the events of all types, unless none of them was chosen."""
    keeping = Keeping(scope)
    if not any(keeping.of(known.name) is not None for known in EMAIL_EVENT_TYPES):
        return
    looks_up = has_addresses(scope)
    asked = digest_of(keeping.asked, looks_up)
    earlier = built_on_until_sweep(scope, EMAIL_EVENTS_STREAM, asked)
    if not (looks_up and keeping.recipients):
        # Events that were read before do not say to whom they went: nobody would know which of them belong
        # to somebody who was deleted for privacy.
        earlier = None
    yield Task(
        EMAIL_EVENTS_STREAM,
        partial(
            read,
            times_of(scope, None if earlier is None else late_since(scope, earlier)),
            keeping,
            scope.reader if looks_up else None,
            None if earlier is None else partial(anybody_changed, scope, earlier.started_at),
        ),
        probe=lambda client: email_events.page(
            client, start_ms=None, end_ms=None, offset=None, limit=1
        ),
        keeps=earlier is not None,
        asked=asked,
    )


class Keeping:
    """What is kept of the events of each type; None where the type was not chosen."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._found: dict[str, Kept | None] = {}

    @property
    def asked(self) -> list[object]:
        """What decides which events and values are copied, of the types that are known."""
        kept = [self.of(known.name) for known in EMAIL_EVENT_TYPES]
        return [None if one is None else one.asked for one in kept]

    @property
    def recipients(self) -> bool:
        """Whether the events of every chosen type are copied with their recipients."""
        return all(
            kept.keeps(property_name(known.name, RECIPIENT))
            for known in EMAIL_EVENT_TYPES
            if (kept := self.of(known.name)) is not None
        )

    def of(self, event_type: str) -> Kept | None:
        """By the API's name of the type."""
        if event_type not in self._found:
            names = names_of_event(type_document(event_type))
            chosen = self._scope.properties.within(*names)
            self._found[event_type] = (
                Kept(EventProperties(), chosen) if self._scope.takes_event(*names) else None
            )
        return self._found[event_type]


def read(
    times: Times,
    keeping: Keeping,
    contacts: StateReader | None,
    may_differ: Callable[[], bool] | None,
    client: Client,
    position: str | None,
) -> Iterator[Page]:
    """The events of these times from a position (`<way> <slice> <offset>`) on, then those of earlier runs
    whose recipients are others by now, where they `may_differ`. Without contacts their gap is declared.
    """
    with ExitStack() as stack:
        addresses: Recipients | None = None
        gaps = () if contacts else (_NO_CONTACTS,)
        pages = walk(
            times.slices, partial(_fetch, client), attrgetter("offset"), times.within(position)
        )
        for page, behind in pages:
            if page.events and contacts and addresses is None:
                addresses = stack.enter_context(recipients(contacts))
            found = (
                addresses.contacts(event.recipient for event in page.events) if addresses else {}
            )
            taken_in = _page(page.events, found, keeping, f"{times.way} {behind}")
            if taken_in.rows and gaps:
                taken_in, gaps = taken_in._replace(gaps=gaps), ()
            yield taken_in
        if may_differ is not None and contacts is not None:
            if addresses is None and may_differ():
                addresses = stack.enter_context(recipients(contacts))
            if addresses is not None:
                behind = f"{times.way} {len(times.slices)} "
                yield from looked_up_again(contacts, addresses, behind)


_NO_CONTACTS = Gap(
    f"{EMAIL_EVENTS_STREAM}/contacts",
    "not-available",
    "the run copies no addresses of contacts (their property `email`), so nobody knows who the recipients of"
    " marketing e-mails are: OBJECTID is NULL there",
)

EMAIL_EVENTS = Stream(
    name=EMAIL_EVENTS_STREAM,
    description="What became of marketing e-mails: sent, delivered, opened, clicked, bounced, ...",
    endpoint="GET /email/public/v1/events",
    scopes=("content",),
    tasks=tasks,
    uses=(OBJECTS,),
)


def _fetch(client: Client, times: Slice, offset: str | None) -> email_events.EmailEventPage:
    return email_events.page(
        client,
        start_ms=None if times.start is None else milliseconds(times.start),
        end_ms=milliseconds(times.end),
        offset=offset,
    )


def _page(
    events: list[EmailEvent], contacts: Mapping[str, str], keeping: Keeping, position: str
) -> Page:
    rows: list[Entry] = []
    names: set[tuple[str, str]] = set()
    for event in events:
        kept = keeping.of(event.type)
        if kept is None:
            continue
        values = kept.values(
            {
                property_name(event.type, name): text
                for name, text in flat(event.fields).items()
                if name not in _IN_COLUMNS
            }
        )
        names.update((event.type, name) for name in values)
        rows.append(
            (
                event.type,
                published_ms(event.created_ms),
                event.id,
                CONTACT,
                contacts.get(event.recipient or ""),
                orjson.dumps(values, option=orjson.OPT_SORT_KEYS),
            )
        )
    for event_type in {str(row[0]) for row in rows}:
        names.update(_declared(event_type, keeping))
    return Page(rows, position, {EMAIL_EVENT_NAMES: sorted(names)})


def _declared(event_type: str, keeping: Keeping) -> Iterator[tuple[str, str]]:
    """The columns that a table has from its first row on."""
    kept = keeping.of(event_type)
    for field, _ in (*COMMON_FIELDS, *email_event_type(event_type).fields):
        name = property_name(event_type, field)
        if kept is not None and kept.keeps(name):
            yield event_type, name
