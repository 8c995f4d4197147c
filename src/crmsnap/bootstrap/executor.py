"""What does the tasks of publishing: this thread, or a process for each core."""

import os
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from multiprocessing import get_context
from typing import Any, TypeVar

from crmsnap.model import Clock
from crmsnap.publish.worker import begin_worker

T = TypeVar("T")

INLINE_ROWS = 300_000
"""Up to so many rows of the state, starting processes costs more than it saves."""


def open_executor(clock: Clock, rows: int) -> AbstractContextManager[Executor]:
    """What does the tasks over so many rows: this thread for few, else a process for each core."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    if rows <= INLINE_ROWS or cores == 1:
        return nullcontext(InlineExecutor(clock))
    # spawn, because a forked child inherits threads' locks and SQLite connections half-way.
    return ProcessPoolExecutor(cores, mp_context=get_context("spawn"), initializer=begin_worker)


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
