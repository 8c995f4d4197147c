"""`crmsnap sync`: copy one or more accounts, each into a complete day or none."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crmsnap.cli import failure, options
from crmsnap.cli.chosen import (
    check_enabled,
    check_tables,
    chosen,
    complete,
    known_connections,
    placed,
    registry_url,
    words,
)
from crmsnap.cli.exit_codes import worst
from crmsnap.cli.session import Session
from crmsnap.cli.text import escaped
from crmsnap.cli.watch import watcher
from crmsnap.errors import CrmsnapError, Interrupted, UsageError

if TYPE_CHECKING:
    from crmsnap.bootstrap import Known, RunClock


def sync(
    context: typer.Context,
    connections: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[CONNECTION]...",
            help="Names from the configuration; none are needed when there is one, or no file.",
            autocompletion=complete,
        ),
    ] = None,
    *,
    everyone: Annotated[bool, typer.Option("--all", help="Every configured connection.")] = False,
    to: Annotated[
        str | None,
        typer.Option(
            "--to", metavar="URL", help="Where snapshots go: a folder, or s3://bucket/prefix."
        ),
    ] = None,
    types: Annotated[
        str | None,
        typer.Option("--types", metavar="TYPES", help="Object types to copy: 0-1,deals,p*."),
    ] = None,
    exclude_types: Annotated[
        str | None,
        typer.Option("--exclude-types", metavar="TYPES", help="Object types to leave out."),
    ] = None,
    tables: Annotated[
        str | None,
        typer.Option("--tables", metavar="TABLES", help="Tables to publish: OWNERS,EVENTS_*."),
    ] = None,
    exclude_tables: Annotated[
        str | None,
        typer.Option("--exclude-tables", metavar="TABLES", help="Tables to leave out."),
    ] = None,
    base_url: options.BaseUrl = None,
    allow_gaps: Annotated[
        bool,
        typer.Option(
            "--allow-gaps", help="Publish although something became unreadable during the run."
        ),
    ] = False,
    allow_differences: Annotated[
        bool,
        typer.Option(
            "--allow-differences",
            help="Publish although HubSpot counts other records than were copied.",
        ),
    ] = False,
    full: Annotated[
        bool, typer.Option("--full", help="Read everything again, not only what changed.")
    ] = False,
    state_url: Annotated[
        str | None,
        typer.Option(
            "--state-url", metavar="URL", help="Where the state is kept between runs, if not here."
        ),
    ] = None,
    wait: Annotated[
        bool,
        typer.Option(
            "--wait", help="Go on by itself after a daily limit or an outage of HubSpot is over."
        ),
    ] = False,
    executor: Annotated[
        str | None,
        typer.Option(
            "--executor",
            metavar="URL",
            help="What writes parts: local, or a Dask cluster: dask://host:8786.",
        ),
    ] = None,
    replace_day: Annotated[
        bool,
        typer.Option(
            "--replace", help="Publish a day that is published already again, as its next revision."
        ),
    ] = False,
    config: options.Config = None,
    home: options.Home = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Events as JSON lines; the last line is the report.")
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Say nothing when all is well.")
    ] = False,
) -> None:
    """Copy the account of each connection into today's snapshot.

    The token comes from HUBSPOT_TOKEN or the configuration, never from an option. A day that is
    published already stays as it is; a run that was stopped goes on where it ended.

    Example: HUBSPOT_TOKEN=... crmsnap sync --to ./snapshots
    """
    from crmsnap import config as configuration

    context.obj.json = as_json
    folder = configuration.home_folder(home)
    redactor = context.obj.redactor
    known = known_connections(config, home, redactor)
    picked = chosen(known, connections or (), everyone=everyone, redactor=redactor)
    for option, place in (("to", to), ("state_url", state_url)):
        if place is not None and len(picked) > 1:
            raise UsageError(
                f"--{option.replace('_', '-')} is one place, and there are several connections",
                cause="two accounts must not meet in one place",
                remedy=f"set `{option}` of each connection in crmsnap.toml",
            )
    changes = {
        "to": to,
        "state_url": state_url,
        "types": words(types),
        "exclude_types": words(exclude_types),
        "tables": words(tables),
        "exclude_tables": words(exclude_tables),
        "base_url": base_url,
        "allow_gaps": allow_gaps or None,
        "allow_differences": allow_differences or None,
        "executor": executor,
    }
    said = {key: new for key, new in changes.items() if new is not None}
    registry = registry_url(config, home, redactor)
    picked = [replace(placed(known, one, said), registry=registry) for one in picked]
    runner = _Runner(
        context.obj, folder, quiet=quiet, several=len(picked) > 1, full=full, replaces=replace_day
    )
    raise typer.Exit(runner.run_all(picked, wait=wait))


class _Runner:
    """Runs connections one after the other; the end of one is not the end of the next."""

    def __init__(
        self,
        session: Session,
        home: Path,
        *,
        quiet: bool,
        several: bool,
        full: bool,
        replaces: bool,
    ) -> None:
        self._session = session
        self._home = home
        self._quiet = quiet
        self._several = several
        self._full = full
        self._replaces = replaces

    def run_all(self, picked: "list[Known]", *, wait: bool) -> int:
        """Run them until a signal comes, and return the worst exit code.

        `wait`: what HubSpot puts off is run again when its time has come.
        """
        from crmsnap import bootstrap
        from crmsnap.cli.waiting import Turns, shown

        codes = []
        show = shown(as_json=self._session.json, quiet=self._quiet)
        with bootstrap.stoppable() as clock:
            turns = Turns(picked, clock, bootstrap.jitter, show)
            for turn in turns:
                try:
                    codes.append(self._run(turn.known, clock))
                except CrmsnapError as error:
                    if wait and turns.put_off(turn, error):
                        continue
                    self._failed(turn.known, error)
                    codes.append(error.exit_code)
                    if isinstance(error, Interrupted):
                        break
        return worst(codes)

    def _run(self, one: "Known", clock: "RunClock") -> int:
        """Run one; an earlier day that was still unfinished is followed by today."""
        check_enabled(one)
        check_tables(one.settings)
        code, is_behind = self._run_a_day(one, clock)
        if is_behind:
            code = worst((code, self._run_a_day(one, clock)[0]))
        return code

    def _run_a_day(self, one: "Known", clock: "RunClock") -> tuple[int, bool]:
        """Run one day; its exit code, and whether a later day has begun at HubSpot."""
        from crmsnap import bootstrap
        from crmsnap.cli.report import print_json_report, print_report
        from crmsnap.sync import run_sync

        began_at = clock.monotonic()
        with (
            watcher(clock, json=self._session.json, quiet=self._quiet) as watching,
            bootstrap.open_tools(one, self._home, clock, watching.observe) as tools,
        ):
            watching.ask(lambda: tools.client.usage)
            request = bootstrap.request_of(one, full=self._full, replaces=self._replaces)
            report = run_sync(request, tools)
        calls = tools.client.usage.total_calls
        if self._session.json:
            print_json_report(report, tools.destination.url)
        elif report.exit_code or not self._quiet:
            print_report(report, tools.destination.url, calls, clock.monotonic() - began_at)
        for warning in report.warnings:
            print(f"warning: {escaped(warning)}", file=sys.stderr)
        today = tools.client.server_date().date().isoformat()
        return report.exit_code, report.resumed and report.manifest.facts.day < today

    def _failed(self, one: "Known", error: CrmsnapError) -> None:
        from crmsnap.cli.report import print_json_failure

        failure.show(error, self._session, subject=(one.name or "") if self._several else "")
        if self._session.json:
            print_json_failure(one.name, error)
