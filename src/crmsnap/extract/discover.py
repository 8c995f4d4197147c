"""Finding out what the account has and what this token may read, before anything is copied.

A missing scope or an absent feature that shows here is a declared gap; the same refusal later, in the
middle of a run, withholds the day.
"""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

from crmsnap.errors import HubSpotError
from crmsnap.extract.progressing import Progressing
from crmsnap.extract.read import Reading, read_all
from crmsnap.extract.wanted import with_earlier
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.families import PROBES
from crmsnap.hubspot.object_types import ENGAGEMENT_TYPES
from crmsnap.model import Gap
from crmsnap.streams.gaps import gap_found
from crmsnap.streams.known_types import all_types
from crmsnap.streams.records import RECORD_STREAMS
from crmsnap.streams.stream import Scope, Stream, Task


def discover(streams: Sequence[Stream], scope: Scope, reading: Reading) -> Scope:
    """Read the definitions that these streams need, try what may be read, and declare the gaps.

    Returns the scope with what was found and what is missing.
    """
    every = with_earlier(streams)
    gaps: list[Gap] = []  # list.append is atomic: the threads that read declare gaps too

    def found_missing(gap: Gap) -> None:
        gaps.append(gap)
        reading.declare(gap)

    progressing = Progressing(scope, reading)
    read_all(
        [stream for stream in every if stream.defines],
        progressing.tasks_of,
        reading,
        lambda task, error: found_missing(gap_found(task, error)),
    )
    scope = progressing.scope()
    copies_records = not set(every).isdisjoint(RECORD_STREAMS)
    for gap in _unreadable(scope) if copies_records else ():
        found_missing(gap)
    tasks = [task for stream in every if not stream.defines for task in stream.tasks(scope)]
    for gap in _probe(tasks, reading):
        found_missing(gap)
    for gap in _unions(scope, gaps) if copies_records else ():
        found_missing(gap)
    return replace(scope, gaps=scope.gaps | {gap.stream for gap in gaps})


def _unreadable(scope: Scope) -> Iterator[Gap]:
    for known in all_types(scope):
        if known.unreadable_because and scope.reads(known.id):
            yield Gap(f"objects/{known.id}", "not-available", known.unreadable_because)


def _unions(scope: Scope, gaps: Sequence[Gap]) -> Iterator[Gap]:
    """The gap of a type that is the union of others, where one of those is a gap or left out."""
    known = all_types(scope)
    missing = [gap for id_ in ENGAGEMENT_TYPES for gap in gaps if gap.stream == f"objects/{id_}"]
    chosen = [one.id for one in known if one.id in ENGAGEMENT_TYPES and not scope.wants(one.id)]
    because = [
        *([f"{_ids(gap.stream for gap in missing)} cannot be read"] if missing else ()),
        *(
            [f"{_ids(chosen)} {'is' if len(chosen) == 1 else 'are'} left out by choice"]
            if chosen
            else ()
        ),
    ]
    for union in known if because else ():
        if union.source == "union" and scope.reads(union.id):
            yield Gap(
                f"objects/{union.id}",
                "missing-scope"
                if any(gap.reason == "missing-scope" for gap in missing)
                else "not-available",
                f"its records are those of {len(ENGAGEMENT_TYPES)} types,"
                f" of which {' and '.join(because)}",
                tuple(dict.fromkeys(name for gap in missing for name in gap.scopes)),
            )


def _ids(streams: Iterable[str]) -> str:
    return ", ".join(stream.removeprefix("objects/") for stream in streams)


def _probe(tasks: Sequence[Task], reading: Reading) -> Iterator[Gap]:
    with ThreadPoolExecutor(reading.workers, thread_name_prefix="probe") as pool:
        for gap in pool.map(partial(_try, reading.client.counted_as(PROBES)), tasks):
            if gap is not None:
                yield gap


def _try(client: Client, task: Task) -> Gap | None:
    if task.probe is None:
        return None
    try:
        task.probe(client)
    except HubSpotError as error:
        return gap_found(task, error)
    return None
