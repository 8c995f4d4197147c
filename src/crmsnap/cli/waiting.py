"""`sync --wait`: connections that HubSpot puts off get another turn; the others go on meanwhile.

A day whose calls are used up is left alone until HubSpot says that it begins anew. An outage has no
known end: it is asked again after a minute, then less and less often.
"""

import json
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crmsnap.cli.text import duration, escaped
from crmsnap.errors import CrmsnapError, DailyLimitReached, HubSpotError, Suspended, Unavailable
from crmsnap.model import Clock

if TYPE_CHECKING:
    from crmsnap.bootstrap import Known

MARGIN_SECONDS = 5.0
"""On top of what HubSpot says: its servers need not all agree on the second."""
UNKNOWN_SECONDS = 3600.0
"""A spent day of which nobody knows the end is asked for once an hour."""
OUTAGE_SECONDS = 60.0
OUTAGE_SECONDS_MAX = 900.0
PATIENCE_SECONDS = 86_400.0
"""An outage that lasts longer than that is no outage: somebody has to look at it."""
SHOWN_EVERY_SECONDS = 3600.0


@dataclass(slots=True)
class Turn:
    """One connection, and how often it was put off in a row for an outage."""

    known: "Known"
    outages: int = 0
    ill_since: float | None = None
    """By the clock; None: it is not ill."""


class Turns:
    """The connections in the order in which they can be run, those that were put off when their time comes."""

    def __init__(
        self,
        picked: "Sequence[Known]",
        clock: Clock,
        jitter: Callable[[], float],
        show: "Show",
    ) -> None:
        self._ready = deque(Turn(one) for one in picked)
        self._later: list[tuple[float, Turn]] = []
        self._clock = clock
        self._jitter = jitter
        self._show = show

    def __iter__(self) -> Iterator[Turn]:
        """Each turn; waits where nothing else is left to do. Raise `Interrupted` when asked to stop."""
        while self._ready or self._later:
            if not self._ready:
                self._wait()
            yield self._ready.popleft()

    def put_off(self, turn: Turn, error: CrmsnapError) -> bool:
        """Give a connection another turn later; False if waiting would not help."""
        now = self._clock.monotonic()
        if isinstance(error, DailyLimitReached | Suspended):
            turn.outages, turn.ill_since = 0, None
        elif isinstance(error, Unavailable) and error.passes:
            turn.ill_since = now if turn.ill_since is None else turn.ill_since
            if now - turn.ill_since > PATIENCE_SECONDS:
                return False
        else:
            return False
        seconds = self._seconds(turn, error)
        self._later.append((now + seconds, turn))
        self._show(turn.known.name, error, seconds)
        return True

    def _seconds(self, turn: Turn, error: HubSpotError) -> float:
        if error.after_seconds is not None:
            return error.after_seconds + MARGIN_SECONDS
        if isinstance(error, DailyLimitReached):
            return UNKNOWN_SECONDS
        turn.outages += 1
        ceiling = min(OUTAGE_SECONDS_MAX, OUTAGE_SECONDS * 2.0 ** (turn.outages - 1))
        return ceiling * (0.5 + 0.5 * self._jitter())

    def _wait(self) -> None:
        at, turn = first = min(self._later, key=lambda later: later[0])
        while (left := at - self._clock.monotonic()) > 0:
            self._clock.sleep(min(left, SHOWN_EVERY_SECONDS))
            if left > SHOWN_EVERY_SECONDS:
                self._show(turn.known.name, None, at - self._clock.monotonic())
        self._later.remove(first)
        self._ready.append(turn)


Show = Callable[[str | None, CrmsnapError | None, float], None]
"""Told of each connection that waits, why (None: as said before), and for how many seconds."""


def shown(*, as_json: bool, quiet: bool) -> Show:
    """Who waits for what, the way the options ask for it."""
    if as_json:
        return _print_json
    return _print_nothing if quiet else _print_line


def _print_line(name: str | None, error: CrmsnapError | None, seconds: float) -> None:
    about = f"{name}: " if name else ""
    why = f"{error.message} ({error.cause}); " if error else ""
    line = f"{about}{why}goes on by itself in {duration(seconds)}; Ctrl-C ends the wait"
    sys.stderr.write(escaped(line) + "\n")
    sys.stderr.flush()


def _print_json(name: str | None, error: CrmsnapError | None, seconds: float) -> None:
    why = {} if error is None else {"error": error.as_dict()}
    line = {"event": "waiting", "connection": name, "seconds": round(seconds), **why}
    print(json.dumps(line), flush=True)


def _print_nothing(name: str | None, error: CrmsnapError | None, seconds: float) -> None:
    """With `--quiet`."""
