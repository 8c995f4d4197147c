"""The policy that goes with every AssumeRole: one bucket, one prefix, whatever else the role may.

A session may do what the role's policy and the session policy both allow (IAM User Guide, "Session
policies"). So a role that is open too wide, or a second bucket in its policy, still cannot be reached
through a connection that was made for this place.
"""

import json
import re
from typing import Any

from crmsnap.connection.arn import is_key_arn
from crmsnap.errors import ConfigError

LENGTH_MAX = 2048
"""Characters that STS takes (API reference of AssumeRole, `Policy`)."""

_OBJECT_ACTIONS = (
    "s3:PutObject",
    "s3:GetObject",
    "s3:GetObjectVersion",
    "s3:DeleteObject",
    "s3:DeleteObjectVersion",
)


def session_policy(
    bucket: str, prefix: str, *, partition: str, owner: str | None, kms_key: str | None = None
) -> str:
    """JSON that narrows a session to `prefix` (without slashes at its ends) of one bucket.

    `owner`, 12 digits, is whose bucket it must be; None where the store does not know the condition
    (all that are not AWS). `kms_key` is the ARN of the key that encrypts the files. Raise
    `ConfigError` for a key that is named otherwise, and for a place whose policy is too long.
    """
    whose = {"StringEquals": {"s3:ResourceAccount": owner}} if owner else {}
    bucket_arn = f"arn:{partition}:s3:::{bucket}"
    below = f"{_literal(prefix)}/*" if prefix else "*"
    listed = {"StringLike": {"s3:prefix": [below]}} if prefix else {}
    statements = [
        _allow(_OBJECT_ACTIONS, f"{bucket_arn}/{below}", whose),
        _allow(("s3:ListBucket",), bucket_arn, whose | listed),
        _allow(("s3:GetBucketLocation",), bucket_arn, whose),
    ]
    if kms_key is not None:
        statements.append(_allow(("kms:GenerateDataKey", "kms:Decrypt"), _key_arn(kms_key), {}))
    # Compact: radosgw 16 reads the `+` of a form as a plus sign, and refuses a policy with spaces.
    policy = json.dumps(
        {"Version": "2012-10-17", "Statement": statements}, separators=(",", ":"), ensure_ascii=True
    )
    if len(policy) > LENGTH_MAX:
        raise ConfigError(
            f"the path of s3://{bucket} is too long for a role",
            cause=f"the policy of its sessions has {len(policy)} characters, and AWS takes {LENGTH_MAX}",
            remedy="choose a shorter path",
        )
    return policy


def _allow(
    actions: tuple[str, ...], resource: str, condition: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": resource}
    return statement | {"Condition": condition} if condition else statement


def _literal(prefix: str) -> str:
    """The prefix with its `*`, `?` and `$` as themselves: else they would widen the policy.

    `${*}` and its like stand for the sign (IAM User Guide, "Policy variables", special characters).
    """
    return re.sub(r"[*?$]", lambda sign: f"${{{sign[0]}}}", prefix)


def _key_arn(kms_key: str) -> str:
    if not is_key_arn(kms_key):
        raise ConfigError(
            f"{kms_key!r} does not name a KMS key",
            cause="policies take the ARN of the key itself, neither an alias nor an id",
            remedy="give arn:aws:kms:<region>:<account>:key/<id> as kms_key",
        )
    return kms_key
