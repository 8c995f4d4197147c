"""Which hosts may be called: the names that are HubSpot's, and addresses that lead nowhere they should not.

The text of a URL tells little: `2130706433`, `0x7f.1` and `::ffff:127.0.0.1` all are this machine, and so is
any name whose owner says so. What counts is every address that the resolver gives; and since a name may
resolve to something else a moment later, it is those addresses that are connected to.
"""

import re
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from crmsnap.errors import ConfigError

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], tuple[str, ...]]
"""A host's addresses, as text. Raises `OSError` when there are none."""

# Small letters only: without regard to case, a `hubapi.com` whose i has no dot would fit too.
_HUBSPOT = re.compile(r"https://([a-z0-9-]+\.)*hubapi\.com(:443)?/?")

_HANDS_OUT_KEYS = frozenset(
    map(
        ip_address,
        (
            "169.254.169.254",  # AWS, GCP, Azure and others: instance metadata
            "fd00:ec2::254",  # AWS: the same by IPv6
            "fd00:ec2::23",  # AWS: EKS Pod Identity
            "fd20:ce::254",  # GCP
            "168.63.129.16",  # Azure: WireServer, in a public range
            "100.100.100.200",  # Alibaba Cloud
            "192.0.0.192",  # Oracle Cloud
        ),
    )
)
_OWN_NETWORK = tuple(
    map(
        ip_network,
        ("127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"),
    )
)
"""Loopback and private addresses (RFC 1918, RFC 4193)."""
_UNICAST = IPv6Network("2000::/3")
"""All that is given to hosts of the internet so far (IANA, "IPv6 Global Unicast Address Assignments")."""
_NAT64 = IPv6Network("64:ff9b::/96")
_WITH_IPV4 = (
    _NAT64,
    IPv6Network("::/96"),  # IPv4-compatible
    IPv6Network("::ffff:0:0/96"),  # IPv4-mapped
    IPv6Network("::ffff:0:0:0/96"),  # IPv4-translated
)
"""Their last 32 bits are the address that is meant."""


def is_hubspot(url: str) -> bool:
    """Whether it is HubSpot's API: a host below hubapi.com, over TLS, and nothing else in the URL."""
    # One strict form instead of a parser: parsers disagree on `https://api.hubapi.com\@other.example`.
    return _HUBSPOT.fullmatch(url) is not None


def is_public(address: Address) -> bool:
    """Whether it belongs to a host of the internet: neither this machine nor the network around it."""
    if isinstance(address, IPv6Address) and not (address in _UNICAST or address in _NAT64):
        return False
    # Whether 6to4's own range counts as global differs between versions of Python; what it carries decides.
    envelope = address if isinstance(address, IPv6Address) and address.sixtofour else None
    return all(
        (one == envelope or one.is_global) and _may_be_called(one) for one in _meant(address)
    )


def is_no_trap(address: Address) -> bool:
    """Whether a host that the user names may be there: anywhere but where a cloud hands out its keys."""
    return all(map(_may_be_called, _meant(address)))


def is_of_own_network(address: Address) -> bool:
    """Whether it belongs to this machine, or to a network that no stranger's line is a part of."""
    meant = (isinstance(address, IPv6Address) and address.ipv4_mapped) or address
    return is_no_trap(address) and any(meant in network for network in _OWN_NETWORK)


@dataclass(frozen=True, slots=True)
class Rule:
    """Which addresses may be called, and what to say of any other."""

    may: Callable[[Address], bool]
    cause: str
    """What is wrong with the address."""
    remedy: str


OF_HUBSPOT = Rule(
    is_public,
    "is not on the internet, where HubSpot is",
    "check the DNS of this machine",
)
OF_USER = Rule(
    is_no_trap,
    "is no host's, or is where clouds hand out keys of this machine",
    "check base_url and the DNS of this machine",
)
WITHOUT_TLS = Rule(
    is_of_own_network,
    "is neither of this machine nor of a private network, and http:// would show the token on the way",
    "use https, or check base_url and the DNS of this machine",
)


def rule_for(base_url: str) -> Rule:
    """The rule for a host that is sent the token."""
    if is_hubspot(base_url):
        return OF_HUBSPOT
    return OF_USER if base_url.startswith("https://") else WITHOUT_TLS


def reachable(host: str, port: int, rule: Rule, resolve: Resolve) -> tuple[str, ...]:
    """The addresses to connect to. Raise `ConfigError` when one of them may not be called.

    All of them count: a name with a good and a bad address would otherwise be called at the bad one
    in every other run.
    """
    found = resolve(host, port)
    for address in found:
        if not rule.may(ip_address(address)):
            raise ConfigError(
                f"{host} must not be called",
                cause=f"its address {address} {rule.cause}",
                remedy=rule.remedy,
            )
    return found


def resolved(host: str, port: int) -> tuple[str, ...]:
    """What the system's resolver says, numbers in strange notations included."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(where[0]) for *_, where in found))


def check_endpoint(url: str, *, setting: str, allow_http: bool) -> None:
    """Raise `ConfigError` for the URL of a server, from this setting, that must not be called.

    It has the wrong form, or leads to where a cloud hands out its keys. A name that cannot be resolved now
    passes: it cannot be called either.
    """
    host, port = check_form(url, setting=setting, allow_http=allow_http)
    try:
        addresses = resolved(host, port)
    except (OSError, UnicodeError):
        return
    for address in addresses:
        if not is_no_trap(ip_address(address)):
            raise ConfigError(
                f"{host} must not be called",
                cause=f"its address {address} is no host's, or is where clouds hand out keys of this machine",
                remedy=f"check {setting} and the DNS of this machine",
            )


def check_form(url: str, *, setting: str, allow_http: bool) -> tuple[str, int]:
    """Host and port of a server's URL. Raise `ConfigError` when it is none, or would need `allow_http`."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (80 if parts.scheme == "http" else 443)
    except ValueError:
        host, port = "", 0
    else:
        if parts.username is not None or parts.query or parts.fragment:
            host = ""  # AWS's clients would send a password as a part of the host, or drop it
    if not host or parts.scheme not in {"http", "https"}:
        # The URL is not repeated: it may hold a password.
        raise ConfigError(
            f"{setting} is no endpoint",
            cause="it is not the URL of a server, with a host and without user, query or fragment",
            remedy="give a URL such as https://minio.example.com",
        )
    if parts.scheme == "http" and not allow_http:
        raise ConfigError(
            f"{setting} would send data and keys to {host} without encryption",
            cause="its URL begins with http://",
            remedy="use https; a server on your own network needs allow_http in the s3 table of a connection,"
            " which is then named instead of a URL",
        )
    return host, port


def _meant(address: Address) -> Iterator[Address]:
    """The address, and the IPv4 address that an IPv6 one may carry within."""
    yield address
    if isinstance(address, IPv4Address):
        return
    carried = (address.sixtofour, *(address.teredo or ()))
    yield from (one for one in carried if one is not None)
    if any(address in network for network in _WITH_IPV4):
        yield IPv4Address(int(address) & 0xFFFFFFFF)


def _may_be_called(address: Address) -> bool:
    return not (
        address in _HANDS_OUT_KEYS
        or address.is_link_local
        or address.is_multicast
        or address.is_unspecified
    )
