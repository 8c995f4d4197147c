"""The question about encryption: as asked for, and with a key that the role may use."""

from crmsnap.connection.check import OTHERWISE, Check
from crmsnap.connection.checks.caller import Reply
from crmsnap.connection.checks.statements import KEY, to_allow
from crmsnap.connection.checks.target import AwsTarget
from crmsnap.connection.questions import ENCRYPTION


def encryption_check(target: AwsTarget, put: Reply, got: Reply) -> Check:
    """The verdict on a file that was written and read, or that the key has kept from it."""
    for reply, action in ((put, "kms:GenerateDataKey"), (got, "kms:Decrypt")):
        if reply.about_kms:
            return _key_refuses(target, reply, action)
    said = put.body.get("ServerSideEncryption") or got.body.get("ServerSideEncryption")
    key = put.body.get("SSEKMSKeyId") or got.body.get("SSEKMSKeyId")
    if target.encryption is not None and said != target.encryption:
        return ENCRYPTION.failed(
            f"{target.encryption} was asked for, and the store says {said or 'nothing'}",
            "choose an encryption that the store knows, or leave encryption unset",
            exit_code=OTHERWISE,
        )
    if target.kms_key is not None and key is not None and _is_another(key, target.kms_key):
        answer = f"the store encrypts with {key} in place of the key that is set"
        if target.encryption is None:  # so the bucket's own default was asked for
            return ENCRYPTION.warning(answer, "set kms_key to the bucket's own key")
        return ENCRYPTION.failed(answer, "check kms_key", exit_code=OTHERWISE)
    if said is None:
        return ENCRYPTION.ok("none is asked for, and the store does not tell its own")
    whose = "as asked for" if target.encryption else "the bucket's own default"
    return ENCRYPTION.ok(f"{said}, {whose}" + (f", with {key}" if key else ""))


def _is_another(answered: str, asked: str) -> bool:
    """S3 answers with the key's ARN, however it was named; which key an alias means it does not tell."""
    if "alias/" in asked:
        return False
    if asked.startswith("arn:"):
        return answered != asked
    return answered.rpartition("/")[2] != asked


def _key_refuses(target: AwsTarget, reply: Reply, action: str) -> Check:
    if not reply.denied:
        return ENCRYPTION.failed(
            f"the key cannot be used ({reply})",
            "enable the KMS key, or choose another",
            exit_code=OTHERWISE,
        )
    return ENCRYPTION.failed(
        f"the key refuses ({reply})",
        f"{to_allow(target, KEY, action)}; if the key belongs to another account, its own policy has"
        " to admit the role, too",
    )
