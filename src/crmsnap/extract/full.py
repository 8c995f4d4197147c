"""Reading everything that was discovered, level by level: records before their associations."""

from collections.abc import Callable, Collection, Sequence

from crmsnap.errors import GapAppeared, HubSpotError
from crmsnap.extract.discover import with_read
from crmsnap.extract.gaps import gap_of
from crmsnap.extract.read import Reading, read_all
from crmsnap.extract.wanted import in_levels
from crmsnap.model import Gap
from crmsnap.streams.stream import Scope, Stream, Task


def extract(
    streams: Sequence[Stream],
    scope: Scope,
    reading: Reading,
    *,
    gaps: Collection[str],
    declare: Callable[[Gap], None] | None,
) -> Scope:
    """Bring every stream that is no gap into the state; return the scope that sees them.

    A refusal that first appears now raises `GapAppeared`, unless `declare` is given to take it.
    """

    def refused(task: Task, error: HubSpotError) -> None:
        gap = gap_of(task, error)
        if declare is None:
            raise GapAppeared(
                f"{gap.stream} became unreadable during the run: {gap.detail}",
                cause="the token or the account was changed while crmsnap was reading",
                remedy="sync again: what is missing then becomes a declared gap;"
                " or publish this day with --allow-gaps",
            ) from error
        declare(gap)

    for level in in_levels(streams):
        tasks = [
            task
            for stream in level
            if not stream.defines
            for task in stream.tasks(scope)
            if task.stream not in gaps
        ]
        read_all(tasks, reading, refused)
        scope = with_read(scope, tasks, reading)
    return scope
