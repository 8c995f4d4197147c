"""Who is in which list."""

from collections.abc import Iterator
from functools import partial
from operator import attrgetter

from crmsnap.errors import NotFound
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import lists
from crmsnap.hubspot.paging import follow
from crmsnap.hubspot.times import published
from crmsnap.streams.lists import LISTS
from crmsnap.streams.stream import Page, Scope, Stream, Task


def tasks(scope: Scope) -> Iterator[Task]:
    """One pass over the lists that were found."""
    if "lists" in scope.reader.streams:
        ids = sorted((document.key for document in scope.reader.documents("lists")), key=int)
        yield Task("memberships", partial(read, ids))


def read(list_ids: list[str], client: Client, position: str | None) -> Iterator[Page]:
    """The members list by list; the position is `<list id> <cursor>`, or `<list id> ` when it is done."""
    last, _, after = (position or " ").partition(" ")
    start = list_ids.index(last) + (0 if after else 1) if last in list_ids else 0
    for list_id in list_ids[start:]:
        cursor = after if list_id == last and after else None
        try:
            for page in follow(
                partial(lists.members, client, list_id), attrgetter("after"), cursor
            ):
                yield _page(list_id, page)
        except NotFound:
            yield Page([], f"{list_id} ")  # deleted since the lists were read: nobody is in it


MEMBERSHIPS = Stream(
    name="memberships",
    description="The current members of every list.",
    endpoint="GET /crm/lists/{version}/{listId}/memberships",
    scopes=("crm.lists.read",),
    tasks=tasks,
    after=(LISTS,),
)


def _page(list_id: str, page: lists.MemberPage) -> Page:
    return Page(
        [
            (int(list_id), int(record_id), joined_at and published(joined_at))
            for record_id, joined_at in page.results
        ],
        f"{list_id} {page.after or ''}",
    )
