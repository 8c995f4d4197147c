"""What an event type is called: in tables, and by people who choose it."""

import re

from crmsnap.streams.documents import EventTypeDocument
from crmsnap.streams.email_event_types import PREFIX, email_event_type

HUBSPOTS = "e_"
"""Begins the names of HubSpot's own types."""

_PREFIX = re.compile(r"(e|pe[0-9]+)_(?=.)")
"""Standard types are `e_<name>`, an account's own `pe<account>_<name>` (docs: events, "guide")."""


def bare_name(name: str) -> str:
    """`visited_page` for `e_visited_page`, `login` for `pe123_login`, `opened_email_v2` for `email:OPEN`."""
    if name.startswith(PREFIX):
        return email_event_type(name.removeprefix(PREFIX)).event_name
    return _PREFIX.sub("", name, count=1) if _PREFIX.match(name) else name


def names_of_event(known: EventTypeDocument) -> tuple[str, ...]:
    """What people may call an event type: the API's name, its id, its label, its table without EVENTS_."""
    bare = bare_name(known.name)
    # HubSpot's list of event types names those of marketing e-mails too: `e_opened_email_v2`.
    listed = HUBSPOTS + bare if known.name.startswith(PREFIX) else None
    # As in a table's name: `social media flow - basic` as `social_media_flow___basic`.
    table = "".join(sign if sign.isascii() and sign.isalnum() else "_" for sign in bare)
    own = (
        known.name,
        known.name.removeprefix(PREFIX),
        bare,
        table,
        listed,
        known.id,
        known.label,
    )
    return tuple(dict.fromkeys(name for name in own if name))
