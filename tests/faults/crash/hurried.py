"""A clock that runs faster than this machine's: waits and deadlines of minutes pass in a second."""

from crmsnap.bootstrap import RunClock


class HurriedClock(RunClock):
    """The real clock of a run, so many times as fast."""

    def __init__(self, times: float) -> None:
        super().__init__()
        self._times = times

    def monotonic(self) -> float:
        return super().monotonic() * self._times

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds / self._times)
