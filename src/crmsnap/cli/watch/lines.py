"""Without a terminal: one line on stderr per finished stream and table, as a log keeps it."""

import sys
from threading import Lock

from crmsnap.cli.text import count, duration, escaped, size
from crmsnap.cli.watch.silence import Silence
from crmsnap.model import Clock, Progress, StepBegan, StreamBegan, StreamEnded, TableEnded


class Lines(Silence):
    """Writes whole lines, so that threads cannot tear them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._began: dict[str, tuple[float, int]] = {}

    def observe(self, event: Progress) -> None:
        """Take an event."""
        with self._lock:
            line = self._line(event)
            if line is not None:
                sys.stderr.write(escaped(line) + "\n")
                sys.stderr.flush()

    def _line(self, event: Progress) -> str | None:
        match event:
            case StepBegan(step):
                return f"{step} ..."
            case StreamBegan(stream, rows):
                self._began[stream] = (self._clock.monotonic(), rows)
            case StreamEnded(stream, rows):
                began_at, before = self._began.pop(stream, (self._clock.monotonic(), rows))
                seconds = self._clock.monotonic() - began_at
                rate = f", {(rows - before) / seconds:,.0f} rows/s" if seconds > 0.1 else ""
                return f"read {stream}: {count(rows, 'row')} in {duration(seconds)}{rate}"
            case TableEnded(table, rows, table_bytes, parts):
                return (
                    f"wrote {table}: {count(rows, 'row')}, {size(table_bytes)},"
                    f" {count(parts, 'part')}"
                )
        return None
