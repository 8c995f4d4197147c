"""Lists, which HubSpot's pages have called segments since 2025."""

from collections.abc import Iterator

import msgspec

from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import lists
from crmsnap.hubspot.times import published
from crmsnap.state.shapes import LIST_MARKS
from crmsnap.streams.documents import ListDocument
from crmsnap.streams.stream import END, Page, Scope, Stream, Task


def tasks(scope: Scope) -> Iterator[Task]:
    """One pass over all lists of the selected types."""

    def read_selected(client: Client, position: str | None) -> Iterator[Page]:
        return read(scope, client, position)

    yield Task("lists", read_selected, probe=_probe)


def read(scope: Scope, client: Client, position: str | None) -> Iterator[Page]:
    """The lists from an offset on; lists that were deleted do not come."""
    offset: int | None = int(position or 0)
    while offset is not None:
        page = lists.page(client, offset)
        offset = page.next_offset
        wanted = [
            found
            for found in page.lists
            if scope.wants(found.object_type_id) and found.deleted_at is None
        ]
        yield Page(
            [(found.list_id, msgspec.json.encode(_document(found))) for found in wanted],
            END if offset is None else str(offset),
            {LIST_MARKS: [(found.list_id, *_marks(found)) for found in wanted]},
        )


LISTS = Stream(
    name="lists",
    description="Lists (segments) of contacts, companies and other records.",
    endpoint="POST /crm/lists/{version}/search",
    scopes=("crm.lists.read",),
    tasks=tasks,
)


def _probe(client: Client) -> object:
    return lists.page(client, 0)


def _marks(found: lists.List) -> Iterator[str | None]:
    return map(found.additional_properties.get, lists.ADDITIONAL_PROPERTIES)


def _document(found: lists.List) -> ListDocument:
    size = found.additional_properties.get("hs_list_size")
    return ListDocument(
        id=found.list_id,
        name=found.name,
        object_type=found.object_type_id,
        processing_type=found.processing_type,
        size=int(size) if size and size.isdigit() else None,
        created_at=found.created_at and published(found.created_at),
        updated_at=found.updated_at and published(found.updated_at),
        filters_updated_at=found.filters_updated_at and published(found.filters_updated_at),
        created_by_user_id=found.created_by_id,
        updated_by_user_id=found.updated_by_id,
    )
