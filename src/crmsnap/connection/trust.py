"""The trust policy of the customer's role: who may assume it, and with which external id.

The role is made before the external id is known, so it begins with a placeholder: only the
customer's own account may assume it, with an id that says that it is none.
"""

from crmsnap.connection.arn import RoleArn
from crmsnap.connection.policies import VERSION, Policy

PLACEHOLDER_ID = "0000"
"""The article's own example. AWS asks for two characters at least (STS API reference, AssumeRole)."""


def trust_policy(user_arn: str, external_ids: tuple[str, ...]) -> Policy:
    """Who may assume the role: this user, with one of these ids; two while one takes the other's place."""
    return _allowing(user_arn, external_ids[0] if len(external_ids) == 1 else [*external_ids])


def placeholder_trust_policy(role: RoleArn) -> Policy:
    """What the AWS console makes of step 3: the own account, with the placeholder."""
    return _allowing(f"arn:{role.partition}:iam::{role.account}:root", PLACEHOLDER_ID)


def _allowing(principal: str, external_id: str | list[str]) -> Policy:
    return {
        "Version": VERSION,
        "Statement": [
            {
                "Sid": "",
                "Effect": "Allow",
                "Principal": {"AWS": principal},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"sts:ExternalId": external_id}},
            }
        ],
    }
