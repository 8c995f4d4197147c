"""STS: AssumeRole and GetCallerIdentity, with the limits that the API reference states."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from xml.sax.saxutils import escape

from tests.aws.evaluator.context import context
from tests.aws.evaluator.statement import MalformedPolicy, Policy, read_policy
from tests.aws.evaluator.verdict import Ask, Rules, judge
from tests.aws.front import moto_side
from tests.aws.front.access import caller_context
from tests.aws.front.identities import Identities, Identity, Session
from tests.aws.front.refusal import REQUEST_ID, Answer, Refusal, access_denied
from tests.aws.front.request import Request

NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/"
DEFAULT_SECONDS = 3600
SHORTEST_SECONDS = 900
LONGEST_SECONDS = 43_200
CHAINED_SECONDS = 3600
LONGEST_POLICY = 2048
ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+", re.ASCII)
SESSION_NAME = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)
EXTERNAL_ID = re.compile(r"[\w+=,.@:/-]{2,1224}", re.ASCII)


def assume_role(
    identities: Identities,
    identity: Identity,
    request: Request,
    now: datetime,
    at_most_seconds: float | None = None,
) -> Session:
    """Give out a session of a role, or refuse as STS does; a fault may shorten it."""
    form = request.form
    role_arn, name = form.get("RoleArn", ""), form.get("RoleSessionName", "")
    seconds = int(form.get("DurationSeconds", DEFAULT_SECONDS))
    _check_form(form, seconds)
    role = moto_side.find_role(role_arn)
    partition = identity.caller.arn.split(":")[1]
    if role is None or role.partition != partition or not _allowed(identity, request, role, now):
        raise access_denied(
            f"User: {identity.caller.arn} is not authorized to perform: sts:AssumeRole "
            f"on resource: {role_arn}"
        )
    if identity.session is not None and seconds > CHAINED_SECONDS:
        raise _invalid(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by "
            "role chaining"
        )
    if seconds > int(role.max_session_duration or DEFAULT_SECONDS):
        raise _invalid(
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
        )
    lasts = timedelta(seconds=seconds if at_most_seconds is None else at_most_seconds)
    policy = _session_policy(form.get("Policy"))
    return identities.start_session(role_arn, name, policy, now + lasts)


def session_answer(session: Session) -> Answer:
    """Tell a caller its credentials."""
    return _answer(
        "AssumeRole",
        {
            "Credentials": {
                "AccessKeyId": session.access_key_id,
                "SecretAccessKey": session.secret,
                "SessionToken": session.token,
                "Expiration": session.expires.strftime("%Y-%m-%dT%H:%M:%SZ"),
            },
            "AssumedRoleUser": {
                "AssumedRoleId": f"AROACRMSNAPTESTROLE:{session.name}",
                "Arn": session.arn,
            },
        },
    )


def caller_identity(identity: Identity) -> Answer:
    """Tell a caller who it is; this needs no right."""
    caller = identity.caller
    return _answer(
        "GetCallerIdentity",
        {"UserId": "AIDACRMSNAPTESTUSER", "Account": caller.account, "Arn": caller.arn},
    )


def _allowed(identity: Identity, request: Request, role: Any, now: datetime) -> bool:
    form = request.form
    keys = caller_context(identity, request, now)
    keys["sts:RoleSessionName"] = form["RoleSessionName"]
    keys["aws:ResourceAccount"] = role.account_id
    if "ExternalId" in form:
        keys["sts:ExternalId"] = form["ExternalId"]
    ask = Ask(identity.caller, "sts:AssumeRole", role.arn, role.account_id, context(keys))
    rules = Rules(
        identity=identity.identity_policies,
        session=None if identity.session is None else identity.session.policy,
        resource=read_policy(role.assume_role_policy_document),
        resource_must_allow=True,
    )
    return judge(ask, rules).allowed


def _check_form(form: Mapping[str, str], seconds: int) -> None:
    external_id = form.get("ExternalId")
    if not ROLE_ARN.fullmatch(form.get("RoleArn", "")):
        raise _invalid(f"{form.get('RoleArn')} is invalid")
    if not SESSION_NAME.fullmatch(form.get("RoleSessionName", "")):
        raise _constraint("roleSessionName", form.get("RoleSessionName", ""))
    if external_id is not None and not EXTERNAL_ID.fullmatch(external_id):
        raise _constraint("externalId", external_id)
    if not SHORTEST_SECONDS <= seconds <= LONGEST_SECONDS:
        raise _constraint("durationSeconds", str(seconds))
    if len(form.get("Policy", "")) > LONGEST_POLICY:
        raise _constraint("policy", "the policy")


def _session_policy(document: str | None) -> Policy | None:
    if document is None:
        return None
    try:
        return read_policy(document)
    except MalformedPolicy as error:
        raise Refusal(400, "MalformedPolicyDocument", str(error)) from error


def _constraint(name: str, value: str) -> Refusal:
    return _invalid(
        f"1 validation error detected: Value '{value}' at '{name}' failed to satisfy constraint"
    )


def _invalid(message: str) -> Refusal:
    return Refusal(400, "ValidationError", message)


def _answer(action: str, result: Mapping[str, Any]) -> Answer:
    text = (
        f'<{action}Response xmlns="{NAMESPACE}"><{action}Result>{_xml(result)}</{action}Result>'
        f"<ResponseMetadata><RequestId>{REQUEST_ID}</RequestId></ResponseMetadata>"
        f"</{action}Response>"
    )
    return Answer(200, {"Content-Type": "text/xml"}, text.encode())


def _xml(value: Mapping[str, Any] | str) -> str:
    if isinstance(value, str):
        return escape(value)
    return "".join(f"<{name}>{_xml(inner)}</{name}>" for name, inner in value.items())
