"""What a run finds on its day: nothing, a snapshot that stays as it is, or one that it is to replace."""

from collections.abc import Callable
from dataclasses import dataclass

from crmsnap.destinations.interface import Destination
from crmsnap.errors import SnapshotError
from crmsnap.publish.gzip_parts import Compression
from crmsnap.publish.manifest import Manifest, RunFacts
from crmsnap.publish.published import published
from crmsnap.publish.revision import Revision, found_revision
from crmsnap.state.runs import RunRow

FactsOf = Callable[[RunRow], RunFacts]
"""What is known of a run's snapshot before anything is read."""


@dataclass(frozen=True, slots=True)
class Found:
    """A run, and what its day holds."""

    run: RunRow
    resumed: bool
    """Whether it goes on with one that had been stopped."""
    there: Manifest | None = None
    """The day's snapshot: there is nothing left to do."""
    replaces: Revision | None = None
    """The day's snapshot, which is to give way."""


def to_publish(
    destination: Destination,
    facts_of: FactsOf,
    begun: tuple[RunRow, bool],
    new_run: Callable[[], RunRow],
) -> Found:
    """The run to go on with, or a new one where another has published its day meanwhile.

    Raise `SnapshotError` if the day is not ours, or was published with another selection.
    """
    run, resumed = begun
    try:
        there = published(destination, facts_of(run))
    except SnapshotError:
        if not resumed:
            raise
    else:
        if not resumed or there is None or there.facts.run == run.id:
            return Found(run, resumed, there)
    # Its day was published otherwise meanwhile, so there is nothing left to go on with.
    run = new_run()
    return Found(run, resumed=False, there=published(destination, facts_of(run)))


def to_replace(destination: Destination, facts_of: FactsOf, begun: tuple[RunRow, bool]) -> Found:
    """The same for a run that replaces what its day holds, unless that is its own already."""
    run, resumed = begun
    found = found_revision(destination, facts_of(run))
    if found is not None and found.manifest.facts.run == run.id:
        return Found(run, resumed, there=found.manifest)
    return Found(run, resumed, replaces=found)


def first_facts(connection: str, portal_id: str, compression: Compression, run: RunRow) -> RunFacts:
    """What is known of a snapshot before anything is read."""
    return RunFacts(
        run=run.id,
        connection=connection,
        account=portal_id,
        day=run.day,
        window_start=run.started_at,
        window_end=run.started_at,
        selection=run.selection,
        compression=compression,
    )
