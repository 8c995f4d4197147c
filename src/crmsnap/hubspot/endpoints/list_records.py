"""Lists with all that a search tells of them: the same calls as `lists.py`, passed on whole.

(developers.hubspot.com: "Lists".)
"""

import msgspec

from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints.lists import ADDITIONAL_PROPERTIES, PAGE_LISTS
from crmsnap.hubspot.endpoints.raw_pages import RawPage
from crmsnap.hubspot.paging import stuck
from crmsnap.hubspot.paths import LIST_SEARCH

MORE_PROPERTIES = (*ADDITIONAL_PROPERTIES, "hs_folder_name", "hs_list_reference_count")


def list_records(client: Client, after: str | None, limit: int = PAGE_LISTS) -> RawPage:
    """A page of all live lists of the account; the cursor is the offset behind it."""
    offset = int(after or 0)
    answer = client.ask(
        LIST_SEARCH,
        _decode,
        body={
            "count": limit,
            "offset": offset,
            "query": "",
            "processingTypes": [],
            "listIds": [],
            "additionalProperties": MORE_PROPERTIES,
        },
    )
    if not answer.has_more:
        return RawPage(answer.lists, None, answer.total)
    if answer.offset <= offset:
        raise stuck(f"the offset went from {offset} to {answer.offset}")
    return RawPage(answer.lists, str(answer.offset), answer.total)


class _Answer(msgspec.Struct, rename="camel"):
    lists: list[msgspec.Raw]
    has_more: bool
    offset: int
    total: int | None = None


_decode = msgspec.json.Decoder(_Answer).decode
