"""`crmsnap config`: what is set, whether it is right, and what could be set."""

from typing import TYPE_CHECKING

import typer

from crmsnap.cli import failure, options
from crmsnap.cli.exit_codes import worst
from crmsnap.errors import CrmsnapError

if TYPE_CHECKING:
    from crmsnap.bootstrap import Known

app = typer.Typer(help="Show and check the configuration.", no_args_is_help=True)


@app.command()
def show(*, config: options.Config = None, home: options.Home = None) -> None:
    """Print the settings in force as JSON, secrets hidden.

    Example: crmsnap config show
    """
    import json

    from crmsnap import config as configuration

    folder = configuration.home_folder(home)
    file = configuration.find_file(config, folder)
    settings = configuration.load(file)
    print(
        json.dumps(
            {
                "file": None if file is None else str(file),
                "home": str(folder),
                **settings.model_dump(mode="json"),
            },
            indent=2,
        )
    )


@app.command()
def check(
    context: typer.Context, *, config: options.Config = None, home: options.Home = None
) -> None:
    """Check the configuration without calling HubSpot: keys, values, tokens, destinations, tables.

    Example: crmsnap config check
    """
    from crmsnap import bootstrap
    from crmsnap.cli.chosen import known_connections

    connections = known_connections(config, home, context.obj.redactor)
    codes = []
    for known in connections.values():
        try:
            bootstrap.token_of(known)
            _check(known)
        except CrmsnapError as error:  # what is wrong with one says nothing of the others
            failure.show(error, context.obj, subject=known.name or "")
            codes.append(error.exit_code)
    if codes:
        raise typer.Exit(worst(codes))
    if not connections:
        print("no connection is configured; `crmsnap init` writes a file to start from")


def _check(known: "Known") -> None:
    from crmsnap import bootstrap
    from crmsnap.cli.chosen import check_tables

    check_tables(known.settings)
    destination = bootstrap.destination_of(known, bootstrap.RunClock())
    print(f"{known.name}: ok, to {destination.url}")


@app.command()
def schema() -> None:
    """Print the JSON Schema of crmsnap.toml, for completion in editors.

    Example: crmsnap config schema > crmsnap.schema.json
    """
    import json

    from crmsnap.config import json_schema

    print(json.dumps(json_schema(), indent=2))
