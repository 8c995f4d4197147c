"""What a test asks of the server itself: users, roles, buckets, counts; JSON over HTTP."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from tests.aws.front import moto_side
from tests.aws.front.effects import EFFECTS
from tests.aws.front.faults import Rule
from tests.aws.front.refusal import Answer
from tests.aws.front.request import Request

if TYPE_CHECKING:
    from tests.aws.front.application import Front

PATH = "/_control/"
MATCHING = ("operation", "bucket", "key", "action", "nth", "since", "times", "share", "seed")


def answer(front: "Front", request: Request, body: bytes) -> Answer:
    """Carry out one command; what goes wrong comes back as its text."""
    command = unquote(request.path.removeprefix(PATH))
    given = json.loads(body or b"{}")
    try:
        result = COMMANDS[command](front, **given)
    except (LookupError, TypeError, ValueError) as error:
        return Answer(400, {}, f"{type(error).__name__}: {error}".encode())
    return Answer(200, {"Content-Type": "application/json"}, json.dumps(result).encode())


def _expire(front: "Front", role: str | None = None) -> int:
    return front.identities.expire(role, front.now())


def _set_clock(front: "Front", minutes: float) -> None:
    front.clock_offset = timedelta(minutes=minutes)


def _add_fault(front: "Front", effect: str, **given: Any) -> int:
    if effect not in EFFECTS:
        raise LookupError(f"no effect {effect!r}; there are {sorted(EFFECTS)}")
    matching = {name: given.pop(name) for name in MATCHING if name in given}
    return front.faults.add(Rule(effect, **matching, given=given))


COMMANDS: dict[str, Callable[..., Any]] = {
    "user": lambda _, **given: moto_side.make_user(**given),
    "role": lambda _, **given: moto_side.make_role(**given),
    "change_role": lambda _, **given: moto_side.change_role(**given),
    "delete_role": lambda _, **given: moto_side.remove_role(**given),
    "deactivate_key": lambda _, **given: moto_side.deactivate_key(**given),
    "bucket": lambda _, **given: moto_side.make_bucket(**given),
    "remove_bucket": lambda _, **given: moto_side.remove_bucket(**given),
    "expire": _expire,
    "key": lambda front, **given: front.keys.make(**given),
    "set_clock": _set_clock,
    "counts": lambda front: front.counts(),
    "add_fault": _add_fault,
    "remove_fault": lambda front, number=None: front.faults.remove(number),
    "fired": lambda front, number: front.faults.fired(number),
}
