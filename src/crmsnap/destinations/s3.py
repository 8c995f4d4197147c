"""S3 and compatible stores: every setting is given, because obstore reads `AWS_*` by itself.

`AWS_SKIP_SIGNATURE`, `AWS_ENDPOINT_URL_S3` or `AWS_CONDITIONAL_PUT` in the environment would change
what is sent without a word; an explicit argument wins over each of them. Only
`AWS_SERVER_SIDE_ENCRYPTION` and the `AWS_SSE_*` cannot be switched off by argument: what they ask
for is encryption, which may well be meant.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from obstore.store import S3Store

from crmsnap.destinations.store import Store
from crmsnap.errors import AccessDenied, DestinationError

if TYPE_CHECKING:
    from obstore.store import ClientConfig, S3Credential

REGION_UNLESS_SET = "us-east-1"
CONNECT_TIMEOUT = timedelta(seconds=10)
REQUEST_TIMEOUT = timedelta(seconds=300)
"""For a whole request: a part of 15 MB over a line of 400 kbit/s."""


@dataclass(frozen=True, slots=True)
class AwsKeys:
    """What signs requests: a key pair, with a token when it is a session's."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    token: str | None = field(default=None, repr=False)
    expires_at: datetime | None = None
    """With time zone; new keys are asked for about five minutes earlier. None: they stay."""


@dataclass(frozen=True, slots=True)
class S3Options:
    """How to reach a bucket; what is not given is AWS's own."""

    endpoint_url: str | None = None
    """Of a compatible store: `https://minio.example.com`."""
    region: str | None = None
    keys: Callable[[], AwsKeys] | None = field(default=None, repr=False)
    """Asked when the store is opened and whenever the keys expire."""
    ca_file: Path | None = None
    """PEM certificates that are trusted beside the system's."""
    proxy: str | None = field(default=None, repr=False)
    addressing: Literal["auto", "path", "virtual"] = "auto"
    """Whether the bucket stands in the path or in the host name; `auto` does what works everywhere."""
    allow_http: bool = False
    """Let `endpoint_url` be `http://`: only for servers on this machine or network."""


def s3(bucket: str, prefix: str, options: S3Options) -> Store:
    """A bucket below a prefix (without slashes at its ends, may be empty)."""
    url = f"s3://{bucket}/{prefix}" if prefix else f"s3://{bucket}"
    if options.keys is None:
        raise AccessDenied(
            f"no keys for {url}",
            cause="no AWS credentials were given",
            remedy="give an access key, or a profile of the usual AWS chain",
        )
    endpoint(bucket, options)  # a wrong setting is said now, not at the first file
    return Store(url, _OpenBucket(bucket, prefix, options, options.keys))


@dataclass(frozen=True, slots=True)
class _OpenBucket:
    bucket: str
    prefix: str
    options: S3Options
    keys: Callable[[], AwsKeys]

    def __call__(self) -> S3Store:
        base, virtual = endpoint(self.bucket, self.options)
        return S3Store(
            self.bucket,
            prefix=self.prefix or None,
            config={
                "endpoint": base,
                "aws_endpoint_url_s3": base,
                "region": self.options.region or REGION_UNLESS_SET,
                "virtual_hosted_style_request": virtual,
                "skip_signature": False,
                "unsigned_payload": False,
                "request_payer": False,
                "conditional_put": "etag",
                "checksum_algorithm": "SHA256",
                "copy_if_not_exists": "header:If-None-Match:*",
                "disable_bulk_delete": True,  # DeleteObjects is a POST that policies often lack
                "disable_tagging": False,
                "s3_express": False,
            },
            client_options=_client_options(self.options),
            retry_config={"max_retries": 0},  # destinations/retry.py is the one retry layer
            credential_provider=_Provider(self.keys),
        )


class _Provider:
    """Hands keys over to obstore, the first ones asked for here so that their errors stay ours."""

    def __init__(self, keys: Callable[[], AwsKeys]) -> None:
        self._keys = keys
        self._first: AwsKeys | None = keys()

    def __call__(self) -> "S3Credential":
        keys = self._first or self._keys()
        self._first = None
        return {
            "access_key_id": keys.access_key_id,
            "secret_access_key": keys.secret_access_key,
            "token": keys.token,
            "expires_at": keys.expires_at,
        }


def _client_options(options: S3Options) -> "ClientConfig":
    client: ClientConfig = {
        "allow_http": options.allow_http and options.endpoint_url is not None,
        "allow_invalid_certificates": False,
        "connect_timeout": CONNECT_TIMEOUT,
        "timeout": REQUEST_TIMEOUT,
    }
    if options.proxy is not None:
        client["proxy_url"] = options.proxy
    if options.ca_file is not None:
        try:
            client["root_certificate"] = options.ca_file.read_bytes()
        except OSError as error:
            raise DestinationError(
                f"the certificates in {options.ca_file} cannot be read",
                cause=error.strerror or "",
                remedy="give a readable PEM file",
            ) from error
    return client


def endpoint(bucket: str, options: S3Options) -> tuple[str, bool]:
    """Where to send requests, and whether the host name holds the bucket."""
    if options.endpoint_url is None:
        region = options.region or REGION_UNLESS_SET
        suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
        base, by_default = f"https://s3.{region}.{suffix}", "." not in bucket
        # A dot in the bucket's name does not match AWS's certificate for *.s3.<region>.
    else:
        base, by_default = options.endpoint_url.rstrip("/"), False
        parts = urlsplit(base)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise DestinationError(
                f"{base} is no endpoint of a store",
                remedy="give a URL such as https://minio.example.com",
            )
        if parts.scheme == "http" and not options.allow_http:
            raise DestinationError(
                f"{base} would send the data without encryption",
                remedy="use https, or set allow_http for a server on your own network",
            )
    virtual = by_default if options.addressing == "auto" else options.addressing == "virtual"
    if not virtual:
        return base, False
    scheme, _, host = base.partition("://")
    return f"{scheme}://{bucket}.{host}", True
