"""Which secrets the settings and the environment hold, so that no output shows them."""

import os
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from crmsnap.config.settings import PREFIX, TOKEN_VARIABLE, Settings
from crmsnap.config.tokens import secret_keys

_VARIABLES = (
    TOKEN_VARIABLE,
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "PGPASSWORD",
)


def known_secrets(settings: Settings) -> Iterator[str]:
    """Every secret that can be told without asking anybody; each may be empty."""
    yield from secret_keys()
    for name in _VARIABLES:
        yield os.environ.get(name, "").strip()
    for name, value in os.environ.items():
        if name.lower().endswith("_proxy"):
            yield from _password(value)
        elif name.startswith(PREFIX) and name.endswith("__TOKEN"):
            yield value.strip()
    if settings.registry is not None:
        yield from _password(settings.registry.get_secret_value())
    for connection in settings.connections.values():
        if connection.token_env is not None:
            yield os.environ.get(connection.token_env, "").strip()
        if connection.token is not None:
            yield connection.token.get_secret_value().strip()
        if connection.proxy is not None:
            yield from _password(connection.proxy.get_secret_value())


def _password(url: str) -> Iterator[str]:
    """The password of a URL as it stands there, as it is meant, and with its user as a header carries both."""
    parts = urlsplit(url)
    if parts.password:
        password = unquote(parts.password)
        yield parts.password
        yield password
        yield f"{unquote(parts.username or '')}:{password}"
