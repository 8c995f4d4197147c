"""The way by which other readers reach the sandbox: HubSpot's address, a trusted certificate, and nothing else."""

import json
import ssl
from http.client import HTTPSConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.builders.sandbox_process import SandboxAccount
from tests.differential.authority import authority
from tests.differential.hubspot_host import HOST, HubSpotHost, hubspot_host
from tests.differential.older_lists import older_lists
from tests.differential.truth import get


@pytest.fixture
def host(tmp_path: Path, account: SandboxAccount):
    with hubspot_host(account.url, authority(tmp_path, HOST), older_lists(account)) as running:
        yield running


def connected(host: HubSpotHost, name: str = HOST) -> HTTPSConnection:
    """A client that trusts the test's authority alone and goes through the proxy."""
    proxy = urlsplit(host.url)
    trust = ssl.create_default_context(cafile=host.authority.bundle)
    assert proxy.hostname
    connection = HTTPSConnection(proxy.hostname, proxy.port, context=trust, timeout=10)
    connection.set_tunnel(name)
    return connection


def test_requests_to_hubspot_are_answered_by_the_sandbox(
    host: HubSpotHost, account: SandboxAccount
) -> None:
    """Over TLS, several on one connection, with method, headers and body."""
    connection = connected(host)
    headers = {"Authorization": f"Bearer {account.token}", "Content-Type": "application/json"}
    connection.request("GET", "/crm/v3/owners?limit=2", headers=headers)
    assert json.load(connection.getresponse()) == get(account, "/crm/v3/owners", limit=2)
    connection.request("POST", "/crm/v3/objects/contacts/search", b'{"limit": 3}', headers)
    assert len(json.load(connection.getresponse())["results"]) == 3
    connection.close()
    assert host.asked == ["GET /crm/v3/owners?limit=2", "POST /crm/v3/objects/contacts/search"]


def test_the_sandbox_still_wants_a_token(host: HubSpotHost) -> None:
    """The proxy adds nothing to what a reader sends."""
    connection = connected(host)
    connection.request("GET", "/crm/v3/owners")
    assert connection.getresponse().status == 401
    connection.close()


def test_older_lists_of_properties_are_bare_arrays(
    host: HubSpotHost, account: SandboxAccount
) -> None:
    """The same definitions as in the v3 list."""
    connection = connected(host)
    connection.request("GET", "/properties/v2/deal/properties")
    assert (
        json.load(connection.getresponse()) == get(account, "/crm/v3/properties/deals")["results"]
    )
    connection.close()


def test_other_hosts_are_refused_and_remembered(host: HubSpotHost) -> None:
    """Nothing leaves this machine, and a reader that tried is found out."""
    connection = connected(host, "telemetry.example.com")
    with pytest.raises(OSError, match="403"):
        connection.request("GET", "/")
    connection.close()
    assert host.refused == ["telemetry.example.com:443"]
    assert not host.asked
