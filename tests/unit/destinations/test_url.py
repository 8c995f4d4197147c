"""How people write where a destination is."""

from functools import partial
from pathlib import Path

import pytest

from crmsnap.destinations.s3 import AwsKeys, S3Options
from crmsnap.destinations.s3_endpoint import Addressing, endpoint
from crmsnap.destinations.url import open_destination
from crmsnap.errors import AccessDenied, ConfigError

KEYS = partial(AwsKeys, "AKIATEST", "secret")


class NoClock:
    def monotonic(self) -> float:
        return 0.0

    def sleep(self, seconds: float) -> None:
        return None


def url_of(url: str, options: S3Options | None = None) -> str:
    return open_destination(url, options or S3Options(keys=KEYS), NoClock(), lambda: 0.0).url


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("/data/snapshots", "/data/snapshots"),
        ("file:///data/my%20snapshots", "/data/my snapshots"),
        ("file://localhost/data", "/data"),
        ("s3://acme-lake/hub/spot/", "s3://acme-lake/hub/spot"),
        ("s3://acme-lake", "s3://acme-lake"),
        ("https://acme-lake.s3.eu-west-3.amazonaws.com/hub", "s3://acme-lake/hub"),
        ("arn:aws-cn:s3:::acme-lake/hub", "s3://acme-lake/hub"),
        ("gs://acme-lake/hub/", "gs://acme-lake/hub"),
        ("az://acme-lake", "az://acme-lake"),
        ("memory://", "memory://"),
    ],
)
def test_a_destination_says_where_it_is(written: str, meant: str) -> None:
    """The form in reports is one that can be typed again."""
    assert url_of(written) == meant


@pytest.mark.parametrize(
    "written", ["./snapshots", "../snapshots", "snapshots", "data/snapshots", ".", ".."]
)
def test_a_relative_path_is_relative_to_where_it_was_typed(written: str) -> None:
    """A worker may run in another folder."""
    assert url_of(written) == str(Path(written).absolute())


def test_a_tilde_is_the_home_folder() -> None:
    """Shells do not replace it in `--to=~/x`."""
    assert url_of("~/snapshots") == str(Path.home() / "snapshots")


@pytest.mark.parametrize(
    "written",
    [
        *("", "http://example.com/x", "S3://bucket", "gs://", "az://c?x=y"),
        *("file://host/x", "file:x", "s3://", "s3:///x", "s3://a", "s3://bu cket/x"),
        *(
            "s3://bucket//x",
            "s3://bucket/../x",
            "gs://bucket/../x",
            "az://Container/x",
            "memory://x",
            "~nobody-of-this-name/x",
        ),
    ],
)
def test_anything_else_is_refused_with_what_is_allowed(written: str) -> None:
    """A typing mistake in a URL must not become a folder of that name."""
    with pytest.raises(ConfigError) as raised:
        url_of(written)
    assert raised.value.cause


def test_s3_without_keys_is_refused_at_once() -> None:
    """Before hours of reading, not after."""
    with pytest.raises(AccessDenied, match="no keys for s3://acme-lake"):
        url_of("s3://acme-lake", S3Options())


def test_plain_http_has_to_be_allowed() -> None:
    """A typing error must not send a CRM over the network in the clear."""
    with pytest.raises(ConfigError, match="without encryption"):
        url_of("s3://acme-lake", S3Options(endpoint_url="http://minio:9000", keys=KEYS))
    allowed = S3Options(endpoint_url="http://minio:9000", keys=KEYS, allow_http=True)
    assert url_of("s3://acme-lake", allowed) == "s3://acme-lake"


def test_an_endpoint_has_to_be_a_url() -> None:
    """A bare host name is the usual mistake."""
    with pytest.raises(ConfigError, match="no endpoint"):
        url_of("s3://acme-lake", S3Options(endpoint_url="minio:9000", keys=KEYS))


@pytest.mark.parametrize(
    ("bucket", "region", "own", "addressing", "url"),
    [
        ("lake", "us-east-1", None, "auto", "https://lake.s3.us-east-1.amazonaws.com"),
        ("lake", "eu-west-3", None, "auto", "https://lake.s3.eu-west-3.amazonaws.com"),
        ("lake", "cn-north-1", None, "auto", "https://lake.s3.cn-north-1.amazonaws.com.cn"),
        ("lake", "us-gov-west-1", None, "auto", "https://lake.s3.us-gov-west-1.amazonaws.com"),
        ("la.ke", "eu-west-3", None, "auto", "https://s3.eu-west-3.amazonaws.com"),
        ("lake", "us-east-1", None, "path", "https://s3.us-east-1.amazonaws.com"),
        ("lake", "us-east-1", "https://minio/", "auto", "https://minio"),
        ("lake", "us-east-1", "https://minio:9000", "virtual", "https://lake.minio:9000"),
    ],
)
def test_requests_go_to_the_bucket_by_the_addressing_that_works(
    bucket: str, region: str, own: str | None, addressing: Addressing, url: str
) -> None:
    """AWS wants the bucket in the host name, unless its certificate would not match."""
    host, virtual = endpoint(bucket, region, own=own, addressing=addressing, allow_http=False)
    assert host == url
    assert virtual == host.startswith(f"https://{bucket}.")
