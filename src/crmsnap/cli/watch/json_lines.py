"""`--json`: every event as one line of JSON on stdout; of the pages of a stream one a second."""

import json
from dataclasses import asdict
from threading import Lock

from crmsnap.cli.watch.silence import Silence
from crmsnap.model import (
    Clock,
    Progress,
    StepBegan,
    StreamAdvanced,
    StreamBegan,
    StreamEnded,
    TableEnded,
)

SECONDS_BETWEEN_PAGES = 1.0

_NAMES: dict[type, str] = {
    StepBegan: "step-began",
    StreamBegan: "stream-began",
    StreamAdvanced: "stream-advanced",
    StreamEnded: "stream-ended",
    TableEnded: "table-ended",
}


class JsonLines(Silence):
    """Writes events for programs."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._shown_at: dict[str, float] = {}

    def observe(self, event: Progress) -> None:
        """Take an event."""
        with self._lock:
            if isinstance(event, StreamAdvanced) and not self._is_due(event.stream):
                return
            print(json.dumps({"event": _NAMES[type(event)], **asdict(event)}), flush=True)

    def _is_due(self, stream: str) -> bool:
        now = self._clock.monotonic()
        if now - self._shown_at.get(stream, float("-inf")) < SECONDS_BETWEEN_PAGES:
            return False
        self._shown_at[stream] = now
        return True
