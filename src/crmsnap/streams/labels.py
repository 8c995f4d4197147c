"""Which associations there can be: the association types of every ordered pair of object types.

Pairs are asked for one by one, because no endpoint lists them; a constant list would miss custom
objects. The answer has ids, categories and labels, and nothing that tells which type is the inverse.
"""

from collections.abc import Iterator
from functools import partial

import msgspec

from crmsnap.errors import BadRequest, MissingScope, NotFound
from crmsnap.hubspot.association_names import NAMES
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import associations
from crmsnap.model import Gap
from crmsnap.streams.documents import LabelDocument
from crmsnap.streams.gaps import gap_for
from crmsnap.streams.known_types import associable_types
from crmsnap.streams.stream import Page, Scope, Stream, Task
from crmsnap.streams.types import TYPES


def tasks(scope: Scope) -> Iterator[Task]:
    """One pass for each type, over all types that it could point to."""
    ids = [known.id for known in associable_types(scope)]
    for from_type in ids:
        yield Task(f"association-labels/{from_type}", partial(read, from_type, ids))


def read(
    from_type: str, to_types: list[str], client: Client, position: str | None
) -> Iterator[Page]:
    """The labels of one pair a page; the position is the last type that was asked about."""
    left = to_types[to_types.index(position) + 1 :] if position in to_types else to_types
    for to_type in left:
        gaps: list[Gap] = []
        rows = [
            (
                f"{to_type} {label.category} {label.type_id}",
                msgspec.json.encode(_document(from_type, to_type, label)),
            )
            for label in _labels(client, from_type, to_type, gaps)
        ]
        yield Page(rows, to_type, gaps=gaps)


LABELS = Stream(
    name="association-labels/<type>",
    description="The association types of every ordered pair of object types.",
    endpoint="GET /crm/associations/{version}/{from}/{to}/labels",
    scopes=("crm.objects.<type>.read",),
    tasks=tasks,
    after=(TYPES,),
)


def _labels(
    client: Client, from_type: str, to_type: str, gaps: list[Gap]
) -> list[associations.Label]:
    try:
        return associations.labels(client, from_type, to_type)
    except (NotFound, BadRequest):
        return []  # two types that cannot be associated
    except MissingScope as refused:
        gaps.append(gap_for(f"associations/{from_type}__{to_type}", refused))
        return []


def _document(from_type: str, to_type: str, label: associations.Label) -> LabelDocument:
    return LabelDocument(
        from_type=from_type,
        to_type=to_type,
        category=label.category,
        type_id=label.type_id,
        label=label.label,
        name=NAMES.get(label.type_id) if label.category == "HUBSPOT_DEFINED" else None,
    )
