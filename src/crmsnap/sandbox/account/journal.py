"""The journal: every change since the account started, in order. The oracle of every test.

An UPDATE names each property with its old and its new value, so that any version of a record can be
had by walking back from the present one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from crmsnap.sandbox.account.times import iso

CREATE = "CREATE"
UPDATE = "UPDATE"
RECALCULATE = "RECALCULATE"
"""A calculated property changed; the record's time did not."""
ARCHIVE = "ARCHIVE"
RESTORE = "RESTORE"
MERGE = "MERGE"
GDPR_DELETE = "GDPR_DELETE"
PROPERTY = "PROPERTY"
"""The definition of a property was added or changed; no record is named."""
TYPE = "TYPE"
"""An object type was added or got other labels; no record is named."""
ASSOCIATION_ADDED = "ASSOCIATION_ADDED"
ASSOCIATION_REMOVED = "ASSOCIATION_REMOVED"


@dataclass(frozen=True, slots=True)
class Entry:
    """One change of one record."""

    sequence: int
    """1, 2, 3 ... without gaps."""
    at_ms: int
    action: str
    type_id: str
    record_id: int | None
    details: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The entry as `GET /_sandbox/journal` gives it."""
        record = {} if self.record_id is None else {"objectId": str(self.record_id)}
        return {
            "seq": self.sequence,
            "at": iso(self.at_ms),
            "atMs": self.at_ms,
            "action": self.action,
            "objectTypeId": self.type_id,
            **record,
            **self.details,
        }


class Journal:
    """All entries so far."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []

    def append(
        self, at_ms: int, action: str, type_id: str, record_id: int | None, **details: Any
    ) -> None:
        """Add a change. Its number is one more than the last one's."""
        number = len(self._entries) + 1
        self._entries.append(Entry(number, at_ms, action, type_id, record_id, details))

    def after(self, sequence: int, limit: int) -> list[Entry]:
        """At most `limit` entries that follow the one with this number."""
        return self._entries[sequence : sequence + limit]

    def __len__(self) -> int:
        return len(self._entries)
