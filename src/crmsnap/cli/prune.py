"""`crmsnap prune`: remove days that are no longer kept, or one day by its name."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crmsnap.cli import failure, options
from crmsnap.cli.chosen import complete, known_connections, named, placed, registry_url
from crmsnap.cli.text import columns, count, escaped, size
from crmsnap.errors import SnapshotError, UsageError
from crmsnap.redaction.redactor import Redactor

if TYPE_CHECKING:
    from crmsnap.bootstrap import Known
    from crmsnap.config import ConnectionSettings
    from crmsnap.publish.prune import DayPruned, PruneReport
    from crmsnap.publish.prune_days import OurDays
    from crmsnap.publish.prune_plan import Decision, Keep

FILES_SHOWN = 10
NOT_COUNTED = "versions under older delete markers, which stay: a lifecycle rule removes them"


def prune(
    context: typer.Context,
    connection: Annotated[
        str, typer.Argument(help="Its name, or account-<id>.", autocompletion=complete)
    ],
    *,
    keep_days: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="N",
            help="Keep N days, counted back from the newest complete one; else the setting.",
        ),
    ] = None,
    keep_monthly: Annotated[
        int | None,
        typer.Option(
            min=0,
            metavar="M",
            help="Of M months before them, keep the first complete day; else the setting.",
        ),
    ] = None,
    keep_last: Annotated[
        int | None,
        typer.Option(min=1, metavar="K", help="Keep the K newest complete days in any case."),
    ] = None,
    day: Annotated[
        str | None,
        typer.Option("--day", metavar="YYYY-MM-DD", help="Remove this one day, and no other."),
    ] = None,
    even_newest: Annotated[
        bool,
        typer.Option("--even-newest", help="With --day: also if it is the newest complete day."),
    ] = False,
    versions: Annotated[
        bool,
        typer.Option("--versions", help="Remove for good from a bucket that keeps versions."),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; else it is only shown.")] = False,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="URL", help="Where the snapshots are, if not as configured."),
    ] = None,
    config: options.Config = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Show which days would go because they are no longer kept; with --yes, remove them.

    Only files go that the manifest of a whole day of this connection lists, and only while they are
    as it says. Exits 5 when the store denied something, 1 when something else had to stay.

    Example: crmsnap prune acme --keep-days 30 --keep-monthly 12
    """
    from crmsnap import bootstrap
    from crmsnap import config as configuration
    from crmsnap.publish import prune as engine

    context.obj.json = as_json
    folder = configuration.home_folder(home)
    known = _known(connection, to, config, folder, context.obj.redactor)
    if versions:
        _refuse_without_versions(known)
    today = bootstrap.no_later_than(known, folder)
    if day is None:
        keep = _keep(known.settings, keep_days, keep_monthly, keep_last, even_newest)
        decide = _by_age(keep, today)
    else:
        _refuse_both(keep_days, keep_monthly, keep_last)
        decide = _by_name(options.checked_day(day), today, even_newest)
    if yes:
        with (
            bootstrap.stoppable("the prune", "prune again: it goes on with what is left") as clock,
            bootstrap.open_pruning(known, folder, clock, versions=versions) as pruning,
        ):
            plan = engine.planned(pruning.days, decide(pruning.days))
            report = engine.prune(plan, pruning, _line_on_stderr)
    else:
        days = bootstrap.our_days(known, folder, bootstrap.RunClock())
        report = engine.planned(days, decide(days))
        begun = engine.begun(days, bootstrap.begun_prunes(known, folder, days))
        report = report.behind(begun)
    error = report.error or _refused(report, connection, day)
    code = report.exit_code if error is None else error.exit_code
    if as_json:
        found = {"connection": connection, "done": yes, **report.as_dict(), "exit_code": code}
        found |= {"not_counted": NOT_COUNTED} if versions else {}
        print(json.dumps(found | {"error": error and error.as_dict()}, indent=2))
    else:
        _print(report, done=yes)
        if versions:
            print(f"not counted: {NOT_COUNTED}")
    if error is not None:
        failure.show(error, context.obj)
    raise typer.Exit(code)


def _known(name: str, to: str | None, file: Path | None, home: Path, redactor: Redactor) -> "Known":
    """The connection; one without a configuration is known by the state that its runs left."""
    from crmsnap import bootstrap
    from crmsnap.config import ConnectionSettings

    known = known_connections(file, home, redactor)
    where = None if name in known else bootstrap.last_destination(home, name)
    if where is not None:
        settings = ConnectionSettings(to=to or where)
        registry = registry_url(file, home, redactor)  # others may work on it, who have its lease
        return bootstrap.Known(name, settings, registry=registry, redactor=redactor)
    return placed(known, named(known, name), {} if to is None else {"to": to})


Decide = Callable[["OurDays"], "tuple[Decision, ...]"]


def _by_age(keep: "Keep", today: str) -> Decide:
    from crmsnap.publish.prune_plan import decide

    return lambda days: decide(days.names(), keep, days.trouble, today=today)


def _by_name(day: str, today: str, even_newest: bool) -> Decide:
    from crmsnap.publish.prune_plan import decide_one

    return lambda days: decide_one(
        days.names(), day, days.trouble, today=today, even_newest=even_newest
    )


def _keep(
    settings: "ConnectionSettings",
    days: int | None,
    monthly: int | None,
    last: int | None,
    even_newest: bool,
) -> "Keep":
    from crmsnap.publish.prune_plan import Keep

    if even_newest:
        raise UsageError(
            "--even-newest needs --day",
            cause="by age, the newest complete day always stays",
            remedy="name the day with --day, or leave --even-newest out",
        )
    number = settings.keep_days if days is None else days
    if number is None:
        raise UsageError(
            "how many days are kept?",
            cause="the connection has no keep_days",
            remedy="give --keep-days 30, or --day for one day",
        )
    return Keep(number, settings.keep_monthly if monthly is None else monthly, last or 1)


def _refuse_both(*keeping: int | None) -> None:
    if any(number is not None for number in keeping):
        raise UsageError(
            "--day excludes --keep-days, --keep-monthly and --keep-last",
            cause="it names the one day that goes",
            remedy="give one or the other",
        )


def _refuse_without_versions(known: "Known") -> None:
    from crmsnap.destinations.s3_place import is_s3

    if not is_s3(known.settings.to or ""):
        raise UsageError(
            "--versions is for buckets of S3",
            cause=f"{known.settings.to} keeps no versions",
            remedy="leave it out: what is removed there is gone",
        )


def _print(report: "PruneReport", *, done: bool) -> None:
    rows = [
        (day.verdict, day.day, size(day.bytes) if day.bytes else "", escaped(day.reason))
        for day in report.days
    ]
    print(columns(rows, right=(2,)) if rows else "there is no day")
    for file in report.left[:FILES_SHOWN]:
        print(f"  stays: {escaped(file.key)}: {escaped(file.reason)}")
    if len(report.left) > FILES_SHOWN:
        print(f"  and {len(report.left) - FILES_SHOWN} more files stay")
    going = report.of("removed" if done else "goes")
    total = f"{count(len(going), 'day')}, {count(sum(day.parts for day in going), 'part')}"
    total += f", {size(sum(day.bytes for day in going))}"
    if done:
        print(f"removed {total}" if going else "nothing was removed")
    elif going:
        print(f"would remove {total}; nothing was removed: give --yes to do it")
    else:
        print("nothing to remove")


def _refused(report: "PruneReport", connection: str, named_day: str | None) -> SnapshotError | None:
    """The error when a day was named and stays although the store would not mind."""
    from crmsnap.publish.prune_plan import NO_SUCH_DAY

    for day in report.days:
        if day.day == named_day and day.reason == NO_SUCH_DAY:
            return SnapshotError(
                f"{day.day} is not removed: {NO_SUCH_DAY}",
                cause="nothing lies where its files would be",
                remedy=f"crmsnap prune {connection} --keep-days 1 lists the days, and removes none without --yes",
            )
        if day.day == named_day and day.verdict in ("stays", "left") and not day.left:
            return SnapshotError(
                f"{day.day} is not removed: {day.reason}",
                cause="only a whole snapshot of this connection is, and not the newest one",
                remedy="give --even-newest if the newest complete day has to go"
                if day.verdict == "stays"
                else "if you know whose files these are, remove them by hand",
            )
    return None


def _line_on_stderr(day: "DayPruned") -> None:
    typer.echo(f"{day.day}: {day.verdict}, {count(day.parts, 'part')}", err=True)
