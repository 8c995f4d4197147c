"""Who is in which list: of the lists whose members have changed, and of every list in its turn.

What HubSpot tells of a list moves when somebody joins or leaves: how many members it has, and when the
last one came and went. It is read before the members are: what moves in between is read the next day.
(developers.hubspot.com: "Lists", `additionalProperties`.)
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import msgspec
from msgspec.structs import replace

from crmsnap.errors import NotFound
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import lists
from crmsnap.hubspot.paging import follow
from crmsnap.state.folder import open_as_is
from crmsnap.state.rows import ListMarks
from crmsnap.streams.documents import ListDocument
from crmsnap.streams.earlier import built_on_until_sweep
from crmsnap.streams.known_members import (
    KnownMembers,
    Place,
    Places,
    note_of,
    place_of,
    places_of,
    rows_of,
)
from crmsnap.streams.lists import LISTS
from crmsnap.streams.objects import OBJECTS
from crmsnap.streams.stream import Page, Scope, Stream, Task

STREAM = "memberships"
_GONE = "gone"
"""The position where no list was read yet; ids of lists are numbers."""

_list = msgspec.json.Decoder(ListDocument).decode


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists of an account, and which of them are read."""

    marks: Mapping[str, ListMarks]
    """Of every list, by its id, ascending."""
    moved: Sequence[str]
    """Those whose members are read, in this order."""
    places: Places = field(default_factory=dict)
    """How far each was read before."""
    known: KnownMembers | None = None
    """What earlier runs have read; None: each list is read whole."""
    gone: Sequence[int] = field(default=())
    """Lists that are there no more and have members in the state."""


def tasks(scope: Scope) -> Iterator[Task]:
    """One pass over the lists that were found, or over those of them that moved."""
    if "lists" not in scope.reader.streams:
        return
    marks = _marks(scope)
    earlier = built_on_until_sweep(scope, STREAM)
    if earlier is None:
        yield Task(STREAM, partial(read, Lists(marks, list(marks))))
        return
    known = _known(scope, places_of(earlier.note), earlier.started_at)
    is_open = {id_ for id_, place in known.places.items() if place.is_open}
    kept = open_as_is(scope.reader.folder, STREAM).lists_with_members(STREAM)
    found = Lists(
        marks,
        [id_ for id_, m in marks.items() if m.ingested_at > earlier.started_at or id_ in is_open],
        known.places,
        known,
        sorted(set(kept) - set(map(int, marks))),
    )
    yield Task(STREAM, partial(read, found), keeps=True)


def open_task(scope: Scope) -> Task | None:
    """A pass over the lists that have too many members even now that all records that went are known.

    None where nothing is in doubt.
    """
    finished = scope.reader.finished(STREAM)
    if finished is None or STREAM not in scope.reader.streams:
        return None
    known = _known(scope, places_of(finished.note), finished.started_at)
    marks = _marks(scope)
    is_open = [id_ for id_ in marks if id_ in known.places and known.places[id_].is_open]
    if not is_open:
        return None
    places = {id_: replace(place, is_open=False) for id_, place in known.places.items()}
    doubtful = [id_ for id_ in is_open if not known.proven(id_, marks[id_])]
    return Task(STREAM, partial(read, Lists(marks, doubtful, places)), keeps=True)


def read(found: Lists, client: Client, position: str | None) -> Iterator[Page]:
    """The members list by list; the position is `<list id> <cursor>`, or `<list id> ` when it is done.

    Before them, those of the lists that are gone are forgotten.
    """
    behind = position or f"{_GONE} "
    if found.gone:
        yield Page([], behind, whole=[(list_id,) for list_id in found.gone])
    places = dict(found.places)
    last, _, after = behind.partition(" ")
    start = found.moved.index(last) + (0 if after else 1) if last in found.moved else 0
    for list_id in found.moved[start:]:
        cursor = after if list_id == last and after else None
        for page, place in _list_read(found, list_id, client, cursor):
            behind = page.position
            yield page
            places[list_id] = place
    yield Page([], behind, note=note_of(_kept(places, found)))


MEMBERSHIPS = Stream(
    name="memberships",
    description="The current members of every list.",
    endpoint="GET /crm/lists/{version}/{listId}/memberships/join-order",
    scopes=("crm.lists.read",),
    tasks=tasks,
    after=(LISTS,),
    uses=(OBJECTS,),
)


def _marks(scope: Scope) -> dict[str, ListMarks]:
    every = scope.reader.list_marks()
    ids = sorted((document.key for document in scope.reader.documents("lists")), key=int)
    return {id_: every.get(id_, ListMarks()) for id_ in ids}


def _known(scope: Scope, places: Places, since: str) -> KnownMembers:
    types = {one.key: _list(one.body).object_type for one in scope.reader.documents("lists")}
    gone = {one: _gone(scope, one, since) for one in set(types.values())}
    return KnownMembers(scope.reader.folder, places, {id_: gone[one] for id_, one in types.items()})


def _gone(scope: Scope, object_type: str, since: str) -> frozenset[int]:
    """The records of a type that went since: also those that the run then found behind the lists."""
    deletions = scope.reader.deletions(f"objects/{object_type}")
    return frozenset(int(one.id) for one in deletions if one.ingested_at >= since)


def _list_read(
    found: Lists, list_id: str, client: Client, cursor: str | None
) -> Iterator[tuple[Page, Place]]:
    """The pages of a list from a cursor on, each with how far the list was read."""
    marks = found.marks[list_id]
    whole = [(int(list_id),)]
    try:
        if found.known is not None and cursor is None:
            changed = found.known.changed(client, list_id, marks)
            if changed is not None:
                yield Page(changed.joined, f"{list_id} ", removed=changed.left), changed.place
                return
        for page in follow(
            partial(lists.members, client, list_id), lambda page: page.after, cursor
        ):
            place = place_of(marks, cursor)
            cursor = page.after
            yield (
                Page(
                    rows_of(list_id, page),
                    f"{list_id} {cursor or ''}",
                    whole=() if cursor else whole,  # who was not met by the last page has left
                ),
                place,
            )
    except NotFound:
        # Deleted since the lists were read: nobody is in it.
        yield Page([], f"{list_id} ", whole=whole), Place()


def _kept(places: Places, found: Lists) -> Places:
    return {id_: place for id_, place in places.items() if id_ in found.marks}
