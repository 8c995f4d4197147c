"""Associations as rows of the state: all targets of one record in one row."""

from collections.abc import Sequence
from typing import NamedTuple

import orjson

from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import associations
from crmsnap.state.stream_file import Entry, Key

BATCH_IDS = 1_000
"""Inputs of one batch read of associations (docs: associations, "batch read")."""

_TARGETS_AT_ONCE = 500
"""Of one record in one answer; more take another call (the default of HubSpot's list of associations)."""

CATEGORY_CODES = {
    "HUBSPOT_DEFINED": "0",
    "USER_DEFINED": "1",
    "INTEGRATOR_DEFINED": "2",
    "WORK": "3",
}
"""First half of a combined association type id: `0-4` is HubSpot's contact to deal."""


class Pair(NamedTuple):
    """An ordered pair of object types, by their ids."""

    from_type: str
    to_type: str

    @property
    def stream(self) -> str:
        """Its name in the state."""
        return f"associations/{self.from_type}__{self.to_type}"


class Batch(NamedTuple):
    """What one batch of records is associated with."""

    rows: list[Entry]
    without: list[Key]
    """Those of the records that have no association."""
    targets: frozenset[int]
    """All the records at the other ends."""
    calls: int
    """About how many calls it took."""


def read_batch(client: Client, pair: Pair, ids: Sequence[int]) -> Batch:
    """The associations of up to a thousand records."""
    found = associations.read(client, pair.from_type, pair.to_type, [str(id_) for id_ in ids])
    most = max(map(len, found.values()), default=0)
    return Batch(
        [(int(id_), _body(targets)) for id_, targets in found.items() if targets],
        [(int(id_),) for id_, targets in found.items() if not targets],
        frozenset(int(target.id) for targets in found.values() for target in targets),
        max(1, -(-most // _TARGETS_AT_ONCE)),
    )


def _body(targets: list[associations.Target]) -> bytes:
    # In the order in which they are published: by id, then by combined type id as text.
    return orjson.dumps(
        sorted(
            {
                (int(target.id), category, type_id)
                for target in targets
                for category, type_id in target.types
            },
            key=lambda row: (row[0], f"{CATEGORY_CODES.get(row[1], row[1])}-{row[2]}"),
        )
    )
