"""The statements that advice names and prints: those of the policies that `crmsnap connect aws` gives."""

import json

from crmsnap.connection.checks.target import AwsTarget
from crmsnap.connection.policies import Grant, permission_policy
from crmsnap.connection.trust import trust_policy

OBJECTS = "Objects"
LIST = "List"
LOCATION = "Location"
KEY = "Key"

_SOME_KEY = "<ARN of the bucket's key>"


def to_allow(target: AwsTarget, sid: str, action: str) -> str:
    """Where to allow an action: the policy, the statement, its field, and the statement as it should be."""
    is_wide = target.deletes or "Delete" in action or "Version" in action
    grant = Grant(
        target.bucket,
        target.prefix,
        target.partition,
        target.kms_key or _SOME_KEY,
        versions=is_wide,
        deletes=is_wide,
    )
    statements = {one["Sid"]: one for one in permission_policy(grant)["Statement"]}
    whose = "the role's permission policy" if target.role else "the policy of the keys' user"
    return (
        f"in {whose}, statement {sid}, field Action, allow {action} on the resource of this"
        f" statement: {json.dumps(statements[sid])}"
    )


def trust_statement(external_id: str, principal: str) -> str:
    """The one statement of the role's trust policy."""
    return json.dumps(trust_policy(principal, (external_id,))["Statement"][0])
