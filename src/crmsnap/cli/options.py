"""Options that several commands have, declared once so that they read the same everywhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from crmsnap.errors import ConfigError, UsageError

Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        help="Configuration file; else ./crmsnap.toml, else the one in the home folder.",
    ),
]
Home = Annotated[
    Path | None,
    typer.Option(
        "--home",
        metavar="FOLDER",
        help="Where states are kept; else CRMSNAP_HOME, else the user's data folder.",
    ),
]
BaseUrl = Annotated[
    str | None,
    typer.Option(
        "--base-url",
        metavar="URL",
        help="Where HubSpot's API is; the token is sent there, also to a host that is not HubSpot's.",
    ),
]
Connection = Annotated[
    str | None,
    typer.Option("--connection", metavar="NAME", help="Whose state, where there are several."),
]
Json = Annotated[bool, typer.Option("--json", help="Answer in JSON, for programs.")]


@contextmanager
def typed(*values: object) -> Iterator[None]:
    """Raise `UsageError` in place of `ConfigError` when one of these values was given, by an option or an answer."""
    try:
        yield
    except ConfigError as error:
        if not any(values):
            raise
        raise UsageError(error.message, cause=error.cause, remedy=error.remedy) from error


def checked_day(day: str) -> str:
    """The day as it was given. Raise `UsageError` if there is no such day."""
    from crmsnap.publish.layout import is_day

    if not is_day(day):
        raise UsageError(f"{day!r} is no day", remedy="write it as YYYY-MM-DD")
    return day
