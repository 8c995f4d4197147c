"""`crmsnap runs`: what was run, from the states in the home folder."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from crmsnap.cli import options
from crmsnap.cli.connections import complete
from crmsnap.cli.text import columns, escaped
from crmsnap.errors import UsageError

if TYPE_CHECKING:
    from crmsnap.model import Selection
    from crmsnap.state.runs import RunRow


class _ListUnlessTold(TyperGroup):
    """`crmsnap runs acme` means `crmsnap runs list acme`."""

    def parse_args(
        self, ctx: Any, args: list[str]
    ) -> list[str]:  # Typer's own context type is private
        if not args or args[0] not in (*self.commands, *ctx.help_option_names):
            args = ["list", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(cls=_ListUnlessTold, help="Show past runs, the newest first.")


@app.command("list")
def list_runs(
    context: typer.Context,
    connection: Annotated[
        str | None, typer.Argument(help="Only this one's.", autocompletion=complete)
    ] = None,
    *,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """List runs, the newest first; `crmsnap runs` alone does the same.

    Example: crmsnap runs list acme --json
    """
    context.obj.json = as_json
    found = list(_runs(home, connection))
    if as_json:
        print(json.dumps([_as_dict(name, run) for name, run in found], indent=2))
        return
    rows = [("RUN", "CONNECTION", "DAY", "STARTED (UTC)", "OUTCOME", "ROWS")]
    for name, run in found:
        report = json.loads(run.report or "{}")
        rows_copied = f"{report['rows']:,}" if "rows" in report else ""
        outcome = report.get("outcome", run.status)
        rows.append((run.id, name, run.day, run.started_at[:19], outcome, rows_copied))
    print(columns(rows, right=(5,)) if found else "no runs yet")


@app.command()
def show(
    context: typer.Context,
    run_id: Annotated[str, typer.Argument(metavar="RUN", help="Its id, or how the id begins.")],
    *,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Show one run: what was asked, how it ended, what it could not read.

    Example: crmsnap runs show 20261122T053100Z-1f0c22aa
    """
    context.obj.json = as_json
    found = [(name, run) for name, run in _runs(home, None) if run.id.startswith(run_id)]
    if len(found) != 1:
        raise UsageError(
            f"there is no run {run_id!r}"
            if not found
            else f"{len(found)} runs begin with {run_id!r}",
            remedy="see `crmsnap runs`",
        )
    shown = _as_dict(*found[0])
    if as_json:
        print(json.dumps(shown, indent=2))
        return
    report = shown.pop("report") or {}
    shown["selection"] = _asked(found[0][1].selection)
    rows = [(name, escaped(_words(value))) for name, value in shown.items()]
    rows += [
        (name, escaped(_words(value)))
        for name, value in report.items()
        if name in ("outcome", "resumed", "rows", "bytes")
    ]
    print(columns(rows))
    for pattern in report.get("unmatched", ()):
        print(f"fits nothing  {escaped(pattern)}")
    for gap in report.get("gaps", ()):
        print(f"gap  {escaped(gap['stream'])}: {escaped(gap['detail'])}")


def _runs(home: Path | None, connection: str | None) -> Iterator[tuple[str, "RunRow"]]:
    """Runs of one or all connections, the newest first."""
    from crmsnap.config import home_folder, near
    from crmsnap.state.runs import Runs

    folder = home_folder(home)
    known = sorted(file.parent.name for file in folder.glob("*/runs.sqlite"))
    if connection is not None and connection not in known:
        raise UsageError(
            f"{connection!r} has no runs",
            cause=f"{folder} holds: {', '.join(known) or 'nothing'}",
            remedy=near(connection, known) or f"run `crmsnap sync {connection}` first",
        )
    picked = known if connection is None else [connection]
    every = []
    for name in picked:
        with Runs(folder / name) as runs:
            every += [(name, run) for run in runs.newest_first()]
    return iter(sorted(every, key=lambda one: one[1].started_at, reverse=True))


def _as_dict(connection: str, run: "RunRow") -> dict[str, Any]:
    shown = asdict(run)
    return {
        "connection": connection,
        **shown,
        "report": None if run.report is None else json.loads(run.report),
    }


def _asked(selection: "Selection") -> str:
    """What was asked for, in the words of the settings; what was not said is not shown."""
    settings = {
        "types": selection.types,
        "exclude_types": selection.exclude_types,
        "tables": selection.tables,
        "exclude_tables": selection.exclude_tables,
        "properties": selection.properties.only,
        "exclude_properties": selection.properties.never,
        "events": selection.events.only,
        "exclude_events": selection.events.never,
        "history_types": selection.histories.only,
        "exclude_history_types": selection.histories.never,
        "calculated_histories": () if selection.calculated_histories else ("false",),
        "iso_dates": ("true",) if selection.iso_dates else (),
    }
    said = (f"{name}: {' '.join(words)}" for name, words in settings.items() if words)
    return ", ".join(said) or "everything"


def _words(value: object) -> str:
    return "" if value is None else str(value)
