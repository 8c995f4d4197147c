"""A bucket and a folder in it, in every form in which people write it.

AWS has written the same place as `s3://`, with the bucket in the path, in the host name, with old
and dual-stack host names, and as an ARN (S3 User Guide, "Methods for accessing a general purpose
bucket"). Addresses of the web console, of access points and of single requests are no places.
"""

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from crmsnap.destinations.key import check_key
from crmsnap.errors import ConfigError, DestinationError

FORMS = "s3://bucket/folder, https://bucket.s3.region.amazonaws.com/folder or arn:aws:s3:::bucket/folder"

_BUCKET = re.compile(r"[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]", re.IGNORECASE)
_ARN = re.compile(r"arn:(aws(?:-[a-z]+)*):s3:::([^/]+)(?:/(.*))?")
_HOST = re.compile(
    r"(?:(?P<bucket>.+)\.)?s3(?:[.-](?:dualstack\.)?(?P<region>[a-z]{2}(?:-[a-z]+)+-[0-9]))?"
    r"\.amazonaws\.com(?P<china>\.cn)?"
)


@dataclass(frozen=True, slots=True)
class S3Place:
    """Where in S3 something is."""

    bucket: str
    prefix: str
    """Without slashes at its ends; empty: the whole bucket."""
    region: str | None = None
    """Where the form named it."""
    partition: str | None = None
    """`aws`, `aws-us-gov` or `aws-cn`, where the form tells."""

    @property
    def url(self) -> str:
        """`s3://bucket/prefix`."""
        return f"s3://{self.bucket}/{self.prefix}" if self.prefix else f"s3://{self.bucket}"


def is_s3(url: str) -> bool:
    """Whether a URL can only mean a place in S3, however it is written."""
    return url.startswith(("s3://", "https://", "arn:"))


def read_s3_place(text: str) -> S3Place:
    """The place that a URL or ARN means. Raise `ConfigError`, which says why it is none."""
    if arn := _ARN.fullmatch(text):
        return _place(text, arn[2], arn[3] or "", None, arn[1])
    if text.startswith("arn:"):
        raise _refused(text, "it is the ARN of something else, such as an access point")
    parts = urlsplit(text)
    if parts.query or parts.fragment:
        raise _refused(text, "it has a query or a fragment, like the address of a single request")
    if parts.scheme == "s3":
        return _place(text, parts.netloc, parts.path, None, None)
    if parts.scheme != "https":
        raise _refused(text, "it begins neither with s3:// nor with https:// nor with arn:")
    host = parts.hostname or ""
    if host.endswith("console.aws.amazon.com") or ".console." in host:
        raise _refused(text, "it is a page of the AWS console")
    if "s3-accesspoint" in host or "s3-control" in host:
        raise _refused(text, "access points are not supported")
    named = _HOST.fullmatch(host)
    if named is None:
        raise _refused(text, "its host is none of S3's")
    bucket, path = named["bucket"], unquote(parts.path)
    if bucket is None:
        bucket, _, path = path.lstrip("/").partition("/")
    return _place(text, bucket, path, named["region"], partition_of(named["region"]))


def partition_of(region: str | None) -> str | None:
    """The partition of a region, None when there is no region to tell by."""
    if region is None:
        return None
    if region.startswith("cn-"):
        return "aws-cn"
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"


def _place(text: str, bucket: str, path: str, region: str | None, partition: str | None) -> S3Place:
    if not _BUCKET.fullmatch(bucket):
        raise _refused(text, "the name of a bucket has 3 to 63 letters, digits, dots and hyphens")
    prefix = path.removeprefix("/").rstrip("/")
    if prefix:
        try:
            check_key(prefix)
        except DestinationError as error:
            raise _refused(text, error.cause) from error
    return S3Place(bucket, prefix, region, partition)


def _refused(text: str, cause: str) -> ConfigError:
    return ConfigError(f"{text!r} is no place in S3", cause=cause, remedy=f"write it as {FORMS}")
