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


def test_no_vector_stands_twice() -> None:
    """Two equal sentences would hide that one of two vectors is gone."""
    sentences = [vector[0] for vector in VECTORS]
    assert len(set(sentences)) == len(sentences)
