"""Reading streams into the state: every page is saved with the position behind it.

Requests wait on HubSpot most of the time, so many streams are read at once, a thread each; each has
its own file, and so one writer.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from crmsnap.errors import HubSpotError
from crmsnap.hubspot.client import Client
from crmsnap.model import Progress, StreamAdvanced, StreamBegan, StreamEnded
from crmsnap.state.folder import open_stream
from crmsnap.state.stream_file import RunMark
from crmsnap.streams.stream import END, Task


@dataclass(frozen=True, slots=True)
class Reading:
    """What every read of a run has in common."""

    client: Client
    folder: Path
    """The state."""
    run: RunMark
    observe: Callable[[Progress], None]
    """Told of every page; called from many threads."""
    workers: int
    """How many streams are read at once."""


def read_all(
    tasks: Sequence[Task], reading: Reading, refused: Callable[[Task, HubSpotError], None]
) -> None:
    """Read all these streams to their ends.

    HubSpot's errors go to `refused`, in the stream's thread: if it returns, the run goes on without that
    stream. Any other error, and what `refused` raises, stops all streams after their current page.
    """
    stop = Event()

    def read_one(task: Task) -> None:
        try:
            try:
                _read(task, reading, stop)
            except HubSpotError as error:
                refused(task, error)
        except BaseException:
            stop.set()
            raise

    with ThreadPoolExecutor(reading.workers, thread_name_prefix="read") as pool:
        # The longest streams first, so that none of them starts when the others have ended.
        by_size = sorted(tasks, key=lambda task: task.expected or 0, reverse=True)
        futures = [pool.submit(read_one, task) for task in by_size]
        try:
            done, _ = wait(futures, return_when=FIRST_EXCEPTION)
        except BaseException:
            stop.set()
            pool.shutdown(cancel_futures=True)
            raise
        if any(future.exception() for future in done):
            stop.set()
            pool.shutdown(cancel_futures=True)
        for future in done:
            future.result()


def _read(task: Task, reading: Reading, stop: Event) -> None:
    if stop.is_set():
        return
    with open_stream(reading.folder, task.stream, reading.run) as file:
        if file.done:
            return
        reading.observe(StreamBegan(task.stream, file.rows, task.expected))
        if file.position != END:
            for page in task.read(reading.client, file.position):
                file.save(page.rows, page.position, page.beside)
                reading.observe(StreamAdvanced(task.stream, file.rows))
                if stop.is_set():
                    return
        file.finish()
        reading.observe(StreamEnded(task.stream, file.rows))
