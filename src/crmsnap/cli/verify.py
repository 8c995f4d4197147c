"""`crmsnap verify`: prove that a snapshot is whole, from its files alone."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from crmsnap.cli import options
from crmsnap.cli.chosen import complete, place
from crmsnap.cli.text import count, escaped, size
from crmsnap.errors import SnapshotError, UsageError

if TYPE_CHECKING:
    from crmsnap.destinations.interface import Destination
    from crmsnap.publish.published import Day
    from crmsnap.publish.verify import TableVerified, VerifyReport

STRAYS_SHOWN = 10


def verify(
    context: typer.Context,
    what: Annotated[
        str,
        typer.Argument(
            metavar="CONNECTION|FOLDER|URL",
            help="A connection's name, or where its snapshots are.",
            autocompletion=complete,
        ),
    ],
    *,
    day: Annotated[
        str | None,
        typer.Option("--day", metavar="YYYY-MM-DD", help="The day; else the newest complete one."),
    ] = None,
    every: Annotated[
        bool,
        typer.Option("--all", help="Every complete day; of the others, which files lie there."),
    ] = False,
    config: options.Config = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Read a snapshot whole and check every byte, row, key and agreement between tables.

    Needs no HubSpot and no token. Exits 0 when the snapshot is proven, 1 when it is damaged.

    Example: crmsnap verify ./snapshots --day 2026-11-22
    """
    from crmsnap import bootstrap
    from crmsnap.publish import verify as engine
    from crmsnap.tables import CATALOGUE

    context.obj.json = as_json
    if every and day is not None:
        raise UsageError("--all and --day exclude each other")
    where = place(what, config, home, context.obj.redactor)
    destination = bootstrap.destination_of(where, bootstrap.RunClock())
    if every:
        reports = [
            engine.verify(destination, one.day, _line_on_stderr, CATALOGUE)
            if one.complete
            else engine.incomplete(destination, one.day)
            for one in _days(destination)
        ]
    else:
        checked = day and options.checked_day(day)
        reports = [engine.verify(destination, checked, _line_on_stderr, CATALOGUE)]
    if as_json:
        shown = [asdict(report) | {"ok": report.ok} for report in reports]
        print(json.dumps(shown if every else shown[0], indent=2))
    else:
        for report in reports:
            print_verdict(report)
    if not all(report.ok for report in reports):
        raise typer.Exit(1)


def print_verdict(report: "VerifyReport") -> None:
    """Say whether a day is proven, and what is wrong when it is not."""
    if not report.complete:
        print(
            f"{report.day} is no snapshot: it has no manifest; a run or a prune is under way, or broke off"
        )
    elif report.ok:
        print(
            f"{report.day} is proven: {count(report.tables, 'table')}, {count(report.parts, 'part')},"
            f" {count(report.rows, 'row')}, {size(report.bytes)}"
        )
    else:
        print(f"{report.day} is DAMAGED:")
        for problem in report.problems:
            at = f" {escaped(problem.key)}" if problem.key else ""
            print(f"  {problem.code}{at}: {escaped(problem.sentence)}")
    for table, references in report.dangling:
        if references:
            print(
                f"  {table}: {count(references, 'reference')} to records that were gone when read"
            )
    for comparison in report.skipped:
        print(f"  not compared: {escaped(comparison)}")
    for key in report.strays[:STRAYS_SHOWN]:
        print(f"  stray file: {escaped(key)}")
    if len(report.strays) > STRAYS_SHOWN:
        print(f"  and {len(report.strays) - STRAYS_SHOWN} more stray files")


def _days(destination: "Destination") -> "list[Day]":
    """Every day at a destination, at least one of them complete."""
    from crmsnap.publish.published import days

    found = days(destination)
    if not any(day.complete for day in found):
        raise SnapshotError(
            f"there is no complete day at {destination.url}",
            cause="a day is complete when it has its manifest",
            remedy="sync first, or check the folder or prefix",
        )
    return found


def _line_on_stderr(table: "TableVerified") -> None:
    state = "ok" if table.whole else "DAMAGED"
    typer.echo(f"{escaped(table.name)}: {count(table.rows, 'row')}, {state}", err=True)
