"""The statements that advice names and prints, as the policies of `crmsnap connect aws` have them."""

import json
from collections.abc import Mapping
from typing import Any

from crmsnap.connection.checks.target import AwsTarget

OBJECTS = "Objects"
LIST = "List"
LOCATION = "Location"
KEY = "Key"


def to_allow(target: AwsTarget, sid: str, action: str) -> str:
    """Where to allow an action: the policy, the statement, its field, and the statement as it should be."""
    whose = "the role's permission policy" if target.role_arn else "the policy of the keys' user"
    statement = json.dumps(_STATEMENTS[sid](target))
    return (
        f"in {whose}, statement {sid}, field Action, allow {action} on the resource of"
        f" this statement: {statement}"
    )


def trust_statement(target: AwsTarget, principal: str) -> str:
    """The one statement of the role's trust policy."""
    return json.dumps(
        {
            "Effect": "Allow",
            "Principal": {"AWS": principal},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"sts:ExternalId": target.external_id}},
        }
    )


def _objects(target: AwsTarget) -> Mapping[str, Any]:
    return {
        "Sid": OBJECTS,
        "Effect": "Allow",
        "Action": [
            "s3:PutObject",
            "s3:GetObject",
            "s3:GetObjectVersion",
            "s3:DeleteObject",
            "s3:DeleteObjectVersion",
        ],
        "Resource": f"{_bucket_arn(target)}/{target.folder}*",
    }


def _list(target: AwsTarget) -> Mapping[str, Any]:
    return {
        "Sid": LIST,
        "Effect": "Allow",
        "Action": "s3:ListBucket",
        "Resource": _bucket_arn(target),
        "Condition": {"StringLike": {"s3:prefix": [f"{target.folder}*"]}},
    }


def _location(target: AwsTarget) -> Mapping[str, Any]:
    return {
        "Sid": LOCATION,
        "Effect": "Allow",
        "Action": "s3:GetBucketLocation",
        "Resource": _bucket_arn(target),
    }


def _key(target: AwsTarget) -> Mapping[str, Any]:
    return {
        "Sid": KEY,
        "Effect": "Allow",
        "Action": ["kms:GenerateDataKey", "kms:Decrypt"],
        "Resource": target.kms_key or "<the ARN of the bucket's key>",
    }


def _bucket_arn(target: AwsTarget) -> str:
    return f"arn:{target.partition}:s3:::{target.bucket}"


_STATEMENTS = {OBJECTS: _objects, LIST: _list, LOCATION: _location, KEY: _key}
