"""Rows of the state as tables see them: values, with the JSON of their bodies as it was written."""

from dataclasses import dataclass
from typing import NamedTuple


class Document(NamedTuple):
    """A small thing that is read whole."""

    key: str
    ingested_at: str
    body: bytes
    """JSON, as its stream wrote it."""


class Record(NamedTuple):
    """A live record."""

    id: int | str
    """A whole number, or text where a type's own API has other ids: those come after the numbers."""
    updated_at: str | None
    ingested_at: str
    body: bytes
    """JSON object, property -> text, names ascending, without nulls."""


class History(NamedTuple):
    """The property history of a record."""

    id: int
    ingested_at: str
    body: bytes
    """JSON object, property -> [[updated at, value], ...newest first], names ascending.

    Behind the value each version has its source where that was wanted: type, id, label, user id."""


class Associated(NamedTuple):
    """All targets of one record in one pair of types."""

    from_id: int
    ingested_at: str
    body: bytes
    """JSON array of [to id, category, type id], ascending."""


class Membership(NamedTuple):
    """One member of a list."""

    list_id: int
    object_id: int
    joined_at: str | None
    ingested_at: str


class ListMarks(NamedTuple):
    """What HubSpot tells of the members of a list without giving them, as it gives it."""

    size: str | None = None
    added_at: str | None = None
    removed_at: str | None = None


class ListPlace(NamedTuple):
    """How far a list was read."""

    marks: ListMarks = ListMarks()
    """What HubSpot told of it before."""
    last_page: str | None = None
    """The cursor of its last page; None: it had one page, which takes no more calls than what is new."""
    is_open: bool = False
    """Whether more members are known than there should be."""


class Event(NamedTuple):
    """One occurrence."""

    occurred_at: str
    id: str
    object_type: str
    object_id: str | None
    """None: nobody has the address that a marketing e-mail went to."""
    ingested_at: str
    body: bytes
    """JSON object, property -> text, names ascending, without nulls."""


class Deletion(NamedTuple):
    """A record that is no longer live."""

    id: int | str
    reason: str
    """ARCHIVED, MERGED or VANISHED."""
    deleted_at: str | None
    survivor: int | None
    """The record that it was merged into."""
    ingested_at: str


NEVER = "1970-01-01 00:00:00.000"


@dataclass(frozen=True, slots=True)
class Finished:
    """The newest scan of a stream that came to its end."""

    run: str
    started_at: str
    """Start of its run, as published."""
    asked: str
    """What it asked for, in the stream's own words."""
    note: str | None
    """What the stream left for its next scan."""
    swept_at: str
    """Start of the newest run that met every row; `NEVER` when that does not count any more."""
    begun: str | None = None
    """What another scan asks for that has brought rows since and has not ended; None: there is none."""

    def asked_beside(self, asking: str) -> str:
        """What the rows were read for, as far as a scan that asks so can know.

        Empty where one that asked for something else was given up: some rows hold that.
        """
        return self.asked if self.begun in (None, asking) else ""
