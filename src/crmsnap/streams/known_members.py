"""The members of a list that moved, from what is known of it: who went, and who joined behind the known ones.

HubSpot gives members in the order of joining, so that reading goes on behind the last page of the day before.
Who joined since is found there; whose record went is known from the records. When both together make as many
members as HubSpot counts, nobody else has left. Else, or where somebody left of whom nothing is known, the list
is read whole; but a long one that has too many waits until the counts of records were compared: a record that was
deleted for privacy is missed only there.
(developers.hubspot.com: "Fetch segment memberships ordered by added to segment date".)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from crmsnap.errors import BadRequest
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import lists
from crmsnap.hubspot.times import published
from crmsnap.state.about import count_of_members, memberships_of
from crmsnap.state.rows import ListMarks, ListPlace
from crmsnap.state.stream_file import Entry, Key

JOINED_AT_MOST = 10_000
"""More that joined are no longer kept in memory: their list is read whole."""


@dataclass(frozen=True, slots=True)
class Changed:
    """What makes the known members of a list those of today."""

    joined: list[Entry]
    left: list[Key]
    place: ListPlace


@dataclass(frozen=True, slots=True)
class KnownMembers:
    """The members that earlier runs have read."""

    folder: Path
    places: Mapping[str, ListPlace]
    gone: Mapping[str, frozenset[int]]
    """List -> records of its type that went since; empty where no records are read."""

    def changed(self, client: Client, list_id: str, marks: ListMarks) -> Changed | None:
        """Who joined and who left; None where it takes reading the list whole to know."""
        place = self.places.get(list_id)
        if place is None or place.is_open or place.marks.added_at is None:
            return None
        if not (marks.size or "").isdigit():
            return None
        joined: list[Entry] | None = []
        if marks.added_at != place.marks.added_at:
            place, joined = _joined(client, list_id, place)
        if joined is None:
            return None
        came = {int(row[1] or 0) for row in joined}
        left = self._members(list_id, self.gone.get(list_id, frozenset()) - came)
        known = count_of_members(self.folder, int(list_id)) - len(left)
        surplus = known + len(came) - len(self._members(list_id, came)) - int(marks.size or 0)
        is_unseen = marks.removed_at != place.marks.removed_at and not left and not surplus
        if surplus < 0 or is_unseen or (surplus and place.last_page is None):
            return None
        return Changed(joined, left, ListPlace(marks, place.last_page, surplus > 0))

    def _members(self, list_id: str, ids: frozenset[int] | set[int]) -> list[Key]:
        return memberships_of(self.folder, [int(list_id)], ids) if ids else []


def rows_of(list_id: str, page: lists.MemberPage) -> list[Entry]:
    """A page of members as rows."""
    return [
        (int(list_id), int(record_id), joined_at and published(joined_at))
        for record_id, joined_at in page.results
    ]


def _joined(client: Client, list_id: str, place: ListPlace) -> tuple[ListPlace, list[Entry] | None]:
    """The members from the last known page on; None where that page is not found again, or too far back."""
    rows: list[Entry] = []
    cursor = place.last_page
    while cursor is not None and len(rows) < JOINED_AT_MOST:
        try:
            page = lists.members(client, list_id, cursor)
        except BadRequest:
            break
        rows += rows_of(list_id, page)
        if page.after is None:
            return place._replace(last_page=cursor), rows
        cursor = page.after
    return place, None
