"""Reading streams into the state: every page is saved with the position behind it.

Requests wait on HubSpot most of the time, so many streams are read at once, a thread each; each has
its own file, and so one writer. A stream starts as soon as those that it asks by have ended: so reads
that use up different rate limits of HubSpot go on side by side.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, as_completed, wait
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from crmsnap.errors import BadRequest, HubSpotError
from crmsnap.hubspot.client import Client
from crmsnap.model import EACH_DAY, Gap, Progress, Refresh, StreamAdvanced, StreamBegan, StreamEnded
from crmsnap.state.folder import open_stream
from crmsnap.state.stream_file import RunMark, StreamFile
from crmsnap.streams.stream import END, Page, Stream, Task

READING_VERSION = 3
"""Goes up when other things are read, or something else is kept of them.

A run that was begun by other rules is not gone on with: half of it would be read by what was known to be
wrong, or left out, before.
"""


@dataclass(frozen=True, slots=True)
class Reading:
    """What every read of a run has in common."""

    client: Client
    folder: Path
    """The state."""
    run: RunMark
    observe: Callable[[Progress], None]
    """Told of every page; called from many threads."""
    declare: Callable[[Gap], None]
    """Told of everything that may not be read; called from many threads."""
    workers: int
    """How many streams are read at once."""
    refresh: Refresh = EACH_DAY


def read_all(
    streams: Sequence[Stream],
    tasks_of: Callable[[Stream], Sequence[Task]],
    reading: Reading,
    refused: Callable[[Task, HubSpotError], None],
) -> None:
    """Read all tasks of these streams to their ends.

    `tasks_of` is asked for a stream when all streams of `after` have ended. HubSpot's errors go to
    `refused`, in the task's thread: if it returns, the run goes on without that task. Any other error,
    and what `refused` raises, stops all tasks after their current page.
    """
    stop = Event()

    def read_one(task: Task) -> None:
        try:
            _read(task, reading, stop)
        except HubSpotError as error:
            refused(task, error)

    with _workers(reading, stop) as pool:
        _in_order(streams, tasks_of, lambda task: pool.submit(read_one, task))


def read_tasks(tasks: Iterable[Task], reading: Reading, *, again: bool = False) -> None:
    """Read the streams of these tasks to their ends, side by side; `again`: also those that this run has
    read, whose rows stay until then.

    The first error stops all after their current page.
    """
    stop = Event()
    with _workers(reading, stop) as pool:
        running = [pool.submit(_read, task, reading, stop, again=again) for task in tasks]
        for future in as_completed(running):
            future.result()


def unread(task: Task, reading: Reading) -> None:
    """Take back that this run has read a stream to its end: it is read again, whole, also by a run that goes
    on, and by the next one where this one is given up."""
    with open_stream(reading.folder, task.stream, reading.run, text_ids=task.text_ids) as file:
        file.start_again(forget=True)


@contextmanager
def _workers(reading: Reading, stop: Event) -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(reading.workers, thread_name_prefix="read") as pool:
        try:
            yield pool
        except BaseException:
            stop.set()
            pool.shutdown(cancel_futures=True)
            raise


def _in_order(
    streams: Sequence[Stream],
    tasks_of: Callable[[Stream], Sequence[Task]],
    submit: Callable[[Task], Future[None]],
) -> None:
    """Submit each stream's tasks as soon as its turn has come; raise what the first failing one raised."""
    waiting = list(streams)
    running: dict[Future[None], Stream] = {}
    while waiting or running:
        unfinished = {*waiting, *running.values()}
        ready = [s for s in waiting if unfinished.isdisjoint((*s.after, *s.uses))]
        waiting = [stream for stream in waiting if stream not in ready]
        work = [(stream, task) for stream in ready for task in tasks_of(stream)]
        # The longest first, so that none of them starts when the others have ended.
        work.sort(key=lambda pair: pair[1].expected or 0, reverse=True)
        running |= {submit(task): stream for stream, task in work}
        if ready and not work:
            continue  # streams without tasks have ended at once: the next ones may be ready
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            del running[future]
            future.result()


def _read(task: Task, reading: Reading, stop: Event, *, again: bool = False) -> None:
    if stop.is_set():
        return
    with open_stream(reading.folder, task.stream, reading.run, text_ids=task.text_ids) as file:
        if again:
            file.start_again()
        if file.done:
            return
        file.asks(task.asked, keeps=task.keeps)
        began_at = file.position
        reading.observe(StreamBegan(task.stream, file.rows, task.expected))
        try:
            _save_pages(task, file, reading, stop)
        except BadRequest:
            if file.position in (None, END) or file.position != began_at:
                raise  # this run has come further: pages may bring no rows, and it is no old cursor
            # HubSpot does not know the saved cursor any more: cursors may expire between two runs.
            file.start_again()
            _save_pages(task, file, reading, stop)
        if not stop.is_set():
            file.finish(task.asked, keeps=task.keeps)
            reading.observe(StreamEnded(task.stream, file.rows))


def _save_pages(task: Task, file: StreamFile, reading: Reading, stop: Event) -> None:
    if file.position == END:
        return
    for page in task.read(reading.client, file.position):
        for gap in page.gaps:
            reading.declare(gap)
        save_page(file, page)
        reading.observe(StreamAdvanced(task.stream, file.rows))
        if stop.is_set():
            return


def save_page(file: StreamFile, page: Page) -> None:
    """Keep a page of a stream and the position behind it, both or neither."""
    file.save(
        page.rows,
        page.position,
        page.beside,
        met=page.met,
        known=page.known,
        removed=page.removed,
        whole=page.whole,
        note=page.note,
    )
