"""What a first run will cost, before it begins: calls, minutes, and its share of a day's calls."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

from crmsnap.extract.calls import Calls, calls_for, exactly
from crmsnap.extract.outlook import Outlook
from crmsnap.extract.wanted import with_earlier
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import account
from crmsnap.model import Clock
from crmsnap.streams.associations import ASSOCIATIONS
from crmsnap.streams.known_types import readable_types
from crmsnap.streams.labels import LABELS
from crmsnap.streams.objects import OBJECTS, calls_of
from crmsnap.streams.stream import Scope
from crmsnap.tables.chosen import streams_of

DEFINITIONS = "definitions and probes"
COUNTS = "HubSpot's counts"


@dataclass(frozen=True, slots=True)
class Item:
    """The calls for one kind of thing."""

    what: str
    """The name of a stream, or what else is asked for."""
    calls: Calls


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a first run of a selection will take."""

    known: tuple[Item, ...]
    """What can be counted before."""
    ranges: tuple[Item, ...]
    """What nobody counts: events, conversations and the like, by a first page."""
    minutes: int
    """For what is known, at the speed that HubSpot allows and answers with today."""
    daily_limit: int | None
    """Calls a day that HubSpot allows the account; None where it does not say."""
    daily_used: int | None
    daily_share: float
    """Of the limit, what crmsnap may use."""
    spent: int
    """Calls that this estimate took."""

    @property
    def calls(self) -> int:
        """Of all that is known."""
        return sum(item.calls.low for item in self.known)

    @property
    def apart(self) -> Calls:
        """Of all that is a range."""
        total = exactly(0)
        for item in self.ranges:
            total += item.calls
        return total

    @property
    def share(self) -> float | None:
        """Of a day's calls, what is known takes: 0.02 is two of a hundred."""
        return None if not self.daily_limit else self.calls / self.daily_limit

    @property
    def days(self) -> int | None:
        """On how many days the calls are used up: a run waits for the next day when its share is spent."""
        if not self.daily_limit:
            return None
        a_day = self.daily_limit * self.daily_share
        first_day = max(0.0, a_day - (self.daily_used or 0))
        return 1 if self.calls <= first_day else 1 + ceil((self.calls - first_day) / a_day)


def estimate(
    ask: Callable[[], Outlook], client: Client, clock: Clock, *, daily_share: float
) -> Estimate:
    """Find out what can be read, and count what reading it will take; no record is kept."""
    found = ask()
    scope = found.plan.scope
    usage = account.daily_usage(client)
    definitions = client.usage.total_calls
    began = clock.monotonic()
    waited = client.usage.waited_seconds
    items = [
        Item(DEFINITIONS, exactly(definitions)),
        *(
            Item(stream.name, calls_for(stream, scope, client))
            for stream in with_earlier(streams_of(found.plan.tables))
            if not stream.defines
        ),
        Item(COUNTS, exactly(1)),
    ]
    asked = client.usage.total_calls - definitions
    answering = clock.monotonic() - began - (client.usage.waited_seconds - waited)
    known = tuple(item for item in items if item.calls.is_known and item.calls.low)
    return Estimate(
        known=known,
        ranges=tuple(item for item in items if not item.calls.is_known),
        minutes=_minutes(known, scope, client, answering / asked if asked else 0.0),
        daily_limit=usage.limit if usage else client.usage.daily_limit,
        daily_used=usage.used if usage else None,
        daily_share=daily_share,
        spent=client.usage.total_calls,
    )


def _minutes(known: tuple[Item, ...], scope: Scope, client: Client, seconds_a_call: float) -> int:
    """The longest of three: what each rate limit allows, and one type read page after page."""
    limited = {LABELS.name, ASSOCIATIONS.name}
    associations = sum(item.calls.low for item in known if item.what in limited)
    others = sum(item.calls.low for item in known) - associations
    longest = 0
    if any(item.what == OBJECTS.name for item in known):
        longest = max(
            (calls_of(scope, one, client, one.count or 0) for one in readable_types(scope)),
            default=0,
        )
    seconds = max(
        associations / client.calls_per_second("associations"),
        others / client.calls_per_second("burst"),
        longest * seconds_a_call,
    )
    return max(1, ceil(seconds / 60))
