"""What does the tasks of publishing: this thread, a process for each core, or a cluster."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from multiprocessing import get_context
from typing import Any, TypeVar

from crmsnap.bootstrap.connections import Known
from crmsnap.errors import ConfigError
from crmsnap.model import Clock
from crmsnap.publish.publish import OpenExecutor
from crmsnap.publish.worker import begin_worker

T = TypeVar("T")

INLINE_ROWS = 300_000
"""Up to so many rows of the state, starting processes costs more than it saves."""


def executor_of(known: Known, clock: Clock) -> OpenExecutor:
    """What opens the executor that a connection's settings name."""
    address = known.settings.executor
    if address == "local":
        return partial(open_executor, clock)
    # Dask's own schemes are tcp and tls.
    scheduler = address.replace("dask://", "tcp://")
    return partial(_open_cluster, scheduler, known)


def _open_cluster(scheduler: str, known: Known, _rows: int) -> AbstractContextManager[Executor]:
    from crmsnap.cluster.executor import open_cluster  # loads what only clusters need

    def refuse_secrets(task: bytes) -> None:
        text = task.decode("latin-1")
        if known.redactor.without_told(text) != text:
            raise ConfigError(
                "a secret of this connection would be sent to the workers of the cluster",
                cause="its settings hold one that the destination needs, such as a proxy's password",
                remedy="let each worker find its own: AWS's usual chain, HTTPS_PROXY",
            )

    return open_cluster(scheduler, refuse_secrets)


def open_executor(clock: Clock, rows: int) -> AbstractContextManager[Executor]:
    """What does the tasks over so many rows: this thread for few, else a process for each core."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    if rows <= INLINE_ROWS or cores == 1:
        return nullcontext(InlineExecutor(clock))
    return _processes(cores)


@contextmanager
def _processes(number: int | None) -> Iterator[Executor]:
    """So many processes, which end at once when the block fails: a worker may wait for a busy store.

    That loses nothing, as a part is written whole or not at all.
    """
    # spawn, because a forked child inherits threads' locks and SQLite connections half-way.
    context = get_context("spawn")
    ended, end = context.Pipe(duplex=False)
    with (
        ended,
        end,
        ProcessPoolExecutor(
            number, mp_context=context, initializer=begin_worker, initargs=(ended,)
        ) as pool,
    ):
        try:
            yield pool
        except BaseException:
            end.close()
            raise


class InlineExecutor(Executor):
    """Does each task at once, in the thread that submits it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failed = False

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> "Future[T]":
        """Do it; the future is done when it is returned. Raise `Interrupted` between two tasks.

        After a task that failed nothing is done any more: its error ends the run.
        """
        self._clock.sleep(0)
        future: Future[T] = Future()
        if self._failed:
            future.cancel()
            return future
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - the future carries it to whoever asks
            self._failed = True
            future.set_exception(error)
        return future
