"""What both sides of a connection have to agree on, and every document that follows from it."""

from dataclasses import dataclass

from crmsnap.connection.arn import RoleArn, partition_in
from crmsnap.connection.policies import Grant, Policy, permission_policy
from crmsnap.connection.trust import trust_policy
from crmsnap.errors import ConnectError


@dataclass(frozen=True, slots=True)
class Agreement:
    """One role, what it may do, and who may assume it with which external id."""

    role: RoleArn
    grant: Grant
    user_arn: str
    """STORAGE_AWS_IAM_USER_ARN: whose keys crmsnap has."""
    external_ids: tuple[str, ...]
    """STORAGE_AWS_EXTERNAL_ID; while it is changed, the one in use and then the next."""

    @property
    def permissions(self) -> Policy:
        """The permission policy."""
        return permission_policy(self.grant)

    @property
    def trust(self) -> Policy:
        """The trust policy."""
        return trust_policy(self.user_arn, self.external_ids)


def agreed(role: RoleArn, grant: Grant, user_arn: str, external_ids: tuple[str, ...]) -> Agreement:
    """The agreement. Raise `ConnectError` when the user can never assume the role."""
    ours = partition_in(user_arn)
    if ours != role.partition:
        raise ConnectError(
            f"the role is in {role.partition}, and the keys of crmsnap are of {ours}",
            cause="a role can only be assumed with keys of its own partition",
            remedy=_KEYS_OF.get(role.partition, f"give crmsnap keys of {role.partition}"),
        )
    return Agreement(role, grant, user_arn, external_ids)


_KEYS_OF = {
    "aws-us-gov": "give crmsnap keys of a GovCloud account",
    "aws-cn": "give crmsnap keys of an account of AWS China",
    "aws": "give crmsnap keys of an account outside GovCloud and China",
}
