"""Amazon Resource Names of roles and users (IAM User Guide, "IAM identifiers")."""

import re
from dataclasses import dataclass

from crmsnap.errors import ConnectError

_ROLE = re.compile(
    r"arn:(aws(?:-[a-z]+)*):iam::([0-9]{12}):role/((?:[\x21-\x7e]+/)?)([\w+=,.@-]{1,64})", re.ASCII
)
_SESSION = re.compile(
    r"arn:(aws(?:-[a-z]+)*):sts::([0-9]{12}):assumed-role/([\w+=,.@-]{1,64})/.+", re.ASCII
)
_USER = re.compile(r"arn:(aws(?:-[a-z]+)*):iam::([0-9]{12}):(?:user/[\x21-\x7e]+|root)", re.ASCII)
_NAME = re.compile(r"[\w+=,.@-]{1,64}", re.ASCII)


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
    """The role that is meant: by its ARN, or by its name and its account. Raise `ConnectError`.

    A name alone cannot be assumed from another account.
    """
    if found := _ROLE.fullmatch(text):
        return RoleArn(found[1], found[2], found[4], found[3])
    if _NAME.fullmatch(text):
        if account is None:
            raise _refused(text, "a name alone does not say in which AWS account the role is")
        if not re.fullmatch(r"[0-9]{12}", account):
            raise _refused(account, "an AWS account id has 12 digits")
        return RoleArn(partition, account, text)
    raise _refused(text, "it is neither the ARN nor the name of a role")


def principal_of(caller: str) -> str:
    """What a trust policy has to name so that this caller may assume the role: an ARN of IAM.

    A session's ARN changes with every session, so its role stands for it (IAM User Guide, "AWS JSON
    policy elements: Principal"). The path of such a role cannot be seen in the session's ARN.
    """
    if session := _SESSION.fullmatch(caller):
        return str(RoleArn(session[1], session[2], session[3]))
    if _USER.fullmatch(caller) or _ROLE.fullmatch(caller):
        return caller
    raise _refused(caller, "it is neither a user nor a role")


def _refused(text: str, cause: str) -> ConnectError:
    return ConnectError(
        f"{text!r} cannot be used", cause=cause, remedy="give arn:aws:iam::<12 digits>:role/<name>"
    )
