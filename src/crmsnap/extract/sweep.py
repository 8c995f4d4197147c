"""Sweeping types whose counts disagree: every id is compared with HubSpot's list, and what differs is read.

What a run asks by the ids of records was asked without those that only a sweep finds. So before the first of
them is kept, the streams that hang on its type count as unread: a killed run reads them too.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from crmsnap.extract.read import Reading, read_tasks, unread
from crmsnap.extract.sweep_marks import changed_since, mark, marks
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.families import SWEEPS
from crmsnap.hubspot.object_types import CONTACT
from crmsnap.state.so_far import SoFar
from crmsnap.streams.associations import ASSOCIATIONS
from crmsnap.streams.email_events import EMAIL_EVENTS
from crmsnap.streams.objects import sweep_task
from crmsnap.streams.other_types import OTHER_TYPES
from crmsnap.streams.records import OTHER_RECORDS
from crmsnap.streams.stream import Page, Scope, Task


@dataclass(frozen=True, slots=True)
class Swept:
    """What sweeps of one type have changed in the state."""

    missing: int = 0
    """Records that are ours only now."""
    vanished: int = 0
    """Records that were ours, and are not live."""
    ids: tuple[int | str, ...] = ()
    """Of both."""


def swept(scope: Scope, reading: Reading, types: Sequence[str]) -> Mapping[str, Swept]:
    """Sweep some types at once; those with an API of their own are read again.

    Then what hangs on records that were missing is read again, too.
    """
    mark(scope, reading, types)
    sweeps = {id_: _Sweep(scope, reading, id_) for id_ in types}
    read_tasks([task for sweep in sweeps.values() for task in sweep.tasks()], reading, again=True)
    hanging = {task.stream: task for sweep in sweeps.values() for task in sweep.hanging}
    read_tasks(hanging.values(), reading)
    return {id_: sweep.result() for id_, sweep in sweeps.items()}


def swept_before(scope: Scope, reading: Reading) -> Mapping[str, Swept]:
    """What the sweeps of this run had changed when it was killed, and when reading went on with them; without
    ids, which nobody knows any more."""
    return {id_: Swept(*changed_since(scope, id_, mark)) for id_, mark in marks(reading).items()}


def read_what_hangs(scope: Scope, reading: Reading, types: Iterable[str]) -> None:
    """Read again what was asked by the ids of these types' records."""
    hanging = {task.stream: task for id_ in types for task in _hanging_on(scope, id_)}
    for task in hanging.values():
        unread(task, reading)
    read_tasks(hanging.values(), reading)


def _vanished(scope: Scope, stream: str) -> Iterator[int | str]:
    """The records of which this run knows only that they are there no more."""
    for deletion in scope.reader.deletions(stream):
        if deletion.reason == "VANISHED" and deletion.ingested_at == scope.started_at:
            yield deletion.id


class _Sweep:
    """One sweep of one type, which sees whom it finds."""

    def __init__(self, scope: Scope, reading: Reading, object_type: str) -> None:
        self._scope = scope
        self._reading = reading
        self._object_type = object_type
        self._stream = f"objects/{object_type}"
        self._ours = SoFar(reading.folder, self._stream)
        self._rows_before = scope.reader.count(self._stream)
        self._vanished_before = set(_vanished(scope, self._stream))
        self._missing: list[int | str] = []
        self.hanging: Sequence[Task] = ()
        """What has to be read again."""

    def tasks(self) -> Iterator[Task]:
        """The pass, watched."""
        generic = sweep_task(self._scope, self._object_type)
        tasks: Iterable[Task] = [generic] if generic else _own_tasks(self._scope, self._stream)
        for task in tasks:
            yield replace(task, read=partial(self._watched, task))

    def result(self) -> Swept:
        """What the sweep has changed."""
        gone = set(_vanished(self._scope, self._stream)) - self._vanished_before
        rows = self._scope.reader.count(self._stream)
        return Swept(
            missing=len(self._missing),
            vanished=self._rows_before + len(self._missing) - rows,
            ids=(*self._missing, *sorted(gone, key=str)),
        )

    def _watched(self, task: Task, client: Client, position: str | None) -> Iterator[Page]:
        for page in task.read(client.counted_as(SWEEPS), position):
            ids = [row[0] for row in page.rows if isinstance(row[0], int | str)]
            known = self._ours.times(ids)
            missing = [id_ for id_ in ids if id_ not in known]
            if missing and not self._missing:
                self.hanging = list(_hanging_on(self._scope, self._object_type))
                for one in self.hanging:
                    unread(one, self._reading)
            self._missing += missing
            yield page


def _own_tasks(scope: Scope, stream: str) -> Iterator[Task]:
    for one in OTHER_RECORDS:
        if one.name == stream:
            yield from one.tasks(scope)


def _hanging_on(scope: Scope, object_type: str) -> Iterator[Task]:
    """What this run has asked for by the ids of a type's records."""
    tasks = [
        task
        for task in ASSOCIATIONS.tasks(scope)
        if object_type in task.stream.removeprefix("associations/").split("__")
    ]
    if object_type == CONTACT:
        tasks += EMAIL_EVENTS.tasks(scope)  # whose mail it is follows from the contacts' addresses
    for other in OTHER_TYPES:
        if other.after_objects and other.id != object_type:
            tasks += _own_tasks(scope, f"objects/{other.id}")
    return (task for task in tasks if task.stream in scope.reader.streams)
