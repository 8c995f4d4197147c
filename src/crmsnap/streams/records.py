"""Every stream that brings records: the generic objects API, and the types with an API of their own."""

from crmsnap.streams.objects import OBJECTS
from crmsnap.streams.stream import Stream

RECORD_STREAMS: tuple[Stream, ...] = (OBJECTS,)
"""What a table of records needs to be complete."""
