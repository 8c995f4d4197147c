"""Every other service that moto has (Secrets Manager, IAM, CloudFormation): judged, then passed on.

Only the caller's own policies are looked at. The resource is known for secrets; for all else it is `*`,
which a statement that names resources does not cover.
"""

import json
from datetime import datetime

from tests.aws.evaluator.context import context
from tests.aws.evaluator.verdict import Ask, Rules, judge
from tests.aws.front.access import WHY, caller_context
from tests.aws.front.identities import Identity
from tests.aws.front.refusal import access_denied
from tests.aws.front.request import Request
from tests.aws.front.signature import Signature

# Six characters end every secret's ARN; policies write `name-??????` (Secrets Manager User Guide).
SECRET_SUFFIX = "-AbCdEf"


def operation_name(request: Request) -> str:
    """Return a call's operation, from its form or from the header of the JSON protocols."""
    target = request.headers.get("x-amz-target", "").rpartition(".")[2]
    return target or request.form.get("Action", "")


def check_service(
    identity: Identity, signature: Signature, request: Request, now: datetime
) -> None:
    """Refuse a call that the caller's policies do not allow."""
    action = f"{signature.service}:{operation_name(request)}"
    resource = _resource(identity, signature, request)
    keys = caller_context(identity, request, now)
    ask = Ask(identity.caller, action, resource, identity.caller.account, context(keys))
    session = None if identity.session is None else identity.session.policy
    verdict = judge(ask, Rules(identity.identity_policies, session))
    if not verdict.allowed:
        why = WHY[verdict.reason].format(action=action)
        raise access_denied(
            f"User: {identity.caller.arn} is not authorized to perform: {action} on resource: "
            f"{resource} {why}"
        )


def _resource(identity: Identity, signature: Signature, request: Request) -> str:
    if signature.service != "secretsmanager":
        return "*"
    name = str(json.loads(request.body or b"{}").get("SecretId", "*"))
    if name == "*" or name.startswith("arn:"):
        return name
    partition = identity.caller.arn.split(":")[1]
    account = identity.caller.account
    return (
        f"arn:{partition}:secretsmanager:{signature.region}:{account}:secret:{name}{SECRET_SUFFIX}"
    )
