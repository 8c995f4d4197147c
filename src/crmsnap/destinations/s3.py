"""S3 and compatible stores: every setting is given, because obstore reads `AWS_*` by itself.

`AWS_SKIP_SIGNATURE`, `AWS_ENDPOINT_URL_S3` or `AWS_CONDITIONAL_PUT` in the environment would change
what is sent without a word; an explicit argument wins over each of them. Only
`AWS_SERVER_SIDE_ENCRYPTION` and the `AWS_SSE_*` cannot be switched off by argument: whoever opens a
destination has to see that they are not set.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from obstore.store import S3Store

from crmsnap.destinations.client import NO_RETRIES, Reach, client_options
from crmsnap.destinations.habits import Habits, IfMatch
from crmsnap.destinations.key_source import AwsKeys, KeySource
from crmsnap.destinations.opening import Opened
from crmsnap.destinations.retry import Retries
from crmsnap.destinations.s3_endpoint import Addressing, endpoint, is_amazons
from crmsnap.destinations.store import Store
from crmsnap.errors import AccessDenied

if TYPE_CHECKING:
    from obstore.store import S3Config

__all__ = ["REGION_UNLESS_SET", "AwsKeys", "S3Options", "key_to_send", "s3"]

REGION_UNLESS_SET = "us-east-1"


@dataclass(frozen=True, slots=True)
class S3Options:
    """How to reach a bucket; what is not given is AWS's own."""

    endpoint_url: str | None = None
    """Of a compatible store: `https://minio.example.com`."""
    region: str | None = None
    find_region: Callable[[], str | None] | None = None
    """Asked where the bucket is when `region` is not given or turns out to be wrong."""
    keys: Callable[[], AwsKeys] | None = field(default=None, repr=False)
    """Asked when the store is opened and whenever the keys expire."""
    ca_file: Path | None = None
    """PEM certificates that are trusted beside the system's."""
    proxy: str | None = field(default=None, repr=False)
    addressing: Addressing = "auto"
    allow_http: bool = False
    """Let `endpoint_url` be `http://`: only for servers on this machine or network."""
    bucket_owner: str | None = None
    """Account that the bucket must belong to; every request for a file in another one's is refused.

    Listings do not carry it."""
    encryption: Literal["AES256", "aws:kms"] | None = None
    """Asked for with each file; None: the bucket's own default."""
    kms_key: str | None = None
    if_match: IfMatch = "as-given"
    unsafe_single_writer: bool = False
    """Write without conditions to a store that does not know them."""

    @property
    def reach(self) -> Reach:
        """How the store is reached over the network."""
        return Reach(self.endpoint_url, self.allow_http, self.ca_file, self.proxy)


def s3(bucket: str, prefix: str, options: S3Options, retries: Retries | None = None) -> Store:
    """A bucket below a prefix (without slashes at its ends, may be empty)."""
    url = f"s3://{bucket}/{prefix}" if prefix else f"s3://{bucket}"
    if options.keys is None:
        raise AccessDenied(
            f"no keys for {url}",
            cause="no AWS credentials were given",
            remedy="give an access key, or a profile of the usual AWS chain",
        )
    _endpoint(bucket, options)  # a wrong setting is said now, not at the first file
    habits = Habits(
        if_match=options.if_match,
        single_writer=options.unsafe_single_writer,
        refuses_wrong_bytes=options.endpoint_url is None or is_amazons(options.endpoint_url),
    )
    return Store(url, _OpenBucket(bucket, prefix, options, options.keys), retries, habits)


def key_to_send(encryption: str | None, kms_key: str | None) -> str | None:
    """The key that is named with each file: S3 refuses one that does not come with `aws:kms`."""
    return kms_key if encryption == "aws:kms" else None


@dataclass(frozen=True, slots=True)
class _OpenBucket:
    bucket: str
    prefix: str
    options: S3Options
    keys: Callable[[], AwsKeys] = field(repr=False)
    moved: bool = False

    def __call__(self) -> Opened:
        keys = KeySource(self.keys)
        files = self._store(keys, _headers(self.options))
        # object_store 0.14 does not sign such headers of listings, and S3 refuses them unsigned.
        lists = self._store(keys, {}) if self.options.bucket_owner else None
        return Opened(files, keys.refused, lists)

    def _store(self, keys: KeySource, headers: dict[str, str]) -> S3Store:
        options = self.options
        base, virtual = _endpoint(self.bucket, options)
        return S3Store(
            self.bucket,
            prefix=self.prefix or None,
            config={
                "endpoint": base,
                "aws_endpoint_url_s3": base,
                "region": options.region or REGION_UNLESS_SET,
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
                **_encryption(options),
            },
            client_options=client_options(options.reach, headers),
            retry_config=NO_RETRIES,
            credential_provider=keys.client(),
        )

    def settled(self) -> "_OpenBucket":
        ask = self.options.find_region
        if self.options.region is not None or ask is None:
            return self
        return replace(self, options=replace(self.options, region=ask() or REGION_UNLESS_SET))

    def elsewhere(self, region: str) -> "_OpenBucket | None":
        if self.moved:
            return None
        ask = self.options.find_region
        found = region or (ask() if ask is not None else None)
        if not found or found == self.options.region:
            return None
        return replace(self, options=replace(self.options, region=found), moved=True)


def _endpoint(bucket: str, options: S3Options) -> tuple[str, bool]:
    return endpoint(
        bucket,
        options.region or REGION_UNLESS_SET,
        own=options.endpoint_url,
        addressing=options.addressing,
        allow_http=options.allow_http,
    )


def _encryption(options: S3Options) -> "S3Config":
    if options.encryption is None:
        return {}  # the bucket's own default, whichever key it has
    key = key_to_send(options.encryption, options.kms_key)
    if key is None:
        return {"server_side_encryption": options.encryption}
    return {"server_side_encryption": options.encryption, "sse_kms_key_id": key}


def _headers(options: S3Options) -> dict[str, str]:
    if options.bucket_owner is None:
        return {}
    return {"x-amz-expected-bucket-owner": options.bucket_owner}
