"""Every stream that brings records: the generic objects API, and the types with an API of their own."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from crmsnap.errors import NoSuchPath, NotFound
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.object_types import STANDARD_TYPES
from crmsnap.streams.known_types import all_types
from crmsnap.streams.objects import OBJECTS
from crmsnap.streams.other_types import OTHER_TYPES
from crmsnap.streams.other_types.keeping import keeping_of
from crmsnap.streams.other_types.other_type import OtherType
from crmsnap.streams.properties import PROPERTIES
from crmsnap.streams.stream import Scope, Stream, Task
from crmsnap.streams.types import TYPES


@dataclass(frozen=True, slots=True)
class _Tasks:
    """The one pass over a type with an API of its own."""

    other: OtherType

    def __call__(self, scope: Scope) -> Iterator[Task]:
        """One pass if the type was selected."""
        other = self.other
        for known in all_types(scope):
            if known.id == other.id and known.readable and scope.reads(known.id):
                keeping = keeping_of(scope, known)
                yield Task(
                    stream=f"objects/{other.id}",
                    read=partial(other.read, scope, keeping),
                    probe=partial(_probe, other),
                    expected=known.count,
                    text_ids=other.text_ids,
                    keeps=other.keeps,
                    asked=keeping.asked,
                )


def _probe(other: OtherType, client: Client) -> object:
    try:
        return other.probe(client)
    except NoSuchPath as missing:
        # The rest of HubSpot answers. An API that is gone, or not there yet, is a gap and no reason to stop.
        raise NotFound(
            f"HubSpot does not serve the API of this type: {other.endpoint}",
            cause=missing.cause,
            remedy="a later version of crmsnap may know where it went",
            correlation_id=missing.correlation_id,
        ) from missing


def _stream(other: OtherType) -> Stream:
    (standard,) = (one for one in STANDARD_TYPES if one.id == other.id)
    return Stream(
        name=f"objects/{other.id}",
        description=other.description,
        endpoint=other.endpoint,
        scopes=standard.read_scopes,
        tasks=_Tasks(other),
        after=(TYPES, PROPERTIES, OBJECTS) if other.after_objects else (TYPES, PROPERTIES),
    )


OTHER_RECORDS: tuple[Stream, ...] = tuple(_stream(other) for other in OTHER_TYPES)

RECORD_STREAMS: tuple[Stream, ...] = (OBJECTS, *OTHER_RECORDS)
"""What a table of records needs to be complete."""
