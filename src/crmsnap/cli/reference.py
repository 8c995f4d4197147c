"""The reference pages that follow from the command line, the settings and the error tree.

`python -m crmsnap.cli.reference docs/reference` writes them. Each page is a pure function of the code,
so that it can never say something else.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import typer
from pydantic import BaseModel

import crmsnap.bootstrap  # noqa: F401 - loads every module, and so every error there is
from crmsnap.cli import app
from crmsnap.cli.exit_codes import EXIT_CODES
from crmsnap.config import ConnectionSettings, RefreshSettings, S3Settings, Settings
from crmsnap.config.settings import FILE_NAME
from crmsnap.connection.questions import (
    AWS_QUESTIONS,
    DESTINATION_QUESTIONS,
    HUBSPOT_QUESTIONS,
    PLACE,
)
from crmsnap.errors import CrmsnapError

MADE = "<!-- Made from {} by `make docs`: change it there instead. -->"

VARIABLES = (
    ("`HUBSPOT_TOKEN`", "The token, where a connection names no other source."),
    (
        "`CRMSNAP_HOME`",
        "Where the state of each connection is kept; unset: `crmsnap` in `XDG_DATA_HOME`, else in `~/.local/share`.",
    ),
    (
        "`CRMSNAP_SECRET_KEY`",
        "The key that encrypts the tokens in the registry, and behind it, after a comma or a space, those that"
        " still decrypt some: `crmsnap secrets new-key` makes one.",
    ),
    (
        "`CRMSNAP_REGISTRY`, `CRMSNAP_USER_ARN`",
        "The keys `registry` and `user_arn` at the top of the file.",
    ),
    (
        "`CRMSNAP_CONNECTIONS__ACME__TO`",
        "The key `to` of the connection `acme`; so for every key, lists as `a,b`. A `-` in a name is written `_`.",
    ),
    ("`CRMSNAP_CONNECTIONS__ACME__S3__REGION`", "The same for the keys of its `s3` table."),
    ("`HTTPS_PROXY`, `NO_PROXY`", "The proxy to HubSpot, where `proxy` is not set."),
    (
        "`AWS_REGION`, `AWS_PROFILE`, `AWS_ENDPOINT_URL_S3`",
        "As the AWS tools know them, where the `s3` table says nothing.",
    ),
)


def pages() -> dict[str, str]:
    """Every page: file name -> Markdown."""
    return {
        "checks.md": checks_page(),
        "cli.md": cli_page(),
        "configuration.md": configuration_page(),
        "errors.md": errors_page(),
        "exit-codes.md": exit_codes_page(),
    }


def checks_page() -> str:
    """Every question of `crmsnap check`, and what its cross means."""
    groups = (
        ("HubSpot", "", HUBSPOT_QUESTIONS),
        ("Where snapshots go", "", (PLACE,)),
        (
            "A bucket of S3, with or without a role",
            "Asked with the connection's own session, as a sync has it.",
            AWS_QUESTIONS,
        ),
        (
            "A folder, or a store that is not S3",
            "Asked through the same code that writes snapshots.",
            DESTINATION_QUESTIONS,
        ),
    )
    head = f"""\
# Questions of `crmsnap check`

{MADE.format("src/crmsnap/connection/questions.py")}

Each has one of four answers: `ok`, `warning` (a sync works), `failed` (it cannot, or must not), `skipped` (it could not be
asked, or need not be). [Check a connection](../how-to/check-a-connection.md) tells how to go on.
"""
    sections = [
        "\n\n".join(
            part
            for part in (
                f"## {title}",
                note,
                _table(
                    ("name", "question", "what a cross or a warning means"),
                    [(f"`{one.name}`", one.text, one.cross) for one in questions],
                ),
            )
            if part
        )
        for title, note, questions in groups
    ]
    return head + "\n" + "\n\n".join(sections) + "\n"


def cli_page() -> str:
    """Every command with its arguments and options."""
    head = f"""\
# Command line

{MADE.format("src/crmsnap/cli")}

Results go to stdout, messages and progress to stderr. `--json` answers in JSON on every command that reads; `sync --json`
prints JSON lines, the last of which is the report. `NO_COLOR` switches colours off. How a command ends is told by its
[exit code](exit-codes.md). `crmsnap --install-completion` sets up completion for the shell in use.
"""
    # Typer carries a copy of Click of its own and exports no types for commands, hence Any.
    return "\n".join([head, *_command_sections(("crmsnap",), typer.main.get_command(app))])


def configuration_page() -> str:
    """Every key of crmsnap.toml, and every variable."""
    return f"""\
# Configuration

{MADE.format("src/crmsnap/config")}

No configuration is needed to copy one account: `HUBSPOT_TOKEN` and `--to` are enough. Several accounts, or a machine that
runs every day, have a `{
        FILE_NAME
    }`: the one that `--config` names, else the one in the working directory, else the one in
the home folder. `crmsnap init` writes one with every setting explained; `crmsnap config check` checks it; `crmsnap config
schema` writes its JSON Schema, which editors use when the first line is `#:schema ./crmsnap.schema.json`.

```toml
[connections.acme]
to = "s3://acme-lake/hubspot"
token_env = "ACME_HUBSPOT_TOKEN"

[connections.acme.s3]
region = "eu-central-1"
```

An unknown key is an error, never ignored. Paths are relative to the file that they stand in.

## At the top of the file

{_table(("key", "value", "default", "meaning"), _settings(Settings))}

## `[connections.<name>]`
The name has lower-case letters, digits, `-` and `_`.

{_table(("key", "value", "default", "meaning"), _settings(ConnectionSettings))}

The token comes from exactly one of `token_env`, `token_file`, `token_secret`, `token` and the registry (`crmsnap secrets set`), where
none of them has it from `HUBSPOT_TOKEN`; never from an option, because options can be seen by other users and stay in the shell's history. A file that holds a token has to be readable by its owner alone.

## `[connections.<name>.refresh]`

{_table(("key", "value", "default", "meaning"), _settings(RefreshSettings))}

## `[connections.<name>.s3]`

{_table(("key", "value", "default", "meaning"), _settings(S3Settings))}

Keys come from `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`, else from where the AWS tools find theirs:
profiles, web identity, a container's or a machine's role.

## Variables
Options win over variables, variables win over the file.

{_table(("variable", "meaning"), VARIABLES)}
"""


def errors_page() -> str:
    """Every error by its code."""
    rows = [
        (f"`{error.code}`", f"[{error.exit_code}](exit-codes.md)", _sentence(error))
        for error in sorted(_errors(CrmsnapError), key=lambda one: (one.exit_code, one.code))
    ]
    return f"""\
# Errors

{MADE.format("src/crmsnap/errors.py")}

An error is one sentence with a code that does not change, a cause and a remedy. With `--json` it is an object with the keys
`code`, `message`, `cause`, `remedy` and `exit_code`; errors of HubSpot add `correlation_id`, which HubSpot's support asks for.
`crmsnap --debug ...` shows the traceback as well.

```
error[hubspot-token]: HubSpot does not accept the token
  cause: HubSpot answered 401
  remedy: copy the token of the service key or private app again
```

{_table(("code", "exit code", "meaning"), rows)}
"""


def exit_codes_page() -> str:
    """Every exit code."""
    rows = [(str(one.code), one.meaning, one.example) for one in EXIT_CODES]
    return f"""\
# Exit codes

{MADE.format("src/crmsnap/cli/exit_codes.py")}

{_table(("code", "meaning", "for example"), rows)}

`sync` of several connections runs them all, however one ends, and gives the code of the worst: 130, then 1, 5, 4, 2, 75, 3, 0.
For a scheduler: 0 and 3 are done, 75 is worth another try later, everything else needs somebody.
"""


def _command_sections(words: tuple[str, ...], command: Any) -> Iterator[str]:
    below = getattr(command, "commands", {})
    help_text, _, example = (command.help or "").replace(r"\[", "[").partition("Example: ")
    yield f"## `{' '.join(words)}`\n{_joined(help_text)}\n"
    if example:
        yield f"```sh\n{example.strip()}\n```\n"
    parameters = [one for one in command.params if not one.hidden]
    rows = [
        (_written(one), "" if one.is_flag else _code(one.default), _cell(one.help))
        for one in parameters
        if one.param_type_name == "option"
    ]
    rows = [
        (_cell(f"`{one.display_name_raw}`"), "", _cell(one.help))
        for one in parameters
        if one.param_type_name == "argument"
    ] + rows
    if rows:
        yield _table(("argument or option", "default", "meaning"), rows) + "\n"
    for name, inner in below.items():
        yield from _command_sections((*words, name), inner)


def _written(option: Any) -> str:
    names = ", ".join(f"`{name}`" for name in (*option.opts, *option.secondary_opts))
    return names if option.is_flag else f"{names} `{option.metavar or option.bare_type()}`"


def _settings(model: type[BaseModel]) -> list[tuple[str, ...]]:
    return [
        (f"`{key}`", _kind(model, key), _default(field.default), _cell(field.description))
        for key, field in model.model_fields.items()
        if not isinstance(field.default, BaseModel) and key != "connections"  # tables of their own
    ]


def _default(value: object) -> str:
    return "" if value in (None, ()) else f"`{_toml(value)}`"


def _kind(model: type[BaseModel], key: str) -> str:
    """What a value may be, by the JSON Schema."""
    schema = model.model_json_schema()["properties"][key]
    for choice in schema.get("anyOf", [schema]):
        if "enum" in choice:
            return ", ".join(f"`{_toml(value)}`" for value in choice["enum"])
        if choice["type"] == "array":
            return "list of texts"
        if choice["type"] == "integer":
            upper = f" to {choice['maximum']}" if "maximum" in choice else " or more"
            return f"{choice['minimum']}{upper}"
        if choice["type"] == "number":
            return f"above {choice['exclusiveMinimum']}, to {choice['maximum']}"
        if choice["type"] in ("boolean", "string"):
            return {"boolean": "true or false", "string": "text"}[choice["type"]]
    raise AssertionError(f"{key} is of no kind that this page can describe")


def _toml(value: object) -> str:
    return json.dumps(value)


def _errors(base: type[CrmsnapError]) -> Iterator[type[CrmsnapError]]:
    yield base
    for below in base.__subclasses__():
        yield from _errors(below)


def _sentence(error: type[CrmsnapError]) -> str:
    return _joined((error.__doc__ or "").partition("\n\n")[0])


def _joined(text: str) -> str:
    paragraphs = (" ".join(paragraph.split()) for paragraph in text.strip().split("\n\n"))
    return "\n\n".join(paragraphs)


def _code(value: object) -> str:
    return "" if value is None or callable(value) else f"`{getattr(value, 'value', value)}`"


def _cell(text: str | None) -> str:
    return (text or "").replace("|", "\\|").replace("<", "\\<")


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main(folder: Path) -> None:
    """Write all pages into a folder."""
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
