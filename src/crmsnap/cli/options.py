"""Options that several commands have, declared once so that they read the same everywhere."""

from pathlib import Path
from typing import Annotated

import typer

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
    str | None, typer.Option("--base-url", metavar="URL", help="Where HubSpot's API is.")
]
Json = Annotated[bool, typer.Option("--json", help="Answer in JSON, for programs.")]
