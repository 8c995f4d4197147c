"""What cannot be given from below: the real clock, the time of day, and the signals that end a run."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import FrameType

from crmsnap.errors import Interrupted
from crmsnap.hubspot.times import published_at

GOES_ON = "sync again: it goes on where it ended"


class RunClock:
    """The real clock of a run, or of something shorter, that can be asked to stop."""

    def __init__(self, what: str = "the run", again: str = GOES_ON) -> None:
        self._stopped = threading.Event()
        self._what = what
        self._again = again

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait; raise `Interrupted` as soon as `stop` was called."""
        if self._stopped.wait(seconds):
            raise Interrupted(
                f"{self._what} was stopped", cause="Ctrl-C, SIGTERM or SIGHUP", remedy=self._again
            )

    def stop(self) -> None:
        """Ask the run to stop."""
        self._stopped.set()

    def __reduce__(self) -> "tuple[type[RunClock], tuple[()]]":
        # Workers get a clock of their own: they are ended by their parent, not by a signal.
        return RunClock, ()


def utc_now() -> str:
    """This machine's time, as everything that is kept says it."""
    return published_at(datetime.now(UTC))


@contextmanager
def stoppable(what: str = "the run", again: str = GOES_ON) -> Iterator[RunClock]:
    """A clock that the first SIGINT, SIGTERM or SIGHUP stops; the second one ends the process at once.

    Who stopped `what` is told how to go on. Under `nohup` a terminal that goes away stops nothing.
    """
    clock = RunClock(what, again)
    interrupted = threading.Event()

    def stop(_: int, __: FrameType | None) -> None:
        if interrupted.is_set():
            os._exit(Interrupted.exit_code)
        interrupted.set()
        clock.stop()

    with heard(stop):
        yield clock


@contextmanager
def heard(handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """What SIGINT, SIGTERM and SIGHUP do meanwhile; SIGHUP nothing where it was ignored, as under `nohup`."""
    numbers = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        numbers.append(signal.SIGHUP)
    before = {number: signal.signal(number, handler) for number in numbers}
    try:
        yield
    finally:
        for number, handled in before.items():
            signal.signal(number, handled)
