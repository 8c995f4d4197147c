"""How obstore's HTTP client behaves, the same for every store that is reached over a network."""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crmsnap.errors import DestinationError

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig

CONNECT_TIMEOUT = timedelta(seconds=10)
REQUEST_TIMEOUT = timedelta(seconds=300)
"""For a whole request: a part of 15 MB over a line of 400 kbit/s."""

NO_RETRIES: "RetryConfig" = {"max_retries": 0}
"""`destinations/retry.py` is the one retry layer."""


def client_options(
    *, allow_http: bool, ca_file: Path | None, proxy: str | None, headers: dict[str, str]
) -> "ClientConfig":
    """What obstore is told; `headers` go with every request, and are signed with it."""
    client: dict[str, Any] = {
        "allow_http": allow_http,
        "allow_invalid_certificates": False,
        "connect_timeout": CONNECT_TIMEOUT,
        "timeout": REQUEST_TIMEOUT,
        "default_headers": headers,
    }
    trusted = None if ca_file is None else _read(ca_file)
    if trusted is not None:
        client["root_certificate"] = trusted
    if proxy is not None:
        client["proxy_url"] = proxy
        if trusted is not None:
            client["proxy_ca_certificate"] = trusted.decode("ascii", "replace")
    return client  # type: ignore[return-value]  # a TypedDict of obstore's stubs only


def _read(ca_file: Path) -> bytes:
    try:
        return ca_file.read_bytes()
    except OSError as error:
        raise DestinationError(
            f"the certificates in {ca_file} cannot be read",
            cause=error.strerror or "",
            remedy="give a readable PEM file",
        ) from error
