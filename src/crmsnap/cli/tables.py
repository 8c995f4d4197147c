"""`crmsnap tables`: what can be published, what an account delivers of it, and which scopes that needs."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from crmsnap.cli import options
from crmsnap.cli.chosen import complete, one_connection
from crmsnap.cli.text import columns
from crmsnap.errors import UsageError

if TYPE_CHECKING:
    from crmsnap.bootstrap import Known


def tables(
    context: typer.Context,
    connection: Annotated[
        str | None,
        typer.Argument(
            metavar="[CONNECTION]",
            help="What this connection would deliver; without one: what crmsnap knows.",
            autocompletion=complete,
        ),
    ] = None,
    *,
    ask: Annotated[
        bool,
        typer.Option(
            "--account", help="Ask the only connection, or without a configuration HUBSPOT_TOKEN."
        ),
    ] = False,
    types: Annotated[
        bool, typer.Option("--types", help="The object types instead, and where each comes from.")
    ] = False,
    scopes: Annotated[
        bool, typer.Option("--scopes", help="The fewest scopes instead that a token needs.")
    ] = False,
    base_url: options.BaseUrl = None,
    config: options.Config = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """List the tables that a snapshot holds, with or without an account.

    For a connection its selection counts, and the token is tried: no record is read, nothing is kept.

    Example: crmsnap tables acme
    """

    context.obj.json = as_json
    if types and scopes:
        raise UsageError("--types and --scopes exclude each other")
    picked: Known | None = None
    if connection or ask:
        picked = one_connection(connection, base_url, config, home, context.obj.redactor)
    if types:
        _print_types(picked, as_json=as_json)
    elif scopes:
        _print_scopes(picked, as_json=as_json)
    elif picked is None:
        _print_catalogue(as_json=as_json)
    else:
        _print_tables(picked, as_json=as_json)


def _print_catalogue(*, as_json: bool) -> None:
    from crmsnap.tables import CATALOGUE

    if as_json:
        listed = [
            {
                "name": table.name,
                "grain": table.grain,
                "key": table.key,
                "optional": table.optional,
                "scopes": sorted({scope for stream in table.streams for scope in stream.scopes}),
                "columns": [
                    {
                        "name": column.name,
                        "kind": column.kind,
                        "nullable": column.nullable,
                        "description": column.description,
                    }
                    for column in table.columns
                ],
            }
            for table in CATALOGUE
        ]
        print(json.dumps(listed, indent=2))
        return
    rows = [("TABLE", "ONE ROW PER", "COLUMNS", "KEY")]
    for table in CATALOGUE:
        grain = table.grain.removeprefix("one row per ").removesuffix(".")
        rows.append((table.name, grain, str(len(table.columns)), ", ".join(table.key)))
    print(columns(rows, right=(2,)))


def _print_tables(picked: "Known", *, as_json: bool) -> None:
    from crmsnap.cli import outlook
    from crmsnap.extract.outlook import tables_of

    with outlook.asked(picked) as found:
        outlook.print_tables(tables_of(found), found.plan.unmatched, as_json=as_json)


def _print_types(picked: "Known | None", *, as_json: bool) -> None:
    from crmsnap.cli import outlook
    from crmsnap.extract.type_outlook import standard_types, types_of

    if picked is not None:
        # Whatever tables are chosen: whether a type can be read is another question.
        with outlook.asked(picked, tables=("OBJECTS",)) as found:
            outlook.print_types(types_of(found), as_json=as_json)
        return
    outlook.print_types(standard_types(), as_json=as_json)
    if not as_json:
        print(
            "\nWithout an account: custom types are missing, and whether the account's plan and the"
        )
        print("token allow the others is not known. To know it: crmsnap tables --types --account")


def _print_scopes(picked: "Known | None", *, as_json: bool) -> None:
    from crmsnap.cli import outlook
    from crmsnap.extract.needed_scopes import all_scopes, needed_scopes

    if picked is None:
        outlook.print_scopes(all_scopes(), as_json=as_json)
        return
    with outlook.asked(picked) as found:
        outlook.print_scopes(needed_scopes(found), as_json=as_json)
