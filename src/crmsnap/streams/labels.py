"""Which associations there can be: the association types of every ordered pair of object types.

Pairs are asked for one by one, because no endpoint lists them; a constant list would miss custom
objects. The answer has ids, categories and labels, and nothing that tells which type is the inverse.
Most pairs cannot be associated at all: those are asked again when types or schemas have changed, and in
their turn. A pair that has types of association may get another label any day, and is asked each day.
"""

from collections.abc import Iterator, Mapping
from functools import partial

import msgspec

from crmsnap.errors import BadRequest, MissingScope, NotFound
from crmsnap.hubspot.association_names import NAMES
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import associations
from crmsnap.model import Gap
from crmsnap.state.reader import Finished, StateReader
from crmsnap.state.stream_file import Entry
from crmsnap.streams.documents import LabelDocument
from crmsnap.streams.earlier import built_on, digest_of, is_due
from crmsnap.streams.gaps import gap_for
from crmsnap.streams.known_types import all_types, associable_types
from crmsnap.streams.stream import Page, Scope, Stream, Task
from crmsnap.streams.types import TYPES

Names = Mapping[str, str]
"""Internal names of associations that custom types take part in, by `<from> <to> <type id>`."""


def tasks(scope: Scope) -> Iterator[Task]:
    """One pass for each type, over all types that it could point to and that are wanted with it."""
    names = names_of_custom(scope)
    asked = digest_of(sorted(known.id for known in associable_types(scope)), sorted(names))
    for from_type, to_types in asked_pairs(scope).items():
        stream = f"association-labels/{from_type}"
        barren = _barren(built_on(scope, stream, asked), scope)
        yield Task(
            stream, partial(read, from_type, to_types, names, barren, scope.started_at), asked=asked
        )


class Barren(msgspec.Struct, frozen=True):
    """The note of a scan: the types that cannot be associated with the one that was asked about."""

    since: str
    """Start of the run that asked about all of them, as published."""
    to_types: list[str] = []


def read(
    from_type: str,
    to_types: list[str],
    names: Names,
    barren: Barren | None,
    started_at: str,
    client: Client,
    position: str | None,
) -> Iterator[Page]:
    """The labels of one pair a page; the position is what is known of `Barren` so far, then the last
    type that was asked about. Pairs that were barren are left out.
    """
    known, _, last = (position or "").rpartition(" ")
    found = _barren_of(known) if known else barren or Barren(started_at)
    left_out = set(barren.to_types) if barren else set()
    left = to_types[to_types.index(last) + 1 :] if last in to_types else to_types
    for to_type in left:
        if to_type in left_out:
            continue
        gaps: list[Gap] = []
        labels = _labels(client, from_type, to_type, gaps)
        rows = [row(from_type, to_type, label, names) for label in labels]
        if not labels and not gaps:  # a refusal is a gap of every day
            found = msgspec.structs.replace(found, to_types=[*found.to_types, to_type])
        note = msgspec.json.encode(found).decode()
        yield Page(rows, f"{note} {to_type}", gaps=gaps, note=note)


LABELS = Stream(
    name="association-labels/<type>",
    description="The association types of every ordered pair of object types.",
    endpoint="GET /crm/associations/{version}/{from}/{to}/labels",
    scopes=("crm.objects.<type>.read",),
    tasks=tasks,
    after=(TYPES,),
)


def asked_pairs(scope: Scope) -> dict[str, list[str]]:
    """The types that each type could point to, as far as they are wanted; by id."""
    ids = [known.id for known in associable_types(scope)]
    pairs = scope.defined_pairs
    asked = {one: [to for to in ids if pairs is None or (one, to) in pairs] for one in ids}
    return {one: to_types for one, to_types in asked.items() if to_types}


def labels_of(reader: StateReader, from_type: str) -> Iterator[tuple[LabelDocument, str]]:
    """Every type of association from one type, with its INGESTEDAT; those that were found late too."""
    for stream in (f"association-labels/{from_type}", f"late-association-labels/{from_type}"):
        for document in reader.documents(stream):
            yield _decode(document.body), document.ingested_at


def names_of_custom(scope: Scope) -> Names:
    """What the schemas of custom types call their associations; the labels answer has no such names."""
    return {
        pair: name for known in all_types(scope) for pair, name in known.association_names.items()
    }


def row(
    from_type: str,
    to_type: str,
    label: associations.Label,
    names: Names,
    *,
    listed: bool = True,
) -> Entry:
    """A type of association as a row of the state."""
    found = LabelDocument(
        from_type=from_type,
        to_type=to_type,
        category=label.category,
        type_id=label.type_id,
        label=label.label,
        name=names.get(f"{from_type} {to_type} {label.type_id}") or _usual_name(label),
        listed=listed,
    )
    return f"{to_type} {label.category} {label.type_id}", msgspec.json.encode(found)


_decode = msgspec.json.Decoder(LabelDocument).decode


_BARREN = "association-labels, barren pairs"
"""By what name the pairs without labels have their day."""

_barren_of = msgspec.json.Decoder(Barren).decode


def _barren(earlier: Finished | None, scope: Scope) -> Barren | None:
    """What an earlier scan has left, until it is time to ask about everything again."""
    if earlier is None or earlier.note is None:
        return None
    found = _barren_of(earlier.note)
    return None if is_due(scope, _BARREN, found.since) else found


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


def _usual_name(label: associations.Label) -> str | None:
    return NAMES.get(label.type_id) if label.category == "HUBSPOT_DEFINED" else None
