"""Who is in which list: of the lists whose members have changed, and of every list in its turn.

What HubSpot tells of a list moves when somebody joins or leaves: how many members it has, and when the
last one came and went. It is read before the members are: what moves in between is read the next day.
(developers.hubspot.com: "Lists", `additionalProperties`.)
"""

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import msgspec

from crmsnap.errors import NotFound
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import lists
from crmsnap.hubspot.paging import follow
from crmsnap.state.folder import open_as_is
from crmsnap.state.rows import ListMarks, ListPlace
from crmsnap.state.shapes import LIST_PLACES
from crmsnap.state.stream_file import Entry
from crmsnap.streams.documents import ListDocument
from crmsnap.streams.earlier import built_on_until_sweep
from crmsnap.streams.known_members import Changed, KnownMembers, rows_of
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
    known: KnownMembers | None = None
    """What earlier runs have read; None: each list is read whole."""
    gone: Sequence[int] = ()
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
    known = _known(scope, earlier.started_at)
    kept = open_as_is(scope.reader.folder, STREAM).lists_with_members(STREAM)
    gone = sorted(set(kept) - set(map(int, marks)))
    moved = [id_ for id_ in marks if not _is_known(known.places, id_, marks[id_])]
    yield Task(STREAM, partial(read, Lists(marks, moved, known, gone)), keeps=True)


def late_task(scope: Scope) -> Task | None:
    """A pass over the lists whose members are in doubt, now that those went who belong to records that went.

    None where nothing is in doubt.
    """
    if STREAM not in scope.reader.streams:
        return None
    marks, places = _marks(scope), scope.reader.list_places()
    doubtful = [id_ for id_ in marks if not _is_known(places, id_, marks[id_])]
    return Task(STREAM, partial(read, Lists(marks, doubtful)), keeps=True) if doubtful else None


def place_row(list_id: str, place: ListPlace) -> Entry:
    """How far a list was read, as the state keeps it."""
    return (int(list_id), *place.marks, place.last_page, int(place.is_open))


def _is_known(places: Mapping[str, ListPlace], list_id: str, marks: ListMarks) -> bool:
    """Whether the members that are known are those of a list with these marks."""
    place = places.get(list_id)
    return place is not None and place.marks == marks and not place.is_open


def read(found: Lists, client: Client, position: str | None) -> Iterator[Page]:
    """The members list by list; the position is `<list id> <cursor>`, or `<list id> ` when it is done.

    Before them, those of the lists that are gone are forgotten.
    """
    behind = position or f"{_GONE} "
    if found.gone:
        yield Page([], behind, whole=[(list_id,) for list_id in found.gone])
    last, _, after = behind.partition(" ")
    start = found.moved.index(last) + (0 if after else 1) if last in found.moved else 0
    for list_id in found.moved[start:]:
        cursor = after if list_id == last and after else None
        yield from _list_read(found, list_id, client, cursor)


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


def _known(scope: Scope, since: str) -> KnownMembers:
    types = {one.key: _list(one.body).object_type for one in scope.reader.documents("lists")}
    gone = {one: _gone(scope, one, since) for one in set(types.values())}
    places = open_as_is(scope.reader.folder, STREAM).list_places()
    return KnownMembers(scope.reader.folder, places, {id_: gone[one] for id_, one in types.items()})


def _gone(scope: Scope, object_type: str, since: str) -> frozenset[int]:
    """The records of a type that went since: also those that the run then found behind the lists."""
    deletions = scope.reader.deletions(f"objects/{object_type}")
    return frozenset(int(one.id) for one in deletions if one.ingested_at >= since)


def _list_read(found: Lists, list_id: str, client: Client, cursor: str | None) -> Iterator[Page]:
    """The pages of a list from a cursor on.

    How far it was read is said behind the last of them: members that are written or go take it back.
    """
    marks = found.marks[list_id]
    changed: Changed | None = None
    try:
        if found.known is not None and cursor is None:
            changed = found.known.changed(client, list_id, marks)
        if changed is not None:
            yield Page(changed.joined, f"{list_id} ", removed=changed.left)
            place = changed.place
        else:
            place = yield from _read_whole(list_id, marks, client, cursor)
    except NotFound:
        # Deleted since the lists were read: nobody is in it.
        yield Page([], f"{list_id} ", whole=[(int(list_id),)])
        place = ListPlace(marks)
    yield Page([], f"{list_id} ", {LIST_PLACES: [place_row(list_id, place)]})


def _read_whole(
    list_id: str, marks: ListMarks, client: Client, cursor: str | None
) -> Generator[Page, None, ListPlace]:
    last_page = cursor
    for page in follow(partial(lists.members, client, list_id), lambda page: page.after, cursor):
        last_page, cursor = cursor, page.after
        yield Page(
            rows_of(list_id, page),
            f"{list_id} {cursor or ''}",
            whole=() if cursor else [(int(list_id),)],  # who was not met by the last page has left
        )
    return ListPlace(marks, last_page)
