"""What the user has set: the only reader of configuration files, token files and the environment.

A connection can live in `crmsnap.toml`, in variables (`CRMSNAP_CONNECTIONS__ACME__TO`), or in both; a
variable wins over the file. Paths in the file are relative to the file, so that cron finds them too.
"""

import os
import stat
import tomllib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from crmsnap.errors import ConfigError, UsageError

FILE_NAME = "crmsnap.toml"
TOKEN_VARIABLE = "HUBSPOT_TOKEN"  # noqa: S105 - the name of a variable, not a secret
PREFIX = "CRMSNAP_"

_PATH_KEYS = ("to", "token_file", "ca_file")
_TOKEN_KEYS = ("token", "token_env", "token_file")


def _words(value: object) -> object:
    """Lists come from TOML as lists and from variables as `a,b`."""
    if isinstance(value, str):
        return tuple(word.strip() for word in value.split(",") if word.strip())
    return value


Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_words)]
ConnectionName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]


class S3Settings(BaseModel):
    """How the bucket of a connection is reached; keys come from the usual AWS chain."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    endpoint_url: str | None = Field(
        default=None,
        description="Server of an S3-compatible store; unset: AWS, or AWS_ENDPOINT_URL_S3.",
    )
    region: str | None = Field(default=None, description="Region of the bucket; unset: AWS_REGION.")
    profile: str | None = Field(
        default=None, description="Profile of the AWS configuration to use."
    )
    addressing_style: Literal["auto", "path", "virtual"] = Field(
        default="auto", description="Where the bucket's name stands in an address."
    )
    allow_http: bool = Field(default=False, description="Allow an endpoint_url without TLS.")


class ConnectionSettings(BaseModel):
    """One HubSpot account and where its snapshots go."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    to: str | None = Field(
        default=None,
        description="Destination: a folder, or s3://bucket/prefix.",
        examples=["./snapshots"],
    )
    token_env: str | None = Field(
        default=None, description=f"Variable that holds the token; unset: {TOKEN_VARIABLE}."
    )
    token_file: Path | None = Field(
        default=None, description="File that holds the token, readable by its owner alone."
    )
    token: SecretStr | None = Field(
        default=None,
        description="The token itself; the file must then be readable by its owner alone.",
    )
    types: Words = Field(default=(), description="Object types to copy, by id or name; empty: all.")
    tables: Words = Field(default=(), description="Tables to publish; empty: all.")
    allow_gaps: bool = Field(
        default=False, description="Publish although something became unreadable during the run."
    )
    iso_dates: bool = Field(
        default=False,
        description="Date values as HubSpot's API gives them, not as epoch milliseconds.",
    )
    compression: Literal["fast", "small"] = Field(
        default="fast",
        description="`small`: a quarter smaller, for five times the CPU of compressing.",
    )
    workers: int = Field(default=16, ge=1, le=64, description="How many streams are read at once.")
    daily_share: float = Field(
        default=0.8,
        gt=0,
        le=1,
        description="Share of the account's daily API calls that may be used.",
    )
    base_url: str = Field(
        default="https://api.hubapi.com",
        pattern=r"^https?://[^/]+",
        description="Where HubSpot's API is.",
    )
    api_version: str = Field(
        default="2026-09",
        pattern=r"^\d{4}-\d{2}$",
        description="Version of HubSpot's API to ask first.",
    )
    ca_file: Path | None = Field(
        default=None,
        description="Certificates (PEM) of the authority that your proxy or server uses.",
    )
    proxy: SecretStr | None = Field(
        default=None, description="Proxy for all requests; unset: HTTPS_PROXY and NO_PROXY."
    )
    s3: S3Settings = Field(default=S3Settings(), description="How the bucket is reached.")


class Settings(BaseSettings):
    """Everything that can be set."""

    model_config = SettingsConfigDict(
        extra="forbid",
        frozen=True,
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        title="crmsnap.toml",
    )

    connections: dict[ConnectionName, ConnectionSettings] = Field(
        default_factory=dict, description="The connections, by name."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Variables before what `load` read from the file, and nothing else."""
        return _Variables(settings_cls, init_settings), init_settings


class _Variables(EnvSettingsSource):
    """Variables whose connection may be named with `_` where the file has `-`."""

    def __init__(self, settings_cls: type[BaseSettings], file: PydanticBaseSettingsSource) -> None:
        super().__init__(settings_cls)
        self._file = file

    def __call__(self) -> dict[str, Any]:
        found = super().__call__()
        names = {name.replace("-", "_"): name for name in _table(self._file(), "connections")}
        connections = found.get("connections")
        if isinstance(connections, dict):
            found["connections"] = {
                names.get(key, key): value for key, value in connections.items()
            }
        return found


def home_folder(option: Path | None) -> Path:
    """Where states live: the option, else CRMSNAP_HOME, else the XDG data directory."""
    if option is not None:
        return option.expanduser().absolute()
    if chosen := os.environ.get("CRMSNAP_HOME"):
        return Path(chosen).expanduser().absolute()
    # XDG Base Directory Specification: a relative path is to be ignored.
    data = Path(os.environ.get("XDG_DATA_HOME", ""))
    return (data if data.is_absolute() else Path.home() / ".local" / "share") / "crmsnap"


def find_file(option: Path | None, home: Path) -> Path | None:
    """The configuration file: the option, else ./crmsnap.toml, else the one in the home folder."""
    if option is not None:
        return option
    return next((path for path in (Path(FILE_NAME), home / FILE_NAME) if path.is_file()), None)


def load(file: Path | None) -> Settings:
    """The settings of a file and the environment. Raise `ConfigError`, which names the wrong key."""
    data = {} if file is None else _anchored(_read_toml(file), file.absolute().parent)
    settings = parse(data, file)
    for name, connection in settings.connections.items():
        given = [key for key in _TOKEN_KEYS if getattr(connection, key) is not None]
        if len(given) > 1:
            raise ConfigError(
                f"connection {name} has {' and '.join(given)}",
                cause="it is not clear which token is meant",
                remedy="keep one of them",
            )
        if file is not None and "token" in _table(_table(data, "connections"), name):
            _refuse_readable_by_others(file)
    return settings


def parse(data: Mapping[str, Any], file: Path | None) -> Settings:
    """The settings of a file's data and the environment; `file` is what errors name."""
    _refuse_near_misses(os.environ)
    try:
        return Settings(**data)
    except ValidationError as wrong:
        raise _config_error(wrong.errors(include_url=False)[0], file) from wrong
    except (SettingsError, TypeError) as wrong:  # a variable that is no JSON where JSON is needed
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
        option = str(first["loc"][0]).replace("_", "-")
        raise UsageError(
            f"--{option} has an unfit value", cause=first["msg"], remedy="crmsnap sync --help"
        ) from wrong


def token_of(connection: ConnectionSettings) -> SecretStr:
    """The connection's token. Raise `ConfigError` when there is none, or when others can read it."""
    if connection.token is not None:
        text, place = connection.token.get_secret_value(), "the configuration"
    elif connection.token_file is not None:
        text, place = _read_secret(connection.token_file), str(connection.token_file)
    else:
        place = connection.token_env or TOKEN_VARIABLE
        text = os.environ.get(place, "")
    text = text.strip()
    if not text:
        raise ConfigError(
            "no HubSpot token",
            cause=f"{place} is empty or not set",
            remedy=f"make a service key or private app in HubSpot (Settings > Integrations) and set"
            f" {TOKEN_VARIABLE}, or token_env or token_file in {FILE_NAME}",
        )
    if not text.isascii() or not text.isprintable() or " " in text:
        raise ConfigError(
            "the HubSpot token is no token",
            cause=f"{place} holds spaces, line breaks or letters that no token has",
            remedy="copy the token again, without anything around it",
        )
    return SecretStr(text)


def proxy_of(connection: ConnectionSettings) -> SecretStr | None:
    """The proxy for the connection's requests: its own, else that of the environment."""
    if connection.proxy is not None:
        return connection.proxy
    address = urlsplit(connection.base_url)
    host = address.hostname or ""
    if host in ("localhost", "127.0.0.1", "::1") or proxy_bypass(host):
        return None
    found = getproxies().get(address.scheme)
    return None if found is None else SecretStr(found)


def s3_of(connection: ConnectionSettings) -> S3Settings:
    """How the connection's bucket is reached, with AWS's own variables for what is not set."""
    own = connection.s3
    return own.model_copy(
        update={
            "endpoint_url": own.endpoint_url
            or os.environ.get("AWS_ENDPOINT_URL_S3")
            or os.environ.get("AWS_ENDPOINT_URL"),
            "region": own.region
            or os.environ.get("AWS_REGION")
            or os.environ.get("AWS_DEFAULT_REGION"),
            "profile": own.profile or os.environ.get("AWS_PROFILE"),
        }
    )


def aws_keys() -> tuple[str, str, str | None] | None:
    """Key id, secret and session token of the environment, None when it has none.

    First in the usual AWS chain as well; found here, boto3 need not be loaded.
    """
    key_id = os.environ.get("AWS_ACCESS_KEY_ID")
    secret = os.environ.get("AWS_SECRET_ACCESS_KEY")
    if not key_id or not secret:
        return None
    return key_id, secret, os.environ.get("AWS_SESSION_TOKEN") or None


def json_schema() -> dict[str, Any]:
    """The JSON Schema of the configuration file, for editors."""
    return Settings.model_json_schema()


def near(word: str, known: Iterable[str]) -> str:
    """`did you mean 'x'?`, or nothing when no known word is near."""
    found = get_close_matches(word, tuple(known), n=1, cutoff=0.5)
    return f"did you mean {found[0]!r}?" if found else ""


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


def _anchored(data: dict[str, Any], folder: Path) -> dict[str, Any]:
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
    return key != "to" or ":" not in value  # s3://bucket/prefix is no path


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


def _config_error(wrong: ErrorDetails, file: Path | None) -> ConfigError:
    path = [str(step) for step in wrong["loc"] if step != "[key]"]
    place = _place(path, file)
    if wrong["type"] == "extra_forbidden":
        return ConfigError(
            f"{place}: there is no setting {path[-1]!r}",
            cause="an unknown key would be ignored silently, so it is refused",
            remedy=near(path[-1], _keys_at(path[:-1])) or "see docs/reference/configuration.md",
        )
    if path[:1] == ["connections"] and len(path) == 2 and wrong["type"].startswith("string"):
        return ConfigError(
            f"{place}: {path[1]!r} is no name for a connection",
            remedy="use lower-case letters, digits, - and _, at most 63 of them",
        )
    # Pydantic's words, never the value: it may be a secret.
    return ConfigError(
        f"{place} has the wrong type or value",
        cause=wrong["msg"],
        remedy="see docs/reference/configuration.md for what it may be",
    )


def _place(path: list[str], file: Path | None) -> str:
    variable = PREFIX + "__".join(path).upper().replace("-", "_")
    if variable in {name.upper() for name in os.environ} or file is None:
        return f"the variable {variable}"
    return f"{file}: {'.'.join(path)}"


def _keys_at(path: list[str]) -> Iterable[str]:
    model: type[BaseModel] = Settings
    if len(path) >= 2:
        model = ConnectionSettings if len(path) == 2 else S3Settings
    return model.model_fields


def _read_secret(file: Path) -> str:
    file = file.expanduser()
    try:
        _refuse_readable_by_others(file)
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"the token file {file} cannot be read",
            cause=getattr(error, "strerror", None) or "it is not text",
            remedy="check token_file and who may read it",
        ) from error


def _refuse_readable_by_others(file: Path) -> None:
    if file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConfigError(
            f"{file} holds a token and other users of this machine can read it",
            cause=f"its mode is {stat.filemode(file.stat().st_mode)}",
            remedy=f"chmod 600 {file}",
        )
