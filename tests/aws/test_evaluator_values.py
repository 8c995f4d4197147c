"""Policy vectors: the kinds of values that conditions compare, and the variables in them.

From the IAM User Guide's pages on condition operators, on keys with several values and on variables.
"""

from collections.abc import Mapping

import pytest

from tests.aws.evaluator.conditions import conditions_hold
from tests.aws.evaluator.context import context

Condition = Mapping[str, Mapping[str, object]]
Brought = Mapping[str, str | list[str]]

NOTHING: Brought = {}

VECTORS: list[tuple[str, Condition, Brought, bool]] = [
    # Truths, numbers, moments, addresses.
    ("a truth", {"Bool": {"aws:SecureTransport": "true"}}, {"aws:SecureTransport": "true"}, True),
    (
        "an untruth",
        {"Bool": {"aws:SecureTransport": "false"}},
        {"aws:SecureTransport": "true"},
        False,
    ),
    (
        "a JSON truth",
        {"Bool": {"aws:SecureTransport": True}},
        {"aws:SecureTransport": "true"},
        True,
    ),
    ("an absent truth is false", {"Bool": {"aws:SecureTransport": "false"}}, NOTHING, False),
    ("equal numbers", {"NumericEquals": {"s3:max-keys": "10"}}, {"s3:max-keys": "10.0"}, True),
    ("unequal numbers", {"NumericNotEquals": {"s3:max-keys": "10"}}, {"s3:max-keys": "11"}, True),
    (
        "equal is not unequal, for numbers",
        {"NumericNotEquals": {"s3:max-keys": "10"}},
        {"s3:max-keys": "10"},
        False,
    ),
    (
        "numbers are not texts",
        {"NumericLessThan": {"s3:max-keys": "10"}},
        {"s3:max-keys": "9"},
        True,
    ),
    ("less is less", {"NumericLessThan": {"s3:max-keys": "10"}}, {"s3:max-keys": "10"}, False),
    ("at most", {"NumericLessThanEquals": {"s3:max-keys": "10"}}, {"s3:max-keys": "10"}, True),
    ("more", {"NumericGreaterThan": {"s3:max-keys": 10}}, {"s3:max-keys": "11"}, True),
    ("at least", {"NumericGreaterThanEquals": {"s3:max-keys": "10"}}, {"s3:max-keys": "9"}, False),
    ("no number", {"NumericEquals": {"s3:max-keys": "10"}}, {"s3:max-keys": "ten"}, False),
    (
        "before a moment",
        {"DateLessThan": {"aws:CurrentTime": "2025-01-01T00:00:00Z"}},
        {"aws:CurrentTime": "2024-12-31T23:59:59Z"},
        True,
    ),
    (
        "a moment is not before itself",
        {"DateLessThan": {"aws:CurrentTime": "2025-01-01T00:00:00Z"}},
        {"aws:CurrentTime": "2025-01-01T00:00:00Z"},
        False,
    ),
    (
        "at or before a moment, in another zone",
        {"DateLessThanEquals": {"aws:CurrentTime": "2025-01-01T01:00:00+01:00"}},
        {"aws:CurrentTime": "2025-01-01T00:00:00Z"},
        True,
    ),
    (
        "after a moment, in seconds since 1970",
        {"DateGreaterThan": {"aws:CurrentTime": "1700000000"}},
        {"aws:CurrentTime": "2025-01-01T00:00:00Z"},
        True,
    ),
    (
        "at or after a moment",
        {"DateGreaterThanEquals": {"aws:CurrentTime": "2025-01-02"}},
        {"aws:CurrentTime": "2025-01-01T00:00:00Z"},
        False,
    ),
    (
        "the same moment",
        {"DateEquals": {"aws:CurrentTime": "2025-01-01"}},
        {"aws:CurrentTime": "2025-01-01T00:00:00Z"},
        True,
    ),
    (
        "another moment",
        {"DateNotEquals": {"aws:CurrentTime": "2025-01-01"}},
        {"aws:CurrentTime": "2025-01-01T00:00:00Z"},
        False,
    ),
    (
        "in the network",
        {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
        {"aws:SourceIp": "10.1.2.3"},
        True,
    ),
    (
        "outside the network",
        {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
        {"aws:SourceIp": "11.0.0.1"},
        False,
    ),
    (
        "one address",
        {"IpAddress": {"aws:SourceIp": "10.0.0.1"}},
        {"aws:SourceIp": "10.0.0.1"},
        True,
    ),
    (
        "not in the network",
        {"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
        {"aws:SourceIp": "11.0.0.1"},
        True,
    ),
    (
        "IPv6",
        {"IpAddress": {"aws:SourceIp": "2001:db8::/32"}},
        {"aws:SourceIp": "2001:db8::1"},
        True,
    ),
    # ARNs.
    (
        "an equal ARN",
        {"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::111111111111:role/hubspot"}},
        {"aws:PrincipalArn": "arn:aws:iam::111111111111:role/hubspot"},
        True,
    ),
    (
        "ArnEquals and ArnLike are the same",
        {"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::111111111111:role/*"}},
        {"aws:PrincipalArn": "arn:aws:iam::111111111111:role/hubspot"},
        True,
    ),
    (
        "a star in an ARN stays in its segment",
        {"ArnLike": {"aws:PrincipalArn": "arn:aws:*:role/hubspot"}},
        {"aws:PrincipalArn": "arn:aws:iam::111111111111:role/hubspot"},
        False,
    ),
    (
        "a star for each segment",
        {"ArnLike": {"aws:PrincipalArn": "arn:*:iam:*:*:role/hub*"}},
        {"aws:PrincipalArn": "arn:aws-us-gov:iam::111111111111:role/hubspot"},
        True,
    ),
    (
        "another partition is another ARN",
        {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/hubspot"}},
        {"aws:PrincipalArn": "arn:aws-cn:iam::111111111111:role/hubspot"},
        False,
    ),
    (
        "not like an ARN",
        {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/other"}},
        {"aws:PrincipalArn": "arn:aws:iam::111111111111:role/hubspot"},
        True,
    ),
    (
        "not equal to an ARN that is absent",
        {"ArnNotEquals": {"aws:PrincipalArn": "arn:aws:iam::111111111111:role/other"}},
        NOTHING,
        True,
    ),
    # Keys with several values.
    (
        "any value",
        {"ForAnyValue:StringEquals": {"aws:TagKeys": ["a", "b"]}},
        {"aws:TagKeys": ["b", "c"]},
        True,
    ),
    (
        "not any value",
        {"ForAnyValue:StringEquals": {"aws:TagKeys": "a"}},
        {"aws:TagKeys": ["b", "c"]},
        False,
    ),
    ("any value of none", {"ForAnyValue:StringEquals": {"aws:TagKeys": "a"}}, NOTHING, False),
    (
        "any value that differs",
        {"ForAnyValue:StringNotEquals": {"aws:TagKeys": "a"}},
        {"aws:TagKeys": ["a", "c"]},
        True,
    ),
    (
        "any of none that differs",
        {"ForAnyValue:StringNotEquals": {"aws:TagKeys": "a"}},
        NOTHING,
        False,
    ),
    (
        "all values",
        {"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}},
        {"aws:TagKeys": ["a", "b"]},
        True,
    ),
    (
        "not all values",
        {"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}},
        {"aws:TagKeys": ["a", "c"]},
        False,
    ),
    ("all values of none", {"ForAllValues:StringEquals": {"aws:TagKeys": "a"}}, NOTHING, True),
    (
        "all values differ",
        {"ForAllValues:StringNotEquals": {"aws:TagKeys": "a"}},
        {"aws:TagKeys": ["b", "c"]},
        True,
    ),
    (
        "not all differ",
        {"ForAllValues:StringNotEquals": {"aws:TagKeys": "a"}},
        {"aws:TagKeys": ["a", "c"]},
        False,
    ),
    # Policy variables.
    (
        "a variable takes the request's value",
        {"StringLike": {"s3:prefix": "home/${aws:username}/*"}},
        {"s3:prefix": "home/ann/x", "aws:username": "ann"},
        True,
    ),
    (
        "a variable takes nobody else's value",
        {"StringLike": {"s3:prefix": "home/${aws:username}/*"}},
        {"s3:prefix": "home/bob/x", "aws:username": "ann"},
        False,
    ),
    (
        "a variable without a value fits nothing",
        {"StringLike": {"s3:prefix": "home/${aws:username}/*"}},
        {"s3:prefix": "home//x"},
        False,
    ),
    (
        "a variable with a default",
        {"StringEquals": {"s3:prefix": "${aws:username, 'nobody'}/"}},
        {"s3:prefix": "nobody/"},
        True,
    ),
    (
        "a variable's star is no wildcard",
        {"StringLike": {"s3:prefix": "${aws:username}"}},
        {"s3:prefix": "anything", "aws:username": "*"},
        False,
    ),
    (
        "a variable with several values fits nothing",
        {"StringEquals": {"s3:prefix": "${aws:TagKeys}"}},
        {"s3:prefix": "a", "aws:TagKeys": ["a", "b"]},
        False,
    ),
    ("a star by its name", {"StringLike": {"s3:prefix": "${*}"}}, {"s3:prefix": "*"}, True),
    (
        "a star by its name is no wildcard",
        {"StringLike": {"s3:prefix": "${*}"}},
        {"s3:prefix": "a"},
        False,
    ),
    ("a dollar by its name", {"StringEquals": {"s3:prefix": "${$}1"}}, {"s3:prefix": "$1"}, True),
]


@pytest.mark.parametrize(
    ("condition", "brought", "holds"),
    [vector[1:] for vector in VECTORS],
    ids=[vector[0] for vector in VECTORS],
)
def test_a_value_is_compared_as_its_kind_says(
    condition: Condition, brought: Brought, holds: bool
) -> None:
    """Numbers are not texts, ARNs have segments, and a key may have several values."""
    assert conditions_hold(condition, context(brought), variables=True) is holds


def test_variables_are_plain_text_in_an_old_version() -> None:
    """Variables came with version 2012-10-17; before it, `${aws:username}` is only letters."""
    condition = {"StringEquals": {"s3:prefix": "${aws:username}"}}
    brought = context({"s3:prefix": "${aws:username}", "aws:username": "ann"})
    assert conditions_hold(condition, brought, variables=False)
    assert not conditions_hold(condition, brought, variables=True)


def test_no_vector_stands_twice() -> None:
    """Two equal sentences would hide that one of two vectors is gone."""
    sentences = [vector[0] for vector in VECTORS]
    assert len(set(sentences)) == len(sentences)
