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


class OutOfMemory(CrmsnapError):
    """The system gave no more memory to this process."""

    code = "out-of-memory"


class OutputLost(CrmsnapError):
    """The command did its work, and what it had to say could not be written."""

    code = "output-lost"


def unforeseen(error: Exception) -> CrmsnapError:
    """What an exception that nobody caught is to the user."""
    # A thread needs memory for its stack; Python has no class of its own for that.
    if isinstance(error, MemoryError) or str(error) == "can't start new thread":
        return _out_of_memory()
    return bug(error)


def _out_of_memory() -> OutOfMemory:
    return OutOfMemory(
        "there is no memory left",
        cause="the system, a container or `ulimit -v` allows this process no more",
        remedy="give it more, or set fewer `workers`; what was read is kept, and the next run goes on",
    )


def output_lost(error: OSError) -> OutputLost:
    """What an output that cannot be written is to the user."""
    return OutputLost(
        f"the output could not be written: {error.strerror}",
        cause="stdout leads to a disk that is full or gone; the work itself was done",
        remedy="make room; `crmsnap runs` shows how runs ended",
    )


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
