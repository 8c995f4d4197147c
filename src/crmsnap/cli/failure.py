"""From an error to what people and programs read of it; nothing else prints errors."""

import json
import sys
import traceback

from crmsnap.cli.session import Session
from crmsnap.cli.text import escaped
from crmsnap.errors import CrmsnapError

BUG_CODE = "bug"
BUG_EXIT_CODE = 1


def show(error: CrmsnapError, session: Session, *, subject: str = "") -> None:
    """Say on stderr what happened, why, and what to do next; with `--json` also on stdout.

    `subject` is the connection when there are several.
    """
    if session.debug:
        traceback.print_exception(error)
    about = f"{subject}: " if subject else ""
    _print_lines(error.code, about + error.message, error.cause, error.remedy)


def show_bug(error: Exception, session: Session) -> None:
    """Say that crmsnap is wrong here, not the user."""
    if session.debug:
        traceback.print_exception(error)
    _print_lines(
        BUG_CODE,
        f"this is a bug in crmsnap: {type(error).__name__}",
        "crmsnap met something that it was not written for",  # the error's own text may hold data
        "run the command again with `crmsnap --debug ...` and report what it prints",
    )


def print_json(error: dict[str, str | int]) -> None:
    """The error as the last line of a command that answers in JSON."""
    print(json.dumps({"error": error}), flush=True)


def bug_as_dict(error: Exception) -> dict[str, str | int]:
    """A bug in the form of `CrmsnapError.as_dict`."""
    return {
        "code": BUG_CODE,
        "message": f"this is a bug in crmsnap: {type(error).__name__}",
        "cause": "",
        "remedy": "crmsnap --debug ...",
        "exit_code": BUG_EXIT_CODE,
    }


def _print_lines(code: str, message: str, cause: str, remedy: str) -> None:
    from rich.console import Console
    from rich.text import Text

    # rich honours NO_COLOR and leaves colours out where stderr is no terminal.
    console = Console(file=sys.stderr, soft_wrap=True, highlight=False)
    console.print(Text.assemble((f"error[{code}]", "bold red"), ": ", escaped(message)))
    for label, text in (("cause", cause), ("remedy", remedy)):
        if text:
            console.print(Text.assemble("  ", (label, "bold"), ": ", escaped(text)))
