"""From an error to what people and programs read of it; nothing else prints errors."""

import json
import sys
import traceback
from pathlib import Path

from crmsnap.cli.session import Session
from crmsnap.cli.text import escaped
from crmsnap.errors import CrmsnapError


class Bug(CrmsnapError):
    """crmsnap itself is wrong: it met something that it was not written for."""

    code = "bug"


def bug(error: Exception) -> Bug:
    """What an unforeseen exception is to the user; its own text stays out, since it may hold data."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" in {Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else ""
    found = Bug(
        f"this is a bug in crmsnap: {type(error).__name__}{place}",
        cause="it met something that it was not written for; your data and snapshots are safe",
        remedy="run it again as `crmsnap --debug ...` and report what it prints",
    )
    found.__cause__ = error
    return found


def show(error: CrmsnapError, session: Session, *, subject: str = "") -> None:
    """Say on stderr what happened, why, and what to do next.

    `subject` is the connection, where there are several.
    """
    if session.debug:
        traceback.print_exception(error)
    from rich.console import Console
    from rich.text import Text

    # rich honours NO_COLOR, and leaves colours out where stderr is no terminal.
    console = Console(file=sys.stderr, soft_wrap=True, highlight=False)
    about = f"{subject}: " if subject else ""
    console.print(
        Text.assemble((f"error[{error.code}]", "bold red"), ": ", escaped(about + error.message))
    )
    for label, text in (("cause", error.cause), ("remedy", error.remedy)):
        if text:
            console.print(Text.assemble("  ", (label, "bold"), ": ", escaped(text)))


def show_json(error: CrmsnapError) -> None:
    """Say it on stdout, as the last line of a command that answers in JSON."""
    print(json.dumps({"error": error.as_dict()}), flush=True)
