"""From a connection to what erasing records works with: its days, and its state."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from crmsnap.bootstrap.aws_target import new_id
from crmsnap.bootstrap.clock import utc_now
from crmsnap.bootstrap.connections import Known
from crmsnap.bootstrap.destination import destination_of
from crmsnap.bootstrap.keeping import kept_state
from crmsnap.bootstrap.pruning import days_of
from crmsnap.bootstrap.tools import lease_of
from crmsnap.model import Clock
from crmsnap.publish.erase import Erasing
from crmsnap.publish.revision import run_tag
from crmsnap.state.files import forget, state_files
from crmsnap.state.folder import locked, open_as_is
from crmsnap.state.leaving import Held, RecordId, holding, leave
from crmsnap.state.published import PUBLISHED
from crmsnap.state.runs import Runs
from crmsnap.state.written import Written
from crmsnap.tables.list_memberships import lists_by_type


@contextmanager
def open_erasing(known: Known, home: Path, clock: Clock) -> Iterator[Erasing]:
    """What erasing works with, while no run works on the connection. Raise `Busy` if one does."""
    destination = destination_of(known, clock)
    name = known.name or ""
    with (
        locked(home / name),
        lease_of(known.registry, home, name) as lease,
        kept_state(known, clock, home / name),
        Written(home / name, destination.url) as written,
    ):
        days = days_of(known, home, destination)
        yield Erasing(days, written, clock, lease.assure, run_tag(new_id()))


def held_in_state(folder: Path, records: Collection[RecordId]) -> Mapping[str, Held]:
    """The rows of each stream of a state that are about records; nothing is changed."""
    return holding(folder, records, lists_by_type(open_as_is(folder, "lists")))


def left_of(folder: Path, records: Collection[RecordId]) -> frozenset[str]:
    """The ids of those records that a state knows to have left HubSpot."""
    types = {object_type for object_type, _ in records}
    return frozenset(
        str(one.id)
        for object_type in types
        for one in open_as_is(folder, f"objects/{object_type}").deletions(f"objects/{object_type}")
        if (object_type, str(one.id)) in records
    )


def erase_from_state(folder: Path, records: Collection[RecordId]) -> Mapping[str, Held]:
    """Take records out of a state; the rows that each stream lost or changed. The caller holds its lock."""
    with Runs(folder) as runs:
        newest, unfinished = next(runs.newest_first(), None), runs.unfinished()
    # Of a state whose history was lost nobody knows when it was read.
    at = utc_now() if newest is None else newest.started_at
    # It holds no values, but ids: the first and last of each part.
    forget(file for file in state_files(folder) if file.path.name == PUBLISHED)
    lists = lists_by_type(open_as_is(folder, "lists"))
    return leave(folder, records, lists, at, None if unfinished is None else unfinished.id)
