"""From settings to the parts of a run: the only place that knows every class.

It also owns the two things that a run cannot be given from below: the real clock, and the signals that
end it.
"""

import os
import random
import secrets
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from types import FrameType
from typing import Any, TypeVar

from crmsnap.config import ConnectionSettings, aws_keys, proxy_of, s3_of, token_of
from crmsnap.connection.aws_chain import usual_keys, usual_region
from crmsnap.destinations.interface import Destination
from crmsnap.destinations.s3 import AwsKeys, S3Options
from crmsnap.destinations.url import open_destination
from crmsnap.errors import ConfigError, Interrupted
from crmsnap.hubspot.auth import StaticToken
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.limits import Limits
from crmsnap.hubspot.transport import HttpTransport
from crmsnap.model import Choice, Clock, Progress, Selection
from crmsnap.publish.worker import begin_worker
from crmsnap.sync import Request, Tools

T = TypeVar("T")

INLINE_ROWS = 300_000
"""Up to so many rows of the state, starting processes costs more than it saves."""


class RunClock:
    """The real clock of a run that can be asked to stop."""

    def __init__(self) -> None:
        self._stopped = threading.Event()

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait; raise `Interrupted` as soon as `stop` was called."""
        if self._stopped.wait(seconds):
            raise Interrupted(
                "the run was stopped",
                cause="Ctrl-C or SIGTERM",
                remedy="sync again: it goes on where it ended",
            )

    def stop(self) -> None:
        """Ask the run to stop."""
        self._stopped.set()

    def __reduce__(self) -> "tuple[type[RunClock], tuple[()]]":
        # Workers get a clock of their own: they are ended by their parent, not by a signal.
        return RunClock, ()


@contextmanager
def stoppable() -> Iterator[RunClock]:
    """A clock that the first SIGINT or SIGTERM stops; the second one ends the process at once."""
    clock = RunClock()
    interrupted = threading.Event()

    def stop(_: int, __: FrameType | None) -> None:
        if interrupted.is_set():
            os._exit(Interrupted.exit_code)
        interrupted.set()
        clock.stop()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield clock
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def request_of(name: str | None, connection: ConnectionSettings) -> Request:
    """What a connection's settings ask of a run; without a name it is called by its account."""
    return Request(
        connection=name,
        selection=selection_of(connection),
        allow_gaps=connection.allow_gaps,
        compression=connection.compression,
    )


def selection_of(connection: ConnectionSettings) -> Selection:
    """What a connection's settings say is to be copied."""
    return Selection(
        types=connection.types,
        exclude_types=connection.exclude_types,
        tables=connection.tables,
        exclude_tables=connection.exclude_tables,
        properties=Choice(connection.properties, connection.exclude_properties),
        events=Choice(connection.events, connection.exclude_events),
        histories=Choice(connection.history_types, connection.exclude_history_types),
        calculated_histories=connection.calculated_histories,
        iso_dates=connection.iso_dates,
    )


@contextmanager
def open_tools(
    name: str | None,
    connection: ConnectionSettings,
    home: Path,
    clock: Clock,
    observe: Callable[[Progress], None],
) -> Iterator[Tools]:
    """What a run works with. Raise `ConfigError` when the token or the destination is missing."""
    token_of(connection)  # the first thing that most people forget is said first
    destination = destination_of(name, connection, clock)
    with open_client(connection, clock) as client:
        yield Tools(
            client=client,
            home=home,
            destination=destination,
            open_executor=partial(open_executor, clock),
            clock=clock,
            observe=observe,
            new_run_id=new_run_id,
            workers=connection.workers,
        )


@contextmanager
def open_client(connection: ConnectionSettings, clock: Clock) -> Iterator[Client]:
    """The connection's way to HubSpot. Raise `ConfigError` when the token is missing."""
    token = StaticToken(token_of(connection).get_secret_value())
    proxy = proxy_of(connection)
    with HttpTransport(
        clock,
        connections=connection.workers,
        ca_file=_text(connection.ca_file),
        proxy=None if proxy is None else proxy.get_secret_value(),
    ) as transport:
        yield Client(
            transport,
            token,
            Limits(clock, daily_share=connection.daily_share),
            clock,
            random.Random(),  # noqa: S311 - spreads retries, keeps no secret
            base_url=connection.base_url,
            api_version=connection.api_version,
        )


def destination_of(name: str | None, connection: ConnectionSettings, clock: Clock) -> Destination:
    """Where a connection's snapshots are; nothing is read or written yet."""
    if connection.to is None:
        raise ConfigError(
            "no destination" if name is None else f"connection {name} has no destination",
            cause="`to` is not set",
            remedy="give --to ./snapshots or --to s3://bucket/prefix, or set `to` in crmsnap.toml",
        )
    return open_destination(connection.to, _s3_options(connection), clock, jitter)


def _s3_options(connection: ConnectionSettings) -> S3Options:
    if connection.to is None or not connection.to.startswith("s3://"):
        return S3Options()  # looking for keys would load boto3
    s3 = s3_of(connection)
    given = aws_keys() if s3.profile is None else None
    region = s3.region
    if region is None and s3.endpoint_url is None:
        region = usual_region(s3.profile)
    return S3Options(
        endpoint_url=s3.endpoint_url,
        region=region,
        keys=usual_keys(s3.profile) if given is None else partial(AwsKeys, *given),
        ca_file=connection.ca_file and connection.ca_file.expanduser(),
        proxy=None if connection.proxy is None else connection.proxy.get_secret_value(),
        addressing=s3.addressing_style,
        allow_http=s3.allow_http,
    )


def new_run_id(started_at: datetime) -> str:
    """A name for a run that sorts by time and is never given twice."""
    return f"{started_at:%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"


def jitter() -> float:
    """A number from 0 up to 1; a function of its own, so that other processes can be given it."""
    return random.random()  # noqa: S311 - spreads retries, keeps no secret


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


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path.expanduser())
