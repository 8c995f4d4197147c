"""`crmsnap secrets`: tokens that the registry keeps, encrypted; they come in, and never go out again.

A token is typed or piped in: options can be read by every user of the machine, and stay in the shell's
history.
"""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crmsnap.cli import options
from crmsnap.cli.chosen import complete, known_connections, loaded, named
from crmsnap.cli.text import columns, count
from crmsnap.errors import UsageError

if TYPE_CHECKING:
    from crmsnap.bootstrap import Known

INPUT_CHARACTERS_MAX = 64 * 2**10

app = typer.Typer(help="Keep tokens in the registry, encrypted.", no_args_is_help=True)

_Connection = Annotated[
    str, typer.Argument(metavar="CONNECTION", help="Whose token.", autocompletion=complete)
]


@app.command("new-key")
def new_key() -> None:
    """Print a new random key for CRMSNAP_SECRET_KEY.

    Keep it where your other secrets are: without it the tokens in the registry are lost.

    Example: export CRMSNAP_SECRET_KEY="$(crmsnap secrets new-key)"
    """
    from crmsnap.registry.secret_keys import new_key

    print(new_key())


@app.command("set")
def set_token(
    context: typer.Context,
    connection: _Connection,
    *,
    config: options.Config = None,
    home: options.Home = None,
) -> None:
    """Keep a connection's HubSpot token in the registry, encrypted with the first of CRMSNAP_SECRET_KEY.

    Asks for it without showing it, or reads it from a pipe; never from an option.

    Example: pass show hubspot/acme | crmsnap secrets set acme
    """
    from crmsnap import bootstrap

    known = named(known_connections(config, home, context.obj.redactor), connection)
    key_id = bootstrap.keep_token(known, entered_token(known))
    print(f"the token of {connection} is kept, encrypted with key {key_id}")


@app.command("list")
def list_secrets(
    context: typer.Context,
    *,
    config: options.Config = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """List what is kept, and with which key: names, never values.

    Example: crmsnap secrets list
    """
    from crmsnap import bootstrap

    context.obj.json = as_json
    found = bootstrap.kept_secrets(_registry(context, config, home))
    if as_json:
        listed = [
            {
                "connection": one.connection,
                "name": one.name,
                "key_id": one.key_id,
                "changed_at": one.changed_at,
            }
            for one in found
        ]
        print(json.dumps(listed, indent=2))
        return
    rows = [("CONNECTION", "SECRET", "KEY", "CHANGED (UTC)")]
    rows += [(one.connection, one.name, one.key_id, one.changed_at[:19]) for one in found]
    print(columns(rows) if found else "the registry keeps no secrets")


@app.command()
def rotate(
    context: typer.Context, *, config: options.Config = None, home: options.Home = None
) -> None:
    """Encrypt every secret with the first key of CRMSNAP_SECRET_KEY; the others may go afterwards.

    Example: CRMSNAP_SECRET_KEY="$new,$old" crmsnap secrets rotate
    """
    from crmsnap import bootstrap

    rotated, key_id = bootstrap.rotate_secrets(_registry(context, config, home))
    print(f"{count(rotated, 'secret')} encrypted anew; all of them need only key {key_id} now")


@app.command()
def remove(
    context: typer.Context,
    connection: _Connection,
    *,
    config: options.Config = None,
    home: options.Home = None,
) -> None:
    """Forget what the registry keeps of a connection; the token stays good in HubSpot until it is revoked there.

    Example: crmsnap secrets remove acme
    """
    from crmsnap import bootstrap

    removed = bootstrap.forget_secrets(_registry(context, config, home), connection)
    if not removed:
        raise UsageError(
            f"the registry keeps no secret of {connection!r}", remedy="see `crmsnap secrets list`"
        )
    print(f"{count(removed, 'secret')} of {connection} forgotten; revoke the token in HubSpot too")


def entered_token(known: "Known") -> str:
    """A token that somebody types, unseen, or pipes in; the redactor is told it before it is looked at."""
    if sys.stdin.isatty():
        from getpass import getpass

        text = getpass(f"HubSpot token of {known.name}: ")
    else:
        text = sys.stdin.read(INPUT_CHARACTERS_MAX)
    known.redactor.learn(text.strip())
    return text


def _registry(context: typer.Context, config: Path | None, home: Path | None) -> str:
    from crmsnap.bootstrap import registry_url

    return registry_url(*loaded(config, home, context.obj.redactor))
