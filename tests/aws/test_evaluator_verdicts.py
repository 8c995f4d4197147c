"""Policy vectors: whole verdicts, from the IAM User Guide's pages on how policies are evaluated."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.aws.evaluator.context import context
from tests.aws.evaluator.statement import Caller, Policy, read_policy
from tests.aws.evaluator.verdict import Ask, Reason, Rules, judge

ACCOUNT, OTHER = "222222222222", "111111111111"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/hubspot"
SESSION_ARN = f"arn:aws:sts::{ACCOUNT}:assumed-role/hubspot/run-1"
SESSION = Caller(SESSION_ARN, ACCOUNT, ROLE)
RESOURCE = "arn:aws:s3:::acme-lake/hs/a"


def _policy(effect: str, action: str = "s3:*", **more: Any) -> Policy:
    statement = {"Effect": effect, "Action": action, "Resource": "*", **more}
    return read_policy({"Version": "2012-10-17", "Statement": statement})


def _named(effect: str, principal: str, **more: Any) -> Policy:
    return _policy(effect, Principal={"AWS": principal}, **more)


ALLOW, DENY = _policy("Allow"), _policy("Deny")
NEVER_TRUE = {"StringEquals": {"sts:ExternalId": "never"}}
UNMET = _policy("Allow", Condition=NEVER_TRUE)
UNMET_DENY = _policy("Deny", Condition=NEVER_TRUE)
OTHER_ACTION = _policy("Allow", "iam:*")
BY_ROLE, BY_SESSION = _named("Allow", ROLE), _named("Allow", SESSION_ARN)
BY_ACCOUNT = _named("Allow", ACCOUNT)
BY_STRANGER = _named("Allow", OTHER)

WITHIN: list[tuple[str, Rules, Reason]] = [
    ("nothing allows: denied by default", Rules(), Reason.NO_IDENTITY),
    ("the identity allows", Rules((ALLOW,)), Reason.ALLOWED),
    ("one of several policies allows", Rules((OTHER_ACTION, ALLOW)), Reason.ALLOWED),
    ("an allow for something else", Rules((OTHER_ACTION,)), Reason.NO_IDENTITY),
    ("an allow whose condition fails is nothing", Rules((UNMET,)), Reason.NO_IDENTITY),
    ("a deny whose condition fails is nothing", Rules((ALLOW, UNMET_DENY)), Reason.ALLOWED),
    ("a deny beats an allow", Rules((ALLOW, DENY)), Reason.DENIED_BY_IDENTITY),
    ("a deny beats an allow in any order", Rules((DENY, ALLOW)), Reason.DENIED_BY_IDENTITY),
    ("the session policy allows too", Rules((ALLOW,), session=ALLOW), Reason.ALLOWED),
    ("the session policy is narrower", Rules((ALLOW,), session=OTHER_ACTION), Reason.NO_SESSION),
    ("the session policy is empty", Rules((ALLOW,), session=()), Reason.NO_SESSION),
    ("the session policy is wider", Rules((OTHER_ACTION,), session=ALLOW), Reason.NO_IDENTITY),
    ("the session policy denies", Rules((ALLOW,), session=ALLOW + DENY), Reason.DENIED_BY_SESSION),
    ("the session policy grants nothing of its own", Rules((), session=ALLOW), Reason.NO_IDENTITY),
    ("the bucket policy is silent", Rules((ALLOW,), resource=()), Reason.ALLOWED),
    ("the bucket policy allows the role", Rules((), resource=BY_ROLE), Reason.ALLOWED),
    ("the bucket policy allows everybody", Rules((), resource=_named("Allow", "*")), Reason.ALLOWED),
    ("the bucket policy allows the account", Rules((), resource=BY_ACCOUNT), Reason.NO_IDENTITY),
    ("account and identity allow", Rules((ALLOW,), resource=BY_ACCOUNT), Reason.ALLOWED),
    ("the bucket policy allows strangers", Rules((), resource=BY_STRANGER), Reason.NO_IDENTITY),
    ("the bucket policy denies the role", Rules((ALLOW,), resource=_named("Deny", ROLE)), Reason.DENIED_BY_RESOURCE),
    ("the bucket policy denies everybody", Rules((ALLOW,), resource=_named("Deny", "*")), Reason.DENIED_BY_RESOURCE),
    ("the bucket policy denies strangers", Rules((ALLOW,), resource=_named("Deny", OTHER)), Reason.ALLOWED),
    ("a bucket deny whose condition fails", Rules((ALLOW,), resource=_named("Deny", "*", Condition=NEVER_TRUE)), Reason.ALLOWED),
    ("a grant to the role is cut by the session", Rules((), OTHER_ACTION, BY_ROLE), Reason.NO_SESSION),
    ("a grant to the session is not", Rules((), OTHER_ACTION, BY_SESSION), Reason.ALLOWED),
    ("a grant to the session does not lift a deny", Rules((DENY,), None, BY_SESSION), Reason.DENIED_BY_IDENTITY),
    ("a statement without a principal grants nobody", Rules((), resource=ALLOW), Reason.NO_IDENTITY),
    ("a needed resource policy is silent", Rules((ALLOW,), resource=(), resource_must_allow=True), Reason.NO_RESOURCE),
    ("a needed resource policy names the caller", Rules((), resource=BY_ROLE, resource_must_allow=True), Reason.ALLOWED),
    ("a needed resource policy names the account", Rules((), resource=BY_ACCOUNT, resource_must_allow=True), Reason.NO_IDENTITY),
    ("a needed policy's condition fails", Rules((ALLOW,), resource=_named("Allow", ROLE, Condition=NEVER_TRUE), resource_must_allow=True), Reason.NO_RESOURCE),
]  # fmt: skip

ACROSS: list[tuple[str, Rules, Reason]] = [
    ("the identity alone is not enough", Rules((ALLOW,)), Reason.NO_RESOURCE),
    ("the resource alone is not enough", Rules((), resource=BY_ROLE), Reason.NO_IDENTITY),
    ("both together", Rules((ALLOW,), resource=BY_ROLE), Reason.ALLOWED),
    ("the resource names the caller's account", Rules((ALLOW,), resource=BY_ACCOUNT), Reason.ALLOWED),
    ("the resource names nobody", Rules((ALLOW,), resource=ALLOW), Reason.NO_RESOURCE),
    ("the resource names another account", Rules((ALLOW,), resource=BY_STRANGER), Reason.NO_RESOURCE),
    ("the resource denies", Rules((ALLOW,), resource=BY_ROLE + _named("Deny", "*")), Reason.DENIED_BY_RESOURCE),
    ("the session policy cuts", Rules((ALLOW,), OTHER_ACTION, BY_ROLE), Reason.NO_SESSION),
    ("everybody is named, the identity silent", Rules((), resource=_named("Allow", "*")), Reason.NO_IDENTITY),
]  # fmt: skip


def _verdict(rules: Rules, owner: str) -> Reason:
    return judge(Ask(SESSION, "s3:PutObject", RESOURCE, owner, context({})), rules).reason


@pytest.mark.parametrize(
    ("rules", "reason"), [v[1:] for v in WITHIN], ids=[vector[0] for vector in WITHIN]
)
def test_within_an_account_one_grant_is_enough_and_one_deny_too_much(
    rules: Rules, reason: Reason
) -> None:
    """The customer's role and the customer's bucket are usually in one account."""
    assert _verdict(rules, ACCOUNT) is reason


@pytest.mark.parametrize(
    ("rules", "reason"), [v[1:] for v in ACROSS], ids=[vector[0] for vector in ACROSS]
)
def test_across_accounts_both_sides_must_grant(rules: Rules, reason: Reason) -> None:
    """Our user and the customer's role are in two accounts, always."""
    assert _verdict(rules, OTHER) is reason


def test_a_verdict_names_the_statement_that_decided() -> None:
    """A person who reads a denial wants to know which line to change."""
    sid = {"Sid": "NoWrites", "Effect": "Deny", "Action": "s3:Put*", "Resource": "*"}
    rules = Rules((ALLOW, read_policy({"Statement": [sid]})))
    verdict = judge(Ask(SESSION, "s3:PutObject", RESOURCE, ACCOUNT), rules)
    assert (verdict.reason, verdict.statement) == (Reason.DENIED_BY_IDENTITY, "NoWrites")


POLICIES = st.sampled_from(
    [ALLOW, DENY, UNMET, UNMET_DENY, OTHER_ACTION, BY_ROLE, BY_SESSION, BY_ACCOUNT, BY_STRANGER]
)
RULES = st.builds(
    Rules,
    identity=st.lists(POLICIES, max_size=3).map(tuple),
    session=st.none() | POLICIES,
    resource=st.none() | POLICIES,
    resource_must_allow=st.booleans(),
)
OWNERS = st.sampled_from([ACCOUNT, OTHER])


@given(RULES, OWNERS)
def test_a_deny_that_is_added_never_allows(rules: Rules, owner: str) -> None:
    """Whatever else is said, one fitting Deny is the end of it, wherever it stands."""
    session = None if rules.session is None else rules.session + DENY
    resource = (rules.resource or ()) + _named("Deny", "*")
    for denied in (
        Rules((*rules.identity, DENY), rules.session, rules.resource, rules.resource_must_allow),
        Rules(rules.identity, session or DENY, rules.resource, rules.resource_must_allow),
        Rules(rules.identity, rules.session, resource, rules.resource_must_allow),
    ):
        assert _verdict(denied, owner) is not Reason.ALLOWED


@given(RULES, OWNERS)
def test_a_session_policy_never_widens(rules: Rules, owner: str) -> None:
    """A session may do what its role may, or less."""
    without = Rules(rules.identity, None, rules.resource, rules.resource_must_allow)
    if _verdict(rules, owner) is Reason.ALLOWED:
        assert _verdict(without, owner) is Reason.ALLOWED


@given(RULES, OWNERS, POLICIES)
def test_an_allow_that_is_added_never_denies(rules: Rules, owner: str, more: Policy) -> None:
    """Only a Deny takes a right away."""
    if _verdict(rules, owner) is Reason.ALLOWED and all(one.allows for one in more):
        wider = Rules(
            (*rules.identity, more), rules.session, rules.resource, rules.resource_must_allow
        )
        assert _verdict(wider, owner) is Reason.ALLOWED
