"""From a connection's settings to the parts of its run."""

import random
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path

from pydantic import SecretStr

from crmsnap.addresses import WITHOUT_TLS, reachable, resolved, rule_for
from crmsnap.bootstrap.aws_target import safeguards_of
from crmsnap.bootstrap.connections import Known
from crmsnap.bootstrap.destination import destination_of, refuse_unproven
from crmsnap.bootstrap.executor import executor_of
from crmsnap.bootstrap.keeping import kept_state
from crmsnap.bootstrap.tokens import token_of
from crmsnap.config import ConnectionSettings, proxy_of
from crmsnap.errors import ConfigError
from crmsnap.hubspot.auth import StaticToken
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.limits import Limits
from crmsnap.hubspot.transport import HttpTransport
from crmsnap.model import Choice, Clock, Progress, Refresh, Selection
from crmsnap.publish.prune_plan import Keep
from crmsnap.state.runs import RunRow
from crmsnap.sync import Lease, Request, Tools


def request_of(known: Known, *, full: bool = False, replaces: bool = False) -> Request:
    """What a connection's settings ask of a run; without a name it is called by its account.

    `full`: everything is read again, whatever earlier runs have read. `replaces`: a day that is published
    already is published again.
    """
    connection = known.settings
    return Request(
        connection=known.name,
        selection=selection_of(connection),
        allow_gaps=connection.allow_gaps,
        allow_differences=connection.allow_differences,
        refresh=Refresh(**connection.refresh.model_dump(), full=full),
        compression=connection.compression,
        replace=replaces,
        keep=_keep(connection),
        deletes=connection.s3.deletes,
    )


def _keep(connection: ConnectionSettings) -> Keep | None:
    if connection.keep_days is None:
        return None
    return Keep(connection.keep_days, connection.keep_monthly)


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
    known: Known,
    home: Path,
    clock: Clock,
    observe: Callable[[Progress], None],
) -> Iterator[Tools]:
    """What a run works with.

    Raise `ConfigError` when the token or the destination is missing, or its role was never proven.
    """
    token = token_of(known)  # the first thing that most people forget is said first
    refuse_unproven(known)
    destination = destination_of(known, clock)
    with _client(known, token, clock) as client:
        yield Tools(
            client=client,
            home=home,
            destination=destination,
            open_executor=executor_of(known, clock),
            clock=clock,
            observe=observe,
            new_run_id=new_run_id,
            lease=partial(lease_of, known.registry, home),
            remember_runs=partial(_remember_runs, known.registry),
            kept_state=partial(kept_state, known, clock),
            safeguards=safeguards_of(known, clock),
            workers=known.settings.workers,
            redacted=known.redactor.redacted,
        )


@contextmanager
def open_client(known: Known, clock: Clock) -> Iterator[Client]:
    """The connection's way to HubSpot. Raise `ConfigError` when the token is missing
    or would be sent where it must not be.
    """
    with _client(known, token_of(known), clock) as client:
        yield client


@contextmanager
def _client(known: Known, token: SecretStr, clock: Clock) -> Iterator[Client]:
    connection = known.settings
    proxy, rule = proxy_of(connection), rule_for(connection.base_url)
    if proxy is not None and rule is WITHOUT_TLS:
        raise ConfigError(
            "base_url would send the token through the proxy without encryption",
            cause="it begins with http://",
            remedy="use https, or name its host in NO_PROXY",
        )
    with HttpTransport(
        clock,
        connections=connection.workers,
        ca_file=_text(connection.ca_file),
        proxy=None if proxy is None else proxy.get_secret_value(),
        reach=partial(reachable, rule=rule, resolve=resolved),
    ) as transport:
        yield Client(
            transport,
            StaticToken(token.get_secret_value()),
            Limits(clock, daily_share=connection.daily_share),
            clock,
            random.Random(),  # noqa: S311 - spreads retries, keeps no secret
            base_url=connection.base_url,
            api_version=connection.api_version,
        )


def new_run_id(started_at: datetime) -> str:
    """A name for a run that sorts by time and is never given twice."""
    return f"{started_at:%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"


class _Alone:
    """The lease of a run that shares no registry with others."""

    def assure(self) -> None:
        """Nobody can have taken it over."""


@contextmanager
def lease_of(registry: str | None, home: Path, connection: str) -> Iterator[Lease]:
    """The right to work on a connection. Raise `Busy` while a run of another machine has it."""
    if registry is None:
        yield _Alone()
        return
    from crmsnap.bootstrap.lease import leased  # SQLAlchemy is loaded by runs, not by every command

    with leased(registry, home / connection, connection) as lease:
        yield lease


def _remember_runs(
    registry: str | None, connection: str, runs: Iterable[RunRow]
) -> tuple[str, ...]:
    if registry is None:
        return ()
    from crmsnap.bootstrap.history import remember

    return remember(registry, connection, runs)


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path.expanduser())
