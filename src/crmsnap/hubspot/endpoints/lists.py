"""Lists (HubSpot's pages say segments) and who is in them.

Finding lists pages by `offset` and `hasMore`, unlike everything else; members page by `after`.
(developers.hubspot.com: "Lists".)
"""

from dataclasses import dataclass

import msgspec

from crmsnap.hubspot.client import Client
from crmsnap.hubspot.cursor import Paging, after_of
from crmsnap.hubspot.paging import advanced, stuck
from crmsnap.hubspot.paths import LIST_MEMBERS, LIST_SEARCH

PAGE_LISTS = 500
PAGE_MEMBERS = 250

ADDITIONAL_PROPERTIES = (
    "hs_list_size",
    "hs_last_record_added_at",
    "hs_last_record_removed_at",
)
"""What tells whether a list has changed, without reading its members."""


class List(msgspec.Struct, frozen=True, rename="camel"):
    """A list of records of one type."""

    list_id: str
    name: str
    object_type_id: str
    processing_type: str
    """MANUAL, DYNAMIC or SNAPSHOT."""
    created_at: str | None = None
    updated_at: str | None = None
    filters_updated_at: str | None = None
    deleted_at: str | None = None
    created_by_id: int | None = None
    updated_by_id: int | None = None
    additional_properties: dict[str, str | None] = {}


@dataclass(frozen=True, slots=True)
class ListPage:
    """Lists, and the offset of the next page; None: this is the last one."""

    lists: list[List]
    next_offset: int | None


@dataclass(frozen=True, slots=True)
class MemberPage:
    """Members as (record id, time of joining), and the cursor of the next page."""

    results: list[tuple[str, str | None]]
    after: str | None


def page(client: Client, offset: int) -> ListPage:
    """A page of all lists of the account, whatever their type."""
    answer = client.ask(
        LIST_SEARCH,
        _decode_lists,
        body={
            "count": PAGE_LISTS,
            "offset": offset,
            "query": "",
            "processingTypes": [],
            "listIds": [],
            "additionalProperties": ADDITIONAL_PROPERTIES,
        },
    )
    if not answer.has_more:
        return ListPage(answer.lists, None)
    if answer.offset <= offset:
        raise stuck(f"the offset went from {offset} to {answer.offset}")
    return ListPage(answer.lists, answer.offset)


def members(client: Client, list_id: str, after: str | None) -> MemberPage:
    """A page of the members that a list has now: who joined first comes first."""
    query = [("limit", str(PAGE_MEMBERS))]
    if after is not None:
        query.append(("after", after))
    answer = client.ask(LIST_MEMBERS, _decode_members, path={"list": list_id}, query=query)
    return MemberPage(
        [(member.record_id, member.membership_timestamp) for member in answer.results],
        advanced(after, after_of(answer.paging)),
    )


class _ListAnswer(msgspec.Struct, rename="camel"):
    lists: list[List]
    has_more: bool
    offset: int


class _Member(msgspec.Struct, rename="camel"):
    record_id: str
    membership_timestamp: str | None = None


class _MemberAnswer(msgspec.Struct):
    results: list[_Member]
    paging: Paging | None = None


# Not strict: user ids are numbers that come as text.
_decode_lists = msgspec.json.Decoder(_ListAnswer, strict=False).decode
_decode_members = msgspec.json.Decoder(_MemberAnswer).decode
