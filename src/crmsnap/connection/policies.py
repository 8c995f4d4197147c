"""What a policy allows crmsnap in a bucket: one folder, the actions that it uses, and nothing else.

A condition whose key is absent from a request is false (IAM User Guide, "Condition operators"). The
only key that listing has and nothing else has is `s3:prefix`, so each kind of right has a statement
of its own: put together, the condition would deny what it was not meant for.
"""

import json
from dataclasses import dataclass
from typing import Any

from crmsnap.connection.arn import RoleArn, check_key_arn, partition_in
from crmsnap.destinations.s3_place import S3Place
from crmsnap.errors import ConfigError, ConnectError

Policy = dict[str, Any]
"""A policy document, ready to be written as JSON."""

VERSION = "2012-10-17"

_WILD = frozenset("*?$")


@dataclass(frozen=True, slots=True)
class Grant:
    """A place in S3, and what a role may do there."""

    bucket: str
    prefix: str
    """Without slashes at its ends; empty: the whole bucket."""
    partition: str = "aws"
    kms_key: str | None = None
    """ARN of the key with which the bucket encrypts (SSE-KMS)."""
    versions: bool = True
    """Read and delete single versions of files: nothing but the purging of old versions needs it."""
    deletes: bool = True
    """Delete files: pruning, replacing a day and removing what a broken run left need it."""

    @property
    def bucket_arn(self) -> str:
        """The bucket, as policies name it."""
        return f"arn:{self.partition}:s3:::{self.bucket}"

    @property
    def files(self) -> str:
        """Every key of the place, as conditions name it: `hubspot/*`."""
        return f"{self.prefix}/*" if self.prefix else "*"


def grant_of(
    place: S3Place, role: RoleArn, *, kms_key: str | None, versions: bool, deletes: bool
) -> Grant:
    """What a role is to be given for a place.

    Raise `ConfigError` for what a policy cannot name, `ConnectError` for what lies in two partitions.
    """
    check_folder(place)
    if place.partition not in (None, role.partition):
        raise _elsewhere(f"the bucket is in {place.partition}", role)
    if kms_key is not None:
        check_key_arn(kms_key)
        if partition_in(kms_key) != role.partition:
            raise _elsewhere(f"the key is in {partition_in(kms_key)}", role)
    return Grant(place.bucket, place.prefix, role.partition, kms_key, versions, deletes)


def check_folder(place: S3Place) -> None:
    """Raise `ConfigError` for a folder that a policy cannot name."""
    if wild := sorted(_WILD & {*place.prefix}):
        raise ConfigError(
            f"a policy cannot name the folder {place.prefix!r}",
            cause=f"{' '.join(wild)} stands for other folders too (IAM User Guide, wildcards)",
            remedy="choose a folder without it",
        )


def permission_policy(grant: Grant) -> Policy:
    """The policy for the role."""
    statements = [
        {
            "Sid": "Objects",
            "Effect": "Allow",
            "Action": object_actions(grant),
            "Resource": f"{grant.bucket_arn}/{grant.files}",
        },
        {
            "Sid": "List",
            "Effect": "Allow",
            "Action": "s3:ListBucket",
            "Resource": grant.bucket_arn,
            # Without it every name in the bucket could be read.
            "Condition": {"StringLike": {"s3:prefix": [grant.files]}},
        },
        {
            "Sid": "Location",
            "Effect": "Allow",
            "Action": "s3:GetBucketLocation",
            "Resource": grant.bucket_arn,
        },
    ]
    if grant.kms_key is not None:
        statements.append(
            {
                "Sid": "Key",
                "Effect": "Allow",
                "Action": ["kms:GenerateDataKey", "kms:Decrypt"],
                "Resource": grant.kms_key,
            }
        )
    return {"Version": VERSION, "Statement": statements}


def object_actions(grant: Grant) -> list[str]:
    """What the role may do with files, in the order of HubSpot's article."""
    actions = ["s3:PutObject", "s3:GetObject"]
    if grant.versions:
        actions.append("s3:GetObjectVersion")
    if grant.deletes:
        actions.append("s3:DeleteObject")
    if grant.versions:
        actions.append("s3:DeleteObjectVersion")
    return actions


def as_json(policy: Policy) -> str:
    """The text to paste."""
    return json.dumps(policy, indent=2, ensure_ascii=False)


def _elsewhere(what: str, role: RoleArn) -> ConnectError:
    return ConnectError(
        f"{what}, the role in {role.partition}",
        cause="nothing in one partition of AWS can be reached from another",
        remedy="use a role of the account that owns the bucket",
    )
