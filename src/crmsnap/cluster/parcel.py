"""A task on its way to another machine: small values in one pickle, and what it needs to find there."""

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from crmsnap.cluster.home import AtHome, Home
from crmsnap.cluster.marks import Mark, Marks
from crmsnap.cluster.versions import ours
from crmsnap.destinations.folder import Folder
from crmsnap.state.reader import StateReader
from crmsnap.state.written import RememberPuts

Task = tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]
"""A function and its arguments."""

OURS = ".crmsnap"
"""The folder of a destination for what is no snapshot."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a worker gets."""

    versions: str
    """Of everything that decides about the bytes of a part."""
    marks: tuple[Mark, ...]
    """Of the folders that it has to see."""
    task: bytes


def packed(task: Task, home: Home, marks: Marks) -> Parcel:
    """A task without what stays at home."""
    written = BytesIO()
    pickler = _Pickler(written, home, marks)
    pickler.dump(task)
    return Parcel(ours(), tuple(sorted(pickler.marks)), written.getvalue())


def unpacked(parcel: Parcel) -> Task:
    """The task, on the worker."""
    task: Task = _Unpickler(BytesIO(parcel.task)).load()
    return task


class _Pickler(pickle.Pickler):
    """Notices what a task works with while it writes it down."""

    def __init__(self, file: BytesIO, home: Home, marks: Marks) -> None:
        super().__init__(file, pickle.HIGHEST_PROTOCOL)
        self._home = home
        self._marks = marks
        self.marks: set[Mark] = set()

    def persistent_id(self, obj: object) -> AtHome | None:
        """What goes in an object's place; None: the object itself."""
        match obj:
            case RememberPuts():
                return self._home.keep(obj)
            case StateReader():
                self.marks.add(self._marks.of(obj.folder))
            case Folder():
                self.marks.add(self._marks.of(obj.root / OURS))
        return None


class _Unpickler(pickle.Unpickler):
    def persistent_load(self, pid: AtHome) -> AtHome:
        """What was put in an object's place."""
        return pid
