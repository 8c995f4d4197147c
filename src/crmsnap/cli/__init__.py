"""The `crmsnap` command: one file per subcommand, imported when it is called.

The only place that turns an error into text and an exit code.
"""

import sys

import typer

from crmsnap.cli.sandbox import sandbox
from crmsnap.errors import CrmsnapError

app = typer.Typer(
    name="crmsnap",
    help="A whole HubSpot account, every day, in your own bucket, proven complete.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.command()(sandbox)


@app.callback()
def _group() -> None:
    """Keep `crmsnap sandbox` a subcommand while it is the only one."""


def main() -> None:
    """Run the command line; ends the process with the exit code of what went wrong."""
    try:
        app()
    except CrmsnapError as error:
        lines = [f"error[{error.code}]: {error.message}"]
        lines += [f"  cause: {error.cause}"] if error.cause else []
        lines += [f"  remedy: {error.remedy}"] if error.remedy else []
        print("\n".join(lines), file=sys.stderr)
        sys.exit(error.exit_code)
