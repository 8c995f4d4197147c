"""Pages of things that are passed on with all their fields, whatever HubSpot adds to them tomorrow.

The APIs that serve one kind of thing each all page in the same way; only some say how many there are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from crmsnap.hubspot.client import NOTHING, Client
from crmsnap.hubspot.cursor import Paging, after_of
from crmsnap.hubspot.paging import advanced
from crmsnap.hubspot.paths import Endpoint


@dataclass(frozen=True, slots=True)
class RawPage:
    """JSON objects as they came, and the cursor of the next page; None: this is the last one."""

    results: Sequence[msgspec.Raw]
    after: str | None
    total: int | None = None
    """How many there are in all; None where the API does not say."""


def raw_page(
    client: Client,
    endpoint: Endpoint,
    after: str | None,
    *,
    limit: int,
    path: Mapping[str, str] = NOTHING,
    query: Sequence[tuple[str, str]] = (),
) -> RawPage:
    """A page of at most `limit` things."""
    asked = [("limit", str(limit)), *query]
    if after is not None:
        asked.append(("after", after))
    answer = client.ask(endpoint, _decode, path=path, query=asked)
    return RawPage(answer.results, advanced(after, after_of(answer.paging)), answer.total)


class _Answer(msgspec.Struct):
    results: list[msgspec.Raw]
    paging: Paging | None = None
    total: int | None = None


_decode = msgspec.json.Decoder(_Answer).decode
