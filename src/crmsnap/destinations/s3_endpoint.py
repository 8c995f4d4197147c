"""Where requests for a bucket go: AWS's host for the region and partition, or a store's own."""

import re
from typing import Literal

from crmsnap.addresses import check_form

Addressing = Literal["auto", "path", "virtual"]
"""Whether the bucket stands in the path or in the host name; `auto` does what works everywhere."""

_AMAZONS = re.compile(r"https?://[^/?#]+\.amazonaws\.com(\.cn)?(:[0-9]+)?([/?#].*)?", re.IGNORECASE)


def amazon_host(service: str, region: str) -> str:
    """The regional endpoint of a service of AWS, which in China has a name of its own."""
    return f"https://{service}.{region}.amazonaws.com{'.cn' if region.startswith('cn-') else ''}"


def is_amazons(url: str) -> bool:
    """Whether a URL is a server of AWS: a regional one, or an endpoint within a VPC."""
    return _AMAZONS.fullmatch(url) is not None


def endpoint(
    bucket: str, region: str, *, own: str | None, addressing: Addressing, allow_http: bool
) -> tuple[str, bool]:
    """Where to send requests, and whether the host name holds the bucket; `own` is a store's URL."""
    if own is None:
        base, by_default = amazon_host("s3", region), "." not in bucket
        # A dot in the bucket's name does not match AWS's certificate for *.s3.<region>.
    else:
        base, by_default = own.rstrip("/"), False
        check_form(base, setting="endpoint_url", allow_http=allow_http)
    virtual = by_default if addressing == "auto" else addressing == "virtual"
    if not virtual:
        return base, False
    scheme, _, host = base.partition("://")
    return f"{scheme}://{bucket}.{host}", True
