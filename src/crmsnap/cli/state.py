"""`crmsnap state`: what this machine keeps of an account, whether it is whole, and its upkeep."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crmsnap.cli import options
from crmsnap.cli.chosen import complete, state_folder, state_of
from crmsnap.cli.text import columns, count, escaped, size
from crmsnap.errors import UsageError

if TYPE_CHECKING:
    from crmsnap.state.showing import StreamShown

Connection = Annotated[
    str | None,
    typer.Argument(help="Its name, or account-<id>; else the only state.", autocompletion=complete),
]
_NAMED = 10
"""So many streams are named one by one; `--json` has all."""

app = typer.Typer(
    no_args_is_help=True,
    help="Look after the state: what this machine keeps of an account to read only changes.",
)


@app.command()
def show(
    context: typer.Context,
    connection: Connection = None,
    *,
    config: options.Config = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Show each stream's file: its size, its rows, its newest scan, and what the next run does.

    Example: crmsnap state show acme
    """
    from crmsnap.state.showing import shown

    context.obj.json = as_json
    name, folder = _read_only(context, connection, config, home)
    found = shown(folder)
    if as_json:
        streams = [asdict(stream) | {"next": stream.next} for stream in found]
        print(json.dumps({"connection": name, "folder": str(folder), "streams": streams}, indent=2))
        return
    print(f"{folder}: {size(sum(stream.bytes for stream in found))}")
    rows = [("STREAM", "SIZE", "FREE", "ROWS", "NEWEST SCAN (UTC)", "THE NEXT RUN")]
    print(columns([*rows, *map(_row, found)], right=(1, 2, 3)))


@app.command()
def check(
    context: typer.Context,
    connection: Connection = None,
    *,
    config: options.Config = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Read every row of a state and check it; exits 1 when something is wrong.

    Nothing is changed. What is wrong is named with its file and with the command that mends it.

    Example: crmsnap state check acme
    """
    from crmsnap.state.checking import check_state

    context.obj.json = as_json
    name, folder = _read_only(context, connection, config, home)
    checked = list(check_state(folder))
    faults = [fault for _, _, found in checked for fault in found]
    rows = sum(read for _, read, _ in checked)
    if as_json:
        told = [asdict(fault) | {"path": str(fault.path)} for fault in faults]
        found = {"connection": name, "files": len(checked), "rows": rows, "faults": told}
        print(json.dumps(found | {"ok": not faults}, indent=2))
    else:
        for fault in faults:
            print(f"{escaped(fault.stream)}: {escaped(fault.sentence)}\n  file: {fault.path}")
            print(f"  remedy: {escaped(fault.remedy)}")
        verdict = "is whole" if not faults else f"has {count(len(faults), 'fault')}"
        print(f"the state {verdict}: {count(len(checked), 'file')}, {count(rows, 'row')} read")
    if faults:
        raise typer.Exit(1)


@app.command()
def rebuild(
    context: typer.Context,
    streams: Annotated[
        list[str] | None,
        typer.Argument(metavar="[STREAM]...", help="Streams as `state show` prints them."),
    ] = None,
    *,
    connection: options.Connection = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Every stream, in place of naming some.")
    ] = False,
    config: options.Config = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Forget streams, damaged ones too, so that the next run reads them anew.

    Published days, the record of runs and the names of tables stay. Rows that are read anew carry the
    INGESTEDAT of the run that reads them.

    Example: crmsnap state rebuild objects/0-1
    """
    from crmsnap import bootstrap
    from crmsnap.state.files import chosen_files, forget, state_files
    from crmsnap.tables.given_names import STREAM

    context.obj.json = as_json
    if bool(streams) == everything:
        raise UsageError(
            "which streams?" if not streams else "--all and names of streams exclude each other",
            remedy="name streams as `crmsnap state show` prints them, or give --all",
        )
    name, known, folder = state_of(connection, config, home, context.obj.redactor)
    with bootstrap.held_state(known, folder, bootstrap.RunClock()) as held:
        if everything:
            files = [
                one for one in state_files(held) if one.can_be_forgotten and one.stream != STREAM
            ]
        else:
            files = list(chosen_files(held, streams or ()))
        forget(files)
    forgotten = [file.stream for file in files]
    if as_json:
        print(json.dumps({"connection": name, "forgotten": forgotten}, indent=2))
    else:
        named = ", ".join(map(escaped, forgotten)) if len(forgotten) <= _NAMED else ""
        what = named or count(len(forgotten), "stream")
        print(f"forgot {what}: the next run reads {'it' if len(forgotten) == 1 else 'them'} anew")


@app.command()
def compact(
    context: typer.Context,
    connection: Connection = None,
    *,
    config: options.Config = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Rewrite every file of a state without free room.

    Runs give most of it back by themselves. Needs room on the disk for a copy of the largest file.

    Example: crmsnap state compact acme
    """
    from crmsnap import bootstrap
    from crmsnap.state.compaction import compact as compacted

    context.obj.json = as_json
    name, known, folder = state_of(connection, config, home, context.obj.redactor)
    with bootstrap.held_state(known, folder, bootstrap.RunClock()) as held:
        found = list(compacted(held))
    before, after = sum(one.bytes_before for one in found), sum(one.bytes_after for one in found)
    if as_json:
        print(json.dumps({"connection": name, "files": [asdict(one) for one in found]}, indent=2))
    else:
        print(f"{count(len(found), 'file')}: {size(before)} before, {size(after)} now")


def _read_only(
    context: typer.Context, connection: str | None, config: Path | None, home: Path | None
) -> tuple[str, Path]:
    """The state that is meant, for whoever only looks at it: its name here, or in the configuration given."""
    if config is None:
        return state_folder(connection, home)
    name, _, folder = state_of(connection, config, home, context.obj.redactor)
    return state_folder(name, folder)


def _row(stream: "StreamShown") -> tuple[str, ...]:
    scan = "none" if stream.finished is None else stream.finished.started_at[:19]
    return (
        escaped(stream.stream),
        size(stream.bytes),
        size(stream.free_bytes),
        f"{next(iter(stream.rows.values()), 0):,}",
        scan,
        stream.next,
    )
