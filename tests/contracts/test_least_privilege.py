"""S17: each feature works under exactly its policy, and each removed action makes exactly its feature fail.

Our documents are judged by an evaluator that was written from IAM's own rules and knows nothing of us.
"""

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import pytest

from crmsnap.connection.as_published import as_published
from crmsnap.connection.policies import Grant, permission_policy
from tests.aws.evaluator.context import context
from tests.aws.evaluator.statement import Caller, read_policy
from tests.aws.evaluator.verdict import Ask, Rules, judge

KEY = "arn:aws:kms:eu-central-1:222222222222:key/11111111-2222-4333-8444-555555555555"
ROLE = "arn:aws:iam::222222222222:role/hubspot"
SESSION = Caller(
    "arn:aws:sts::222222222222:assumed-role/hubspot/crmsnap-acme", "222222222222", ROLE
)
PLACES = {
    "one folder": ("aws", "acme-lake", "hs"),
    "a folder in folders": ("aws", "acme.lake", "a b/ünï/c"),
    "the whole bucket": ("aws", "acme-lake", ""),
    "GovCloud": ("aws-us-gov", "acme-lake", "hs"),
    "China": ("aws-cn", "acme-lake", "hs"),
}


@dataclass(frozen=True)
class Request:
    """One request, as IAM sees it."""

    action: str
    resource: str
    keys: dict[str, str] = field(default_factory=dict)


def features(grant: Grant) -> dict[str, list[Request]]:
    """What crmsnap does, and every request that it takes."""
    bucket, folder = grant.bucket_arn, f"{grant.prefix}/" if grant.prefix else ""
    part = f"{bucket}/{folder}2026-11-22/OWNERS/part-00000-0123456789abcdef.csv.gz"
    manifest = f"{bucket}/{folder}2026-11-22/_MANIFEST.json"
    return {
        "write a part": [Request("s3:PutObject", part)],
        "prove a day": [Request("s3:GetObject", part), Request("s3:GetObject", manifest)],
        "find the days": [
            Request("s3:ListBucket", bucket, {"s3:prefix": folder, "s3:delimiter": "/"}),
            Request("s3:ListBucket", bucket, {"s3:prefix": f"{folder}2026-11-22/"}),
        ],
        "remove a day": [Request("s3:DeleteObject", manifest), Request("s3:DeleteObject", part)],
        "read an old version": [Request("s3:GetObjectVersion", part)],
        "remove an old version": [Request("s3:DeleteObjectVersion", part)],
        "ask for the region": [Request("s3:GetBucketLocation", bucket)],
        "encrypt a part": [Request("kms:GenerateDataKey", KEY)],
        "decrypt a part": [Request("kms:Decrypt", KEY)],
    }


NEEDS = {
    "write a part": "s3:PutObject",
    "prove a day": "s3:GetObject",
    "find the days": "s3:ListBucket",
    "remove a day": "s3:DeleteObject",
    "read an old version": "s3:GetObjectVersion",
    "remove an old version": "s3:DeleteObjectVersion",
    "ask for the region": "s3:GetBucketLocation",
    "encrypt a part": "kms:GenerateDataKey",
    "decrypt a part": "kms:Decrypt",
}
ALWAYS = {"write a part", "prove a day", "find the days"}
VERSIONS = {"read an old version", "remove an old version"}
WITH_A_KEY = {"encrypt a part", "decrypt a part"}


def allowed(policy: Any, request: Request) -> bool:
    """Whether the policy alone lets a session of the role do it."""
    ask = Ask(SESSION, request.action, request.resource, "222222222222", context(request.keys))
    return judge(ask, Rules(identity=(read_policy(policy),))).allowed


def working(policy: Any, grant: Grant) -> set[str]:
    """The features of which every request is allowed."""
    return {
        name
        for name, requests in features(grant).items()
        if all(allowed(policy, request) for request in requests)
    }


def without(policy: dict[str, Any], action: str) -> dict[str, Any]:
    """The policy without one action, and without a statement that has no other."""
    left = deepcopy(policy)
    for statement in left["Statement"]:
        actions = statement["Action"]
        if not isinstance(actions, str):
            statement["Action"] = [one for one in actions if one != action]
    left["Statement"] = [one for one in left["Statement"] if one["Action"] not in (action, [])]
    assert left != policy
    return left


@pytest.mark.parametrize(("partition", "bucket", "prefix"), PLACES.values(), ids=[*PLACES])
@pytest.mark.parametrize(
    ("versions", "deletes", "works"),
    [
        (True, True, ALWAYS | VERSIONS | {"remove a day", "ask for the region"}),
        (False, True, ALWAYS | {"remove a day", "ask for the region"}),
        (False, False, ALWAYS | {"ask for the region"}),
    ],
    ids=["whole", "narrow, with pruning", "narrow"],
)
def test_each_feature_works_under_exactly_its_policy(
    partition: str, bucket: str, prefix: str, versions: bool, deletes: bool, works: set[str]
) -> None:
    """Neither less than a sync needs, nor a right that nobody asked for."""
    grant = Grant(bucket, prefix, partition, versions=versions, deletes=deletes)
    assert working(permission_policy(grant), grant) == works


@pytest.mark.parametrize(("partition", "bucket", "prefix"), PLACES.values(), ids=[*PLACES])
def test_the_articles_text_does_all_but_ask_for_the_region(
    partition: str, bucket: str, prefix: str
) -> None:
    """An absent condition key is false; that is why crmsnap never depends on GetBucketLocation."""
    grant = Grant(bucket, prefix, partition)
    assert working(as_published(grant), grant) == ALWAYS | VERSIONS | {"remove a day"}


@pytest.mark.parametrize("feature", NEEDS)
def test_a_removed_action_takes_exactly_its_feature_away(feature: str) -> None:
    """So that a check can name the one action that is missing."""
    grant = Grant("acme-lake", "hs", kms_key=KEY)
    policy = permission_policy(grant)
    assert working(policy, grant) == {*NEEDS}
    assert working(without(policy, NEEDS[feature]), grant) == {*NEEDS} - {feature}


ELSEWHERE = [
    Request("s3:PutObject", "arn:aws:s3:::acme-lake/other/x"),
    Request("s3:PutObject", "arn:aws:s3:::acme-lake/hs"),
    Request("s3:PutObject", "arn:aws:s3:::acme-lake/hs-2/x"),
    Request("s3:GetObject", "arn:aws:s3:::acme-lake/HS/x"),
    Request("s3:DeleteObject", "arn:aws:s3:::other-lake/hs/x"),
    Request("s3:ListBucket", "arn:aws:s3:::acme-lake"),
    Request("s3:ListBucket", "arn:aws:s3:::acme-lake", {"s3:prefix": ""}),
    Request("s3:ListBucket", "arn:aws:s3:::acme-lake", {"s3:prefix": "hs"}),
    Request("s3:ListBucket", "arn:aws:s3:::acme-lake", {"s3:prefix": "other/"}),
    Request("s3:ListBucket", "arn:aws:s3:::other-lake", {"s3:prefix": "hs/"}),
    Request("s3:ListBucketVersions", "arn:aws:s3:::acme-lake", {"s3:prefix": "hs/"}),
    Request("s3:AbortMultipartUpload", "arn:aws:s3:::acme-lake/hs/x"),
    Request("s3:PutObjectAcl", "arn:aws:s3:::acme-lake/hs/x"),
    Request("s3:PutObjectTagging", "arn:aws:s3:::acme-lake/hs/x"),
    Request("s3:BypassGovernanceRetention", "arn:aws:s3:::acme-lake/hs/x"),
    Request("s3:PutBucketPolicy", "arn:aws:s3:::acme-lake"),
    Request("s3:DeleteBucket", "arn:aws:s3:::acme-lake"),
    Request("s3:ListAllMyBuckets", "*"),
    Request("kms:Decrypt", KEY.replace("1111", "9999")),
    Request("kms:ScheduleKeyDeletion", KEY),
    Request("iam:PassRole", ROLE),
    Request("sts:AssumeRole", ROLE),
]


@pytest.mark.parametrize("request_", ELSEWHERE, ids=lambda one: f"{one.action} {one.resource}")
def test_nothing_else_is_granted(request_: Request) -> None:
    """Neither by ours at its widest nor by the article's."""
    grant = Grant("acme-lake", "hs", kms_key=KEY)
    assert not allowed(permission_policy(grant), request_)
    assert not allowed(as_published(grant), request_)
