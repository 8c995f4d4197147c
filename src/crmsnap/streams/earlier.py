"""What an earlier run has read of a stream, as far as this run may build on it.

A scan builds on the newest one that came to its end and asked for the same. Every so many days it is not
built on: reading everything finds what no sign of change shows.
"""

from datetime import UTC, datetime, timedelta
from hashlib import blake2b

import msgspec

from crmsnap.state.reader import Finished
from crmsnap.streams.stream import Scope


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
    if found is None or days_since(found.swept_at, scope) >= scope.refresh.sweep_days:
        return None
    return found


def days_since(earlier: str, scope: Scope) -> float:
    """Days from a published time to the start of the run."""
    return (time_of(scope.started_at) - time_of(earlier)) / timedelta(days=1)


def time_of(published: str) -> datetime:
    """The moment of a published time."""
    return datetime.fromisoformat(published).replace(tzinfo=UTC)


def digest_of(*words: object) -> str:
    """What a scan asks for, as `Task.asked` keeps it: equal when it asks for the same."""
    return blake2b(msgspec.json.encode(words), digest_size=16).hexdigest()
