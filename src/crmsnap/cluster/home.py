"""What stays with the run while its tasks are elsewhere: the record of the files that it writes.

The record is a SQLite file, which no other machine can write safely. So a worker asks the run to note
a key, and creates the file only when the run has said that it did. A worker whose run has ended gets no
answer, and so writes nothing more.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Thread
from types import TracebackType
from typing import TYPE_CHECKING

from crmsnap.errors import CrmsnapError, ExecutorError
from crmsnap.state.written import RememberPuts

if TYPE_CHECKING:
    from distributed import Client

ANSWER_SECONDS = 30
_NOTED = ""

_Question = tuple[str, int, list[str]]
"""Where the answer goes, who is asked, and the keys."""


class Home:
    """Answers the workers of a cluster for as long as it is open."""

    def __init__(self, client: "Client") -> None:
        self._client = client
        self._topic = f"crmsnap-{secrets.token_hex(8)}"
        self._staying: list[RememberPuts] = []
        self._questions: SimpleQueue[_Question | None] = SimpleQueue()
        self._thread = Thread(target=self._answer_all, name="cluster-home", daemon=True)

    def __enter__(self) -> "Home":
        self._client.subscribe_topic(self._topic, self._asked)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._questions.put(None)
        self._thread.join()

    def keep(self, remember: RememberPuts) -> "AtHome":
        """What a task gets in place of the record."""
        if remember not in self._staying:
            self._staying.append(remember)
        return AtHome(self._topic, self._staying.index(remember))

    def _asked(self, event: tuple[float, _Question]) -> None:
        self._questions.put(event[1])  # called by the client's event loop, which must not wait

    def _answer_all(self) -> None:
        from distributed import Queue

        while (question := self._questions.get()) is not None:
            answer_to, number, keys = question
            try:
                self._staying[number](keys)
                said = _NOTED
            except CrmsnapError as error:
                said = error.message
            Queue(answer_to, client=self._client).put(said)


@dataclass(frozen=True, slots=True)
class AtHome:
    """Stands in a worker for the record that has stayed with the run."""

    topic: str
    number: int

    def __call__(self, keys: Sequence[str]) -> None:
        """Have the run remember these keys. Raise `ExecutorError` unless it says that it did."""
        from distributed import Queue, get_worker

        answer = Queue(f"{self.topic}-{secrets.token_hex(8)}")
        try:
            get_worker().log_event(self.topic, (answer.name, self.number, list(keys)))
            said = answer.get(timeout=ANSWER_SECONDS)
        except TimeoutError as error:
            raise ExecutorError(
                "the run that a worker writes for does not answer any more",
                cause="it was ended, or its machine is not reached from the cluster",
                remedy="sync again: what was read is kept",
            ) from error
        finally:
            answer.close()
        if said != _NOTED:
            raise ExecutorError(
                f"the run could not remember what a worker is about to write: {said}",
                cause="its state folder cannot be written",
                remedy="make room in the home folder, then sync again",
            )
