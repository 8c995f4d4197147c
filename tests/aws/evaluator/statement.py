"""A policy document, read strictly: what it says is either understood whole or refused.

IAM ignores nothing in a document either: it refuses an element that it does not know.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from tests.aws.evaluator.conditions import check_operators, conditions_hold
from tests.aws.evaluator.context import Context
from tests.aws.evaluator.patterns import resource_matches, text_matches

CHOICES = ("Principal", "Action", "Resource")
ELEMENTS = {"Sid", "Effect", "Condition", *CHOICES, *(f"Not{one}" for one in CHOICES)}
VERSIONS = ("2012-10-17", "2008-10-17")
VARIABLES_SINCE = "2012-10-17"


class MalformedPolicy(ValueError):
    """A policy document that AWS would not accept."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a user, or a role's session (then `role_arn` is the role's own ARN)."""

    arn: str
    account: str
    role_arn: str | None = None

    @property
    def account_arn(self) -> str:
        """The ARN that stands for the caller's whole account in a Principal."""
        return f"arn:{self.arn.split(':')[1]}:iam::{self.account}:root"


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement; `name` says where it stands, for people."""

    name: str
    allows: bool
    actions: tuple[str, ...]
    not_actions: bool
    resources: tuple[str, ...] | None
    not_resources: bool
    principals: tuple[str, ...] | None
    not_principals: bool
    conditions: Mapping[str, object]
    variables: bool

    def covers(self, action: str, resource: str, context: Context) -> bool:
        """Say whether action, resource and conditions fit; a statement that does not is neutral."""
        return (
            self._covers_action(action)
            and self._covers_resource(resource, context)
            and conditions_hold(self.conditions, context, variables=self.variables)
        )

    def names_directly(self, caller: Caller) -> bool:
        """Say whether the Principal names the caller itself, its role, or everybody."""
        if self.principals is None:
            return False
        if self.not_principals:
            return self.names(caller)
        return any(p in ("*", caller.arn, caller.role_arn) for p in self.principals)

    def names_session(self, caller: Caller) -> bool:
        """Say whether the Principal names the session itself and not only its role."""
        listed = self.principals or ()
        return caller.role_arn is not None and not self.not_principals and caller.arn in listed

    def names(self, caller: Caller) -> bool:
        """Say whether the Principal element fits the caller, its account included."""
        if self.principals is None:
            return False
        if self.not_principals:
            # "You must also specify the account ARN of the not-denied principal", and for a session
            # its role as well (IAM User Guide, "NotPrincipal").
            account = {caller.account, caller.account_arn}.intersection(self.principals)
            own = {caller.arn, caller.role_arn or caller.arn}
            return not (account and own.issubset(self.principals))
        accounts = (caller.account, caller.account_arn)
        return self.names_directly(caller) or any(p in accounts for p in self.principals)

    def _covers_action(self, action: str) -> bool:
        found = any(text_matches(one, action, ignore_case=True) for one in self.actions)
        return found != self.not_actions

    def _covers_resource(self, resource: str, context: Context) -> bool:
        if self.resources is None:  # a trust policy: its role is the resource
            return True
        found = False
        for one in self.resources:
            pattern = context.filled(one) if self.variables else one
            if pattern is None:
                return False
            found = found or resource_matches(pattern, resource)
        return found != self.not_resources


Policy = tuple[Statement, ...]


def read_policy(document: str | Mapping[str, object]) -> Policy:
    """Read a policy document; MalformedPolicy names what is wrong with it."""
    try:
        policy = json.loads(document) if isinstance(document, str) else document
    except ValueError as error:
        raise MalformedPolicy(f"not JSON: {error}") from error
    if not isinstance(policy, Mapping) or "Statement" not in policy:
        raise MalformedPolicy("no Statement")
    version = policy.get("Version", "2008-10-17")
    if version not in VERSIONS or policy.keys() - {"Version", "Id", "Statement"}:
        raise MalformedPolicy(f"version {version!r} with {sorted(policy)}")
    listed = policy["Statement"]
    statements = listed if isinstance(listed, list) else [listed]
    return tuple(
        _read_statement(one, number, variables=version == VARIABLES_SINCE)
        for number, one in enumerate(statements, start=1)
    )


def _read_statement(raw: Mapping[str, object], number: int, *, variables: bool) -> Statement:
    name = str(raw.get("Sid") or number)
    unknown = raw.keys() - ELEMENTS
    if unknown or raw.get("Effect") not in ("Allow", "Deny"):
        raise MalformedPolicy(f"statement {name}: {sorted(unknown) or raw.get('Effect')!r}")
    action, not_actions = _one_of(raw, "Action", name)
    resource, not_resources = _one_of(raw, "Resource", name)
    principal, not_principals = _one_of(raw, "Principal", name)
    if action is None:
        raise MalformedPolicy(f"statement {name}: no Action")
    conditions = raw.get("Condition", {})
    if not isinstance(conditions, Mapping):
        raise MalformedPolicy(f"statement {name}: Condition is not an object")
    check_operators(conditions)
    return Statement(
        name=name,
        allows=raw["Effect"] == "Allow",
        actions=_texts(action),
        not_actions=not_actions,
        resources=None if resource is None else _texts(resource),
        not_resources=not_resources,
        principals=None if principal is None else _principals(principal, name),
        not_principals=not_principals,
        conditions=conditions,
        variables=variables,
    )


def _one_of(raw: Mapping[str, object], element: str, name: str) -> tuple[object, bool]:
    if element in raw and f"Not{element}" in raw:
        raise MalformedPolicy(f"statement {name}: {element} and Not{element}")
    return raw.get(element, raw.get(f"Not{element}")), f"Not{element}" in raw


def _principals(principal: object, name: str) -> tuple[str, ...]:
    if principal == "*":
        return ("*",)
    if not isinstance(principal, Mapping):
        raise MalformedPolicy(f"statement {name}: Principal {principal!r}")
    # Services, federated and canonical users are never the callers of these tests; "*" counts for
    # each kind.
    return _texts(principal.get("AWS", ()))


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list | tuple):
        return tuple(str(one) for one in value)
    raise MalformedPolicy(f"not a text or a list of texts: {value!r}")
