"""What a snapshot says about itself beside its rows: HubSpot's counts beside ours, and what was left out."""

from collections.abc import Mapping
from dataclasses import dataclass

from crmsnap.errors import BadRequest, MissingScope, NotFound
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import types
from crmsnap.hubspot.times import earlier
from crmsnap.streams.event_values import event_properties
from crmsnap.streams.known_types import all_types, is_open, properties
from crmsnap.streams.other_types import OTHER_TYPES
from crmsnap.streams.other_types.other_type import OtherType
from crmsnap.streams.stream import Scope
from crmsnap.tables.event_types import event_type_id, event_types


@dataclass(frozen=True, slots=True)
class Count:
    """How many live records of a type there are."""

    object_type: str
    hubspot: int | None
    """By HubSpot's own count after the records were read; None where it gives none."""
    ours: int
    not_comparable: str = ""
    """Why HubSpot's number may speak of other records than were read; empty: it speaks of the same."""


def counts(scope: Scope, client: Client) -> tuple[Count, ...]:
    """The counts of every type whose records were read, by id.

    From the usage endpoint: one call for all types, where a search for each would use up the five a
    second that all integrations of the account share. A type with an API of its own is asked there; where
    that says no total, the usage count stands beside it and may speak of others.
    """
    read = scope.reader.family("objects")
    try:
        usage: Mapping[str, types.TypeCount] = types.record_counts(client)
    except (MissingScope, NotFound):
        usage = {}
    theirs = {object_type: used.count for object_type, used in usage.items()}
    theirs |= {
        other.id: _total(other, client)
        for other in OTHER_TYPES
        if other.says_total and other.id in read
    }
    elsewhere = {other.id: other.counted_elsewhere for other in OTHER_TYPES if not other.says_total}
    return tuple(
        Count(
            object_type,
            theirs.get(object_type),
            scope.reader.count(f"objects/{object_type}"),
            elsewhere.get(object_type, ""),
        )
        for object_type in read
    )


def window_start(scope: Scope) -> str:
    """From when on the rows that were read are valid, as published.

    Who was found by search is as fresh as its index, which lags behind.
    """
    finished = map(
        scope.reader.finished, (f"objects/{id_}" for id_ in scope.reader.family("objects"))
    )
    if all(one is not None and one.swept_at == scope.started_at for one in finished):
        return scope.started_at
    return earlier(scope.started_at, minutes=scope.refresh.lag_minutes)


def _total(other: OtherType, client: Client) -> int | None:
    try:
        first = other.probe(client)
    except (MissingScope, NotFound, BadRequest):
        return None
    return first.total if first else None


def left_out(scope: Scope) -> dict[str, tuple[str, ...]]:
    """The sensitive properties of each type that was read, by its id: defined, and never copied."""
    closed = {
        known.id: [
            definition.name
            for definition in properties(scope, known.id)
            if not is_open(definition, allows_sensitive=known.allows_sensitive)
        ]
        for known in all_types(scope)
        if f"objects/{known.id}" in scope.reader.streams
    }
    defined = event_properties(scope.reader)
    for event, _ in event_types(scope.reader):
        if event.name in defined and f"events/{event.name}" in scope.reader.streams:
            found = defined[event.name]
            names = sorted(name for name in found.definitions if not found.is_open(name))
            closed[event_type_id(event)] = names
    return {id_: tuple(names) for id_, names in closed.items() if names}
