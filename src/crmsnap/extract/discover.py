"""Finding out what the account has and what this token may read, before anything is copied.

A missing scope or an absent feature that shows here is a declared gap; the same refusal later, in the
middle of a run, withholds the day.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

from crmsnap.errors import HubSpotError
from crmsnap.extract.gaps import gap_of
from crmsnap.extract.read import Reading, read_all
from crmsnap.extract.wanted import in_levels
from crmsnap.hubspot.client import Client
from crmsnap.model import Gap
from crmsnap.state.folder import open_reader
from crmsnap.streams.known_types import all_types
from crmsnap.streams.stream import Scope, Stream, Task


def discover(
    streams: Sequence[Stream], scope: Scope, reading: Reading, declare: Callable[[Gap], None]
) -> Scope:
    """Read the definitions that these streams need, try what may be read, and declare the gaps.

    Returns the scope with what was found.
    """
    for level in in_levels(streams):
        tasks = [task for stream in level if stream.defines for task in stream.tasks(scope)]

        read_all(tasks, reading, lambda task, error: declare(gap_of(task, error)))
        scope = with_read(scope, tasks, reading)
    for gap in _unreadable(scope, streams):
        declare(gap)
    _probe(_reading_tasks(streams, scope), reading, declare)
    return scope


def with_read(scope: Scope, tasks: Sequence[Task], reading: Reading) -> Scope:
    """The scope that also sees the streams of these tasks, if they were read to their end."""
    names = tuple({*scope.reader.streams, *(task.stream for task in tasks)})
    return replace(scope, reader=open_reader(reading.folder, names, reading.run.run_id))


def _unreadable(scope: Scope, streams: Sequence[Stream]) -> Iterator[Gap]:
    if not any(stream.name.startswith("objects/") for stream in streams):
        return
    for known in all_types(scope):
        if known.unreadable_because and scope.wants(known.id):
            yield Gap(f"objects/{known.id}", "not-available", known.unreadable_because)


def _reading_tasks(streams: Sequence[Stream], scope: Scope) -> Iterator[Task]:
    for level in in_levels(streams):
        for stream in level:
            if not stream.defines:
                yield from stream.tasks(scope)


def _probe(tasks: Iterator[Task], reading: Reading, declare: Callable[[Gap], None]) -> None:
    with ThreadPoolExecutor(reading.workers, thread_name_prefix="probe") as pool:
        for gap in pool.map(partial(_try, reading.client), tasks):
            if gap is not None:
                declare(gap)


def _try(client: Client, task: Task) -> Gap | None:
    if task.probe is None:
        return None
    try:
        task.probe(client)
    except HubSpotError as error:
        return gap_of(task, error)
    return None
