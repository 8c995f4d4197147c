"""`crmsnap connections add`, `edit`, `enable`, `disable`: connections that stand in no file.

A token is never an option, only where it can be found: every user of the machine can read options.
"""

from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crmsnap.cli import options
from crmsnap.cli.chosen import complete
from crmsnap.cli.connections.stored import Opened, opened
from crmsnap.errors import UsageError
from crmsnap.redaction.redactor import Redactor

if TYPE_CHECKING:
    from crmsnap.destinations.s3_place import S3Place

Name = Annotated[str, typer.Argument(metavar="CONNECTION", autocompletion=complete)]
To = typer.Option(
    "--to", metavar="URL", help="Where snapshots go: a folder, or s3://bucket/prefix."
)
TokenEnv = Annotated[
    str | None,
    typer.Option("--token-env", metavar="VARIABLE", help="Variable that holds the token."),
]
TokenFile = Annotated[
    Path | None,
    typer.Option("--token-file", metavar="FILE", help="File that holds the token, for you alone."),
]
TokenSecret = Annotated[
    str | None,
    typer.Option("--token-secret", metavar="NAME", help="The token in AWS Secrets Manager."),
]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Any other setting, also one of a table: s3.region=eu-central-1.",
    ),
]


def add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="CONNECTION", help="What it shall be called.")],
    *,
    to: Annotated[str, To],
    token_env: TokenEnv = None,
    token_file: TokenFile = None,
    token_secret: TokenSecret = None,
    settings: Set = None,
    config: options.Config = None,
    home: options.Home = None,
) -> None:
    """Make a connection that stands in no file.

    Example: crmsnap connections add acme --to s3://acme-lake/hubspot --token-file acme.token
    """
    from crmsnap.config import kept
    from crmsnap.registry.connections import add_connection

    given = _given({"to": to, **_tokens(token_env, token_file, token_secret)}, settings, {})
    with opened(config, home, context.obj.redactor) as there:
        if name in there.configured:
            there.stored(name, "change it there")
        keep = kept(name, given, folder=Path.cwd())
        _check_place(keep, to, settings)
        there.refuse_shared(name, keep)
        add_connection(there.registry, name, keep, now=there.now())
    next_step = "connect aws" if "role_arn" in keep.get("s3", {}) else "sync"
    print(f"added {name}; next: crmsnap {next_step} {name}")


def edit(
    context: typer.Context,
    name: Name,
    *,
    to: Annotated[str | None, To] = None,
    token_env: TokenEnv = None,
    token_file: TokenFile = None,
    token_secret: TokenSecret = None,
    settings: Set = None,
    unset: Annotated[
        list[str] | None,
        typer.Option("--unset", metavar="KEY", help="Go back to the default of this setting."),
    ] = None,
    config: options.Config = None,
    home: options.Home = None,
) -> None:
    """Change settings of a connection; what is not named stays. Its external id never changes.

    Another role or bucket has to be connected again: crmsnap connect aws.

    Example: crmsnap connections edit acme --set workers=4 --unset s3.region
    """
    from crmsnap.config import check_known, kept, put
    from crmsnap.registry.connections import change_connection

    tokens = _tokens(token_env, token_file, token_secret)
    said = {key: value for key, value in {"to": to, **tokens}.items() if value is not None}
    if not (said or settings or unset):
        raise UsageError("nothing is to be changed", remedy="see crmsnap connections edit --help")
    with opened(config, home, context.obj.redactor) as there:
        before = there.stored(name, "change the lines there").settings
        changed = deepcopy(dict(before))
        for key in unset or ():
            check_known(key, before)
        for key in (*(tokens if any(tokens.values()) else ()), *(unset or ())):
            put(changed, key, None)
        keep = kept(name, _given(said, settings, changed), folder=Path.cwd())
        _check_place(keep, to, settings)
        there.refuse_shared(name, keep)
        _move_link(there, name, keep)
        change_connection(there.registry, name, settings=keep, now=there.now())
    print(f"changed {name}")


def disable(
    context: typer.Context, name: Name, *, config: options.Config = None, home: options.Home = None
) -> None:
    """Switch a connection off: `sync --all` leaves it out, and `sync` refuses it by name.

    Example: crmsnap connections disable acme
    """
    _switch(context.obj.redactor, name, config, home, enabled=False)


def enable(
    context: typer.Context, name: Name, *, config: options.Config = None, home: options.Home = None
) -> None:
    """Switch a connection on again.

    Example: crmsnap connections enable acme
    """
    _switch(context.obj.redactor, name, config, home, enabled=True)


def _switch(
    redactor: Redactor, name: str, config: Path | None, home: Path | None, *, enabled: bool
) -> None:
    from crmsnap.registry.connections import change_connection

    with opened(config, home, redactor) as there:
        there.stored(name, f"enabled = {'true' if enabled else 'false'}")
        change_connection(there.registry, name, enabled=enabled, now=there.now())
    print(f"{name} is {'enabled' if enabled else 'disabled'}")


def _tokens(env: str | None, file: Path | None, secret: str | None) -> dict[str, str | None]:
    return {
        "token_env": env,
        "token_file": None if file is None else str(file),
        "token_secret": secret,
    }


def _given(
    said: Mapping[str, str | None], settings: list[str] | None, before: dict[str, Any]
) -> dict[str, Any]:
    """The settings that were there, with what the options say instead."""
    from crmsnap.config import put, told

    found = deepcopy(before)
    pairs = {key: value for key, value in said.items() if value is not None}
    for key, value in (*pairs.items(), *told(settings or ()).items()):
        put(found, key, value)
    return found


def _check_place(keep: Mapping[str, Any], *given: object) -> None:
    """Raise `UsageError` when what was given says a place that is none, `ConfigError` when it was kept."""
    from crmsnap.destinations.url import check_url

    if to := keep.get("to"):
        with options.typed(*given):
            check_url(to)


def _place(settings: Mapping[str, Any]) -> "S3Place | None":
    """Where in S3 it goes, None for a folder. Raise `ConfigError` for what is no place."""
    from crmsnap.destinations.s3_place import read_s3_place

    to = settings.get("to") or ""
    return read_s3_place(to) if to.startswith(("s3://", "https://", "arn:")) else None


def _move_link(there: Opened, name: str, settings: Mapping[str, Any]) -> None:
    """Tie the link of a connection to its new role and place; unless both stay, it has to be proven again."""
    from crmsnap.bootstrap.sharing import store_of
    from crmsnap.config import stored
    from crmsnap.registry.aws_links import aws_link, loosen_aws_link, place_aws_link

    place = _place(settings)
    link = aws_link(there.registry, name)
    if link is None:
        return
    role_arn = settings.get("s3", {}).get("role_arn")
    if role_arn is None or place is None:
        loosen_aws_link(there.registry, name)
        return
    moved = place_aws_link(
        there.registry,
        name,
        role_arn=role_arn,
        bucket=place.bucket,
        prefix=place.prefix,
        store=store_of(stored(name, settings, enabled=True)),
    )
    if moved != link:
        print(f"the role or the bucket is another one now; next: crmsnap connect aws {name}")
