"""Where requests for a bucket go: AWS's host for the region and partition, or a store's own."""

from typing import Literal
from urllib.parse import urlsplit

from crmsnap.errors import DestinationError

Addressing = Literal["auto", "path", "virtual"]
"""Whether the bucket stands in the path or in the host name; `auto` does what works everywhere."""


def amazon_host(service: str, region: str) -> str:
    """The regional endpoint of a service of AWS, which in China has a name of its own."""
    return f"https://{service}.{region}.amazonaws.com{'.cn' if region.startswith('cn-') else ''}"


def endpoint(
    bucket: str, region: str, *, own: str | None, addressing: Addressing, allow_http: bool
) -> tuple[str, bool]:
    """Where to send requests, and whether the host name holds the bucket; `own` is a store's URL."""
    if own is None:
        base, by_default = amazon_host("s3", region), "." not in bucket
        # A dot in the bucket's name does not match AWS's certificate for *.s3.<region>.
    else:
        base, by_default = own.rstrip("/"), False
        _check(base, allow_http)
    virtual = by_default if addressing == "auto" else addressing == "virtual"
    if not virtual:
        return base, False
    scheme, _, host = base.partition("://")
    return f"{scheme}://{bucket}.{host}", True


def _check(base: str, allow_http: bool) -> None:
    parts = urlsplit(base)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise DestinationError(
            f"{base} is no endpoint of a store",
            remedy="give a URL such as https://minio.example.com",
        )
    if parts.scheme == "http" and not allow_http:
        raise DestinationError(
            f"{base} would send the data without encryption",
            remedy="use https, or set allow_http for a server on your own network",
        )
