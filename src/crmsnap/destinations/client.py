"""How obstore's HTTP client behaves, the same for every store that is reached over a network."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crmsnap.errors import ConfigError

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig

CONNECT_TIMEOUT = timedelta(seconds=10)
REQUEST_TIMEOUT = timedelta(seconds=300)
"""For a whole request: a part of 15 MB over a line of 400 kbit/s."""

NO_RETRIES: "RetryConfig" = {"max_retries": 0}
"""`destinations/retry.py` is the one retry layer."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How a store is reached over the network."""

    endpoint_url: str | None = None
    """Of another server than the cloud's own."""
    allow_http: bool = False
    """Let `endpoint_url` be `http://`: only for servers on this machine or network."""
    ca_file: Path | None = None
    """PEM certificates that are trusted beside the system's."""
    proxy: str | None = field(default=None, repr=False)


def client_options(reach: Reach, headers: Mapping[str, str]) -> "ClientConfig":
    """What obstore is told; `headers` go with every request."""
    client: dict[str, Any] = {
        "allow_http": reach.allow_http and reach.endpoint_url is not None,
        "allow_invalid_certificates": False,
        "connect_timeout": CONNECT_TIMEOUT,
        "timeout": REQUEST_TIMEOUT,
        "default_headers": dict(headers),
    }
    trusted = None if reach.ca_file is None else read_certificates(reach.ca_file)
    if trusted is not None:
        client["root_certificate"] = trusted
    if reach.proxy is not None:
        client["proxy_url"] = reach.proxy
        if trusted is not None:
            client["proxy_ca_certificate"] = trusted.decode("ascii", "replace")
    return client  # type: ignore[return-value]  # a TypedDict of obstore's stubs only


def read_certificates(ca_file: Path) -> bytes:
    """The certificates in a file. Raise `ConfigError` when it cannot be read."""
    try:
        return ca_file.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"the certificates in {ca_file} cannot be read",
            cause=error.strerror or "",
            remedy="give a readable PEM file",
        ) from error
