"""The type of a declared object type with an API of its own: its fields, and how one pass over it goes.

Declarations are plain values, equal when they say the same: they travel to other processes.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from typing import Protocol

import msgspec

from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints.raw_pages import RawPage
from crmsnap.hubspot.paging import follow
from crmsnap.streams.other_types.fields import Field
from crmsnap.streams.other_types.flat import flat
from crmsnap.streams.other_types.keeping import Found, Keeping, required
from crmsnap.streams.stream import END, Page, Scope


class Read(Protocol):
    """One pass over the records of a type."""

    def __call__(
        self, scope: Scope, keeping: Keeping, client: Client, position: str | None
    ) -> Iterator[Page]:
        """The pages from a position on, to the end."""
        ...


_COUNTED_ELSEWHERE = "HubSpot counts the records of its CRM, and these come from an API of their own, which may hold others"


@dataclass(frozen=True, slots=True)
class OtherType:
    """An object type with an API of its own."""

    id: str
    description: str
    endpoint: str
    """As HubSpot's documentation names it."""
    fields: tuple[Field, ...]
    read: Read
    probe: Callable[[Client], RawPage | None]
    """One cheap call that fails as reading would; the page that it brought, if it was one of records."""
    says_total: bool = False
    """Whether the page of the probe says how many records there are in all."""
    counted_elsewhere: str = _COUNTED_ELSEWHERE
    """Where the API says no total: what HubSpot's usage count of the type counts that the API may not give."""
    associable: bool = False
    """Whether a source says that its ids are those of CRM records: then their associations are asked for.

    HubSpot answers for any number that is a record's: for the id of a list it would give the associations
    of whatever record has that number.
    """
    listed_properties: bool = False
    """Whether the properties API may list its properties: `fields` is then what it leaves out."""
    after_objects: bool = False
    """Whether it is asked for by the ids of other records."""
    keeps: bool = False
    """Whether it may be read in part: its pages then say themselves what is gone."""
    text_ids: bool = True
    """Whether its ids may be text."""


@dataclass(frozen=True, slots=True)
class Listed:
    """How a type is read that one list gives whole; the position is the list's own cursor."""

    fetch: Callable[[Client, str | None], RawPage]
    record: Callable[[msgspec.Raw], Found | None]
    """None for what is not live."""

    def __call__(
        self, scope: Scope, keeping: Keeping, client: Client, position: str | None
    ) -> Iterator[Page]:
        """The pages of the list from a position on."""
        del scope  # a list is not asked for by anything that was read before
        for page in follow(partial(self.fetch, client), attrgetter("after"), position):
            found = (self.record(item) for item in page.results)
            yield keeping.page((one for one in found if one is not None), page.after or END)


@dataclass(frozen=True, slots=True)
class First:
    """A probe: the first thing of a list."""

    fetch: Callable[[Client, str | None, int], RawPage]

    def __call__(self, client: Client) -> RawPage:
        """A page of one."""
        return self.fetch(client, None, 1)


@dataclass(frozen=True, slots=True)
class By:
    """Takes the id and the time of a record from its fields."""

    id: str
    updated_at: str | None = None

    def __call__(self, item: msgspec.Raw) -> Found | None:
        """The record of a JSON object; None when it says that it is archived."""
        values = flat(item)
        if values.get("archived") == "true":
            return None  # not asked for, but it came
        updated_at = values.get(self.updated_at) if self.updated_at else None
        return Found(required(values, self.id), updated_at, values)
