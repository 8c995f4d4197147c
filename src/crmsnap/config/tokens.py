"""Where secrets are read from: variables, files and the configuration; never options.

Options can be read by every user of the machine (`ps`), and stay in the shell's history.
"""

import os
import re
import stat
from pathlib import Path
from typing import Literal

from pydantic import SecretStr

from crmsnap.config.settings import FILE_NAME, TOKEN_VARIABLE, ConnectionSettings
from crmsnap.errors import ConfigError

TokenSource = Literal["token", "token_env", "token_file", "token_secret"]

SECRET_BYTES_MAX = 64 * 2**10
KEY_VARIABLE = "CRMSNAP_SECRET_KEY"
"""Holds one or several keys for the tokens in the registry; the first one encrypts."""

_SOURCES: tuple[TokenSource, ...] = ("token", "token_env", "token_file", "token_secret")


def token_source(connection: ConnectionSettings, called: str) -> TokenSource | None:
    """Which setting says where the token is, None if none does. Raise `ConfigError` when several do."""
    given = [key for key in _SOURCES if getattr(connection, key) is not None]
    if len(given) > 1:
        raise ConfigError(
            f"{called} has {' and '.join(given)}",
            cause="it is not clear which token is meant",
            remedy="keep one of them",
        )
    return given[0] if given else None


def token_of(connection: ConnectionSettings) -> SecretStr:
    """The token that the settings or the environment hold; `token_secret` is for others to ask.

    Raise `ConfigError` when there is none, or when others can read it.
    """
    if connection.token is not None:
        text, place = connection.token.get_secret_value(), "the configuration"
    elif connection.token_file is not None:
        text, place = _read_secret(connection.token_file), str(connection.token_file)
    else:
        place = connection.token_env or TOKEN_VARIABLE
        text = os.environ.get(place, "")
    return checked_token(text, place)


def checked_token(text: str, place: str) -> SecretStr:
    """A token without what surrounds it. Raise `ConfigError` for a text that is none; `place` is where it was."""
    text = text.strip()
    if not text:
        raise ConfigError(
            "no HubSpot token",
            cause=f"{place} is empty or not set",
            remedy=f"make a service key or private app in HubSpot (Settings > Integrations) and set"
            f" {TOKEN_VARIABLE}, or token_env or token_file in {FILE_NAME}, or keep it with"
            " `crmsnap secrets set`",
        )
    if not text.isascii() or not text.isprintable() or " " in text:
        raise ConfigError(
            "the HubSpot token is no token",
            cause=f"{place} holds spaces, line breaks or letters that no token has",
            remedy="copy the token again, without anything around it",
        )
    return SecretStr(text)


def secret_keys() -> tuple[str, ...]:
    """The keys of CRMSNAP_SECRET_KEY, none if it is not set; unchecked."""
    return tuple(key for key in re.split(r"[\s,]+", os.environ.get(KEY_VARIABLE, "")) if key)


def refuse_readable_by_others(file: Path) -> None:
    """Raise `ConfigError` when a file with a secret is open to others, as ssh does with keys.

    What a link leads to counts. Root is told too, although it may read everything.
    """
    _refuse_open(file, file.stat())


def _read_secret(file: Path) -> str:
    file = file.expanduser()
    try:
        with file.open("rb") as opened:
            # The file that is open is looked at: one that was exchanged meanwhile is another.
            _refuse_open(file, os.fstat(opened.fileno()))
            return opened.read(SECRET_BYTES_MAX).decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"the token file {file} cannot be read",
            cause=getattr(error, "strerror", None) or "it is not text",
            remedy="check token_file and who may read it",
        ) from error


def _refuse_open(file: Path, facts: os.stat_result) -> None:
    # An access list shows in the mode, too: its mask takes the place of the group (acl(5)).
    if facts.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConfigError(
            f"{file} holds a secret and other users of this machine can read it",
            cause=f"its mode is {stat.filemode(facts.st_mode)}",
            remedy=f"chmod 600 {file}",
        )
    if os.geteuid() not in (0, facts.st_uid) and facts.st_uid != 0:
        raise ConfigError(
            f"{file} holds a secret and belongs to another user of this machine",
            cause=f"its owner has the number {facts.st_uid}, and may read and change it",
            remedy=f"make it your own: chown {os.geteuid()} {file}",
        )
