"""One run, from the top: check -> discover -> extract -> reconcile -> publish, every part proven -> report.

A run belongs to a sync day by HubSpot's clock. Killed at any moment, the next run goes on behind its
last page, for its day, and publishes the same bytes.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Protocol

from crmsnap.connection.check import Check
from crmsnap.connection.checks.repeated import Safeguards, before_reading, of_writing
from crmsnap.destinations.interface import Destination
from crmsnap.destinations.write_test import try_to_replace, try_to_write
from crmsnap.errors import CrmsnapError, DailyLimitReached, Interrupted, Suspended
from crmsnap.extract.asked import asked
from crmsnap.extract.doubtful_lists import read_doubtful_lists
from crmsnap.extract.facts import left_out, window_start
from crmsnap.extract.full import extract
from crmsnap.extract.left_behind import clear_left_behind
from crmsnap.extract.plan import Plan, planned
from crmsnap.extract.read import READING_VERSION, Reading
from crmsnap.extract.reconcile import reconcile
from crmsnap.extract.redefined import read_redefined
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import account
from crmsnap.hubspot.times import published_at, seconds_between
from crmsnap.model import Clock, Gap, Progress, Refresh, Selection, StepBegan
from crmsnap.publish.changes import Changes, Earlier, changes_since
from crmsnap.publish.found import first_facts, to_publish, to_replace
from crmsnap.publish.gzip_parts import Compression
from crmsnap.publish.jumps import jumps
from crmsnap.publish.manifest import Manifest, RunFacts, SensitiveProperties, TypeCount
from crmsnap.publish.outline import outline_of, packed, unpacked
from crmsnap.publish.prune import Pruning
from crmsnap.publish.prune_days import OurDays, Owner
from crmsnap.publish.prune_plan import Keep
from crmsnap.publish.publish import OpenExecutor, publish
from crmsnap.publish.remove import remover
from crmsnap.publish.revision import Revision
from crmsnap.publish.tally import Tally
from crmsnap.publish.tidy import Tidied, tidy
from crmsnap.redaction.values import redacted_values
from crmsnap.report import Outcome, Report, error_of, failure, report_of
from crmsnap.state.folder import locked, open_as_is, open_stream
from crmsnap.state.outlines import KeptOutline, Outlines
from crmsnap.state.published import remembered_ranges
from crmsnap.state.runs import RUNNING, RunRow, Runs, read_runs
from crmsnap.state.sqlite import RUNS_FILE, is_made
from crmsnap.state.stream_file import RunMark
from crmsnap.state.unread import strip_unread
from crmsnap.state.written import RememberPuts, Written
from crmsnap.streams.stream import END, Scope
from crmsnap.tables.chosen import expanded, picked, streams_of
from crmsnap.tables.given_names import STREAM, remembered
from crmsnap.tables.table import Table

_NOTHING_GOES = "old days stay: the connection keeps a number of days, and has deletes = false"

_CLOCK_STEP = timedelta(milliseconds=999)


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be copied."""

    connection: str | None = None
    """Name of the connection; None: `account-<portal id>`."""
    selection: Selection = field(default_factory=Selection)
    """In the user's own words."""
    refresh: Refresh = field(default_factory=Refresh)
    """How much of what earlier runs have read is read again."""
    allow_gaps: bool = False
    """Publish although something became unreadable in the middle of the run."""
    allow_differences: bool = False
    """Publish although HubSpot counts other records, and nothing explains it."""
    compression: Compression = "fast"
    replace: bool = False
    """Publish a day that is published already once more, as its next revision."""
    keep: Keep | None = None
    """Which days are kept behind the run; None: all."""
    deletes: bool = True
    """Whether files may be removed there: the narrow policy does not grant it."""


class Lease(Protocol):
    """The right to work on a connection, among all machines that share a registry."""

    def assure(self) -> None:
        """Raise `Busy` when another run has taken the connection over meanwhile."""
        ...


@dataclass(frozen=True, slots=True)
class Tools:
    """Everything that a run works with; `bootstrap` makes it."""

    client: Client
    home: Path
    """Below it every connection has its state."""
    destination: Destination
    open_executor: OpenExecutor
    clock: Clock
    observe: Callable[[Progress], None]
    new_run_id: Callable[[datetime], str]
    lease: Callable[[str], AbstractContextManager[Lease]]
    """Takes a connection by its name. Raise `Busy` while a run of another machine has it."""
    remember_runs: Callable[[str, Iterable[RunRow]], tuple[str, ...]]
    """Tells others of the runs of a connection; what kept it from that, as warnings."""
    kept_state: Callable[[Path], AbstractContextManager[None]]
    """Has the state of a connection in its folder for as long as a run works on it, and keeps it behind that."""
    safeguards: Safeguards = field(default_factory=Safeguards)
    """What is asked of the destination again at every run."""
    redacted: Callable[[str], str] = str
    """A text without the secrets of this run: every text of what is kept passes it."""
    workers: int = 16
    """How many streams are read at once."""


def run_sync(request: Request, tools: Tools) -> Report:
    """Publish one snapshot of the account, complete or absent.

    A day that is published already stays as it is, and its manifest is reported.
    """
    tools.observe(StepBegan("check"))
    details = _details(request, tools)
    account.learn_day(tools.client, details)  # from then on a spent day says when it ends
    connection = request.connection or f"account-{details.portal_id}"
    selection = asked(request.selection, tools.client)
    with (
        locked(tools.home / connection),
        tools.lease(connection) as lease,
        tools.kept_state(tools.home / connection),
        Runs(tools.home / connection) as runs,
    ):
        runs.claim(details.portal_id)
        checks = before_reading(tools.safeguards, tools.destination)
        facts_of = partial(first_facts, connection, details.portal_id, request.compression)
        begun = _begin(runs, selection, tools, full=request.refresh.full)
        new_run = partial(_new_run, selection, tools, full=request.refresh.full)
        look = to_replace if request.replace else partial(to_publish, new_run=new_run)
        found = look(tools.destination, facts_of, begun)
        run, resumed = found.run, found.resumed
        if found.there is not None:
            report = _report(connection, run, found.there, checks, resumed=resumed)
            return _end(runs, run, report, request, tools, lease)
        tried = try_to_write(tools.destination, removes=request.deletes)
        if found.replaces is not None:
            try_to_replace(tools.destination, removes=request.deletes)
        with tools.open_executor(0):
            pass  # a cluster that cannot be reached is told before hours of reading, not behind them
        checks += of_writing(tools.safeguards, create_only=tried.create_only)
        runs.begin(run)
        tools.remember_runs(connection, runs.newest_first())
        tally = Tally(tools.observe)
        try:
            manifest = _copy(request, tools, lease, runs, run, facts_of(run), tally, found.replaces)
        except CrmsnapError as error:
            told = json.dumps(redacted_values(failure(error), tools.redacted))
            runs.end(run.id, _status(error), published_at(tools.client.server_date()), told)
            tools.remember_runs(connection, runs.newest_first())
            raise
        report = _report(connection, run, manifest, checks, resumed=resumed)
        report = replace(
            report,
            warnings=(*tried.warnings, *manifest.facts.unexplained),
            copied=tally.copied,
            built=tally.built,
            calls=tools.client.usage.by_family,
        )
        return _end(runs, run, report, request, tools, lease)


def _details(request: Request, tools: Tools) -> account.AccountDetails:
    """Whose account it is. Where its day is spent already, the error says until when, as far as the run that was put
    off was told: HubSpot says it to nobody while it refuses."""
    try:
        return account.details(tools.client)
    except DailyLimitReached:
        resets_at = _known_reset(request, tools) if tools.client.knows_date else ""
        if not (resets_at and seconds_between(tools.client.server_date(), resets_at)):
            raise
        tools.client.learn_reset(resets_at)
        return account.details(tools.client)  # which is not sent, and raises what is known now


def _known_reset(request: Request, tools: Tools) -> str:
    if request.connection is not None:
        files = [tools.home / request.connection / RUNS_FILE]
    else:  # it has the name of an account that no answer has told: known where there is but one
        files = list(tools.home.glob(f"account-*/{RUNS_FILE}"))
    if len(files) != 1 or not is_made(files[0]):
        return ""
    newest = next(iter(read_runs(files[0])), None)
    error = error_of(newest.report) if newest else None
    return str((error or {}).get("resets_at", ""))


def _copy(
    request: Request,
    tools: Tools,
    lease: Lease,
    runs: Runs,
    run: RunRow,
    facts: RunFacts,
    tally: Tally,
    replaces: Revision | None,
) -> Manifest:
    """The work of a run: everything into the state, then every table out of it."""
    folder = tools.home / facts.connection

    def declare(gap: Gap) -> None:
        with Runs(folder) as own:  # called from the threads that read
            own.add_gap(run.id, gap)

    reading = Reading(
        client=tools.client,
        folder=folder,
        run=RunMark(run.id, run.started_at),
        observe=tools.observe,
        declare=declare,
        workers=tools.workers,
        refresh=replace(request.refresh, full=run.full),
    )
    known = frozenset(gap.stream for gap in runs.gaps(run.id))
    tools.observe(StepBegan("discover"))
    plan = planned(run.selection, reading)
    tools.observe(StepBegan("extract"))
    scope = extract(
        streams_of(plan.tables), plan.scope, reading, known=known, allow_gaps=request.allow_gaps
    )
    read_redefined(scope, reading)
    tools.observe(StepBegan("reconcile"))
    counts = reconcile(scope, reading, allow_differences=request.allow_differences)
    clear_left_behind(scope, reading)
    strip_unread(folder, scope.reader.streams, run.started_at, request.refresh.sweep_days)
    read_doubtful_lists(scope, reading)
    facts = replace(
        facts,
        window_start=window_start(scope),
        # HubSpot's clock shows whole seconds: what was read may be as much younger.
        window_end=published_at(tools.client.server_date() + _CLOCK_STEP),
        counts=tuple(TypeCount(**count.facts) for count in counts),
        # A gap of an earlier attempt may have been closed since.
        gaps=tuple(gap for gap in runs.gaps(run.id) if gap.stream not in scope.reader.streams),
        replaced_on_reading=tools.client.usage.replaced_surrogates,
        sensitive=tuple(SensitiveProperties(*closed) for closed in left_out(scope).items()),
        unmatched=plan.unmatched,
        revision=1 if replaces is None else replaces.manifest.next_revision,
    )
    tables = _named(plan, scope, reading.run)
    facts = replace(facts, changes=_changes(folder, run, facts, tables, scope))
    lease.assure()
    tools.observe(StepBegan("publish"))
    return publish(
        tables,
        scope.reader,
        tools.destination,
        facts=facts,
        remember=RememberPuts(folder, tools.destination.url),
        open_executor=tools.open_executor,
        observe=tally.take,
        stop=tools.clock,
        before_manifest=lease.assure,
        memory=remembered_ranges(scope.reader, tools.destination.url, run.started_at),
        replaces=replaces,
    )


def _named(plan: Plan, scope: Scope, run: RunMark) -> list[Table]:
    """The chosen tables of this account under the names that they had on earlier days."""
    reader = scope.reader
    earlier = open_as_is(reader.folder, STREAM)
    remembering = replace(reader, streams=(*reader.streams, *earlier.streams))
    found = expanded(plan.tables, replace(scope, reader=remembering))
    with open_stream(reader.folder, STREAM, run) as file:
        file.save(remembered(earlier, found), END)
        file.finish()
    return picked(found, plan.choice, scope.wants)


def _changes(
    folder: Path, run: RunRow, facts: RunFacts, tables: Sequence[Table], scope: Scope
) -> Changes | None:
    """What differs from the last snapshot at the same destination; the outline of this one is kept for the next."""
    now = outline_of(tables, scope.reader, facts.selection, facts.compression)
    with Outlines(folder, run.destination) as outlines:
        last = outlines.last_published()
        outlines.keep(facts.run, KeptOutline(facts.day, scope.started_at, packed(now)))
    then = None if last is None else unpacked(last.body)
    if last is None or then is None:
        return None
    return changes_since(Earlier(last.day, last.started_at, then), now)


def _begin(runs: Runs, selection: Selection, tools: Tools, *, full: bool) -> tuple[RunRow, bool]:
    """The run to go on with if there is one for the same copy, else a new one.

    One that reads everything again goes on so. Where that is asked for, one of today that reads less is given
    up; one of an earlier day comes to its end first, or its day would never be published.
    """
    unfinished = runs.unfinished()
    if (
        unfinished is not None
        and unfinished.reading == READING_VERSION
        and unfinished.selection == selection
        and unfinished.destination == tools.destination.url
        and (unfinished.full or not full or unfinished.day < _today(tools))
    ):
        return unfinished, True
    return _new_run(selection, tools, full=full), False


def _today(tools: Tools) -> str:
    return tools.client.server_date().date().isoformat()


def _new_run(selection: Selection, tools: Tools, *, full: bool) -> RunRow:
    # HubSpot's clock, not this machine's: rows carry HubSpot's times, and must not be older than they.
    now = tools.client.server_date()
    started_at = published_at(now)
    return RunRow(
        id=tools.new_run_id(now),
        day=started_at[:10],
        started_at=started_at,
        selection=selection,
        destination=tools.destination.url,
        status=RUNNING,
        reading=READING_VERSION,
        full=full,
    )


def _report(
    connection: str, run: RunRow, manifest: Manifest, checks: tuple[Check, ...], *, resumed: bool
) -> Report:
    # Two machines may work on one day: the one whose manifest comes first has published it. And a run
    # that was killed behind its manifest has published it too.
    is_ours = manifest.facts.run == run.id
    outcome: Outcome = "published" if is_ours else "already published"
    return Report(connection, outcome, resumed, manifest, checks=checks)


def _end(
    runs: Runs, run: RunRow, report: Report, request: Request, tools: Tools, lease: Lease
) -> Report:
    def remember(report: Report) -> None:
        ended_at = published_at(tools.client.server_date())
        kept = json.dumps(redacted_values(report.as_dict(), tools.redacted))
        runs.end(run.id, "published", ended_at, kept)

    if report.outcome == "published":
        report = _compared(report, run, runs)
    runs.begin(run)
    with Outlines(tools.home / report.connection, run.destination) as outlines:
        outlines.published(report.manifest.facts.run)
    remember(report)  # what comes now may fail or be stopped: the day is published already
    # This machine may be lost meanwhile. Others learn of its report, and when it ended, behind that.
    told = replace(run, status="published", ended_at=None, report=None)
    tools.remember_runs(report.connection, [told])
    tidied = _tidied(report, request, tools, lease)
    report = replace(report, tidied=tidied, warnings=(*report.warnings, *tidied.warnings))
    remember(report)
    unknown = tools.remember_runs(report.connection, runs.newest_first())
    return replace(report, warnings=(*report.warnings, *unknown))


def _compared(report: Report, run: RunRow, runs: Runs) -> Report:
    """The report with what jumped since the snapshot before at the same destination, unless somebody chose other rows."""
    changes = report.manifest.facts.changes
    if changes is None or changes.other_selection:
        return report
    rows = (row for row in runs.newest_first() if row.status == "published" and row.id != run.id)
    known = {(row.destination, row.started_at): row for row in rows}
    before = known.get((run.destination, changes.since))
    if before is None:
        return report
    then = (report_of(before.report) or {}).get("tables", {})
    now = {table.name: table.rows for table in report.manifest.tables}
    found = jumps(then, now, changes.renamed_tables)
    return replace(
        report, jumps=found, warnings=(*report.warnings, *(one.sentence for one in found))
    )


def _tidied(report: Report, request: Request, tools: Tools, lease: Lease) -> Tidied:
    if not request.deletes:
        return Tidied(warnings=() if request.keep is None else (_NOTHING_GOES,))
    facts, destination = report.manifest.facts, tools.destination
    owner = Owner(facts.connection, facts.account)
    with Written(tools.home / report.connection, destination.url) as written:
        days = OurDays(destination, owner, unfinished=None)
        pruning = Pruning(days, remover(destination), written, tools.clock, lease.assure)
        return tidy(pruning, facts.day, request.keep)


def _status(error: CrmsnapError) -> str:
    if isinstance(error, DailyLimitReached | Suspended):
        return "deferred"
    return "interrupted" if isinstance(error, Interrupted) else "failed"
