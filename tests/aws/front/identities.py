"""Who asks: users and roles as moto stores them, sessions and account roots as we keep them.

An account's root may do everything and is never counted or disturbed: it is the test's own hand.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Lock

from tests.aws.evaluator.statement import Caller, Policy, read_policy
from tests.aws.front import moto_side
from tests.aws.front.refusal import Refusal
from tests.aws.front.signature import Signature

ROOT_KEY_PREFIX = "AKIAROOT"
ROOT_SECRET = "root-of-the-test"


@dataclass(frozen=True, slots=True)
class Session:
    """A role that somebody assumed."""

    access_key_id: str
    secret: str
    token: str
    role_arn: str
    name: str
    policy: Policy | None
    expires: datetime

    @property
    def account(self) -> str:
        """The role's account."""
        return self.role_arn.split(":")[4]

    @property
    def arn(self) -> str:
        """The session's ARN, as GetCallerIdentity shows it: without the role's path."""
        partition, role = self.role_arn.split(":")[1], self.role_arn.rpartition("/")[2]
        return f"arn:{partition}:sts::{self.account}:assumed-role/{role}/{self.name}"


@dataclass(frozen=True, slots=True)
class Identity:
    """A caller whose key is known, with the policies that it brings."""

    caller: Caller
    secret: str
    identity_policies: tuple[Policy, ...] = ()
    session: Session | None = None
    is_root: bool = False


class Identities:
    """Every session that was given out, and the way from an access key to its owner."""

    def __init__(self) -> None:
        self._sessions: dict[str, Session] = {}
        self._lock = Lock()

    def start_session(
        self, role_arn: str, name: str, policy: Policy | None, expires: datetime
    ) -> Session:
        """Give out credentials for a role."""
        session = Session(
            access_key_id="ASIA" + secrets.token_hex(8).upper(),
            secret=secrets.token_urlsafe(30),
            token="FwoGZXIvYXdzE" + secrets.token_urlsafe(120),
            role_arn=role_arn,
            name=name,
            policy=policy,
            expires=expires,
        )
        with self._lock:
            self._sessions[session.access_key_id] = session
        return session

    def expire(self, role_arn: str | None, now: datetime) -> int:
        """End the sessions of one role, or of all; return how many ended."""
        with self._lock:
            ending = [
                one
                for one in self._sessions.values()
                if role_arn in (None, one.role_arn) and one.expires > now
            ]
            past = now - timedelta(seconds=1)
            self._sessions |= {one.access_key_id: replace(one, expires=past) for one in ending}
        return len(ending)

    def of(self, signature: Signature, now: datetime) -> Identity:
        """Return the owner of a request's access key; refuse unknown keys and dead sessions."""
        key = signature.access_key_id
        if key.startswith(ROOT_KEY_PREFIX):
            return _root(key)
        session = self._sessions.get(key)
        if session is not None:
            return self._session(session, signature, now)
        found = moto_side.find_user(key)
        if found is None:
            raise _unknown_key(key, signature.service)
        if signature.token is not None:
            raise _bad_token(signature)
        user, secret = found
        caller = Caller(arn=user.arn, account=user.account_id)
        return Identity(caller, secret, _read(moto_side.policies_of(user)))

    def _session(self, session: Session, signature: Signature, now: datetime) -> Identity:
        if signature.token != session.token:
            raise _bad_token(signature)
        if session.expires <= now:
            raise _expired(signature)
        role = moto_side.find_role(session.role_arn)
        # A deleted role leaves sessions that may do nothing (its policies are gone with it).
        policies = [] if role is None else moto_side.policies_of(role)
        caller = Caller(session.arn, session.account, session.role_arn)
        return Identity(caller, session.secret, _read(policies), session)


def root_keys(account: str) -> tuple[str, str]:
    """Return the access key id and the secret of an account's root."""
    return ROOT_KEY_PREFIX + account, ROOT_SECRET


def _root(key: str) -> Identity:
    account = key.removeprefix(ROOT_KEY_PREFIX)
    caller = Caller(arn=f"arn:aws:iam::{account}:root", account=account)
    return Identity(caller, ROOT_SECRET, is_root=True)


def _read(documents: list[str]) -> tuple[Policy, ...]:
    return tuple(read_policy(document) for document in documents)


def _unknown_key(key: str, service: str) -> Refusal:
    if service == "s3":
        return Refusal(
            403,
            "InvalidAccessKeyId",
            "The AWS Access Key Id you provided does not exist in our records.",
            details={"AWSAccessKeyId": key},
        )
    return Refusal(
        403, "InvalidClientTokenId", "The security token included in the request is invalid."
    )


def _bad_token(signature: Signature) -> Refusal:
    if signature.service == "s3":
        return Refusal(400, "InvalidToken", "The provided token is malformed or otherwise invalid.")
    return _unknown_key(signature.access_key_id, signature.service)


def _expired(signature: Signature) -> Refusal:
    # S3 answers 400, the other services 403 ("Common error types").
    if signature.service == "s3":
        return Refusal(400, "ExpiredToken", "The provided token has expired.")
    return Refusal(403, "ExpiredToken", "The security token included in the request is expired")
