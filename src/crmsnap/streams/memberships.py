"""Who is in which list: of the lists whose members have changed, and of every list in its turn.

What HubSpot tells of a list moves when somebody joins or leaves: how many members it has, and when the
last one came and went. It is read before the members are: what moves in between is read the next day.
(developers.hubspot.com: "Lists", `additionalProperties`.)
"""

from collections.abc import Iterator, Sequence
from functools import partial
from operator import attrgetter

from crmsnap.errors import NotFound
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import lists
from crmsnap.hubspot.paging import follow
from crmsnap.hubspot.times import published
from crmsnap.state.folder import open_as_is
from crmsnap.state.stream_file import Key
from crmsnap.streams.earlier import built_on_until_sweep
from crmsnap.streams.lists import LISTS
from crmsnap.streams.stream import Page, Scope, Stream, Task

STREAM = "memberships"
_GONE = "gone"
"""The position behind the page that forgets lists; ids of lists are numbers."""


def tasks(scope: Scope) -> Iterator[Task]:
    """One pass over the lists that were found, or over those of them that moved."""
    if "lists" not in scope.reader.streams:
        return
    ids = sorted((document.key for document in scope.reader.documents("lists")), key=int)
    earlier = built_on_until_sweep(scope, STREAM)
    if earlier is None:
        yield Task(STREAM, partial(read, ids, ()))
        return
    moved = scope.reader.lists_moved(earlier.started_at)
    known = open_as_is(scope.reader.folder, STREAM).lists_with_members(STREAM)
    gone = sorted(set(known) - set(map(int, ids)))
    yield Task(STREAM, partial(read, [id_ for id_ in ids if id_ in moved], gone), keeps=True)


def read(
    list_ids: list[str], gone: Sequence[int], client: Client, position: str | None
) -> Iterator[Page]:
    """The members list by list; the position is `<list id> <cursor>`, or `<list id> ` when it is done.

    Before them, those of the lists that are `gone` are forgotten.
    """
    if gone:
        yield Page([], position or f"{_GONE} ", whole=[(list_id,) for list_id in gone])
    last, _, after = (position or " ").partition(" ")
    start = list_ids.index(last) + (0 if after else 1) if last in list_ids else 0
    for list_id in list_ids[start:]:
        cursor = after if list_id == last and after else None
        whole: list[Key] = [(int(list_id),)]
        try:
            for page in follow(
                partial(lists.members, client, list_id), attrgetter("after"), cursor
            ):
                yield _page(list_id, page, whole)
        except NotFound:
            # Deleted since the lists were read: nobody is in it.
            yield Page([], f"{list_id} ", whole=whole)


MEMBERSHIPS = Stream(
    name="memberships",
    description="The current members of every list.",
    endpoint="GET /crm/lists/{version}/{listId}/memberships",
    scopes=("crm.lists.read",),
    tasks=tasks,
    after=(LISTS,),
)


def _page(list_id: str, page: lists.MemberPage, whole: Sequence[Key]) -> Page:
    return Page(
        [
            (int(list_id), int(record_id), joined_at and published(joined_at))
            for record_id, joined_at in page.results
        ],
        f"{list_id} {page.after or ''}",
        whole=() if page.after else whole,  # who was not met by the last page has left
    )
