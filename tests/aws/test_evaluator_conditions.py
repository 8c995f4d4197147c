"""Policy vectors: conditions, from the IAM User Guide's page on condition operators.

Each row is one rule of that page: a Condition element, what the request brings, and whether the
statement takes effect.
"""

from collections.abc import Mapping

import pytest

from tests.aws.evaluator.conditions import UnknownOperator, conditions_hold
from tests.aws.evaluator.context import context

Condition = Mapping[str, Mapping[str, object]]
Brought = Mapping[str, str | list[str]]

EXTERNAL_ID: Brought = {"sts:ExternalId": "ext-123"}
PREFIX: Brought = {"s3:prefix": "hs/2025/"}
NOTHING: Brought = {}

VECTORS: list[tuple[str, Condition, Brought, bool]] = [
    # Texts.
    ("no condition always holds", {}, NOTHING, True),
    ("an equal text holds", {"StringEquals": {"sts:ExternalId": "ext-123"}}, EXTERNAL_ID, True),
    ("another text does not", {"StringEquals": {"sts:ExternalId": "0000"}}, EXTERNAL_ID, False),
    ("an absent key is false", {"StringEquals": {"sts:ExternalId": "ext-123"}}, NOTHING, False),
    ("an absent list is false", {"StringLike": {"s3:prefix": ["hs/*"]}}, NOTHING, False),
    ("an absent key is not empty", {"StringEquals": {"s3:prefix": ""}}, NOTHING, False),
    ("an absent key is not a star", {"StringLike": {"s3:prefix": "*"}}, NOTHING, False),
    ("an empty value is a value", {"StringEquals": {"s3:prefix": ""}}, {"s3:prefix": ""}, True),
    ("a star fits an empty value", {"StringLike": {"s3:prefix": "*"}}, {"s3:prefix": ""}, True),
    ("case counts", {"StringEquals": {"sts:ExternalId": "EXT-123"}}, EXTERNAL_ID, False),
    (
        "case does not count where the operator says so",
        {"StringEqualsIgnoreCase": {"sts:ExternalId": "EXT-123"}},
        EXTERNAL_ID,
        True,
    ),
    (
        "another text is other without regard to case",
        {"StringEqualsIgnoreCase": {"sts:ExternalId": "0000"}},
        EXTERNAL_ID,
        False,
    ),
    ("key names have no case", {"StringEquals": {"STS:externalid": "ext-123"}}, EXTERNAL_ID, True),
    (
        "one of several is enough",
        {"StringEquals": {"sts:ExternalId": ["a", "ext-123"]}},
        EXTERNAL_ID,
        True,
    ),
    (
        "none of several is not",
        {"StringEquals": {"sts:ExternalId": ["a", "b"]}},
        EXTERNAL_ID,
        False,
    ),
    ("no value at all is none", {"StringEquals": {"sts:ExternalId": []}}, EXTERNAL_ID, False),
    ("a star means itself in StringEquals", {"StringEquals": {"s3:prefix": "hs/*"}}, PREFIX, False),
    ("a star reaches over slashes", {"StringLike": {"s3:prefix": "hs/*"}}, PREFIX, True),
    ("a pattern is anchored at its start", {"StringLike": {"s3:prefix": "2025/*"}}, PREFIX, False),
    ("a pattern is anchored at its end", {"StringLike": {"s3:prefix": "hs/2025"}}, PREFIX, False),
    ("a question mark is one character", {"StringLike": {"s3:prefix": "hs/202?/"}}, PREFIX, True),
    ("a question mark is never none", {"StringLike": {"s3:prefix": "hs/2025/?"}}, PREFIX, False),
    ("a star may stand for nothing", {"StringLike": {"s3:prefix": "hs/2025/*"}}, PREFIX, True),
    ("a dot is only a dot", {"StringLike": {"s3:prefix": "hs.2025."}}, PREFIX, False),
    (
        "the prefix without its slash does not fit",
        {"StringLike": {"s3:prefix": ["hs/*"]}},
        {"s3:prefix": "hs"},
        False,
    ),
    ("a star fits a line break", {"StringLike": {"k:k": "a*b"}}, {"k:k": "a\nb"}, True),
    # Negated operators.
    ("unequal holds", {"StringNotEquals": {"sts:ExternalId": "0000"}}, EXTERNAL_ID, True),
    (
        "equal is not unequal",
        {"StringNotEquals": {"sts:ExternalId": "ext-123"}},
        EXTERNAL_ID,
        False,
    ),
    (
        "negated must differ from all",
        {"StringNotEquals": {"sts:ExternalId": ["a", "ext-123"]}},
        EXTERNAL_ID,
        False,
    ),
    (
        "negated and different from all",
        {"StringNotEquals": {"sts:ExternalId": ["a", "b"]}},
        EXTERNAL_ID,
        True,
    ),
    (
        "negated holds for an absent key",
        {"StringNotEquals": {"sts:ExternalId": "a"}},
        NOTHING,
        True,
    ),
    ("not like holds for an absent key", {"StringNotLike": {"s3:prefix": "*"}}, NOTHING, True),
    ("not like", {"StringNotLike": {"s3:prefix": "zz/*"}}, PREFIX, True),
    ("like is not not like", {"StringNotLike": {"s3:prefix": "hs/*"}}, PREFIX, False),
    (
        "negated without regard to case",
        {"StringNotEqualsIgnoreCase": {"sts:ExternalId": "EXT-123"}},
        EXTERNAL_ID,
        False,
    ),
    # ...IfExists.
    (
        "if it exists it must be equal",
        {"StringEqualsIfExists": {"sts:ExternalId": "0000"}},
        EXTERNAL_ID,
        False,
    ),
    (
        "if it exists and is equal",
        {"StringEqualsIfExists": {"sts:ExternalId": "ext-123"}},
        EXTERNAL_ID,
        True,
    ),
    (
        "if it does not exist",
        {"StringEqualsIfExists": {"sts:ExternalId": "ext-123"}},
        NOTHING,
        True,
    ),
    ("like, if it exists", {"StringLikeIfExists": {"s3:prefix": "zz/*"}}, PREFIX, False),
    ("a number, if it exists", {"NumericLessThanIfExists": {"s3:max-keys": "10"}}, NOTHING, True),
    (
        "a truth, if it exists",
        {"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}},
        NOTHING,
        True,
    ),
    # Null.
    ("null of an absent key", {"Null": {"sts:ExternalId": "true"}}, NOTHING, True),
    ("null of a present key", {"Null": {"sts:ExternalId": "true"}}, EXTERNAL_ID, False),
    ("not null of a present key", {"Null": {"sts:ExternalId": "false"}}, EXTERNAL_ID, True),
    ("not null of an absent key", {"Null": {"sts:ExternalId": "false"}}, NOTHING, False),
    ("null written as a truth", {"Null": {"sts:ExternalId": True}}, NOTHING, True),
    ("an empty value is not null", {"Null": {"s3:prefix": "true"}}, {"s3:prefix": ""}, False),
    # Several keys and operators: all must hold.
    (
        "two operators must both hold",
        {"StringEquals": {"sts:ExternalId": "ext-123"}, "StringLike": {"s3:prefix": "zz/*"}},
        {**EXTERNAL_ID, **PREFIX},
        False,
    ),
    (
        "two operators that both hold",
        {"StringEquals": {"sts:ExternalId": "ext-123"}, "StringLike": {"s3:prefix": "hs/*"}},
        {**EXTERNAL_ID, **PREFIX},
        True,
    ),
    (
        "two keys of one operator must both hold",
        {"StringEquals": {"sts:ExternalId": "ext-123", "s3:prefix": "zz/"}},
        {**EXTERNAL_ID, **PREFIX},
        False,
    ),
    (
        "one of two keys absent",
        {"StringEquals": {"sts:ExternalId": "ext-123", "s3:prefix": "hs/"}},
        EXTERNAL_ID,
        False,
    ),
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
def test_a_condition_holds_when_iam_says_so(
    condition: Condition, brought: Brought, holds: bool
) -> None:
    """The external id stands and falls with one rule: a key that is absent makes a condition false."""
    assert conditions_hold(condition, context(brought), variables=True) is holds


@pytest.mark.parametrize(
    "operator",
    [
        "StringEqual",
        "stringequals",
        "BinaryEquals",
        "ForAnyValues:StringEquals",
        "NullIfExists",
        "",
    ],
)
def test_an_operator_that_is_not_known_raises(operator: str) -> None:
    """Taking it as satisfied would be a permission that nobody gave."""
    with pytest.raises(UnknownOperator):
        conditions_hold({operator: {"s3:prefix": "a"}}, context({}), variables=True)


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
