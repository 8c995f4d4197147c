"""How many calls each stream of a first run will take, before any of it is read.

From HubSpot's own counts and the sizes of pages. What no answer counts (events, conversations, what was
sent through forms) is looked at by its first page, and stands as a range: it is known, or it is not.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from math import ceil
from operator import attrgetter

from crmsnap.errors import BadRequest, MissingScope, NoSuchPath, NotFound
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import (
    associations,
    conversations,
    email_events,
    events,
    lists,
    marketing,
    sequences,
)
from crmsnap.hubspot.endpoints.deal_splits import BATCH_DEALS
from crmsnap.hubspot.endpoints.list_records import list_records
from crmsnap.hubspot.endpoints.raw_pages import RawPage
from crmsnap.hubspot.paging import follow
from crmsnap.streams.association_rows import BATCH_IDS
from crmsnap.streams.associations import ASSOCIATIONS
from crmsnap.streams.documents import TypeDocument
from crmsnap.streams.email_events import EMAIL_EVENTS
from crmsnap.streams.events import EVENTS, PAGE_EVENTS
from crmsnap.streams.known_types import all_types, associable_types, readable_types
from crmsnap.streams.labels import LABELS, asked_pairs
from crmsnap.streams.late_labels import LATE_LABELS
from crmsnap.streams.lists import LISTS
from crmsnap.streams.memberships import MEMBERSHIPS
from crmsnap.streams.objects import OBJECTS, calls_of
from crmsnap.streams.other_types import OTHER_TYPES
from crmsnap.streams.other_types.conversations import CONVERSATIONS, MESSAGES
from crmsnap.streams.other_types.deal_splits import DEALS
from crmsnap.streams.other_types.keeping import keeping_of
from crmsnap.streams.other_types.other_type import Listed, OtherType
from crmsnap.streams.owners import OWNERS
from crmsnap.streams.pipelines import PIPELINES
from crmsnap.streams.records import OTHER_RECORDS
from crmsnap.streams.stream import Scope, Stream
from crmsnap.streams.time_slices import SLICE_DAYS, SLICES


@dataclass(frozen=True, slots=True)
class Calls:
    """How many calls something takes: exactly, between two numbers, or at least."""

    low: int
    high: int | None
    """None: nobody can say before it is read."""

    @property
    def is_known(self) -> bool:
        """Whether it is one number."""
        return self.low == self.high

    def __add__(self, other: "Calls") -> "Calls":
        high = None if self.high is None or other.high is None else self.high + other.high
        return Calls(self.low + other.low, high)


NONE = Calls(0, 0)


def exactly(calls: int) -> Calls:
    """A known number of calls."""
    return Calls(calls, calls)


def calls_for(stream: Stream, scope: Scope, client: Client) -> Calls:
    """The calls that reading a stream will take; some are made to find out."""
    if stream.name in scope.gaps or (stream in OTHER_RECORDS and not any(stream.tasks(scope))):
        return NONE
    count = _COUNTS.get(stream)
    if count is not None:
        return count(scope, client)
    return exactly(sum(task.stream not in scope.gaps for task in stream.tasks(scope)))


def _records(scope: Scope, client: Client) -> Calls:
    total = NONE
    for known in readable_types(scope):
        if scope.reads(known.id) and f"properties/{known.id}" in scope.reader.streams:
            total += _of_count(known.count, partial(calls_of, scope, known, client))
    return total


def _of_count(count: int | None, calls: Callable[[int], int]) -> Calls:
    # An empty type takes a call too. One that HubSpot does not count can have any number.
    return Calls(1, None) if count is None else exactly(calls(count))


def _labels(scope: Scope, _: Client) -> Calls:
    return exactly(sum(map(len, asked_pairs(scope).values())))


def _associations(scope: Scope, client: Client) -> Calls:
    """Pairs with a definition, a batch for each thousand records of the first type.

    Which pairs have one is asked for the largest types, in one direction, since the other has one too;
    custom types say it in their schemas. Pairs of two small types take a call each, and are few: they are
    not asked for.
    """
    types = {known.id: known for known in associable_types(scope)}
    largest = sorted(types.values(), key=_size, reverse=True)[:TYPES_ASKED]
    asked = {
        (known.id, other)
        for known in largest
        for other in types
        if (_is_wanted((known.id, other), scope) or _is_wanted((other, known.id), scope))
        and _is_defined(client, known.id, other)
    }
    pairs = asked | {(other, one) for one, other in asked} | set(_of_custom_types(scope))
    return exactly(
        sum(
            max(1, ceil(_size(types[one]) / BATCH_IDS))
            for one, other in pairs
            if one in types
            and other in types
            and types[one].count != 0
            and _is_wanted((one, other), scope)
        )
    )


TYPES_ASKED = 8


def _is_wanted(pair: tuple[str, str], scope: Scope) -> bool:
    return scope.pairs is None or pair in scope.pairs


def _of_custom_types(scope: Scope) -> Iterator[tuple[str, str]]:
    for known in all_types(scope):
        for name in known.association_names:
            from_type, to_type, _ = name.split(" ")
            yield from_type, to_type
            yield to_type, from_type


def _size(known: TypeDocument) -> int:
    return known.count or 0


def _is_defined(client: Client, from_type: str, to_type: str) -> bool:
    try:
        return bool(associations.labels(client, from_type, to_type))
    except (BadRequest, MissingScope, NotFound):
        return False


def _pipelines(scope: Scope, _: Client) -> Calls:
    return exactly(len(readable_types(scope)))


def _owners(scope: Scope, client: Client) -> Calls:
    # As many as there are people: few enough to look.
    return exactly(sum(1 for task in OWNERS.tasks(scope) for _ in task.read(client, None)))


def _lists(_: Scope, client: Client) -> Calls:
    return exactly(max(1, ceil((list_records(client, None, 1).total or 0) / lists.PAGE_LISTS)))


def _memberships(scope: Scope, client: Client) -> Calls:
    total = 0
    offset: int | None = 0
    while offset is not None:
        page = lists.page(client, offset)
        offset = page.next_offset
        for found in page.lists:
            if scope.wants(found.object_type_id) and found.deleted_at is None:
                size = found.additional_properties.get("hs_list_size") or "0"
                total += max(1, ceil(int(size) / lists.PAGE_MEMBERS))
    return exactly(total)


# Types with an API of their own: some say how many things they have.


def _listed(other: OtherType, _: Scope, client: Client) -> Calls:
    if not isinstance(other.read, Listed):
        raise TypeError(f"{other.id} is not read by one list")
    return _pages(other.read.fetch(client, None))


def _pages(first: RawPage) -> Calls:
    if first.after is None:
        return exactly(1)
    if first.total is not None and first.results:
        return exactly(ceil(first.total / len(first.results)))
    return Calls(2, None)


def _campaigns(_: Scope, client: Client) -> Calls:
    # One call more finds out which properties exist.
    return _pages(marketing.campaigns(client, None, ())) + exactly(1)


def _conversations(scope: Scope, client: Client) -> Calls:
    """A call for each thread, and a thread with more than a hundred messages takes more.

    Where no messages are copied, only the pages of the list, which says no total.
    """
    first = conversations.threads(client, None)
    known = next(one for one in all_types(scope) if one.id == CONVERSATIONS.id)
    if not keeping_of(scope, known).keeps(MESSAGES):
        return _pages(first)
    return Calls(1 + len(first.results), None if first.results else 1)


def _submissions(_: Scope, client: Client) -> Calls:
    """A call for each form, and no form says how often it was sent."""
    pages = follow(partial(marketing.forms, client), attrgetter("after"), None)
    forms = [len(page.results) for page in pages]
    return Calls(len(forms) + sum(forms), None if any(forms) else len(forms))


def _sequences(scope: Scope, client: Client) -> Calls:
    # Everybody's are listed once more to find out whether they can be; else each user is asked.
    try:
        return _pages(sequences.of_everybody(client, None)) + exactly(1)
    except (BadRequest, MissingScope, NoSuchPath, NotFound):
        return Calls(1 + _owners(scope, client).low, None)


def _deal_splits(scope: Scope, client: Client) -> Calls:
    deals = next((one.count for one in all_types(scope) if one.id == DEALS), None)
    # One call more finds out whether they can be asked for by deal.
    return _of_count(deals, lambda count: 1 + ceil(count / BATCH_DEALS))


# Events: nobody counts them, and there can be millions.


def _events(scope: Scope, client: Client) -> Calls:
    total = NONE
    for task in EVENTS.tasks(scope):
        if task.stream not in scope.gaps:
            total += _of_event_type(client, task.stream.partition("/")[2])
    return total


def _of_event_type(client: Client, event_type: str) -> Calls:
    """One call tells whether it ever occurred; then each slice of time takes one at least."""
    page = events.page(
        client,
        event_type,
        occurred_after=None,
        occurred_before=None,
        after=None,
        limit=PAGE_EVENTS,
    )
    if not page.results and page.after is None:
        return exactly(1)
    times = [datetime.fromisoformat(one.occurred_at) for one in page.results]
    return exactly(1) + _in_slices(times, is_whole=page.after is None)


def _email_events(_: Scope, client: Client) -> Calls:
    page = email_events.page(client, start_ms=None, end_ms=None, offset=None)
    times = [datetime.fromtimestamp(one.created_ms / 1000, UTC) for one in page.events]
    return _in_slices(times, is_whole=page.offset is None)


def _in_slices(newest: Sequence[datetime], *, is_whole: bool) -> Calls:
    """The calls for events of which the newest page is known.

    At least one for each slice, and the events of that page. At most as many as if they had always been
    so frequent, for as long as slices reach back; what is older than that cannot be foreseen.
    """
    slices_ = SLICES + 1
    if is_whole:
        return exactly(slices_)
    span = max(newest) - min(newest) if newest else timedelta()
    if not span:
        return Calls(slices_ + 1, None)
    pages = ceil(timedelta(days=SLICES * SLICE_DAYS) / span)
    return Calls(slices_ + 1, slices_ + pages)


_OTHERS: dict[str, Callable[[Scope, Client], Calls]] = {
    "0-11": _conversations,
    "0-15": _submissions,
    "0-35": _campaigns,
    "0-45": _lists,
    "0-58": _sequences,
    "0-72": _deal_splits,
}

_COUNTS: dict[Stream, Callable[[Scope, Client], Calls]] = {
    OBJECTS: _records,
    LABELS: _labels,
    LATE_LABELS: lambda *_: NONE,
    ASSOCIATIONS: _associations,
    PIPELINES: _pipelines,
    OWNERS: _owners,
    LISTS: _lists,
    MEMBERSHIPS: _memberships,
    EVENTS: _events,
    EMAIL_EVENTS: _email_events,
    **{
        stream: _OTHERS.get(other.id, partial(_listed, other))
        for stream, other in zip(OTHER_RECORDS, OTHER_TYPES, strict=True)
    },
}
