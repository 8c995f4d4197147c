"""Types of association that no labels answer had when it was asked for, and that records have all the same.

Labels are read first, because they tell which pairs there are; whoever makes a label in the hours until
the associations are read would leave rows that no definition explains.
"""

import re
from collections.abc import Iterator
from functools import partial

from crmsnap.errors import BadRequest, MissingScope, NotFound
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import associations
from crmsnap.state.reader import StateReader
from crmsnap.streams.associations import ASSOCIATIONS
from crmsnap.streams.labels import LABELS, Names, labels_of, names_of_custom, row
from crmsnap.streams.stream import Page, Scope, Stream, Task


def tasks(scope: Scope) -> Iterator[Task]:
    """One pass for each type whose associations were read."""
    to_types: dict[str, list[str]] = {}
    for pair in scope.reader.family("associations"):
        from_type, _, to_type = pair.partition("__")
        to_types.setdefault(from_type, []).append(to_type)
    names = names_of_custom(scope)
    for from_type, found in to_types.items():
        yield Task(
            f"late-association-labels/{from_type}",
            partial(read, scope.reader, from_type, sorted(found), names),
        )


def read(
    reader: StateReader,
    from_type: str,
    to_types: list[str],
    names: Names,
    client: Client,
    position: str | None,
) -> Iterator[Page]:
    """What one pair lacks a page; the position is the last type that was looked at.

    A pair is asked for its labels again when it lacks one; a type that is not among them any more is
    known by its category and id alone.
    """
    defined = {
        (found.to_type, found.category, found.type_id) for found, _ in labels_of(reader, from_type)
    }
    left = to_types[to_types.index(position) + 1 :] if position in to_types else to_types
    for to_type in left:
        missing = [
            (category, type_id)
            for category, type_id in sorted(_types(reader, f"associations/{from_type}__{to_type}"))
            if (to_type, category, type_id) not in defined
        ]
        again = _again(client, from_type, to_type) if missing else {}
        rows = [
            row(
                from_type,
                to_type,
                again.get(kind) or associations.Label(*kind),
                names,
                listed=kind in again,
            )
            for kind in missing
        ]
        yield Page(rows, to_type)


LATE_LABELS = Stream(
    name="late-association-labels/<type>",
    description="The association types that records had and the labels did not name when they were read.",
    endpoint="GET /crm/associations/{version}/{from}/{to}/labels",
    scopes=("crm.objects.<type>.read",),
    tasks=tasks,
    after=(LABELS, ASSOCIATIONS),
)

_KIND = re.compile(rb',"([^"]*)",(\d+)\]')
"""The end of each association in a row of the state: `[to id, category, type id]`."""


def _types(reader: StateReader, stream: str) -> set[tuple[str, int]]:
    """Every (category, type id) that a pair's associations have."""
    found = {kind for row in reader.associations(stream) for kind in _KIND.findall(row.body)}
    return {(category.decode(), int(type_id)) for category, type_id in found}


def _again(
    client: Client, from_type: str, to_type: str
) -> dict[tuple[str, int], associations.Label]:
    try:
        labels = associations.labels(client, from_type, to_type)
    except (NotFound, BadRequest, MissingScope):
        return {}
    return {(label.category, label.type_id): label for label in labels}
