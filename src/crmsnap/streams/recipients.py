"""Which contact has an e-mail address, for as long as marketing-email events are read.

The addresses of a million contacts do not belong in memory: they lie in a private temporary database of
SQLite, which has no name on disk and vanishes with its connection (sqlite.org/inmemorydb.html).
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager

import orjson

from crmsnap.hubspot.object_types import CONTACT
from crmsnap.hubspot.times import earlier
from crmsnap.state.reader import StateReader
from crmsnap.streams.known_types import all_types, wanted_properties
from crmsnap.streams.stream import Scope

CONTACTS = f"objects/{CONTACT}"

_FIRST, _SECOND = 0, 1
"""A contact's own address wins over one that another contact has besides."""


class Recipients:
    """The contacts of the state by their addresses, as they are when a run reads them."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def contacts(self, addresses: Iterable[str | None]) -> dict[str, str]:
        """Contact ids by those of the addresses that one has; as they are written here."""
        found: dict[str, str] = {}
        for address in set(addresses) - {None}:
            row = self._db.execute(
                "SELECT contact FROM addresses WHERE address = ?", (_key(address or ""),)
            ).fetchone()
            if row is not None:
                found[address or ""] = str(row[0])
        return found


def has_addresses(scope: Scope) -> bool:
    """Whether the run has read contacts, and copies their own addresses.

    Where it does not, nobody is looked up: by further addresses alone (`hs_additional_emails`) some would be
    found, and a NULL would mean two things.
    """
    return (
        CONTACTS in scope.reader.streams
        and scope.values
        and any(
            definition.name == "email"
            for known in all_types(scope)
            if known.id == CONTACT
            for definition in wanted_properties(scope, known)
        )
    )


def anybody_changed(scope: Scope, since: str) -> bool:
    """Whether contacts came, changed or went since a run that began at a published time.

    That run may have met changes in a sweep behind its read of the events; of those who went it has seen to it
    itself.
    """
    gone = (one for one in scope.reader.deletions(CONTACTS) if one.ingested_at > since)
    begun = earlier(since, minutes=scope.refresh.lag_minutes)
    return next(gone, None) is not None or bool(scope.reader.changed_ids(CONTACTS, since, begun))


@contextmanager
def recipients(reader: StateReader) -> Iterator[Recipients]:
    """The contacts of a run that `has_addresses`."""
    with closing(sqlite3.connect("")) as db:
        db.execute(
            "CREATE TABLE addresses (address TEXT PRIMARY KEY, rank INTEGER, contact INTEGER)"
            " WITHOUT ROWID"
        )
        # Contacts come by id, so of two with one address the lower id stays.
        db.executemany(
            "INSERT INTO addresses VALUES (?, ?, ?) ON CONFLICT (address) DO UPDATE"
            " SET rank = excluded.rank, contact = excluded.contact WHERE excluded.rank < rank",
            _addresses(reader),
        )
        yield Recipients(db)


def _addresses(reader: StateReader) -> Iterator[tuple[str, int, int | str]]:
    for contact in reader.records(CONTACTS):
        values = orjson.loads(contact.body)
        if first := values.get("email"):
            yield _key(first), _FIRST, contact.id
        for address in (values.get("hs_additional_emails") or "").split(";"):
            if address.strip():
                yield _key(address), _SECOND, contact.id


def _key(address: str) -> str:
    return address.strip().lower()
