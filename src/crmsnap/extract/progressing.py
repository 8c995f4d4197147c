"""The scope of a run while it reads: it sees a stream once all of its tasks have ended."""

from collections.abc import Sequence
from dataclasses import replace

from crmsnap.extract.read import Reading
from crmsnap.state.folder import open_reader
from crmsnap.streams.stream import Scope, Stream, Task


class Progressing:
    """Hands out the tasks of streams, each with what earlier streams have found."""

    def __init__(self, scope: Scope, reading: Reading) -> None:
        self._scope = scope
        self._reading = reading
        self._handed_out: list[str] = []

    def tasks_of(self, stream: Stream) -> Sequence[Task]:
        """The tasks of a stream, less those whose gap is declared already."""
        scope = self.scope()
        tasks = [task for task in stream.tasks(scope) if task.stream not in scope.gaps]
        self._handed_out += [task.stream for task in tasks]
        return tasks

    def scope(self) -> Scope:
        """The scope with everything that was read to its end by now."""
        names = tuple({*self._scope.reader.streams, *self._handed_out})
        reader = open_reader(self._reading.folder, names, self._reading.run.run_id)
        return replace(self._scope, reader=reader)
