"""S09: the token goes to HubSpot's hosts and nowhere else, whatever a URL or a resolver says."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from ipaddress import IPv4Address, ip_address

import pytest
from pydantic import ValidationError

from crmsnap.addresses import (
    OF_HUBSPOT,
    OF_USER,
    WITHOUT_TLS,
    Rule,
    check_endpoint,
    is_hubspot,
    is_public,
    reachable,
    resolved,
    rule_for,
)
from crmsnap.config import ConnectionSettings
from crmsnap.errors import ConfigError, HubSpotError
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.paths import OWNERS
from crmsnap.hubspot.transport import HttpTransport, SendFailed
from tests.unit.hubspot.conftest import MakeClient
from tests.unit.hubspot.host import Host, RealClock, Reply
from tests.unit.hubspot.trap import Trap, trap

SECRET = {"authorization": "Bearer canary"}

THIS_MACHINE = [
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0x7f.0x0.0x0.0x1",
    "0177.0.0.1",
    "017700000001",
    "127.0.0.2",
    "127.255.255.254",
    "0",
    "0.0.0.0",  # noqa: S104 - called, not listened on
    "[::1]",
    "[::]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[::ffff:0:127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "[2002:7f00:1::1]",
    "localhost",
    "LOCALHOST",
]
NEARBY = [
    "10.0.0.1",
    "10.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "192.168.1",
    "100.64.0.1",
    "169.254.1.1",
    "198.18.0.1",
    "[fd00::1]",
    "[fc00::1]",
    "[fe80::1]",
    "[fec0::1]",
    "[::ffff:10.0.0.1]",
    "255.255.255.255",
    "224.0.0.1",
    "240.0.0.1",
    "[ff02::1]",
    "192.0.2.1",
    "[2001:db8::1]",
]
KEYS_OF_CLOUDS = [
    "169.254.169.254",
    "2852039166",
    "0xa9fea9fe",
    "0251.0376.0251.0376",
    "169.254.43518",
    "[::ffff:169.254.169.254]",
    "[::ffff:a9fe:a9fe]",
    "[64:ff9b::a9fe:a9fe]",
    "[2002:a9fe:a9fe::]",
    "169.254.170.2",
    "169.254.170.23",
    "[fd00:ec2::254]",
    "[fd00:ec2::23]",
    "[fd20:ce::254]",
    "168.63.129.16",
    "100.100.100.200",
    "192.0.0.192",
    "[fe80::a9fe:a9fe]",
]
DISGUISED = (
    "https://api.hubapi.com@127.0.0.1:{port}",
    "https://api.hubapi.com:443@127.0.0.1:{port}",
    "https://127.0.0.1:{port}/api.hubapi.com",
    "https://127.0.0.1:{port}?.hubapi.com",
    "https://127.0.0.1:{port}#.hubapi.com",
    "https://127.0.0.1:{port}\\@api.hubapi.com",
    "https://api.hubapi.com\\@127.0.0.1:{port}",
    "https://127.0.0.1:{port}%23.hubapi.com",
    "https://evilhubapi.com",
    "https://hubapi.com.evil.example",
    "https://api.hubapi.com.",
    "https://api.hubapi.com:8443",
    "https://api.hubapi.com/../../x",
    "https://api.hubapi.com\n.evil.example",
    "https://api。hubapi.com",
    "https://api.hubap\u0131.com",
    "http://api.hubapi.com",
    "https://user:secret@api.hubapi.com",
    "ftp://api.hubapi.com",
    "file:///etc/passwd",
    "gopher://127.0.0.1:{port}/_x",
)


@pytest.fixture
def caught() -> Iterator[Trap]:
    """A trap that stays empty."""
    with trap() as found:
        yield found
        assert found.caught == 0


def urls(port: int) -> list[str]:
    """Ways to another host: 66 addresses by both schemes, 21 disguises."""
    hosts = (*THIS_MACHINE, *NEARBY, *KEYS_OF_CLOUDS)
    plain = [f"{scheme}://{host}:{port}" for host in hosts for scheme in ("http", "https")]
    return [*plain, *(url.format(port=port) for url in DISGUISED)]


def reach(rule: Rule) -> Callable[[str, int], tuple[str, ...]]:
    return partial(reachable, rule=rule, resolve=resolved)


@pytest.mark.parametrize(
    "url",
    [
        "https://api.hubapi.com",
        "https://api.hubapi.com/",
        "https://api.hubapi.com:443",
        "https://api-eu1.hubapi.com",
    ],
)
def test_hubspots_hosts_need_no_permission(url: str) -> None:
    """One for each region that HubSpot has."""
    assert ConnectionSettings(base_url=url).base_url == url


def test_no_other_host_is_taken_from_the_settings(caught: Trap) -> None:
    """A web page will take URLs from people some day; a prefix of a text is no check."""
    refused = urls(caught.port)
    assert len(refused) >= 60
    for url in refused:
        assert not is_hubspot(url), url
        with pytest.raises(ValidationError):
            ConnectionSettings(base_url=url)


def test_another_host_needs_a_setting_that_says_so() -> None:
    """The sandbox, a mock, a proxy that records."""
    settings = ConnectionSettings(base_url="http://127.0.0.1:8000", allow_other_host=True)
    assert settings.base_url == "http://127.0.0.1:8000"


def test_no_address_but_those_of_the_internet_is_connected_to(caught: Trap) -> None:
    """The second wall, behind the list of hosts: by the addresses, whatever the notation."""
    with HttpTransport(RealClock(), reach=reach(OF_HUBSPOT)) as transport:
        for host in (*THIS_MACHINE, *NEARBY, *KEYS_OF_CLOUDS):
            for scheme in ("http", "https"):
                with pytest.raises(ConfigError, match="must not be called"):
                    transport.send("GET", f"{scheme}://{host}:{caught.port}/", SECRET, None)


def test_without_the_check_the_trap_is_reached() -> None:
    """The list above is worth something: many of these notations do lead here."""
    with trap() as found:
        with HttpTransport(RealClock()) as transport:
            for host in (one for one in THIS_MACHINE if "[" not in one):
                with suppress(SendFailed):
                    transport.send("GET", f"http://{host}:{found.port}/", SECRET, None)
        assert found.caught >= 12


@pytest.mark.parametrize("host", KEYS_OF_CLOUDS)
def test_where_a_cloud_hands_out_keys_is_refused_to_everybody(host: str) -> None:
    """Also with allow_other_host, and for the endpoint of a store."""
    with (
        HttpTransport(RealClock(), reach=reach(OF_USER)) as transport,
        pytest.raises((ConfigError, SendFailed)),
    ):
        transport.send("GET", f"http://{host}/latest/meta-data/", {}, None)
    with suppress(OSError):
        resolved(host.strip("[]"), 80)
        with pytest.raises(ConfigError, match="must not be called"):
            check_endpoint(f"http://{host}:80", setting="sts_endpoint_url", allow_http=True)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9000", "https://nowhere.invalid", "http://[::1]"]
)
def test_a_store_of_ones_own_may_be_anywhere_else(url: str) -> None:
    """MinIO on this machine, Ceph in the cellar; a name that does not resolve fails later."""
    check_endpoint(url, setting="endpoint_url", allow_http=True)


@pytest.mark.parametrize(
    "address",
    ["104.18.242.108", "8.8.8.8", "2606:4700::6812:f26c", "64:ff9b::808:808", "2002:808:808::1"],
)
def test_addresses_of_the_internet_are_called(address: str) -> None:
    """Also through NAT64, where a network without IPv4 has every IPv4 host."""
    assert is_public(ip_address(address))


def test_one_bad_address_among_good_ones_is_enough_to_refuse() -> None:
    """Else every other run would go there."""
    with pytest.raises(ConfigError, match=r"api\.hubapi\.com must not be called"):
        reachable("api.hubapi.com", 443, OF_HUBSPOT, lambda *_: ("8.8.8.8", "127.0.0.1"))


def test_a_name_that_changes_its_address_meanwhile_changes_nothing(host: Host) -> None:
    """DNS rebinding: what was looked at is what is connected to, and it is looked up once."""
    port = int(host.url.rpartition(":")[2])
    answers = iter([("127.0.0.1",), ("127.0.0.9",)])
    asked = []
    only = Rule(lambda one: one == IPv4Address("127.0.0.1"), "is another one", "")

    def rebinding(name: str, _: int) -> tuple[str, ...]:
        asked.append(name)
        return next(answers)

    good = partial(reachable, rule=only, resolve=rebinding)
    with HttpTransport(RealClock(), reach=good) as transport:
        assert transport.send("GET", f"http://rebound.invalid:{port}/", {}, None).status == 200
        assert asked == ["rebound.invalid"]
        (got,) = host.got
        assert got.headers["host"] == f"rebound.invalid:{port}"
    with HttpTransport(RealClock(), reach=good) as transport, pytest.raises(ConfigError):
        transport.send("GET", f"http://rebound.invalid:{port}/", {}, None)


def test_the_next_address_is_tried_when_one_does_not_answer(host: Host) -> None:
    """A host has several addresses so that one may be down."""
    port = int(host.url.rpartition(":")[2])
    both = partial(reachable, rule=OF_USER, resolve=lambda *_: ("127.0.0.9", "::1", "127.0.0.1"))
    with HttpTransport(RealClock(), reach=both) as transport:
        assert transport.send("GET", f"http://several.invalid:{port}/", {}, None).status == 200


def test_a_name_without_an_address_is_unavailable() -> None:
    """As without the check: the next try may find one."""
    with (
        HttpTransport(RealClock(), reach=reach(OF_HUBSPOT)) as transport,
        pytest.raises(SendFailed, match="cannot be reached") as raised,
    ):
        transport.send("GET", "https://nowhere.invalid/", {}, None)
    assert raised.value.again


def test_a_proxy_looks_names_up_itself(host: Host) -> None:
    """The network behind a proxy often has no DNS of the world; and the proxy is the user's choice."""
    with HttpTransport(RealClock(), proxy=host.url, reach=reach(OF_HUBSPOT)) as transport:
        assert transport.send("GET", "http://hubspot.invalid/", {}, None).status == 200


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("form", ["http://127.0.0.1:{}/", "//127.0.0.1:{}/", "http://localhost:{}"])
def test_no_redirect_leads_to_another_host(
    make_client: MakeClient, host: Host, caught: Trap, status: int, form: str
) -> None:
    """Through the whole client, retries included: the token would go along."""
    location = {"Location": form.format(caught.port)}
    host.answer(*[Reply(status=status, headers=location)] * 8)
    client: Client = make_client()
    with pytest.raises(HubSpotError):
        client.get(OWNERS)


@pytest.mark.parametrize(
    "url",
    [
        "minio:9000",
        "minio.example.com",
        "ftp://minio.example.com",
        "https://",
        "https://[::1",
        "https://minio:99999",
        "https://user:hunter2@minio.example.com",
        "https://minio.example.com/?hunter2",
        "https://minio.example.com#hunter2",
    ],
)
def test_what_is_no_server_is_refused_without_repeating_it(url: str) -> None:
    """A bare host name is the usual mistake; a password that stands in the URL is not shown again."""
    with pytest.raises(ConfigError, match="sts_endpoint_url is no endpoint") as raised:
        check_endpoint(url, setting="sts_endpoint_url", allow_http=True)
    assert "hunter2" not in str(raised.value.as_dict())


def test_the_remedy_is_about_the_server_that_was_named() -> None:
    """Nobody has to look for a mistake in the address of HubSpot."""
    with pytest.raises(ConfigError) as raised:
        check_endpoint("http://169.254.169.254", setting="endpoint_url", allow_http=True)
    assert "endpoint_url" in raised.value.remedy
    assert "base_url" not in raised.value.remedy


@pytest.mark.parametrize(
    ("address", "may"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("10.1.2.3", True),
        ("172.31.0.9", True),
        ("192.168.1.4", True),
        ("fd12:3456::1", True),
        ("172.32.0.9", False),
        ("8.8.8.8", False),
        ("::ffff:8.8.8.8", False),
        ("2606:4700::6812:f26c", False),
        ("169.254.169.254", False),
        ("fd00:ec2::254", False),
        ("64:ff9b::10.0.0.1", False),
    ],
)
def test_without_tls_only_the_own_network_is_called(address: str, may: bool) -> None:
    """A sandbox in a container has http alone; on the internet everybody on the way would read the token."""
    rule = rule_for("http://sandbox:8080")
    if may:
        assert reachable("sandbox", 8080, rule, lambda *_: (address,)) == (address,)
        return
    with pytest.raises(ConfigError, match="sandbox must not be called") as refused:
        reachable("sandbox", 8080, rule, lambda *_: (address,))
    assert "use https" in refused.value.remedy


def test_each_host_has_its_rule() -> None:
    """What is HubSpot's is on the internet, what is the user's own may be near, without TLS it has to be."""
    assert rule_for("https://api.hubapi.com") is OF_HUBSPOT
    assert rule_for("https://sandbox.example.com") is OF_USER
    assert rule_for("http://api.hubapi.com") is WITHOUT_TLS


def test_no_remedy_offers_a_setting_that_would_not_help() -> None:
    """No setting opens the door to where a cloud hands out keys."""
    for rule in (OF_HUBSPOT, OF_USER, WITHOUT_TLS):
        with pytest.raises(ConfigError) as refused:
            reachable("a.example", 443, rule, lambda *_: ("169.254.169.254",))
        assert "allow_other_host" not in refused.value.remedy


@pytest.mark.parametrize(
    "url",
    ["https://user:hunter2@api.hubapi.com", "https://me@sandbox.example", "http://a@127.0.0.1:80"],
)
def test_a_url_with_a_user_in_it_is_refused_without_repeating_it(url: str) -> None:
    """Users paste such URLs; a password in it would stand in every message about the host."""
    with pytest.raises(ValidationError, match="holds a user or a password") as refused:
        ConnectionSettings(base_url=url, allow_other_host=True)
    assert "hunter2" not in str(refused.value)
