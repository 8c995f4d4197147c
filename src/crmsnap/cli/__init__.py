"""The `crmsnap` command: one file per subcommand.

`main` is the only place where an error becomes text and an exit code. What a command works with is
imported inside its function, so that `crmsnap --version` loads none of it.
"""

import resource
import sys
from typing import Annotated

import typer

from crmsnap import __version__
from crmsnap.cli import (
    check,
    config,
    connect,
    connections,
    ddl,
    demo,
    erase,
    estimate,
    failure,
    init,
    prune,
    query,
    runs,
    sandbox,
    secrets,
    state,
    sync,
    tables,
    verify,
)
from crmsnap.cli.session import Session
from crmsnap.errors import CrmsnapError
from crmsnap.redaction.output import redacted_output

app = typer.Typer(
    name="crmsnap",
    help="Copy a whole HubSpot account, every day, into your own bucket, proven complete.",
    epilog="Try it without an account: crmsnap demo",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("init")(init.init)
app.add_typer(connect.app, name="connect")
app.command("check")(check.check)
app.command("sync")(sync.sync)
app.command("verify")(verify.verify)
app.command("prune")(prune.prune)
app.command("erase")(erase.erase)
app.command("tables")(tables.tables)
app.command("query")(query.query)
app.command("ddl")(ddl.ddl)
app.command("estimate")(estimate.estimate)
app.add_typer(connections.app, name="connections")
app.add_typer(runs.app, name="runs")
app.add_typer(state.app, name="state")
app.add_typer(config.app, name="config")
app.add_typer(secrets.app, name="secrets")
app.command("sandbox")(sandbox.sandbox)
app.command("demo")(demo.demo)


def main() -> None:
    """Run the command line; ends the process with the exit code of what went wrong."""
    session = Session()
    # A core dump would write every secret of this process to the disk.
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    try:
        with redacted_output(session.redactor) as output:
            _run(session)
    except SystemExit as ended:
        if output.lost is None or ended.code:
            raise
        _end(failure.output_lost(output.lost), Session())


def _run(session: Session) -> None:
    try:
        app(obj=session, prog_name="crmsnap")
    except CrmsnapError as error:
        _end(error, session)
    except Exception as error:  # noqa: BLE001 - the one place where the unforeseen becomes a sentence
        _end(failure.unforeseen(error), session)


def _end(error: CrmsnapError, session: Session) -> None:
    failure.show(error, session)
    if session.json:
        failure.show_json(error)
    sys.exit(error.exit_code)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"crmsnap {__version__}")
        raise typer.Exit


@app.callback()
def _before_any_command(
    context: typer.Context,
    *,
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version.", callback=_print_version, is_eager=True),
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks of errors.")] = False,
) -> None:
    context.obj.debug = debug
