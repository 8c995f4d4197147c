"""What an earlier run has read of a stream, as far as this run may build on it.

A scan builds on the newest one that came to its end and asked for the same. Every so many days it is not
built on: reading everything finds what no sign of change shows.
"""

from datetime import UTC, datetime, timedelta
from hashlib import blake2b

import msgspec

from crmsnap.state.reader import Finished
from crmsnap.streams.stream import Scope

_DAYS_BETWEEN = 2
"""The day behind a first read brings nothing new by a second one."""


def built_on(scope: Scope, stream: str, asked: str = "") -> Finished | None:
    """The scan that this run goes on from; None: it reads everything."""
    found = scope.reader.finished(stream)
    if found is None or scope.refresh.full or found.asked_beside(asked) != asked:
        return None
    if found.started_at == scope.started_at:
        return None  # this run's own: it was taken back, as records were found that nobody had asked about
    return found


def built_on_until_sweep(scope: Scope, stream: str, asked: str = "") -> Finished | None:
    """The same, and None when the stream's turn to be read whole has come."""
    found = built_on(scope, stream, asked)
    return None if found is None or is_due(scope, stream, found.swept_at) else found


def is_due(scope: Scope, stream: str, swept_at: str) -> bool:
    """Whether a stream, or whatever has a name, that was read whole at a published time has its turn today.

    Each has a day of its own, so that not all come on one: where that comes earlier it is taken, and else
    `sweep_days` are the most. Days are those of the calendar: a run that starts a minute earlier than the last
    one misses none.
    """
    days = scope.refresh.sweep_days
    today = time_of(scope.started_at).date()
    passed = (today - time_of(swept_at).date()).days
    if passed >= days:
        return True
    return passed >= _DAYS_BETWEEN and today.toordinal() % days == int(digest_of(stream), 16) % days


def days_since(earlier: str, scope: Scope) -> float:
    """Days from a published time to the start of the run."""
    return (time_of(scope.started_at) - time_of(earlier)) / timedelta(days=1)


def time_of(published: str) -> datetime:
    """The moment of a published time."""
    return datetime.fromisoformat(published).replace(tzinfo=UTC)


def digest_of(*words: object) -> str:
    """What a scan asks for, as `Task.asked` keeps it: equal when it asks for the same."""
    return blake2b(msgspec.json.encode(words), digest_size=16).hexdigest()
