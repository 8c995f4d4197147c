"""`crmsnap runs`: what was run, by the registry and by the states in the home folder."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crmsnap.cli import options
from crmsnap.cli.changed import change_lines
from crmsnap.cli.chosen import complete, registry_url
from crmsnap.cli.compared import comparison, comparison_lines, run_before
from crmsnap.cli.group import ListUnlessCommand
from crmsnap.cli.text import columns, escaped
from crmsnap.errors import UsageError
from crmsnap.redaction.redactor import Redactor

if TYPE_CHECKING:
    from crmsnap.registry.runs import RememberedRun


app = typer.Typer(cls=ListUnlessCommand, help="Show past runs, the newest first.")


@app.command("list")
def list_runs(
    context: typer.Context,
    connection: Annotated[
        str | None, typer.Argument(help="Only this one's.", autocompletion=complete)
    ] = None,
    *,
    config: options.Config = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """List runs, the newest first; `crmsnap runs` alone does the same.

    Example: crmsnap runs list acme --json
    """
    context.obj.json = as_json
    found = _runs(config, home, context.obj.redactor, connection)
    if as_json:
        print(json.dumps([_as_dict(run) for run in found], indent=2))
        return
    rows = [("RUN", "CONNECTION", "DAY", "STARTED (UTC)", "OUTCOME", "ROWS")]
    for run in found:
        report = _report(run) or {}
        rows_copied = f"{report['rows']:,}" if "rows" in report else ""
        outcome = report.get("outcome", run.status)
        rows.append((run.id, run.connection, run.day, run.started_at[:19], outcome, rows_copied))
    print(columns(rows, right=(5,)) if found else "no runs yet")


@app.command()
def show(
    context: typer.Context,
    run_id: Annotated[
        str | None,
        typer.Argument(
            metavar="RUN",
            help="Its id, how the id begins, or a connection, whose newest is meant."
            " May be left out where there is one connection.",
        ),
    ] = None,
    *,
    config: options.Config = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Show one run: what was asked, how it ended, what it could not read, and what moved since the one before.

    Without RUN it is the newest one. Example: crmsnap runs show 20261122T053100Z-1f0c22aa
    """
    from crmsnap.cli.report import print_calls

    context.obj.json = as_json
    every = _runs(config, home, context.obj.redactor, None)
    run = _newest(every) if run_id is None else _meant(every, run_id)
    shown = _as_dict(run)
    compared = _compared(run, every)
    if as_json:
        print(json.dumps({**shown, "compared": compared}, indent=2))
        return
    report, error = shown.pop("report") or {}, shown.pop("error") or {}
    if run.report is not None and not report and not error:
        print("the report of this run cannot be read", file=sys.stderr)
    shown["selection"] = _asked(shown["selection"])
    rows = [(name, escaped(_words(value))) for name, value in shown.items()]
    rows += [
        (name, escaped(_words(value)))
        for name, value in report.items()
        if name in ("outcome", "resumed", "rows", "bytes")
    ]
    rows += [
        (name, escaped(_words(error[key])))
        for name, key in (
            ("error", "code"),
            ("", "message"),
            ("cause", "cause"),
            ("remedy", "remedy"),
        )
        if error.get(key)
    ]
    print(columns(rows))
    if isinstance(calls := report.get("calls"), dict):
        print_calls(calls)
    for pattern in report.get("unmatched", ()):
        print(f"fits nothing  {escaped(pattern)}")
    for gap in report.get("gaps", ()):
        print(f"gap  {escaped(gap['stream'])}: {escaped(gap['detail'])}")
    for line in change_lines(report.get("changes") or {}):
        print(f"changed  {escaped(line)}")
    for warning in report.get("warnings", ()):
        print(f"warning  {escaped(warning)}")
    if compared is not None:
        print("\n".join(comparison_lines(compared)))


def _runs(
    config: Path | None, home: Path | None, redactor: Redactor, connection: str | None
) -> "Sequence[RememberedRun]":
    """Runs of one or all connections, the newest first."""
    from crmsnap.bootstrap.history import known_runs
    from crmsnap.config import home_folder, near

    registry, folder = registry_url(config, home, redactor), home_folder(home)
    found = known_runs(registry, folder, connection)
    if connection is not None and not found:
        known = sorted({run.connection for run in known_runs(registry, folder)})
        raise UsageError(
            f"{connection!r} has no runs",
            cause=f"there are runs of: {', '.join(known) or 'nothing'}",
            remedy=near(connection, known) or f"run `crmsnap sync {connection}` first",
        )
    return found


def _newest(every: "Sequence[RememberedRun]") -> "RememberedRun":
    """The newest run where all are of one connection."""
    newest = {run.connection: run.id for run in reversed(every)}
    if not newest:
        raise UsageError("there are no runs yet", remedy="run `crmsnap sync` first")
    if len(newest) > 1:
        named = ", ".join(f"{name}: {id_}" for name, id_ in sorted(newest.items()))
        raise UsageError(
            f"there are runs of {len(newest)} connections",
            cause=f"the newest of each: {named}",
            remedy="name the run, or the connection whose newest run you mean",
        )
    return every[0]


def _meant(every: "Sequence[RememberedRun]", word: str) -> "RememberedRun":
    """The run with this id, or the only one whose id begins like this; else the newest of a connection."""
    found = [run for run in every if run.id.startswith(word)]
    found = found or [run for run in every if run.connection == word][:1]
    if len(found) != 1:
        raise UsageError(
            f"{len(found)} runs begin with {word!r}" if found else f"there is no run {word!r}",
            remedy="see `crmsnap runs`",
        )
    return found[0]


def _compared(run: "RememberedRun", every: "Sequence[RememberedRun]") -> dict[str, Any] | None:
    """What moved since the run before; None where either of the two is not known."""
    report = _report(run)
    before = None if report is None else run_before(run, report, every)
    earlier = None if before is None else _report(before)
    if report is None or before is None or earlier is None:
        return None
    return comparison(run, report, before, earlier)


def _as_dict(run: "RememberedRun") -> dict[str, Any]:
    return {
        **asdict(run),
        "selection": json.loads(run.selection),
        "report": _report(run),
        "error": _error(run),
    }


def _report(run: "RememberedRun") -> dict[str, Any] | None:
    from crmsnap.report import report_of

    return report_of(run.report)


def _error(run: "RememberedRun") -> dict[str, Any] | None:
    from crmsnap.report import error_of

    return error_of(run.report)


def _asked(selection: Mapping[str, Any]) -> str:
    """What was asked for, in the words of the settings; what was not said is not shown."""
    settings = {
        **{
            key: selection.get(key)
            for key in ("types", "exclude_types", "tables", "exclude_tables")
        },
        **_chosen(selection, "properties", "properties"),
        **_chosen(selection, "events", "events"),
        **_chosen(selection, "histories", "history_types"),
        "calculated_histories": () if selection.get("calculated_histories", True) else ("false",),
        "iso_dates": ("true",) if selection.get("iso_dates") else (),
    }
    said = (f"{name}: {' '.join(words)}" for name, words in settings.items() if words)
    return ", ".join(said) or "everything"


def _chosen(selection: Mapping[str, Any], key: str, name: str) -> dict[str, Any]:
    choice = selection.get(key, {})
    return {name: choice.get("only"), f"exclude_{name}": choice.get("never")}


def _words(value: object) -> str:
    return "" if value is None else str(value)
