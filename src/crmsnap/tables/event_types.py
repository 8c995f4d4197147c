"""Event types as tables see them: their ids, and their names without HubSpot's prefixes."""

import re
from collections.abc import Iterator

import msgspec

from crmsnap.state.reader import StateReader
from crmsnap.streams.documents import EventTypeDocument
from crmsnap.tables.documents import decoded

_decode = msgspec.json.Decoder(EventTypeDocument).decode

_PREFIX = re.compile(r"(e|pe[0-9]+)_(?=.)")
"""Standard types are `e_<name>`, an account's own `pe<account>_<name>` (docs: events, "guide")."""


def event_types(reader: StateReader) -> Iterator[tuple[EventTypeDocument, str]]:
    """Every event type of the account with its `ingested_at`, by the API's name."""
    return decoded(reader, "event-types", _decode)


def event_type_id(known: EventTypeDocument) -> str:
    """EVENTTYPEID: the definition's id, or the API's name where it gives none."""
    return known.id or known.name


def bare_name(name: str) -> str:
    """`visited_page` for `e_visited_page`, `login` for `pe123_login`."""
    return _PREFIX.sub("", name, count=1) if _PREFIX.match(name) else name
