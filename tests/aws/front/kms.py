"""KMS as far as S3 needs it: keys with policies, and the rights that an encrypted object asks for.

"When you upload an object ... kms:GenerateDataKey; when you download it ... kms:Decrypt" (S3 User
Guide, "Using server-side encryption with AWS KMS keys"). The `aws/s3` key of an account may be used by
everybody in the account, so it asks for nothing.
"""

import secrets
from dataclasses import dataclass, field

from moto.s3.models import FakeBucket
from moto.utilities.utils import get_partition

from tests.aws.evaluator.context import context
from tests.aws.evaluator.statement import Policy, read_policy
from tests.aws.evaluator.verdict import Ask, Rules, judge
from tests.aws.front.access import WHY
from tests.aws.front.identities import Identity
from tests.aws.front.moto_side import stored_key_of
from tests.aws.front.operations import Operation
from tests.aws.front.refusal import Refusal, access_denied
from tests.aws.front.request import Request

KEY_HEADER = "x-amz-server-side-encryption-aws-kms-key-id"
WRITES = ("PutObject", "CopyObject", "CreateMultipartUpload")


@dataclass(slots=True)
class KmsKeys:
    """Every key that was made, with its policy."""

    policies: dict[str, Policy] = field(default_factory=dict)

    def make(self, account: str, region: str, policy: str | None) -> str:
        """Make a key; without a policy its account's own policies decide, as with new keys."""
        partition = get_partition(region)
        arn = f"arn:{partition}:kms:{region}:{account}:key/{secrets.token_hex(16)}"
        root = f"arn:{partition}:iam::{account}:root"
        self.policies[arn] = read_policy(
            policy
            or {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"AWS": root},
                        "Action": "kms:*",
                        "Resource": "*",
                    }
                ],
            }
        )
        return arn

    def check(
        self, identity: Identity, request: Request, operation: Operation, bucket: FakeBucket
    ) -> None:
        """Refuse a call whose object is encrypted with a key that the caller may not use."""
        _check_header(request)
        for action, arn in _wanted(request, operation, bucket):
            policy = self.policies.get(arn)
            if policy is None:
                raise Refusal(400, "KMS.NotFoundException", f"Key '{arn}' does not exist")
            ask = Ask(identity.caller, action, arn, arn.split(":")[4], context({}))
            session = None if identity.session is None else identity.session.policy
            rules = Rules(identity.identity_policies, session, policy, resource_must_allow=True)
            verdict = judge(ask, rules)
            if not verdict.allowed:
                why = WHY[verdict.reason].format(action=action)
                raise access_denied(
                    f"User: {identity.caller.arn} is not authorized to perform: {action} on "
                    f"resource: {arn} {why}"
                )


def _check_header(request: Request) -> None:
    stated = request.headers.get("x-amz-server-side-encryption", "")
    if KEY_HEADER in request.headers and not stated.startswith("aws:kms"):
        raise Refusal(
            400,
            "InvalidArgument",
            "Server Side Encryption with AWS KMS managed key requires HTTP header "
            "x-amz-server-side-encryption : aws:kms",
        )


def _wanted(request: Request, operation: Operation, bucket: FakeBucket) -> list[tuple[str, str]]:
    wanted: list[tuple[str, str]] = []
    if operation.name in WRITES:
        wanted.append(("kms:GenerateDataKey", _key_for_writing(request, bucket)))
    # A HEAD needs the key only for the checksum (S3 API Reference, HeadObject).
    checksum = operation.name == "HeadObject" and "x-amz-checksum-mode" in request.headers
    if operation.name in ("GetObject", "CopyObject") or checksum:
        read = operation.needs[0]
        wanted.append(("kms:Decrypt", stored_key_of(read.bucket, read.key)))
    return [(action, arn) for action, arn in wanted if arn]


def _key_for_writing(request: Request, bucket: FakeBucket) -> str:
    stated = request.headers.get("x-amz-server-side-encryption")
    if stated is not None:
        return request.headers.get(KEY_HEADER, "") if stated == "aws:kms" else ""
    if not bucket.encryption:
        return ""
    default = bucket.encryption["Rule"]["ApplyServerSideEncryptionByDefault"]
    return str(default.get("KMSMasterKeyID") or "")
