"""`.../event-occurrences`: what records did, by event type or by object type, sorted by time.

An account-wide scan of one event type is legal, a scan of everything is not. The paging token holds
time, object type, record, event type and a number between bars, as HubSpot's own tokens do: a page
starts after a place in time, so occurrences that arrive meanwhile shift nothing.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from heapq import merge
from itertools import islice

import orjson

from crmsnap.sandbox.account.account import Account
from crmsnap.sandbox.account.events import Timeline, is_erased, timelines
from crmsnap.sandbox.account.start import horizon_ms
from crmsnap.sandbox.account.times import iso
from crmsnap.sandbox.api import pages
from crmsnap.sandbox.api.enterprise import require_enterprise
from crmsnap.sandbox.api.errors import bad_request
from crmsnap.sandbox.api.route import Call, Family, Reply, Route

SCOPES = frozenset({"crm.objects.contacts.read", "oauth"})
DIRECTIONS = {"ASCENDING": False, "DESCENDING": True, "occurredAt": False, "-occurredAt": True}
NOT_SERVED = ("id", "before")
PREFIXES_NOT_SERVED = ("property.", "objectProperty.")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Place = tuple[int, int, int]
"""Where an occurrence stands among all: its time, its timeline's position, its number."""


def list_occurrences(account: Account, call: Call) -> Reply:
    """A page of occurrences, the newest first unless `sort` says otherwise; both times inclusive."""
    require_enterprise(account, SCOPES)
    _refuse_unserved(call)
    size = pages.limit(call, default=20, maximum=1000)
    window = _window(account, call)
    lines = _lines(account, call)
    record = _record_index(account, call)
    descending = _descending(call)
    last = _place_of_token(account, call)
    names = frozenset(
        name for value in call.query.get("properties", ()) for name in value.split(",")
    )
    streams = (
        _places(position, line, line.numbers(window.until_ms, record), window, last, descending)
        for position, line in lines.items()
    )
    visible = (
        (time_ms, position, number)
        for time_ms, position, number in merge(*streams, reverse=descending)
        if lines[position].is_visible(number, window.horizon_ms)
        and not is_erased(account, lines[position], number)
    )
    chosen = list(islice(visible, size + 1))
    results = (_json(account, lines[place[1]], place, names) for place in chosen[:size])
    after = None
    if len(chosen) > size:
        after = _token(account, lines[chosen[size - 1][1]], chosen[size - 1])
    return pages.page(results, after)


FAMILY = Family(
    name="events",
    limit="burst",
    routes=(
        Route(
            "GET",
            ("/events/v3/events", "/events/event-occurrences/{version}"),
            list_occurrences,
            SCOPES,
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class _Window:
    from_ms: int
    until_ms: int
    horizon_ms: int


def _window(account: Account, call: Call) -> _Window:
    """The times asked for, both ends inclusive, and never beyond what has arrived."""
    horizon = horizon_ms(account, call.now_ms)
    from_ms, until_ms = _time(call, "occurredAfter"), _time(call, "occurredBefore")
    return _Window(
        from_ms=0 if from_ms is None else from_ms,
        until_ms=horizon if until_ms is None else min(until_ms, horizon),
        horizon_ms=horizon,
    )


def _time(call: Call, name: str) -> int | None:
    text = call.first(name)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise pages.invalid(name, f"{name} was not a valid ISO 8601 time: {text}") from error
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (moment - EPOCH) // timedelta(milliseconds=1)


def _lines(account: Account, call: Call) -> dict[int, Timeline]:
    """The timelines asked for, each by its position among all of the account."""
    every = dict(enumerate(timelines(account)))
    event_type, object_type = call.first("eventType"), call.first("objectType")
    if not event_type and not object_type:
        raise bad_request("Must specify an eventType or objectType")
    if event_type:
        every = {at: line for at, line in every.items() if line.kind.name == event_type}
        if not every:
            raise pages.invalid("eventType", f"Unknown event type: {event_type}")
    if object_type:
        found = account.find_type(object_type)
        if found is None:
            raise pages.invalid("objectType", f"Unable to infer object type from: {object_type}")
        every = {at: line for at, line in every.items() if line.kind.object_type_id == found.id}
    return every


def _record_index(account: Account, call: Call) -> int | None:
    """The index of the record whose events are asked for; -1 for one that never was."""
    text = call.first("objectId")
    if text is None:
        return None
    object_type = account.find_type(call.first("objectType") or "")
    if object_type is None:
        raise pages.invalid("objectId", "objectId needs an objectType")
    if not text.isascii() or not text.isdigit():
        raise pages.invalid("objectId", f"objectId was not a valid number: {text}")
    index = account.index_of(object_type.id, int(text))
    return -1 if index is None else index


def _descending(call: Call) -> bool:
    text = call.first("sort", "DESCENDING")
    if text not in DIRECTIONS:
        raise pages.invalid("sort", f"sort was none of {', '.join(DIRECTIONS)}: {text}")
    return DIRECTIONS[text]


def _refuse_unserved(call: Call) -> None:
    """A filter that HubSpot knows and the sandbox does not is refused: ignored, it would mislead."""
    for name in call.query:
        if name in NOT_SERVED or name.startswith(PREFIXES_NOT_SERVED):
            raise pages.invalid(name, f"the sandbox does not filter occurrences by {name}")


def _places(
    position: int,
    line: Timeline,
    numbers: range,
    window: _Window,
    last: Place | None,
    descending: bool,
) -> Iterator[Place]:
    """The places of one timeline within the window and after the last page, in reading order."""

    def place(number: int) -> Place:
        return line.time_ms(number), position, number

    numbers = numbers[bisect_left(numbers, window.from_ms, key=line.time_ms) :]
    if last is not None and descending:
        numbers = numbers[: bisect_left(numbers, last, key=place)]
    elif last is not None:
        numbers = numbers[bisect_right(numbers, last, key=place) :]
    return map(place, reversed(numbers) if descending else numbers)


def _token(account: Account, line: Timeline, place: Place) -> str:
    time_ms, _, number = place
    type_id = line.kind.object_type_id
    record_id = account.record_id(type_id, line.record_index(number))
    return pages.token(time_ms, type_id, record_id, line.kind.type_id, number)


def _place_of_token(account: Account, call: Call) -> Place | None:
    parts = pages.token_parts(call, 5)
    if parts is None:
        return None
    time_ms, _, _, type_id, number = parts
    for position, line in enumerate(timelines(account)):
        if line.kind.type_id == type_id and time_ms.isdigit() and number.isdigit():
            return int(time_ms), position, int(number)
    raise pages.invalid("after", "after is not a valid paging token")


def _json(account: Account, line: Timeline, place: Place, names: frozenset[str]) -> bytes:
    time_ms, _, number = place
    type_id = line.kind.object_type_id
    properties = b",".join(
        fragment for name, fragment in line.property_fragments(number) if not names or name in names
    )
    return (
        b'{"id":"%s","eventType":%s,"objectId":"%d","objectType":"%s","occurredAt":"%s","properties":{%s}}'
        % (
            line.event_id(number).encode(),
            orjson.dumps(line.kind.name),
            account.record_id(type_id, line.record_index(number)),
            account.type_by_id(type_id).fully_qualified_name.encode(),
            iso(time_ms).encode(),
            properties,
        )
    )
