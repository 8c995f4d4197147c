"""Questions about the role: who may assume it, and who may not.

A role that opens without our external id would open for every customer of ours who names it. A trust
policy cannot be read from outside, so only trying tells.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from typing import Any

from crmsnap.connection.arn import principal_of
from crmsnap.connection.check import CONFIGURATION, OTHERWISE, Check, Question
from crmsnap.connection.checks.caller import Caller, Reply
from crmsnap.connection.checks.statements import trust_statement
from crmsnap.connection.checks.target import AwsTarget
from crmsnap.connection.questions import OWN_KEYS, RIGHT_ID, WITHOUT_ID, WRONG_ID
from crmsnap.connection.role import (
    SESSION_SECONDS,
    RoleToAssume,
    asked_for,
    session_keys,
    sts_client,
    sts_region,
)
from crmsnap.connection.trust import PLACEHOLDER_ID
from crmsnap.destinations.s3 import AwsKeys
from crmsnap.errors import AccessDenied, ConfigError, ConnectError

OPEN = "open"
"""What was found of a role that opens for others than us."""

_OUR_USER = "<STORAGE_AWS_IAM_USER_ARN>"
_OTHER_KEYS = "give crmsnap other AWS keys; the customer has nothing to change"
_SET_CLOCK = (
    "set the clock of this machine, best by NTP; neither keys nor policies have to be changed"
)
_TRY_SECONDS = 900  # the shortest session there is, for those that must not open at all


def keys_and_role(
    target: AwsTarget, caller: Caller, wrong_id: str
) -> Generator[Check, None, AwsKeys | None]:
    """Answer the questions about keys and role; return what signs from then on, None if nothing does."""
    try:
        own = target.keys()
    except AccessDenied as error:
        yield OWN_KEYS.failed(f"{error.message}: {error.cause}", error.remedy)
        return None
    if target.role is None:
        yield OWN_KEYS.ok("there are keys; they are used as they are, without a role")
        for question in (WITHOUT_ID, WRONG_ID, RIGHT_ID):
            yield question.skipped("the connection has no role")
        return own
    try:
        sts_region(target.role)  # refused before any call, with the advice of its own
    except ConfigError as error:
        answer = f"{error.message}: {error.cause}"
        yield RIGHT_ID.failed(answer, error.remedy, exit_code=CONFIGURATION)
        return None
    with sts_client(target.role, own) as sts:
        who = caller.ask(sts.get_caller_identity)
        if who.own_keys:
            yield OWN_KEYS.failed(f"{who.own_keys} ({who})", _cure(who))
            return None
        principal = _principal(who)
        yield _known(who, principal)
        if principal and (ours := principal.split(":")[1]) != target.role.partition:
            yield _other_partition(target.role, ours)
            return None
        return (
            yield from _role(
                _Door(target.learn, target.role, caller, sts, principal or _OUR_USER), wrong_id
            )
        )


def role_is_closed(target: AwsTarget, caller: Caller) -> tuple[Check, ...]:
    """The two questions whose answer must be no, for a run whose own session is the third.

    Two calls of STS: whoever takes any id takes the one that is nearly ours. None for a connection without
    a role. Raise `AccessDenied` without own keys.
    """
    if target.role is None:
        return ()
    with sts_client(target.role, target.keys()) as sts:
        door = _Door(target.learn, target.role, caller, sts, _OUR_USER)
        return (
            _closed(WITHOUT_ID, door.try_with(None), door, opens=True),
            _closed(WRONG_ID, door.try_with(door.near_id), door, opens=True),
        )


def session_without_policy(target: AwsTarget, caller: Caller) -> AwsKeys | None:
    """A session that may do all that the role may, to find out what denies; None if there is none."""
    if target.role is None:
        return target.keys()
    with sts_client(target.role, target.keys()) as sts:
        door = _Door(target.learn, target.role, caller, sts, _OUR_USER)
        reply = door.try_with(target.role.external_id)
        return session_keys(reply.body) if reply.worked else None


@dataclass(frozen=True, slots=True)
class _Door:
    """The role, and somebody who knocks."""

    learn: Callable[[str], None]
    """Told the secrets of every session."""
    role: RoleToAssume
    caller: Caller
    sts: Any
    """A boto3 client."""
    principal: str
    """Who knocks, as the trust policy has to name it."""

    @property
    def advised(self) -> str:
        """The statement of the trust policy as it should be."""
        return (
            f"the whole statement: {trust_statement(self.role.external_id or '', self.principal)}"
        )

    @property
    def near_id(self) -> str:
        """Our external id with its last letter changed, which a pattern with a star may take for it."""
        ours = self.role.external_id or PLACEHOLDER_ID
        return ours[:-1] + ("1" if ours.endswith("0") else "0")

    def try_with(self, external_id: str | None) -> Reply:
        """With all that the role may do, and another id; None: without any."""
        tried = replace(self.role, external_id=external_id, session_policy=None)
        return self._assume(tried, _TRY_SECONDS)

    def open(self) -> Reply:
        """As a sync does it."""
        return self._assume(self.role, SESSION_SECONDS)

    def _assume(self, role: RoleToAssume, seconds: int) -> Reply:
        reply = self.caller.ask(self.sts.assume_role, **asked_for(role, seconds))
        if reply.worked:  # also where it should not have: its keys are secrets like any
            session = reply.body.get("Credentials", {})
            for secret in ("SecretAccessKey", "SessionToken"):
                self.learn(session.get(secret) or "")
        return reply


def _role(door: _Door, wrong_id: str) -> Generator[Check, None, AwsKeys | None]:
    without, wrong, right = door.try_with(None), door.try_with(wrong_id), door.open()
    if not wrong.worked:
        wrong = door.try_with(door.near_id)
    yield _closed(WITHOUT_ID, without, door, opens=right.worked)
    yield _closed(WRONG_ID, wrong, door, opens=right.worked)
    if right.worked:
        yield RIGHT_ID.ok(f"{door.role.arn} opens for our external id")
        return session_keys(right.body)
    yield _stays_shut(door, right)
    return None


def _closed(question: Question, reply: Reply, door: _Door, *, opens: bool) -> Check:
    """`opens`: whether the role opens with our own id, without which a refusal says nothing."""
    if reply.worked:
        how = "without any external id" if question is WITHOUT_ID else "with another external id"
        return question.failed(
            f"the role can be assumed {how}: it does not require ours",
            "in the role's trust policy, field Condition, require our external id and no other;"
            f" {door.advised}",
            found=OPEN,
        )
    if not opens:
        return question.skipped("it was refused, but so was our own id: that says nothing yet")
    if reply.own_keys:
        return question.failed(f"{reply.own_keys} ({reply})", _cure(reply))
    if reply.denied:
        return question.ok("it was refused")
    return question.failed(
        f"it could not be asked ({reply})", "try again in a moment", exit_code=OTHERWISE
    )


def _stays_shut(door: _Door, reply: Reply) -> Check:
    role = door.role
    answer = f"{role.arn} cannot be assumed ({reply})"
    if reply.own_keys:
        return RIGHT_ID.failed(f"{answer}: {reply.own_keys}", _cure(reply))
    if reply.code == "RegionDisabledException":
        return RIGHT_ID.failed(
            answer,
            "activate STS in the bucket's region (IAM > Account settings), or set sts_endpoint_url"
            " to that of another region",
        )
    if not reply.denied:
        # A policy or a duration that STS does not take, an ARN that is none, or no answer at all.
        return RIGHT_ID.failed(
            answer, "see what AWS says about this answer, and check role_arn", exit_code=OTHERWISE
        )
    if door.try_with(PLACEHOLDER_ID).worked:
        return RIGHT_ID.failed(
            f"the role still has the placeholder {PLACEHOLDER_ID} as its external id",
            f"in the role's trust policy, Condition, sts:ExternalId, put {role.external_id} in its"
            f" place; {door.advised}",
        )
    return RIGHT_ID.failed(
        answer,
        f"in the role's trust policy, Principal has to be {door.principal} and Condition, sts:ExternalId"
        f" has to be {role.external_id}; if it still names"
        f" {f'account {role.account}' if role.account else 'your own account'} or the id"
        f" {PLACEHOLDER_ID}, step 5 was not done; if both are as said, check that the role exists, that our user"
        f" may sts:AssumeRole it, and wait a minute; {door.advised}",
    )


def _cure(reply: Reply) -> str:
    """What helps when it is not the role that refused."""
    return _SET_CLOCK if reply.wrong_clock else _OTHER_KEYS


def _other_partition(role: RoleToAssume, own: str) -> Check:
    names = {"aws": "ordinary AWS", "aws-us-gov": "AWS GovCloud", "aws-cn": "AWS China"}
    return RIGHT_ID.failed(
        f"{role.arn} is in {names.get(role.partition, role.partition)}, and our keys are"
        f" of {names.get(own, own)}",
        "roles cannot be assumed from one into the other: run crmsnap with keys of that partition",
    )


def _known(who: Reply, principal: str) -> Check:
    if who.worked:
        return OWN_KEYS.ok(f"they belong to {principal}" if principal else "there are keys")
    # Stores with an STS of their own may lack this call, and the role tells more than it would.
    return OWN_KEYS.skipped(f"there are keys, and STS does not say whose they are ({who})")


def _principal(who: Reply) -> str:
    try:
        return principal_of(str(who.body.get("Arn", "")))
    except ConnectError:  # not asked of AWS itself, or a caller that no trust policy can name
        return ""
