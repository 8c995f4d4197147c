"""`crmsnap demo`: the whole path in a minute, on an account that lives on this machine."""

import json
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crmsnap.cli.text import columns, count, duration, fitting, size
from crmsnap.errors import UsageError

if TYPE_CHECKING:
    from crmsnap.destinations.interface import Destination
    from crmsnap.publish.manifest import Manifest, PublishedTable
    from crmsnap.report import Report

MARK = ".crmsnap-demo"
"""Lies in a folder that a demo has made: only there an earlier demo's folders are removed."""

SNAPSHOTS = "snapshots"
STATE = "state"

TABLE_SHOWN = "OWNERS"
TABLES_SHOWN = 4
"""Of a family."""
ROWS_SHOWN = 4
STOP_SECONDS = 10


def demo(
    *,
    contacts: Annotated[int, typer.Option(min=1, help="Contacts of the sandbox account.")] = 2000,
    to: Annotated[
        Path | None,
        typer.Option(
            "--to",
            metavar="FOLDER",
            help="Where to leave the snapshot; else it is removed at the end.",
        ),
    ] = None,
    keep: Annotated[
        bool,
        typer.Option("--keep", help="Without --to: leave the snapshot in its temporary folder."),
    ] = False,
) -> None:
    """Copy a sandbox account over HTTP into a folder, show the snapshot and prove it.

    Needs no HubSpot account and no configuration, and changes nothing outside its folder.

    Example: crmsnap demo --to ./demo
    """
    with _folder(to, keep=keep) as folder:
        with _sandbox(contacts) as account:
            print(f"sandbox account with {count(contacts, 'contact')} at {account.url}")
            copied = _copy(account, folder)
        manifest, destination = copied.report.manifest, copied.destination
        print(
            f"copied in {duration(copied.seconds)} with {count(copied.calls, 'call')};"
            " the sandbox has ended, what follows reads files only\n"
        )
        _print_tree(manifest, folder.snapshots)
        _print_rows(manifest, destination)
        _prove(destination)
        _print_next(folder, lasts=to is not None or keep)


@dataclass(frozen=True, slots=True)
class _Account:
    url: str
    token: str


@dataclass(frozen=True, slots=True)
class _Folder:
    snapshots: Path
    state: Path


@contextmanager
def _folder(to: Path | None, *, keep: bool) -> Iterator[_Folder]:
    """Snapshots and state of the demo, empty at first; gone afterwards unless they are to stay."""
    root = Path(tempfile.mkdtemp(prefix="crmsnap-demo-")) if to is None else _emptied(to)
    try:
        yield _Folder(root / SNAPSHOTS, root / STATE)
    finally:
        if to is None and not keep:
            shutil.rmtree(root, ignore_errors=True)


def _emptied(folder: Path) -> Path:
    """The folder without what an earlier demo left in it; one with other files is refused."""
    try:
        if folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists():
            raise UsageError(
                f"{folder} holds files that are not of a demo",
                cause="a demo begins with an empty folder, and these files may be yours",
                remedy="name another folder with --to",
            )
        folder.mkdir(parents=True, exist_ok=True)
        (folder / MARK).touch()
        for name in (SNAPSHOTS, STATE):
            shutil.rmtree(folder / name, ignore_errors=True)
    except OSError as error:
        raise UsageError(
            f"{folder} cannot be used: {error.strerror}", remedy="name another folder with --to"
        ) from error
    return folder


@contextmanager
def _sandbox(contacts: int) -> Iterator[_Account]:
    """A sandbox account in a process of its own, which ends with the block."""
    command = [sys.executable, "-m", "crmsnap", "sandbox", "--contacts", str(contacts)]
    # Its own session: Ctrl-C is for the sync, which ends cleanly only while the account still answers.
    with subprocess.Popen(  # noqa: S603 - this interpreter and our own command
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            if not line:
                raise _not_started(process)
            ready = json.loads(line)
            yield _Account(ready["url"], ready["token"])
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def _not_started(process: "subprocess.Popen[str]") -> UsageError:
    said = process.stderr.read().strip() if process.stderr else ""
    return UsageError(
        "the sandbox did not start",
        cause=said.splitlines()[0] if said else "it said nothing",
        remedy="crmsnap sandbox shows why; pip install 'crmsnap[sandbox]' installs what it needs",
    )


@dataclass(frozen=True, slots=True)
class _Copied:
    report: "Report"
    destination: "Destination"
    seconds: float
    calls: int


def _copy(account: _Account, folder: _Folder) -> _Copied:
    from pydantic import SecretStr

    from crmsnap import bootstrap
    from crmsnap.cli.watch import watcher
    from crmsnap.config import ConnectionSettings
    from crmsnap.sync import run_sync

    settings = ConnectionSettings(
        token=SecretStr(account.token),
        base_url=account.url,
        allow_other_host=True,
        to=str(folder.snapshots.absolute()),
    )
    demo = bootstrap.Known("demo", settings)
    with (
        bootstrap.stoppable() as clock,
        watcher(clock, json=False, quiet=False) as watching,
        bootstrap.open_tools(demo, folder.state, clock, watching.observe) as tools,
    ):
        began_at = clock.monotonic()
        watching.ask(lambda: tools.client.usage)
        report = run_sync(bootstrap.request_of(demo), tools)
        seconds = clock.monotonic() - began_at
        return _Copied(report, tools.destination, seconds, tools.client.usage.total_calls)


def _print_tree(manifest: "Manifest", snapshots: Path) -> None:
    """Every table; of a family that has one for each type or pair only the largest, and how many more."""
    print(f"{snapshots}/{manifest.facts.day}/")
    families: defaultdict[str, list[PublishedTable]] = defaultdict(list)
    for table in manifest.tables:
        families[table.about.family if table.about else table.name].append(table)
    rows = []
    for family, tables in sorted(families.items()):
        largest = sorted(tables, key=lambda table: table.rows, reverse=True)[:TABLES_SHOWN]
        rows += [_tree_line(f"{table.name}/", (table,)) for table in largest]
        if left := [table for table in tables if table not in largest]:
            rows.append(_tree_line(f"... {len(left)} more {family}", left))
    rows.append(("  _MANIFEST.json", f"{manifest.rows:,} rows", size(manifest.bytes), ""))
    print(columns(rows, right=(1, 2, 3)))


def _tree_line(name: str, tables: Sequence["PublishedTable"]) -> tuple[str, str, str, str]:
    return (
        f"  {name}",
        f"{sum(table.rows for table in tables):,} rows",
        size(sum(table.bytes for table in tables)),
        count(sum(len(table.parts) for table in tables), "part"),
    )


def _print_rows(manifest: "Manifest", destination: "Destination") -> None:
    from crmsnap.cli.first_rows import first_rows

    for table in manifest.tables:
        if table.name == TABLE_SHOWN:
            rows = first_rows(destination, table, ROWS_SHOWN)
            shown, more = fitting(rows, shutil.get_terminal_size().columns)
            print(f"\nthe first rows of {table.name} ({count(more, 'more column')} not shown):")
            print(columns(shown))


def _prove(destination: "Destination") -> None:
    from crmsnap.cli.verify import print_verdict
    from crmsnap.publish.verify import verify
    from crmsnap.tables import CATALOGUE

    print(f"\n$ crmsnap verify {destination.url}")
    report = verify(destination, None, lambda _: None, CATALOGUE)
    print_verdict(report)
    if not report.ok:
        raise typer.Exit(1)


def _print_next(folder: _Folder, *, lasts: bool) -> None:
    crmsnap = _as_called()
    again = [
        (f"{crmsnap} verify {folder.snapshots}", "prove it again"),
        (f"{crmsnap} runs --home {folder.state}", "what was run"),
    ]
    rows = again if lasts else [(f"{crmsnap} demo --to ./demo", "the same, and the files stay")]
    rows += [
        (f"{crmsnap} tables", "what every table holds"),
        (f"HUBSPOT_TOKEN=... {crmsnap} sync --to ./snapshots", "your own account"),
    ]
    print("\nnext:")
    print(columns([(f"  {command}", meaning) for command, meaning in rows]))


def _as_called() -> str:
    """The command in a form that can be pasted: `make demo` calls one that is on no PATH."""
    called = Path(sys.argv[0])
    if shutil.which("crmsnap") or called.name != "crmsnap":
        return "crmsnap"
    return str(called)
