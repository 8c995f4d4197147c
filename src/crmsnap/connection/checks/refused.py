"""What a refusal means, and what to change: the one place that turns AWS's words into advice."""

from crmsnap.connection.check import CONFIGURATION, OTHERWISE, Check, Question
from crmsnap.connection.checks.caller import Reply
from crmsnap.connection.checks.statements import to_allow
from crmsnap.connection.checks.target import AwsTarget


def refused(question: Question, reply: Reply, target: AwsTarget, sid: str, action: str) -> Check:
    """The cross for a call that did not work; it blames the policy only when nothing else is named."""
    if reply.status == 404 and reply.code == "NoSuchBucket":
        return question.failed(
            f"there is no bucket {target.bucket} any more",
            "check its name in the S3 path, or create it",
            exit_code=CONFIGURATION,
        )
    if not reply.denied:
        return question.failed(
            f"it did not work ({reply})",
            "see what the store's documentation says about this answer, and try again",
            exit_code=OTHERWISE,
        )
    return question.failed(f"denied ({reply})", advice(reply, target, sid, action))


def advice(reply: Reply, target: AwsTarget, sid: str, action: str) -> str:
    """What to change after a denial."""
    if reply.wrong_clock:
        return "set the clock of this machine, best by NTP"
    if reply.own_keys:
        return f"{reply.own_keys}: this is no question of {action}"
    if reply.elsewhere:
        return (
            f"it is denied by {reply.elsewhere}, and the role's permission policy may well be right:"
            f" allow {action} there"
        )
    allow = to_allow(target, sid, action)
    return allow if reply.reasoned else f"{_without_reason(target)}; then, {allow}"


def _without_reason(target: AwsTarget) -> str:
    """S3 tells its reason only within an account (S3 User Guide, on access denied errors)."""
    if target.bucket_owner is None:
        return "no reason was given: check the bucket's name, and whose it is"
    return (
        "no reason was given, as when the bucket belongs to another account than"
        f" {target.bucket_owner}: check its name and its owner first"
    )
