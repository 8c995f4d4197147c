"""A Dask cluster as an executor: the one seam through which publishing grows past one machine.

Two things differ from processes of this machine. A worker may be another program, without our files:
each task says what it needs to see. And what only the run may do, stays with the run (`home.py`).
Dask itself does a task again whose worker died, which is safe: a part has the name of its content.
"""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future, InvalidStateError
from contextlib import contextmanager, suppress
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any, TypeVar

from crmsnap.cluster.home import Home
from crmsnap.cluster.marks import Marks
from crmsnap.cluster.parcel import packed
from crmsnap.cluster.task import do
from crmsnap.cluster.versions import refuse_other_dask
from crmsnap.errors import ConfigError, CrmsnapError, ExecutorError

if TYPE_CHECKING:
    from distributed import Client

T = TypeVar("T")

CONNECT_SECONDS = 10
WORKERS_SECONDS = 60
"""So long a run waits for a first worker, and for another one when all are gone."""
LOOK_SECONDS = 5

RefuseSecrets = Callable[[bytes], None]
"""Raises when what is about to leave this machine holds a secret."""


@contextmanager
def open_cluster(
    address: str,
    refuse_secrets: RefuseSecrets,
    *,
    connect_seconds: float = CONNECT_SECONDS,
    patience_seconds: float = WORKERS_SECONDS,
) -> Iterator[Executor]:
    """An executor whose tasks are done by the workers of a scheduler: `tcp://host:8786`, `tls://...`.

    Raise `ConfigError` without the extra `dask`, and `ExecutorError` when the scheduler is not reached,
    has another version of Dask, or no worker. That one was lost meanwhile is raised by the tasks.
    """
    with _connected(address, connect_seconds) as client, Home(client) as home, Marks() as marks:
        refuse_other_dask(client)
        _await_worker(client, address, patience_seconds)
        executor = ClusterExecutor(client, home, marks, refuse_secrets)
        with executor.watched(address, patience_seconds):
            yield executor


class ClusterExecutor(Executor):
    """Submits tasks to the workers of a client's cluster; opened by `open_cluster`."""

    def __init__(
        self, client: "Client", home: Home, marks: Marks, refuse_secrets: RefuseSecrets
    ) -> None:
        # Not `pure`: two equal calls would else be done once, the second with the first one's result.
        self._inner = client.get_executor(pure=False)
        self._client = client
        self._home = home
        self._marks = marks
        self._refuse_secrets = refuse_secrets
        self._lock = Lock()
        self._pending: set[Future[Any]] = set()

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> "Future[T]":
        """Do it on any worker. Raise `ConfigError` if the task would carry a secret away."""
        parcel = packed((fn, args, kwargs), self._home, self._marks)
        self._refuse_secrets(parcel.task)
        future: Future[T] = Future()
        with self._lock:
            self._pending.add(future)
        theirs = self._inner.submit(do, parcel)
        future.add_done_callback(lambda ours: self._forget(ours, theirs))
        theirs.add_done_callback(lambda theirs: _hand_on(theirs, future))
        return future

    @contextmanager
    def watched(self, address: str, patience_seconds: float) -> Iterator[None]:
        """Fail every task that waits when the cluster has had no worker for so long."""
        over = Event()
        seconds = min(LOOK_SECONDS, patience_seconds)

        def watch() -> None:
            without = 0.0
            while not over.wait(seconds):
                without = 0.0 if _workers(self._client) else without + seconds
                if without >= patience_seconds:
                    self._fail_all(_no_worker(address, patience_seconds))

        thread = Thread(target=watch, name="cluster-watch", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _forget(self, ours: Future[Any], theirs: Future[Any]) -> None:
        with self._lock:
            self._pending.discard(ours)
        if not theirs.done():
            theirs.cancel()

    def _fail_all(self, error: ExecutorError) -> None:
        with self._lock:
            pending = list(self._pending)
        for future in pending:
            with suppress(InvalidStateError):  # it came to its end at this very moment
                future.set_exception(error)


def _hand_on(theirs: Future[T], ours: Future[T]) -> None:
    with suppress(InvalidStateError):  # nobody waits for it any more
        if theirs.cancelled():
            ours.set_exception(_lost())
            return
        error = theirs.exception()
        if error is None:
            ours.set_result(theirs.result())
        elif isinstance(error, CrmsnapError):
            ours.set_exception(error)
        else:
            ours.set_exception(_explained(error))


def _explained(error: BaseException) -> BaseException:
    from distributed import KilledWorker

    if isinstance(error, KilledWorker):
        return ExecutorError(
            "the workers that wrote a part died one after the other",
            cause="usually they have too little memory: a part takes about 100 MB",
            remedy="give each worker more memory and one thread, then sync again",
        )
    if isinstance(error, ModuleNotFoundError):
        return ExecutorError(
            f"a worker of the cluster cannot import {error.name}",
            cause="crmsnap is not installed there, or lacks an extra",
            remedy="install the same crmsnap, with the same extras, on every worker",
        )
    return error


@contextmanager
def _connected(address: str, seconds: float) -> Iterator["Client"]:
    import warnings

    try:
        from distributed import Client
        from distributed.versions import VersionMismatchWarning
    except ModuleNotFoundError as missing:
        raise ConfigError(
            f"a Dask cluster needs {missing.name}, which is not installed",
            cause="crmsnap was installed without its extra `dask`",
            remedy="pip install 'crmsnap[dask]', here and on every worker",
        ) from missing
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", VersionMismatchWarning)  # it is an error of ours
            client = Client(address, timeout=seconds, set_as_default=False)
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        raise ExecutorError(
            f"the Dask scheduler at {address} cannot be reached",
            cause=str(error),
            remedy="start it with `dask scheduler`, or set executor to its address,"
            " or to `local` to use this machine alone",
        ) from error
    with client:
        yield client


def _await_worker(client: "Client", address: str, patience_seconds: float) -> None:
    try:
        client.wait_for_workers(1, timeout=patience_seconds)
    except TimeoutError as error:
        raise _no_worker(address, patience_seconds) from error


def _workers(client: "Client") -> Mapping[str, int]:
    try:
        found: Mapping[str, int] = client.nthreads()
    except (OSError, RuntimeError, TimeoutError):
        return {}  # the scheduler is gone
    return found


def _no_worker(address: str, seconds: float) -> ExecutorError:
    return ExecutorError(
        f"the Dask cluster at {address} has had no worker for {seconds:.0f} seconds",
        cause="none was started, or all of them have ended",
        remedy=f"start some with `dask worker {address} --nthreads 1`, then sync again",
    )


def _lost() -> ExecutorError:
    return ExecutorError(
        "the Dask cluster was lost while parts were written",
        cause="its scheduler has ended, or cannot be reached any more",
        remedy="start it again, then sync again: what was read is kept",
    )
