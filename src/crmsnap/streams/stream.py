"""The type of a declared stream: what is read, with which scopes, and how one pass over it goes.

A stream says nothing about threads, retries, SQLite or time: it yields pages with the position behind
each, and the engine in `extract` saves both together.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from crmsnap.hubspot.client import Client
from crmsnap.model import EACH_DAY, EVERY, Choice, Gap, Refresh
from crmsnap.state.reader import StateReader
from crmsnap.state.shapes import Shape
from crmsnap.state.stream_file import EVERYTHING, Entry, Key

__all__ = ["END", "EVERYTHING", "Page", "Scope", "Stream", "Task"]

END = "end"
"""The position behind a stream's last page: nothing is left to read."""


class Page(NamedTuple):
    """Rows for the state, and where reading goes on behind them."""

    rows: Sequence[Entry]
    position: str
    """Whatever the stream needs to go on; its own JSON or plain text."""
    beside: Mapping[Shape, Sequence[Entry]] | None = None
    gaps: Sequence[Gap] = ()
    """What belongs to this page and may not be read: smaller than the stream."""
    met: Sequence[Key] = ()
    """Keys of rows that are still there, and were not read again."""
    known: bool = False
    """Whether the rows come from the state, so that they do not say that HubSpot still has them."""
    removed: Sequence[Key] = ()
    """Keys of rows that are there no more."""
    whole: Sequence[Key] = ()
    """Beginnings of keys under which everything was met by now: what this scan has not met there goes.
    `EVERYTHING` in it: the stream was swept."""
    note: str | None = None
    """What the next run has to know when this one comes to the stream's end; None: as before."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a run wants of the streams, and what earlier streams of the run have found."""

    reader: StateReader
    """The streams that this run has finished."""
    types: frozenset[str]
    """Object type ids that were selected; empty: all."""
    values: bool
    """Whether a selected table holds property values."""
    histories: bool
    """Whether a selected table holds property histories."""
    started_at: str
    """Start of the run by HubSpot's clock, as published."""
    gaps: frozenset[str] = frozenset()
    """Streams whose gap is declared: they are not read."""
    iso_dates: bool = False
    """Whether date values stay the API's own text instead of milliseconds since the epoch."""
    excluded_types: frozenset[str] = frozenset()
    """Object type ids that are left out."""
    record_types: frozenset[str] | None = None
    """Object type ids whose records are read, where of others only definitions are; None: all wanted ones."""
    properties: Choice = EVERY
    events: Choice = EVERY
    left_events: frozenset[str] = frozenset()
    """Event types that are left out whatever `events` says, by the API's name and by no other."""
    histories_of: Choice = EVERY
    """Object types whose histories are read, where `histories` asks for any."""
    calculated_histories: bool = True
    sources: bool = False
    """Whether a selected table holds who or what set each value."""
    refresh: Refresh = EACH_DAY
    """How much of what earlier runs have read is read again."""
    pairs: frozenset[tuple[str, str]] | None = None
    """Ordered pairs of object type ids whose associations are read; None: all of the wanted types."""
    defined_pairs: frozenset[tuple[str, str]] | None = None
    """Those whose types of association are read."""

    def reads(self, object_type: str) -> bool:
        """Whether the records of an object type are to be read."""
        return self.wants(object_type) and (
            self.record_types is None or object_type in self.record_types
        )

    def wants(self, object_type: str) -> bool:
        """Whether an object type was selected."""
        return object_type not in self.excluded_types and (
            not self.types or object_type in self.types
        )

    def takes_event(self, api_name: str, *others: str) -> bool:
        """Whether an event type was selected that goes by these names, the API's first."""
        return api_name not in self.left_events and self.events.takes(api_name, *others)


@dataclass(frozen=True, slots=True)
class Task:
    """One pass over one stream of an account."""

    stream: str
    """Its name in the state: `objects/0-1`."""
    read: Callable[[Client, str | None], Iterator[Page]]
    """The pages from a position on (None: all), until the stream's end."""
    probe: Callable[[Client], object] | None = None
    """One cheap call that fails as reading would: how a run learns of missing scopes before it reads."""
    gap: str | None = None
    """What is missing when it may not be read, if not the stream itself: without the definitions of
    a type's properties its records are missing."""
    consequence: str = ""
    """What else people must know when it may not be read: the end of the gap's sentence."""
    expected: int | None = None
    """About how many rows will come, for the progress bar."""
    text_ids: bool = False
    """Whether its records may have ids that are no numbers (a form's id is a GUID)."""
    keeps: bool = False
    """Whether this pass reads changes alone: rows that it does not meet stay."""
    asked: str = ""
    """What is asked for, in the stream's own words: kept as `Finished.asked` when the pass has ended, so
    that the next run knows what the rows hold."""


@dataclass(frozen=True, slots=True)
class Stream:
    """One thing read from HubSpot, or a family of them (`objects/<type>`)."""

    name: str
    """`owners`; a family has a placeholder: `objects/<type>`, `associations/<from>__<to>`."""
    description: str
    endpoint: str
    """Where it comes from, as HubSpot's documentation names it: `GET /crm/owners/{version}`."""
    scopes: tuple[str, ...]
    """Any one of these lets a token read it; `<type>` stands for the object type's name."""
    tasks: Callable[[Scope], Iterator[Task]]
    """The passes that this account needs, from what the streams in `after` have found."""
    after: tuple["Stream", ...] = ()
    """Streams that have to be read before: this one asks by what they found."""
    uses: tuple["Stream", ...] = ()
    """Streams that it waits for where the run reads them, and does without where it does not."""
    defines: bool = False
    """Whether it is read first, to find out what the account has."""
