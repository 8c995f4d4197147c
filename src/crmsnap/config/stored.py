"""Settings of connections that stand in no file: what commands were told, checked, as JSON.

Only what was said is kept, so that a default of a later version reaches connections of today. A
secret is never kept: tokens come by reference, or encrypted from the registry.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from crmsnap.config.load import anchored
from crmsnap.config.refusal import near
from crmsnap.config.settings import ConnectionName, ConnectionSettings, S3Settings
from crmsnap.errors import ConfigError, UsageError

_ONE = TypeAdapter(dict[ConnectionName, ConnectionSettings])
_TOKENS = ("token_env", "token_file", "token_secret")


def told(pairs: Iterable[str]) -> dict[str, str]:
    """`key=value` texts as settings by key; a key of a table is `s3.region`."""
    found = {}
    for pair in pairs:
        key, is_pair, value = pair.partition("=")
        if not is_pair:
            raise UsageError(
                f"--set {pair} has no value", remedy="write --set key=value, or --unset key"
            )
        found[key] = value
    return found


def put(settings: dict[str, Any], key: str, value: object) -> None:
    """Set a key of these settings, or of a table in them; None unsets it."""
    *tables, last = key.split(".")
    for table in tables:
        if not isinstance(settings.get(table), dict):
            settings[table] = {}
        settings = settings[table]
    if value is None:
        settings.pop(last, None)
    else:
        settings[last] = value


def check_known(key: str, settings: Mapping[str, Any]) -> None:
    """Raise `UsageError` for a key that no connection has; these settings may have one of another version."""
    table, is_of_table, last = key.rpartition(".")
    if is_of_table and table != "s3":
        table, last = "", key
    own = settings.get(table, {}) if table else settings
    keys = {*_keys([table] if table else []), *own} - {"enabled"}
    if last not in keys:
        remedy = near(last, keys) or "see docs/reference/configuration.md"
        raise UsageError(f"there is no setting {key!r}", remedy=remedy)


def kept(name: str, given: Mapping[str, Any], *, folder: Path) -> dict[str, Any]:
    """What of these settings is to be kept, as JSON; relative paths start at the folder.

    Raise `UsageError` for a key or a value that there cannot be, and for a secret.
    """
    for key in ("token", "proxy"):
        if key in given and (key == "token" or _has_user(str(given[key]))):
            raise UsageError(
                f"{key} may hold a secret, and a registry keeps none in the clear",
                cause="options can be read by every user of the machine",
                remedy="name a variable, a file or a secret: --token-env, --token-file, --token-secret"
                if key == "token"
                else "set HTTPS_PROXY, or keep the connection in crmsnap.toml",
            )
    if "enabled" in given:
        raise UsageError(
            "enabled is no setting of a stored connection",
            remedy=f"crmsnap connections enable {name}, or disable {name}",
        )
    tokens = [key for key in _TOKENS if given.get(key)]
    if len(tokens) > 1:
        raise UsageError(
            f"{' and '.join(tokens)} exclude each other",
            cause="it is not clear which token is meant",
            remedy=f"keep one of them: --unset {tokens[0]}",
        )
    data = anchored({"connections": {name: dict(given)}}, folder)["connections"]
    try:
        settings = _ONE.validate_python(data)[name]
    except ValidationError as wrong:
        raise _refused(name, wrong) from wrong
    said: dict[str, Any] = settings.model_dump(mode="json", exclude_unset=True)
    if settings.proxy is not None:
        said["proxy"] = settings.proxy.get_secret_value()  # it was seen to hold no secret
    return said


def stored(name: str, settings: Mapping[str, Any], *, enabled: bool) -> ConnectionSettings:
    """The settings of a connection as they were kept. Raise `ConfigError` when they are unfit by now."""
    try:
        own = _ONE.validate_python({name: {**settings, "enabled": enabled}})[name]
    except ValidationError as wrong:
        refused = _refused(name, wrong)
        raise ConfigError(
            f"connection {name} in the registry: {refused.message}",
            cause="another version of crmsnap kept it",
            remedy=f"crmsnap connections edit {name} --unset ..., or install that version",
        ) from wrong
    return own


def _refused(name: str, wrong: ValidationError) -> UsageError:
    first = wrong.errors(include_url=False)[0]
    path = [str(step) for step in first["loc"] if step != "[key]"][1:]
    if first["type"] == "connection_name":
        return UsageError(
            f"{name!r} is no name for a connection",
            remedy="use lower-case letters, digits, - and _, at most 63 of them",
        )
    key = ".".join(path) or "base_url"  # what concerns no single key is about the host
    if first["type"] == "extra_forbidden":
        remedy = near(path[-1], _keys(path[:-1])) or "see docs/reference/configuration.md"
        return UsageError(f"there is no setting {key!r}", remedy=remedy)
    return UsageError(  # Pydantic's words, never the value: it may be a secret
        f"the setting {key!r} has an unfit value",
        cause=first["msg"],
        remedy="see docs/reference/configuration.md for what it may be",
    )


def _has_user(proxy: str) -> bool:
    """Whether a proxy's URL names a user, and so perhaps a password; also where it is no good URL."""
    return "@" in proxy


def _keys(path: list[str]) -> Iterable[str]:
    return S3Settings.model_fields if path else ConnectionSettings.model_fields
