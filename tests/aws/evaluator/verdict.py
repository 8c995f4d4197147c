"""The verdict: may this caller do this to that, by these policies?

Order of judgement (IAM User Guide, "Policy evaluation logic"): any Deny wins; across accounts the
caller's own policies and the resource's policy must both allow; within one account either is enough,
except where the resource's own policy is always needed (a role's trust policy); a session may do no
more than its session policy allows. Nothing is remembered and nothing is looked up: values in, value
out.
"""

from dataclasses import dataclass, field
from enum import Enum

from tests.aws.evaluator.context import Context
from tests.aws.evaluator.statement import Caller, Policy, Statement


class Reason(Enum):
    """Why a request is allowed or denied."""

    ALLOWED = "allowed"
    DENIED_BY_IDENTITY = "explicit deny in an identity-based policy"
    DENIED_BY_SESSION = "explicit deny in a session policy"
    DENIED_BY_RESOURCE = "explicit deny in a resource-based policy"
    NO_IDENTITY = "no identity-based policy allows it"
    NO_SESSION = "no session policy allows it"
    NO_RESOURCE = "no resource-based policy allows it"


@dataclass(frozen=True, slots=True)
class Ask:
    """One action on one resource, by one caller; `owner` is the resource's account."""

    caller: Caller
    action: str
    resource: str
    owner: str
    context: Context = field(default_factory=Context)


@dataclass(frozen=True, slots=True)
class Rules:
    """The policies that bear on a request."""

    identity: tuple[Policy, ...] = ()
    session: Policy | None = None
    resource: Policy | None = None
    resource_must_allow: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer; `statement` names the statement that decided, where one did."""

    reason: Reason
    statement: str = ""

    @property
    def allowed(self) -> bool:
        """Say whether the request goes through."""
        return self.reason is Reason.ALLOWED


def judge(ask: Ask, rules: Rules) -> Verdict:
    """Judge a request by its policies."""
    return _explicit_deny(ask, rules) or _grant(ask, rules)


def _explicit_deny(ask: Ask, rules: Rules) -> Verdict | None:
    session = rules.session or ()
    resource = [s for s in rules.resource or () if s.names(ask.caller)]
    sources = (
        (Reason.DENIED_BY_IDENTITY, [s for policy in rules.identity for s in policy]),
        (Reason.DENIED_BY_SESSION, list(session)),
        (Reason.DENIED_BY_RESOURCE, resource),
    )
    for reason, statements in sources:
        for statement in statements:
            if not statement.allows and _covers(statement, ask):
                return Verdict(reason, statement.name)
    return None


def _grant(ask: Ask, rules: Rules) -> Verdict:
    identity = _first_allow([s for policy in rules.identity for s in policy], ask)
    named = [s for s in rules.resource or () if s.names(ask.caller)]
    direct = _first_allow([s for s in named if s.names_directly(ask.caller)], ask)
    resource = direct or _first_allow(named, ask)
    same_account = ask.caller.account == ask.owner
    if rules.resource_must_allow and resource is None:
        return Verdict(Reason.NO_RESOURCE)
    if same_account and direct is not None:
        # Named by its own ARN in a policy of its own account, the caller needs no other grant; a
        # session that is named itself is not even limited by its session policy.
        if direct.names_session(ask.caller):
            return Verdict(Reason.ALLOWED, direct.name)
        return _within_session(ask, rules, direct)
    if identity is None:
        return Verdict(Reason.NO_IDENTITY)
    if not same_account and resource is None:
        return Verdict(Reason.NO_RESOURCE)
    return _within_session(ask, rules, identity)


def _within_session(ask: Ask, rules: Rules, grant: Statement) -> Verdict:
    if rules.session is not None and _first_allow(list(rules.session), ask) is None:
        return Verdict(Reason.NO_SESSION)
    return Verdict(Reason.ALLOWED, grant.name)


def _first_allow(statements: list[Statement], ask: Ask) -> Statement | None:
    return next((s for s in statements if s.allows and _covers(s, ask)), None)


def _covers(statement: Statement, ask: Ask) -> bool:
    return statement.covers(ask.action, ask.resource, ask.context)
