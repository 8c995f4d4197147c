"""What a fault does to a call: before its body is read, to the world, instead of an answer, after it.

Every effect has one entry in `EFFECTS`, so that a misspelt name is an error and not a fault that
never comes.
"""

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from html import unescape
from typing import Any
from urllib.parse import unquote_plus

from tests.aws.front import moto_side
from tests.aws.front.identities import Identities, Identity
from tests.aws.front.operations import Operation
from tests.aws.front.refusal import Answer, Refusal, access_denied
from tests.aws.front.request import Request
from tests.aws.front.signature import read_signature

CONDITIONAL_HEADERS = ("if-match", "if-none-match")
LISTED_KEY = re.compile(rb"<Contents>.*?<Key>(.*?)</Key>.*?</Contents>", re.DOTALL)

Given = dict[str, Any]


class Dropped(Exception):
    """The connection is to be closed without another byte."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call that a fault falls on, as far as it is known at that moment."""

    request: Request
    operation: Operation
    identities: Identities
    now: datetime
    identity: Identity | None = None
    age: Callable[[str, str], float] = lambda _bucket, _key: float("inf")
    receive: Callable[[int], object] = lambda _size: b""


# Before the body is read.


def _lose_request(call: Call, given: Given) -> None:
    call.receive(given.get("after", 0))
    raise Dropped


def _stall(_call: Call, given: Given) -> None:
    time.sleep(given["seconds"])


# To the world; the call itself then goes its usual way.


def _expire_session(call: Call, given: Given) -> None:
    call.identities.expire(given.get("role"), call.now)


def _deactivate_key(_call: Call, given: Given) -> None:
    if moto_side.find_user(given["access_key_id"]) is not None:
        moto_side.deactivate_key(given["access_key_id"])


def _delete_role(_call: Call, given: Given) -> None:
    if moto_side.find_role(given["role"]) is not None:
        moto_side.remove_role(given["role"])


def _change_role(_call: Call, given: Given) -> None:
    trust, policy = (
        None if given.get(name) is None else json.dumps(given[name]) for name in ("trust", "policy")
    )
    moto_side.change_role(given["role"], trust, policy)


def _remove_bucket(call: Call, _given: Given) -> None:
    moto_side.remove_bucket(call.request.bucket)


def _recreate_bucket(call: Call, given: Given) -> None:
    old = moto_side.find_bucket(call.request.bucket)
    if old is None or old.account_id == given["account"]:
        return
    moto_side.remove_bucket(old.name)
    moto_side.make_bucket(
        old.name,
        given["account"],
        old.region_name,
        policy=json.dumps(given["policy"]) if given.get("policy") else None,
    )


# Instead of an answer.


def _deny(call: Call, given: Given) -> None:
    need = call.operation.needs[0] if call.operation.needs else None
    action = given.get("says") or (need.action if need else f"s3:{call.operation.name}")
    resource = given.get("resource") or (
        f"arn:aws:s3:::{need.bucket}" + (f"/{need.key}" if need.key else "") if need else "*"
    )
    who = call.identity.caller.arn if call.identity else "anonymous"
    raise access_denied(
        f"User: {who} is not authorized to perform: {action} on resource: "
        f'"{resource}" with an explicit deny in an identity-based policy'
    )


def _slow_down(_call: Call, _given: Given) -> None:
    raise Refusal(503, "SlowDown", "Please reduce your request rate.")


def _internal_error(_call: Call, _given: Given) -> None:
    raise Refusal(500, "InternalError", "We encountered an internal error. Please try again.")


def _request_timeout(_call: Call, _given: Given) -> None:
    raise Refusal(
        400,
        "RequestTimeout",
        "Your socket connection to the server was not read from or written to within the timeout "
        "period. Idle connections will be closed.",
    )


def _not_implemented(call: Call, _given: Given) -> None:
    if any(name in call.request.headers for name in CONDITIONAL_HEADERS):
        raise Refusal(
            501,
            "NotImplemented",
            "A header you provided implies functionality that is not implemented",
        )


def _redirect(call: Call, given: Given) -> None:
    region = given["region"]
    raise Refusal(
        301,
        "PermanentRedirect",
        "The bucket you are attempting to access must be addressed using the specified endpoint. "
        "Please send all future requests to this endpoint.",
        details={"Endpoint": f"s3.{region}.amazonaws.com", "Bucket": call.request.bucket},
        headers={"x-amz-bucket-region": region},
    )


def _conflict(_call: Call, _given: Given) -> None:
    raise Refusal(
        409,
        "ConditionalRequestConflict",
        "The conditional request cannot succeed due to a conflicting operation against this "
        "resource.",
    )


def _region_disabled(call: Call, given: Given) -> None:
    if read_signature(call.request).region == given["region"]:
        raise Refusal(
            403,
            "RegionDisabledException",
            "STS is not activated in this region for account. Your account administrator can "
            "activate STS in this region using the IAM Console.",
        )


# To what moto is asked.


def _flip_byte(_call: Call, request: Request) -> Request:
    body = bytearray(request.body)
    if body:
        body[len(body) // 2] ^= 1
    # Such a store knows no checksum either, or it would have refused the body.
    kept = {name: value for name, value in request.headers.items() if "checksum" not in name}
    return replace(request, body=bytes(body), headers=kept)


def _ignore_conditions(_call: Call, request: Request) -> Request:
    kept = {k: v for k, v in request.headers.items() if k not in CONDITIONAL_HEADERS}
    return replace(request, headers=kept)


def _ignore_if_match(_call: Call, request: Request) -> Request:
    return replace(request, headers={k: v for k, v in request.headers.items() if k != "if-match"})


# After the effect is done.


def _lose_reply(_call: Call, _given: Given, _answer: Answer) -> Answer:
    raise Dropped


def _conflict_with_twin(call: Call, given: Given, answer: Answer) -> Answer:
    if answer.status == 200:
        _conflict(call, given)
    return answer


def _cut_reply(_call: Call, given: Given, answer: Answer) -> Answer:
    return replace(answer, cut_after=given.get("after", len(answer.body) // 2))


def _slow_reply(_call: Call, given: Given, answer: Answer) -> Answer:
    return replace(answer, seconds_per_byte=given.get("seconds_per_byte", 0.5))


def _late_list(call: Call, given: Given, answer: Answer) -> Answer:
    def kept(match: re.Match[bytes]) -> bytes:
        key = unescape(match.group(1).decode())
        if "encoding-type" in call.request.query:
            key = unquote_plus(key)
        late = call.age(call.request.bucket, key) < given["seconds"]
        return b"" if late else match.group(0)

    return replace(answer, body=LISTED_KEY.sub(kept, answer.body))


BEFORE_BODY: dict[str, Callable[[Call, Given], None]] = {
    "lose_request": _lose_request,
    "stall": _stall,
    "slow_upload": lambda _call, _given: None,  # done while the body is read
}
TO_THE_WORLD: dict[str, Callable[[Call, Given], None]] = {
    "expire_session": _expire_session,
    "deactivate_key": _deactivate_key,
    "delete_role": _delete_role,
    "change_role": _change_role,
    "remove_bucket": _remove_bucket,
    "recreate_bucket": _recreate_bucket,
}
INSTEAD: dict[str, Callable[[Call, Given], None]] = {
    "deny": _deny,
    "slow_down": _slow_down,
    "internal_error": _internal_error,
    "request_timeout": _request_timeout,
    "not_implemented": _not_implemented,
    "redirect": _redirect,
    "conflict": _conflict,
    "region_disabled": _region_disabled,
}
TO_THE_STORE: dict[str, Callable[[Call, Request], Request]] = {
    "flip_byte": _flip_byte,
    "ignore_conditions": _ignore_conditions,
    "ignore_if_match": _ignore_if_match,
}
AFTER: dict[str, Callable[[Call, Given, Answer], Answer]] = {
    "lose_reply": _lose_reply,
    "conflict_with_twin": _conflict_with_twin,
    "cut_reply": _cut_reply,
    "slow_reply": _slow_reply,
    "late_list": _late_list,
}
SESSION = {"short_session"}
UNSEEN = {"ignore_owner"}
EFFECTS = {*BEFORE_BODY, *TO_THE_WORLD, *INSTEAD, *TO_THE_STORE, *AFTER, *SESSION, *UNSEEN}
