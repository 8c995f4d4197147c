"""`crmsnap connections remove`: forget a connection, and say what remains elsewhere."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crmsnap.cli import options
from crmsnap.cli.chosen import complete
from crmsnap.cli.connections.stored import opened
from crmsnap.cli.text import escaped
from crmsnap.errors import UsageError

if TYPE_CHECKING:
    from crmsnap.registry.aws_links import AwsLink


def remove(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="CONNECTION", autocompletion=complete)],
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    config: options.Config = None,
    home: options.Home = None,
) -> None:
    """Forget a connection, its external id and its tokens. Snapshots and the state stay.

    Also what is left of a connection that the configuration file no longer has: its external id, role and
    place, which no other connection could have before.

    Example: crmsnap connections remove acme --yes
    """
    from crmsnap.registry.connections import remove_connection
    from crmsnap.registry.runs import remembered_runs

    with opened(config, home, context.obj.redactor) as there:
        left = there.link_of_nobody(name)
        settings = _of(left) if left else there.stored(name, "remove its lines").settings
        if not yes:
            _ask(name)
        remove_connection(there.registry, name)
        has_run = bool(remembered_runs(there.registry, name))
    print(f"removed {name}" if left is None else f"forgot what was left of {name}")
    if has_run:
        print(f"  its runs stay in the history: crmsnap runs {name}")
    for line in _remains(settings, there.home / name):
        print(f"  {escaped(line)}")


def _ask(name: str) -> None:
    if not sys.stdin.isatty():
        raise UsageError(
            f"removing {name} has to be confirmed",
            cause="its external id is never given again, and there is no terminal to ask on",
            remedy=f"crmsnap connections remove {name} --yes",
        )
    typer.confirm(f"Forget connection {name}, its external id and its tokens?", abort=True)


def _of(link: "AwsLink") -> Mapping[str, Any]:
    """What a link says of the settings that its connection had."""
    place = None if link.bucket is None else f"s3://{link.bucket}/{link.prefix}"
    return {"to": place, "s3": {"role_arn": link.role_arn}}


def _remains(settings: Mapping[str, Any], state: Path) -> list[str]:
    """What a user may want to remove as well, and nobody else does."""
    found = []
    if to := settings.get("to"):
        found.append(f"its snapshots stay at {to}")
    if state.exists():
        found.append(f"its state, a copy of the account, stays in {state}")
    if role_arn := settings.get("s3", {}).get("role_arn"):
        found.append(
            f"the role stays in AWS, and trusts an external id that is forgotten: {role_arn}"
        )
    return found
