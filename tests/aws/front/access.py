"""Judging an S3 call: the context it brings, the policies that bear on it, and the words of a denial."""

from collections.abc import Mapping
from datetime import datetime

from tests.aws.evaluator.context import Context, context
from tests.aws.evaluator.statement import read_policy
from tests.aws.evaluator.verdict import Ask, Reason, Rules, Verdict, judge
from tests.aws.front.identities import Identity
from tests.aws.front.moto_side import find_bucket
from tests.aws.front.operations import Need
from tests.aws.front.refusal import Refusal, access_denied
from tests.aws.front.request import Request

LIST_CALLS = ("ListObjects", "ListObjectsV2", "ListObjectVersions")
LIST_KEYS = ("prefix", "delimiter", "max-keys")
HEADER_KEYS = (
    "x-amz-acl",
    "x-amz-content-sha256",
    "x-amz-copy-source",
    "x-amz-metadata-directive",
    "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-aws-kms-key-id",
    "x-amz-storage-class",
)
CONDITIONAL_KEYS = ("if-match", "if-none-match")

WHY = {
    Reason.DENIED_BY_IDENTITY: "with an explicit deny in an identity-based policy",
    Reason.DENIED_BY_SESSION: "with an explicit deny in a session policy",
    Reason.DENIED_BY_RESOURCE: "with an explicit deny in a resource-based policy",
    Reason.NO_IDENTITY: "because no identity-based policy allows the {action} action",
    Reason.NO_SESSION: "because no session policy allows the {action} action",
    Reason.NO_RESOURCE: "because no resource-based policy allows the {action} action",
}


def check_access(
    identity: Identity, request: Request, operation: str, needs: tuple[Need, ...], now: datetime
) -> None:
    """Refuse a call when the caller lacks one of the rights that it needs."""
    for need in needs:
        verdict = judged(identity, request, operation, need, now)
        if not verdict.allowed:
            raise denial(identity, need, verdict)


def judged(
    identity: Identity, request: Request, operation: str, need: Need, now: datetime
) -> Verdict:
    """Judge one right of a call."""
    bucket = find_bucket(need.bucket)
    partition = identity.caller.arn.split(":")[1]
    owner = identity.caller.account if bucket is None else bucket.account_id
    resource = f"arn:{partition}:s3:::{need.bucket}" + (f"/{need.key}" if need.key else "")
    ask = Ask(
        identity.caller,
        need.action,
        resource,
        owner,
        _context(identity, request, operation, owner, now),
    )
    policy = (
        None if bucket is None or bucket.policy is None else read_policy(bucket.policy.decode())
    )
    session = None if identity.session is None else identity.session.policy
    return judge(ask, Rules(identity.identity_policies, session, policy))


def sees_missing_keys(
    identity: Identity, request: Request, operation: str, need: Need, now: datetime
) -> Verdict:
    """Judge whether a caller may be told that a key does not exist: only who may list is told.

    "If you have the s3:ListBucket permission ... 404; if you don't ... 403" (S3 API Reference,
    GetObject). The request brings no prefix, so a right that hangs on one does not count.
    """
    versioned = "Version" in need.action
    action = "s3:ListBucketVersions" if versioned else "s3:ListBucket"
    return judged(identity, request, operation, Need(action, need.bucket), now)


def denial(identity: Identity, need: Need, verdict: Verdict) -> Refusal:
    """Say no in S3's words; only within an account does S3 say why ("Access denied error messages")."""
    bucket = find_bucket(need.bucket)
    if bucket is None or bucket.account_id != identity.caller.account:
        return access_denied()
    resource = f"arn:{bucket.partition}:s3:::{need.bucket}" + (f"/{need.key}" if need.key else "")
    return access_denied(
        f"User: {identity.caller.arn} is not authorized to perform: {need.action} on resource: "
        f'"{resource}" {WHY[verdict.reason].format(action=need.action)}'
    )


def caller_context(identity: Identity, request: Request, now: datetime) -> dict[str, str]:
    """Return the keys that every request has, whatever the service."""
    caller = identity.caller
    keys = {
        "aws:PrincipalArn": caller.role_arn or caller.arn,
        "aws:PrincipalAccount": caller.account,
        "aws:SecureTransport": "true" if request.secure else "false",
        "aws:SourceIp": request.source_ip,
        "aws:CurrentTime": now.isoformat(),
        "aws:EpochTime": str(int(now.timestamp())),
    }
    if caller.role_arn is None:
        keys["aws:username"] = caller.arn.rpartition("/")[2]
    return keys


def _context(
    identity: Identity, request: Request, operation: str, owner: str, now: datetime
) -> Context:
    keys = caller_context(identity, request, now)
    keys |= {"s3:ResourceAccount": owner, "aws:ResourceAccount": owner}
    if operation in LIST_CALLS:
        keys |= {f"s3:{name}": value for name, value in _given(request.query, LIST_KEYS).items()}
    keys |= {f"s3:{name}": value for name, value in _given(request.headers, HEADER_KEYS).items()}
    if operation in ("PutObject", "CopyObject", "CompleteMultipartUpload", "DeleteObject"):
        given = _given(request.headers, CONDITIONAL_KEYS)
        keys |= {f"s3:{name}": value for name, value in given.items()}
    if "versionId" in request.query:
        keys["s3:VersionId"] = request.query["versionId"]
    return context(keys)


def _given(values: Mapping[str, str], names: tuple[str, ...]) -> dict[str, str]:
    return {name: values[name] for name in names if name in values}
