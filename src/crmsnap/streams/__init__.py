"""2: what we read. One file per family of streams, declared; `STREAMS` lists them."""

from crmsnap.streams.associations import ASSOCIATIONS
from crmsnap.streams.email_event_types import EMAIL_EVENT_DEFINITIONS, EMAIL_EVENT_PROPERTIES
from crmsnap.streams.email_events import EMAIL_EVENTS
from crmsnap.streams.event_types import EVENT_DEFINITIONS, EVENT_PROPERTIES, EVENT_TYPES
from crmsnap.streams.events import EVENTS
from crmsnap.streams.labels import LABELS
from crmsnap.streams.late_labels import LATE_LABELS
from crmsnap.streams.lists import LISTS
from crmsnap.streams.memberships import MEMBERSHIPS
from crmsnap.streams.objects import (
    OBJECT_HISTORIES,
    OBJECT_HISTORY_SOURCES,
    OBJECT_VALUES,
    OBJECTS,
)
from crmsnap.streams.owners import OWNERS
from crmsnap.streams.pipelines import PIPELINES
from crmsnap.streams.properties import PROPERTIES
from crmsnap.streams.records import OTHER_RECORDS
from crmsnap.streams.stream import Stream
from crmsnap.streams.teams import TEAMS
from crmsnap.streams.types import TYPES

STREAMS: tuple[Stream, ...] = (
    TYPES,
    PROPERTIES,
    EVENT_DEFINITIONS,
    EVENT_TYPES,
    EVENT_PROPERTIES,
    EMAIL_EVENT_DEFINITIONS,
    EMAIL_EVENT_PROPERTIES,
    LABELS,
    PIPELINES,
    OWNERS,
    TEAMS,
    LISTS,
    OBJECTS,
    OBJECT_VALUES,
    OBJECT_HISTORIES,
    *OTHER_RECORDS,
    OBJECT_HISTORY_SOURCES,
    EVENTS,
    EMAIL_EVENTS,
    ASSOCIATIONS,
    LATE_LABELS,
    MEMBERSHIPS,
)

__all__ = ["STREAMS", "Stream"]
