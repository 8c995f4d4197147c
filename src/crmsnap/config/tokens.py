"""Where a connection's token comes from: a variable, a file, or the configuration; never an option.

Options can be read by every user of the machine (`ps`), and stay in the shell's history.
"""

import os
import stat
from pathlib import Path

from pydantic import SecretStr

from crmsnap.config.settings import FILE_NAME, TOKEN_VARIABLE, ConnectionSettings
from crmsnap.errors import ConfigError


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


def refuse_readable_by_others(file: Path) -> None:
    """Raise `ConfigError` when a file with a token is open to others, as ssh does with keys."""
    if file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConfigError(
            f"{file} holds a token and other users of this machine can read it",
            cause=f"its mode is {stat.filemode(file.stat().st_mode)}",
            remedy=f"chmod 600 {file}",
        )


def _read_secret(file: Path) -> str:
    file = file.expanduser()
    try:
        refuse_readable_by_others(file)
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"the token file {file} cannot be read",
            cause=getattr(error, "strerror", None) or "it is not text",
            remedy="check token_file and who may read it",
        ) from error
