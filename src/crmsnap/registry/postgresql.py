"""How a PostgreSQL server is reached: over the network only with TLS and a server that was verified.

libpq's own default, `sslmode=prefer`, takes whatever certificate there is, and none as well (PostgreSQL
documentation, "SSL Support", table 32.1). What a registry holds is worth more than that: whoever stands in
between could put a role of his choice beside the external id of a customer.
"""

import ssl
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, make_url

from crmsnap.errors import RegistryError
from crmsnap.registry.refusals import no_driver, unknown_database

CONNECT_SECONDS = 5
"""How long a server may take to answer at all: it is near, or it is not there."""

VERIFIED = "verify-full"
"""The only `sslmode` that looks at who signed the certificate, and at whom it is for."""

_ELSEWHERE = ("hostaddr", "service", "servicefile", "conninfo")
"""Parameters that lead to another host than the one that stands in the URL."""


def postgresql(url: str, *, wait_seconds: int) -> Engine:
    """An engine for the database behind a URL; nothing is asked of the server yet.

    Raise `RegistryError` for a URL of another database, and for one that asks for less than a verified
    server on another machine.
    """
    address = make_url(url)
    if address.get_backend_name() not in ("postgresql", "postgres"):
        raise unknown_database()
    address = address.set(drivername="postgresql+psycopg")
    milliseconds = wait_seconds * 1000
    try:
        return create_engine(
            address,
            connect_args={
                "connect_timeout": CONNECT_SECONDS,
                # A server that vanished is noticed, whatever the system's own patience is.
                "tcp_user_timeout": milliseconds,
                "options": f"-c statement_timeout={milliseconds} -c lock_timeout={milliseconds}",
                "application_name": "crmsnap",
                **_verification(_parameters(address)),
            },
        )
    except ModuleNotFoundError:
        raise no_driver() from None


def _parameters(address: URL) -> Mapping[str, Any]:
    """What libpq would be given for this URL."""
    _, parameters = address.get_dialect()().create_connect_args(address)
    return parameters


def _verification(parameters: Mapping[str, Any]) -> dict[str, str]:
    """The parameters that make libpq verify the server, none for one on this machine.

    A URL without a host may still lead to another machine (PGHOST, a service file), so it is verified;
    libpq ignores all of it on a socket.
    """
    if _is_here(parameters):
        return {}
    mode = parameters.get("sslmode", VERIFIED)
    if mode != VERIFIED:
        raise RegistryError(
            "the registry's URL gives up verifying the server",
            cause="with this `sslmode` whoever stands between could read and change external ids and tokens",
            remedy=f"write sslmode={VERIFIED}, and sslrootcert=<file> for an authority of your own",
        )
    trusted = parameters.get("sslrootcert", _authorities())
    if trusted != "system" and not Path(str(trusted)).is_file():
        raise RegistryError(
            "the certificates that the registry's server is verified with are not there",
            cause="`sslrootcert` in the registry's URL names no file",
            remedy="name the PEM file of the server's authority",
        )
    # GSSAPI would be tried first, and encrypts without any certificate.
    return {"sslmode": VERIFIED, "sslrootcert": str(trusted), "gssencmode": "disable"}


def _authorities() -> str:
    """The authorities that this machine trusts, as Python knows them.

    libpq's own word for them, `system`, means a folder of the machine that psycopg was built on.
    """
    return ssl.get_default_verify_paths().cafile or "system"


def _is_here(parameters: Mapping[str, Any]) -> bool:
    """Whether every host is this machine: a loopback address, or the folder of a socket."""
    if any(name in parameters for name in _ELSEWHERE):
        return False
    hosts = parameters.get("host") or ""
    named = hosts.split(",") if isinstance(hosts, str) else hosts
    return all(_is_loopback(host) or host.startswith(("/", "@")) for host in named)


def _is_loopback(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
