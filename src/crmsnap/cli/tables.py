"""`crmsnap tables`: what can be published, and which object types there are."""

from typing import Annotated

import typer

from crmsnap.cli import options
from crmsnap.cli.text import columns


def tables(
    context: typer.Context,
    *,
    as_json: options.Json = False,
    types: Annotated[
        bool, typer.Option("--types", help="The standard object types instead.")
    ] = False,
) -> None:
    """List the tables that a snapshot holds.

    Example: crmsnap tables --json
    """
    context.obj.json = as_json
    if types:
        _print_types(as_json=as_json)
    else:
        _print_tables(as_json=as_json)


def _print_tables(*, as_json: bool) -> None:
    import json

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


def _print_types(*, as_json: bool) -> None:
    import json

    from crmsnap.hubspot.object_types import STANDARD_TYPES

    readable = [known for known in STANDARD_TYPES if known.source == "crm"]
    if as_json:
        listed = [
            {
                "id": known.id,
                "name": known.name,
                "plural": known.plural,
                "scopes": known.read_scopes,
                "readable": known.source == "crm",
            }
            for known in STANDARD_TYPES
        ]
        print(json.dumps(listed, indent=2))
        return
    rows = [("TYPE", "NAME", "PLURAL", "NEEDS ONE OF")]
    rows += [
        (known.id, known.name, known.plural, ", ".join(known.read_scopes)) for known in readable
    ]
    print(columns(rows))
    print("\nCustom object types are named by their id (2-123) or their name in HubSpot.")
