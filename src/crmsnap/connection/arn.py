"""Amazon Resource Names of roles, users and keys (IAM User Guide, "IAM identifiers").

The AWS tools show some that look right and cannot be used: a session's, which is another one every
time; the account's root user, who may assume no role; the alias of a key, which no policy can name.
"""

import re
from dataclasses import dataclass

from crmsnap.errors import ConfigError, ConnectError

_PARTITION = r"arn:(aws(?:-[a-z]+)*)"
_NAME = r"[\w+=,.@-]{1,64}"
_PATH = r"(?:[\x21-\x7e]{1,510}/)?"

_ROLE = re.compile(rf"{_PARTITION}:iam::([0-9]{{12}}):role/({_PATH})({_NAME})", re.ASCII)
_USER = re.compile(rf"{_PARTITION}:iam::([0-9]{{12}}):user/({_PATH})({_NAME})", re.ASCII)
_SESSION = re.compile(rf"{_PARTITION}:sts::([0-9]{{12}}):assumed-role/({_NAME})/.+", re.ASCII)
_ROOT = re.compile(rf"{_PARTITION}:iam::[0-9]{{12}}:root", re.ASCII)
_KEY = re.compile(rf"{_PARTITION}:kms:[a-z0-9-]+:[0-9]{{12}}:key/(?:mrk-)?[0-9a-f-]{{32,36}}")

_OF_SIGN_ON = "AWSReservedSSO_"
_ROLE_FORM = "arn:aws:iam::<12 digits>:role/<name>"


@dataclass(frozen=True, slots=True)
class RoleArn:
    """A role."""

    partition: str
    account: str
    """12 digits."""
    name: str
    path: str = ""
    """Folders before the name, each with its slash: `service/`."""

    def __str__(self) -> str:
        return f"arn:{self.partition}:iam::{self.account}:role/{self.path}{self.name}"


def read_role(text: str, *, account: str | None, partition: str) -> RoleArn:
    """The role that is meant: by its ARN, or by its name and its account. Raise `ConfigError`.

    A name alone cannot be assumed from another account.
    """
    if account is not None and not re.fullmatch(r"[0-9]{12}", account):
        raise _refused(account, "an AWS account id has 12 digits", f"give {_ROLE_FORM}")
    if found := _ROLE.fullmatch(text):
        if account not in (None, found[2]):
            raise _refused(text, f"its account is not {account}", "give the ARN alone")
        return RoleArn(found[1], found[2], found[4], found[3])
    if not re.fullmatch(_NAME, text, re.ASCII):
        raise _refused(text, "it is neither the ARN nor the name of a role", f"give {_ROLE_FORM}")
    if account is None:
        raise _refused(
            text,
            "a name alone does not say in which AWS account the role is",
            f"give {_ROLE_FORM}, or the account id too",
        )
    return RoleArn(partition, account, text)


def principal_of(caller: str) -> str:
    """What a trust policy has to name so that this caller may assume the role: an ARN of IAM.

    A session's ARN changes with every session, so its role stands for it (IAM User Guide, "AWS JSON
    policy elements: Principal"). The path of such a role cannot be seen in the session's ARN: a role
    with a path has to be given as its own ARN. Raise `ConnectError` for what can assume no role.
    """
    if session := _SESSION.fullmatch(caller):
        if session[3].startswith(_OF_SIGN_ON):  # their path holds a region, so it cannot be guessed
            raise _no_caller(
                caller,
                "the ARN of a single sign-on role has a path, which its sessions do not show",
                "copy the role's ARN from IAM > Roles, and give it with --user-arn or as user_arn",
            )
        return str(RoleArn(session[1], session[2], session[3]))
    if _USER.fullmatch(caller) or _ROLE.fullmatch(caller):
        return caller
    if _ROOT.fullmatch(caller):
        raise _no_caller(
            caller,
            "the root user of an account may not assume roles (STS API reference, AssumeRole)",
            "use the keys of an IAM user or of a role",
        )
    raise _no_caller(
        caller,
        "it is neither a user nor a role",
        "give arn:aws:iam::<12 digits>:user/<name> or .../role/<name>",
    )


def partition_in(arn: str) -> str:
    """The partition that an ARN names: `aws`, `aws-us-gov`, `aws-cn`."""
    return arn.split(":")[1]


def is_key_arn(text: str) -> bool:
    """Whether this is the ARN of a KMS key itself, the only form that a policy takes."""
    return _KEY.fullmatch(text) is not None


def check_key_arn(text: str) -> None:
    """Raise `ConfigError` unless this is the ARN of a KMS key, as a policy has to name it."""
    if is_key_arn(text):
        return
    cause = "it is not the ARN of a KMS key"
    if ":alias/" in text or text.startswith("alias/"):
        cause = "a policy cannot name a key by its alias (KMS Developer Guide, key identifiers)"
    raise _refused(text, cause, "give arn:aws:kms:<region>:<12 digits>:key/<id>")


def _refused(text: str, cause: str, remedy: str) -> ConfigError:
    return ConfigError(f"{text!r} cannot be used", cause=cause, remedy=remedy)


def _no_caller(text: str, cause: str, remedy: str) -> ConnectError:
    return ConnectError(f"{text!r} cannot be used", cause=cause, remedy=remedy)
