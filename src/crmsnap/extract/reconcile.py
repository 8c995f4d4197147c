"""HubSpot's counts beside ours, before anything is published."""

from crmsnap.extract.facts import Count, counts
from crmsnap.extract.read import Reading
from crmsnap.streams.stream import Scope


def reconcile(scope: Scope, reading: Reading) -> tuple[Count, ...]:
    """The counts of every type whose records were read, by id."""
    return counts(scope, reading.client)
