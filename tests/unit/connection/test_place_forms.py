"""A17: every form in which a bucket and a folder are written is read, or refused with the reason."""

import pytest

from crmsnap.destinations.s3_place import S3Place, read_s3_place
from crmsnap.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("s3://acme-lake/hs", S3Place("acme-lake", "hs")),
        ("s3://acme-lake/hs/", S3Place("acme-lake", "hs")),
        ("s3://acme-lake/a/b/c///", S3Place("acme-lake", "a/b/c")),
        ("s3://acme-lake", S3Place("acme-lake", "")),
        ("s3://acme-lake/", S3Place("acme-lake", "")),
        ("s3://acme-lake//", S3Place("acme-lake", "")),
        ("s3://acme.lake.example/hs", S3Place("acme.lake.example", "hs")),
        ("s3://acme-lake/a b/ü", S3Place("acme-lake", "a b/ü")),
        (
            "https://acme-lake.s3.eu-central-1.amazonaws.com/hs",
            S3Place("acme-lake", "hs", "eu-central-1", "aws"),
        ),
        (
            "https://acme.lake.s3.eu-central-1.amazonaws.com/hs",
            S3Place("acme.lake", "hs", "eu-central-1", "aws"),
        ),
        (
            "https://s3.eu-central-1.amazonaws.com/acme-lake/hs",
            S3Place("acme-lake", "hs", "eu-central-1", "aws"),
        ),
        (
            "https://acme-lake.s3-eu-west-1.amazonaws.com/hs/",
            S3Place("acme-lake", "hs", "eu-west-1", "aws"),
        ),
        (
            "https://acme-lake.s3.dualstack.eu-west-1.amazonaws.com/hs",
            S3Place("acme-lake", "hs", "eu-west-1", "aws"),
        ),
        ("https://acme-lake.s3.amazonaws.com/hs", S3Place("acme-lake", "hs")),
        ("https://s3.amazonaws.com/acme-lake/a%20b", S3Place("acme-lake", "a b")),
        (
            "https://acme-lake.s3.cn-north-1.amazonaws.com.cn/hs",
            S3Place("acme-lake", "hs", "cn-north-1", "aws-cn"),
        ),
        (
            "https://s3.us-gov-west-1.amazonaws.com/acme-lake/hs",
            S3Place("acme-lake", "hs", "us-gov-west-1", "aws-us-gov"),
        ),
        ("arn:aws:s3:::acme-lake/hs", S3Place("acme-lake", "hs", None, "aws")),
        ("arn:aws:s3:::acme-lake", S3Place("acme-lake", "", None, "aws")),
        ("arn:aws-us-gov:s3:::acme-lake/hs/", S3Place("acme-lake", "hs", None, "aws-us-gov")),
        ("arn:aws-cn:s3:::acme.lake/hs", S3Place("acme.lake", "hs", None, "aws-cn")),
    ],
)
def test_a_place_is_read(text: str, meant: S3Place) -> None:
    """What a form says of region and partition is kept: it need not be asked for."""
    assert read_s3_place(text) == meant


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("https://eu-central-1.console.aws.amazon.com/s3/buckets/acme-lake", "console"),
        ("https://s3.console.aws.amazon.com/s3/buckets/acme-lake?prefix=hs/", "query"),
        ("https://acme-lake.s3.eu-central-1.amazonaws.com/hs?X-Amz-Signature=0", "query"),
        ("https://ap-123456789012.s3-accesspoint.eu-west-1.amazonaws.com/hs", "access points"),
        ("https://123456789012.s3-control.eu-west-1.amazonaws.com/x", "access points"),
        ("arn:aws:s3:eu-west-1:123456789012:accesspoint/ap", "such as an access point"),
        ("arn:aws:s3-object-lambda:eu-west-1:123456789012:accesspoint/x", "access point"),
        ("arn:aws:iam::123456789012:role/hs", "something else"),
        ("https://acme-lake.example.com/hs", "none of S3's"),
        ("https://evil-s3.amazonaws.com.example.com/hs", "none of S3's"),
        ("http://acme-lake.s3.eu-central-1.amazonaws.com/hs", "begins neither with"),
        ("acme-lake/hs", "begins neither with"),
        ("s3://", "3 to 63 letters"),
        ("s3:///hs", "3 to 63 letters"),
        ("s3://ab/hs", "3 to 63 letters"),
        ("s3://acme_lake:443/hs", "3 to 63 letters"),
        ("s3://someone@acme-lake/hs", "3 to 63 letters"),
        (f"s3://{'b' * 64}/hs", "3 to 63 letters"),
        ("s3://acme-lake//hs", "empty"),
        ("s3://acme-lake/a//b", "empty"),
        ("s3://acme-lake/a/../b", "a dot"),
        ("s3://acme-lake/./hs", "a dot"),
        ("https://acme-lake.s3.amazonaws.com/a%2f..%2fb", "a dot"),
        ("https://acme-lake.s3.amazonaws.com/a%00b", "cannot be printed"),
        ("s3://acme-lake/hs\u202e", "cannot be printed"),
    ],
)
def test_what_is_no_place_is_refused_with_the_reason(text: str, why: str) -> None:
    """A place that is understood wrongly would be a folder of somebody else."""
    with pytest.raises(ConfigError) as refused:
        read_s3_place(text)
    assert why in refused.value.cause
