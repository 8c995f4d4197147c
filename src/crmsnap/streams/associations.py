"""The associations of every ordered pair of types that has a definition.

Each direction is read from its own side: an association's type id differs by direction, and nothing in
HubSpot's answers tells the inverse id of a custom label.
"""

from collections.abc import Iterator
from functools import partial

import msgspec
import orjson

from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import associations
from crmsnap.state.reader import StateReader
from crmsnap.state.stream_file import Entry
from crmsnap.streams.documents import LabelDocument
from crmsnap.streams.labels import LABELS
from crmsnap.streams.records import RECORD_STREAMS
from crmsnap.streams.stream import Page, Scope, Stream, Task

BATCH_IDS = 1_000
"""Inputs of one batch read of associations (docs: associations, "batch read")."""

_label = msgspec.json.Decoder(LabelDocument).decode


def tasks(scope: Scope) -> Iterator[Task]:
    """One pass for each wanted ordered pair with a definition whose types were read."""
    read_types = set(scope.reader.family("objects"))
    for from_type in scope.reader.family("association-labels"):
        documents = scope.reader.documents(f"association-labels/{from_type}")
        to_types = {_label(document.body).to_type for document in documents}
        for to_type in sorted(to_types & read_types if from_type in read_types else ()):
            if scope.pairs is None or (from_type, to_type) in scope.pairs:
                yield Task(
                    f"associations/{from_type}__{to_type}",
                    partial(read, scope.reader, from_type, to_type),
                )


def read(
    reader: StateReader, from_type: str, to_type: str, client: Client, position: str | None
) -> Iterator[Page]:
    """The associations of a thousand records a page; the position is the last record asked about."""
    last = int(position) if position else None
    while ids := _ids(reader, from_type, last):
        last = ids[-1]
        found = associations.read(client, from_type, to_type, [str(id_) for id_ in ids])
        rows: list[Entry] = [
            (int(from_id), _body(targets)) for from_id, targets in found.items() if targets
        ]
        yield Page(rows, str(last))


ASSOCIATIONS = Stream(
    name="associations/<from>__<to>",
    description="The associations of a pair of object types, in one direction, with all their types.",
    endpoint="POST /crm/associations/{version}/{from}/{to}/batch/read",
    scopes=("crm.objects.<type>.read",),
    tasks=tasks,
    after=(*RECORD_STREAMS, LABELS),
)


def _ids(reader: StateReader, from_type: str, last: int | None) -> list[int]:
    # A record that its own API knows by a text is none to the associations API; texts come last.
    ids: list[int | str] = [*reader.record_ids(f"objects/{from_type}", last, BATCH_IDS)]
    return [id_ for id_ in ids if isinstance(id_, int)]


CATEGORY_CODES = {
    "HUBSPOT_DEFINED": "0",
    "USER_DEFINED": "1",
    "INTEGRATOR_DEFINED": "2",
    "WORK": "3",
}
"""First half of a combined association type id: `0-4` is HubSpot's contact to deal."""


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
