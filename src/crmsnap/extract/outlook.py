"""What a run would deliver today, found out without reading a record.

The same steps as at the beginning of a run, into a state that is thrown away: the definitions are read,
and one call for each thing tells whether the token may read it.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from crmsnap.extract.asked import asked
from crmsnap.extract.plan import Plan, planned
from crmsnap.extract.read import Reading
from crmsnap.extract.wanted import with_earlier
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import account
from crmsnap.hubspot.times import published_at
from crmsnap.model import Gap, Selection
from crmsnap.state.stream_file import RunMark
from crmsnap.streams.documents import EventTypeDocument
from crmsnap.streams.email_event_types import PREFIX
from crmsnap.streams.email_events import EMAIL_EVENTS
from crmsnap.streams.event_names import names_of_event
from crmsnap.streams.known_types import all_types
from crmsnap.streams.stream import Scope, Stream
from crmsnap.tables.chosen import Declared, takes
from crmsnap.tables.event_types import event_type_id, event_types
from crmsnap.tables.events import EVENTS
from crmsnap.tables.table import Possible, Table

TABLES_LISTED_MAX = 500
"""A family that could have more tables is named as one: each pair of sixty types is 3,600."""

State = Literal["read", "partly", "gap"]


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a run would do."""

    plan: Plan
    gaps: tuple[Gap, ...]
    """What it could not read, by stream."""


@dataclass(frozen=True, slots=True)
class TableOutlook:
    """One table that a run would publish, or a family of many."""

    name: str
    about: str
    state: State
    """`partly`: some of its rows cannot be read; `gap`: none can."""
    gaps: tuple[Gap, ...]
    """Why."""


def outlook(selection: Selection, client: Client, folder: Path, workers: int) -> Outlook:
    """Ask the account; `folder` is empty and may be removed afterwards.

    Raise `UsageError` as a run would, for names that mean nothing.
    """
    account.details(client)  # HubSpot's clock comes with every answer
    gaps: dict[str, Gap] = {}
    reading = Reading(
        client=client,
        folder=folder,
        run=RunMark("outlook", published_at(client.server_date())),
        observe=lambda _: None,
        declare=lambda gap: gaps.update({gap.stream: gap}),
        workers=workers,
    )
    plan = planned(asked(selection, client), reading)
    return Outlook(plan, tuple(gaps[stream] for stream in sorted(gaps)))


def tables_of(found: Outlook) -> list[TableOutlook]:
    """The tables, in the order of the catalogue; those of a family by name."""
    return [shown for table in found.plan.tables for shown in _of(table, found)]


def _of(table: Declared, found: Outlook) -> Iterator[TableOutlook]:
    scope = found.plan.scope
    gaps = tuple(gap for gap in found.gaps if _concerns(gap, table, scope))
    if isinstance(table, Table):
        yield TableOutlook(table.name, table.grain, _state(table, gaps), gaps)
        return
    events = _events(scope) if table is EVENTS else {}
    possible = found.plan.possible.of(table, scope.reader)
    taken = [
        one
        for one in possible
        if takes(found.plan.choice, scope.wants, one) and _is_chosen(events, one, scope)
    ]
    if possible and not taken:
        return
    if not 0 < len(taken) <= TABLES_LISTED_MAX:
        yield TableOutlook(table.name, table.grain, _state(table, gaps), gaps)
        return
    labels = _labels(scope)
    for one in sorted(taken):
        known = events.get(one.member.id)
        owners = one.member.types or ((known.name,) if known else ())
        own = tuple(gap for gap in gaps if _concerns_member(gap, owners))
        about = f"{table.grain}: {labels.get(one.member.id, one.member.id)}"
        state = "gap" if any(map(_is_all_of_a_member, own)) else _state(table, own)
        yield TableOutlook(one.name, about, state, own)


def _concerns(gap: Gap, table: Declared, scope: Scope) -> bool:
    """Whether something that a table is made from is missing."""
    family, _, owner = gap.stream.partition("/")
    made_from = {stream.name.partition("/")[0] for stream in with_earlier(table.streams)}
    if family == "objects" and family not in made_from:
        # Definitions can be read with another scope than the records that they define.
        return "properties" in made_from and f"properties/{owner}" not in scope.reader.streams
    return family in made_from


def _concerns_member(gap: Gap, owners: Collection[str]) -> bool:
    """The same for one table of a family: that of these object types, or of this event type."""
    _, slash, missing = gap.stream.partition("/")
    if slash:
        return not set(missing.split("__")).isdisjoint(owners)
    are_emails = any(owner.startswith(PREFIX) for owner in owners)
    return are_emails == (gap.stream == EMAIL_EVENTS.name)


def _is_all_of_a_member(gap: Gap) -> bool:
    return "/" in gap.stream or gap.stream == EMAIL_EVENTS.name


def _state(table: Declared, gaps: tuple[Gap, ...]) -> State:
    if not gaps:
        return "read"
    missing = {gap.stream for gap in gaps}
    return "gap" if all(_is_missing(stream, missing) for stream in table.streams) else "partly"


def _is_missing(stream: Stream, missing: set[str]) -> bool:
    """Whether a stream, or one without which it has nothing to ask by, cannot be read at all."""
    return stream.name in missing or any(_is_missing(earlier, missing) for earlier in stream.after)


def _labels(scope: Scope) -> dict[str, str]:
    """What people call object types and event types, by id."""
    types = {one.id: one.singular_label or one.name for one in all_types(scope)}
    events = {event_type_id(one): one.label or one.name for one, _ in event_types(scope.reader)}
    return types | events


def _events(scope: Scope) -> dict[str, EventTypeDocument]:
    """The event types, by the id of their tables."""
    return {event_type_id(one): one for one, _ in event_types(scope.reader)}


def _is_chosen(events: Mapping[str, EventTypeDocument], table: Possible, scope: Scope) -> bool:
    """Whether the choice among events leaves this table, as far as it is one of theirs."""
    known = events.get(table.member.id)
    return known is None or scope.events.takes(*names_of_event(known))
