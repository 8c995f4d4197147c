"""What is wrong with a setting, said with its file or variable, its key, and what was meant."""

import os
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from crmsnap.config.settings import PREFIX, ConnectionSettings, S3Settings, Settings
from crmsnap.errors import ConfigError


def config_error(wrong: ErrorDetails, file: Path | None) -> ConfigError:
    """The error for the first thing that Pydantic refused; `file` is where the settings came from."""
    path = [str(step) for step in wrong["loc"] if step != "[key]"]
    place = _place(path, file)
    if wrong["type"] == "extra_forbidden":
        return unknown_key(path, file)
    if wrong["type"] == "connection_name":
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


def unknown_key(path: list[str], file: Path | None) -> ConfigError:
    """The error for a key that there is not."""
    return ConfigError(
        f"{_place(path, file)}: there is no setting {path[-1]!r}",
        cause="an unknown key would be ignored silently, so it is refused",
        remedy=near(path[-1], _keys_at(path[:-1])) or "see docs/reference/configuration.md",
    )


def near(word: str, known: Iterable[str]) -> str:
    """`did you mean 'x'?`, or nothing when no known word is near."""
    found = get_close_matches(word, tuple(known), n=1, cutoff=0.5)
    return f"did you mean {found[0]!r}?" if found else ""


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
