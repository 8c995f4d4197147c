"""Who the recipients of marketing e-mails are by now, for the events that earlier runs have read.

A mail goes to an address, and whose address it is changes: with an edit, a merge, a deletion. A first run
would look all of them up today, so the kept events are looked up again, without a call.
"""

from collections.abc import Iterator
from itertools import islice

import orjson

from crmsnap.hubspot.object_types import CONTACT
from crmsnap.state.folder import open_as_is
from crmsnap.state.reader import EMAIL_EVENTS, Event, StateReader
from crmsnap.state.stream_file import Entry, Key
from crmsnap.streams.email_event_types import property_name
from crmsnap.streams.recipients import Recipients
from crmsnap.streams.stream import Page
from crmsnap.streams.vanished import vanished

RECIPIENT = "recipient"
"""The field with the address, as the API calls it."""

_AT_ONCE = 5_000


def looked_up_again(contacts: StateReader, addresses: Recipients, position: str) -> Iterator[Page]:
    """The kept events that now belong to another contact, or to nobody; those of erased contacts go.

    The position stays the one behind the last page of HubSpot's: a run that was killed looks again.
    """
    kept = open_as_is(contacts.folder, EMAIL_EVENTS)
    erased = {str(id_) for id_ in vanished(contacts, CONTACT)}
    for event_type in kept.email_event_types():
        name = property_name(event_type, RECIPIENT)
        events = kept.email_events(event_type)
        while found := list(islice(events, _AT_ONCE)):
            rows, removed = _moved(event_type, name, found, addresses, erased)
            if rows or removed:
                yield Page(rows, position, removed=removed)


def _moved(
    event_type: str, name: str, found: list[Event], addresses: Recipients, erased: set[str]
) -> tuple[list[Entry], list[Key]]:
    recipients = [orjson.loads(event.body).get(name) for event in found]
    contacts = addresses.contacts(recipients)
    rows: list[Entry] = []
    removed: list[Key] = []
    for event, recipient in zip(found, recipients, strict=True):
        contact = contacts.get(recipient or "")
        if event.object_id in erased and contact is None:
            # A privacy deletion takes what the contact did with it (HubSpot: "GDPR delete").
            removed.append((event_type, event.occurred_at, event.id))
        elif contact != event.object_id:
            rows.append(
                (event_type, event.occurred_at, event.id, event.object_type, contact, event.body)
            )
    return rows, removed
