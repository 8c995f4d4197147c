"""From a file and variables to settings; what cannot be understood is refused, never ignored.

A variable wins over the file. Paths in the file are relative to the file, so that cron finds them too.
"""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError
from pydantic_settings import SettingsError

from crmsnap.config.refusal import config_error, near, unknown_key
from crmsnap.config.settings import FILE_NAME, PREFIX, ConnectionSettings, Settings
from crmsnap.config.tokens import refuse_readable_by_others, token_source
from crmsnap.errors import ConfigError, UsageError

_URL_KEYS = ("to", "state_url")
_PATH_KEYS = (*_URL_KEYS, "token_file", "ca_file")


def find_file(option: Path | None, home: Path) -> Path | None:
    """The configuration file: the option, else ./crmsnap.toml, else the one in the home folder."""
    if option is not None:
        return option
    return next((path for path in (Path(FILE_NAME), home / FILE_NAME) if path.is_file()), None)


def load(file: Path | None) -> Settings:
    """The settings of a file and the environment. Raise `ConfigError`, which names the wrong key."""
    data = {} if file is None else anchored(_read_toml(file), file.absolute().parent)
    settings = parse(data, file)
    for name, connection in settings.connections.items():
        token_source(connection, f"connection {name}")
    if file is not None and _holds_secret(data):
        refuse_readable_by_others(file)
    return settings


def parse(data: Mapping[str, Any], file: Path | None) -> Settings:
    """The settings of a file's data and the environment; `file` is what errors name."""
    _refuse_near_misses(os.environ)
    for key in data.keys() - Settings.model_fields.keys():
        raise unknown_key([key], file)
    try:
        return Settings(**data)
    except ValidationError as wrong:
        raise config_error(wrong.errors(include_url=False)[0], file) from wrong
    except SettingsError as wrong:  # a variable that is no JSON where JSON is needed
        raise ConfigError(
            "the connections in the environment cannot be read",
            cause="a variable that begins with CRMSNAP_CONNECTIONS has an unfit value",
            remedy=f"set one value a variable: {PREFIX}CONNECTIONS__ACME__TO=./snapshots",
        ) from wrong


def changed(connection: ConnectionSettings, options: Mapping[str, object]) -> ConnectionSettings:
    """The connection with what the command line says instead. Raise `UsageError` for an unfit value."""
    try:
        return ConnectionSettings.model_validate(connection.model_dump() | dict(options))
    except ValidationError as wrong:
        first = wrong.errors(include_url=False)[0]
        # An error of the whole connection is that of its host.
        option = str((*first["loc"], "base_url")[0]).replace("_", "-")
        raise UsageError(
            f"--{option} has an unfit value", cause=first["msg"], remedy="crmsnap sync --help"
        ) from wrong


def _read_toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(
            f"{file} cannot be read: {error.strerror}",
            remedy="give a readable file with --config, or write one with `crmsnap init`",
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        # tomllib's message names line and column, and never quotes a value.
        raise ConfigError(
            f"{file} is not TOML: {error}", remedy="mend that line; texts stand in quotes"
        ) from error


def anchored(data: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The file's data, its relative paths starting at the file's folder."""
    for connection in _table(data, "connections").values():
        if isinstance(connection, dict):
            for key in _PATH_KEYS:
                if _is_relative(key, connection.get(key)):
                    connection[key] = str(folder / connection[key])
    return data


def _is_relative(key: str, value: object) -> bool:
    if not isinstance(value, str) or value.startswith(("~", "/")):
        return False
    return key not in _URL_KEYS or ":" not in value  # s3://bucket/prefix is no path


def _holds_secret(data: Mapping[str, Any]) -> bool:
    """Whether the file itself has a token, or a password in the URL of a proxy or of the registry."""
    connections = [_table(data["connections"], name) for name in _table(data, "connections")]
    urls = [data.get("registry"), *(connection.get("proxy") for connection in connections)]
    return any("token" in connection for connection in connections) or any(
        isinstance(url, str) and urlsplit(url).password is not None for url in urls
    )


def _table(data: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = data.get(key)
    return value if isinstance(value, dict) else {}


def _refuse_near_misses(environ: Mapping[str, str]) -> None:
    """A mistyped CRMSNAP_CONNECTION__... must not be ignored.

    Only names with `__` are ours: Kubernetes sets CRMSNAP_PORT and the like for a service `crmsnap`.
    """
    for name in sorted(environ):
        rest = name.removeprefix(PREFIX)
        if name == rest or "__" not in rest or rest.lower().startswith("connections__"):
            continue
        raise ConfigError(
            f"the variable {name} sets nothing",
            cause=f"variables of crmsnap are {PREFIX}HOME and {PREFIX}CONNECTIONS__<NAME>__<KEY>",
            remedy=near(rest.split("__")[0].lower(), ["connections"]) or "rename or unset it",
        )
