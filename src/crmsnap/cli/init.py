"""`crmsnap init`: a configuration file to start from, without questions."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crmsnap.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from pydantic import BaseModel

HEAD = """\
# crmsnap: which HubSpot accounts are copied, and where to.
# Lines that begin with # show what else can be set, with its default. Check with: crmsnap config check

"""


def init(
    *,
    to: Annotated[
        str, typer.Option("--to", metavar="URL", help="A folder, or s3://bucket/prefix.")
    ] = "./snapshots",
    name: Annotated[str, typer.Option("--name", help="What the connection is called.")] = "hubspot",
    variable: Annotated[
        str, typer.Option("--token-env", metavar="VARIABLE", help="Variable that holds the token.")
    ] = "HUBSPOT_TOKEN",
    file: Annotated[
        Path, typer.Option("--config", metavar="FILE", help="The file to write.")
    ] = Path("crmsnap.toml"),
    force: Annotated[bool, typer.Option("--force", help="Replace a file that exists.")] = False,
) -> None:
    """Write a commented crmsnap.toml.

    Example: crmsnap init --to s3://acme-lake/hubspot
    """
    text = configuration(name, {"to": to, "token_env": variable}, file)
    try:
        with file.open("w" if force else "x", encoding="utf-8") as opened:
            opened.write(text)
    except FileExistsError as there:
        raise UsageError(
            f"{file} exists already",
            cause="a configuration is not replaced unasked",
            remedy="edit it, or write another with --config, or replace it with --force",
        ) from there
    except OSError as refused:
        raise ConfigError(
            f"{file} cannot be written: {refused.strerror}", remedy="choose another with --config"
        ) from refused
    print(f"wrote {file}")
    print(f"next: export {variable}=..., then crmsnap config check, then crmsnap sync {name}")


def configuration(name: str, chosen: dict[str, str], file: Path) -> str:
    """The text of a configuration file with one connection, every other setting as a comment."""
    import tomllib

    from crmsnap.config import ConnectionSettings, RefreshSettings, S3Settings, parse

    connection = _table(f"[connections.{_toml(name)}]", ConnectionSettings, chosen)
    s3 = _table(f"# [connections.{_toml(name)}.s3]", S3Settings, {})
    refresh = _table(f"# [connections.{_toml(name)}.refresh]", RefreshSettings, {})
    text = f"{HEAD}{connection}\n{refresh}\n{s3}"
    parse(tomllib.loads(text), file)  # what the next command would refuse is refused now
    return text


def _table(header: str, model: "type[BaseModel]", chosen: dict[str, str]) -> str:
    lines = [header]
    for key, field in model.model_fields.items():
        if key in ("s3", "refresh"):  # tables of their own
            continue
        lines.append(f"# {field.description}")
        if key in chosen:
            lines.append(f"{key} = {_toml(chosen[key])}")
        else:
            shown = field.default if field.default is not None else (field.examples or [""])[0]
            lines.append(f"# {key} = {_toml(shown)}")
    return "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    # JSON's texts, numbers, booleans and lists are TOML too.
    return json.dumps(value, ensure_ascii=False)
