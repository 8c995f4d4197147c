"""Reading everything that was discovered: records, then what is asked for by their ids."""

from collections.abc import Collection, Sequence

from crmsnap.errors import GapAppeared, HubSpotError
from crmsnap.extract.left_behind import read_anew
from crmsnap.extract.progressing import Progressing
from crmsnap.extract.read import Reading, read_all
from crmsnap.extract.wanted import with_earlier
from crmsnap.streams.gaps import gap_of
from crmsnap.streams.stream import Scope, Stream, Task


def extract(
    streams: Sequence[Stream],
    scope: Scope,
    reading: Reading,
    *,
    known: Collection[str] = (),
    allow_gaps: bool,
) -> Scope:
    """Bring every stream that is no gap into the state; return the scope that sees them.

    A refusal that first appears now raises `GapAppeared`, unless gaps are allowed. It is remembered: the
    run that goes on names it among the `known` ones, and it is then a declared gap.
    """

    def refused(task: Task, error: HubSpotError) -> None:
        gap = gap_of(task, error)
        reading.declare(gap)
        if not (allow_gaps or gap.stream in known):
            raise GapAppeared(
                f"{gap.stream} became unreadable during the run: {gap.detail}",
                cause="the token or the account was changed while crmsnap was reading",
                remedy="sync again: what is missing then becomes a declared gap;"
                " or publish this day with --allow-gaps",
            ) from error

    read_anew(reading.folder)
    progressing = Progressing(scope, reading)
    read_all(
        [stream for stream in with_earlier(streams) if not stream.defines],
        progressing.tasks_of,
        reading,
        refused,
    )
    return progressing.scope()
