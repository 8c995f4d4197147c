"""`/automation/sequences`: what one user sees of them; a path in beta lists those of everybody.

Without a user the answer is 400, with its error as a mere text. Shapes: the models of HubSpot's
own client.
"""

from collections.abc import Iterable
from typing import Any

import orjson

from crmsnap.sandbox.account.account import Account
from crmsnap.sandbox.account.ids import mix
from crmsnap.sandbox.account.owners import User, user, user_index
from crmsnap.sandbox.account.sequences import (
    Sequence,
    sequences,
    sequences_of_user,
    step_count,
)
from crmsnap.sandbox.account.times import DAY_MS, iso
from crmsnap.sandbox.api import errors, pages
from crmsnap.sandbox.api.number import whole_number
from crmsnap.sandbox.api.route import ApiError, Call, Family, Reply, Route

SCOPES = frozenset({"automation.sequences.read"})
LIMIT_DEFAULT, LIMIT_MAX = 20, 100
TEMPLATES = ("/automation/v4/sequences", "/automation/sequences/{version}")
OF_EVERYBODY = ("/automation/sequences/2026-09-beta/serviceaccounts/sequences",)


def list_sequences(account: Account, call: Call) -> Reply:
    """One page of the sequences that the user of `userId` sees."""
    asking = _user(account, call)
    return _page(() if asking is None else sequences_of_user(account, asking, call.now_ms), call)


def list_sequences_of_everybody(account: Account, call: Call) -> Reply:
    """One page of all sequences of the account."""
    return _page(sequences(account, call.now_ms), call)


def get_sequence(account: Account, call: Call) -> Reply:
    """One sequence that the user of `userId` sees, with its steps and settings."""
    asking = _user(account, call)
    found = () if asking is None else sequences_of_user(account, asking, call.now_ms)
    for one in found:
        if str(one.id) == call.path["sequenceId"]:
            return Reply(orjson.dumps(_json(one) | _inside(account, one)))
    raise errors.not_found()


def _user(account: Account, call: Call) -> User | None:
    """The user of `userId`, None for a number that is nobody's; 400 without one."""
    text = call.first("userId")
    if not text:
        body = {"status": "error", "message": "validation error"}
        raise ApiError(400, body | {"errors": ["query param userId may not be null"]})
    number = whole_number(text)
    if number is None:
        raise pages.invalid("userId", f"userId was not a valid number: {text}", "INVALID_INTEGER")
    index = user_index(number)
    found = user(account, index, call.now_ms) if index >= 0 else None
    return found if found is not None and found.id == number else None


def _page(every: Iterable[Sequence], call: Call) -> Reply:
    size = pages.limit(call, LIMIT_DEFAULT, LIMIT_MAX)
    wanted = (call.first("name") or "").lower()
    found = [one for one in every if wanted in one.name.lower()]
    last = pages.token_number(call)
    rest = [one for one in found if last is None or one.id > last]
    after = pages.token(rest[size - 1].id) if len(rest) > size else None
    return pages.page((orjson.dumps(_json(one)) for one in rest[:size]), after, total=len(found))


def _json(one: Sequence) -> dict[str, Any]:
    body = {
        "id": str(one.id),
        "name": one.name,
        "userId": str(one.user_id),
        "createdAt": iso(one.created_ms),
        "updatedAt": iso(one.updated_ms),
    }
    return body if one.folder_id is None else body | {"folderId": one.folder_id}


def _inside(account: Account, one: Sequence) -> dict[str, Any]:
    """Steps, what they wait for, and settings."""
    dates = {"createdAt": iso(one.created_ms), "updatedAt": iso(one.updated_ms)}
    return {
        "steps": [_step(one, order, dates) for order in range(step_count(account, one))],
        "dependencies": [],
        "settings": {
            "id": str(mix(account.seed, one.index)),
            "eligibleFollowUpDays": "BUSINESS_DAYS",
            "individualTaskRemindersEnabled": one.index % 2 == 0,
            "sellingStrategy": "LEAD_BASED",
            "sendWindowStartMinute": 480,
            "sendWindowEndMinute": 1080,
            "taskReminderMinute": 480,
            **dates,
        },
    }


def _step(one: Sequence, order: int, dates: dict[str, str]) -> dict[str, Any]:
    step = {"id": f"{one.index}{order:02d}", "stepOrder": order, "delayMillis": order * DAY_MS}
    pattern = {"id": f"{one.index}{order:02d}9", **dates}
    if order % 2:
        task = pattern | {"taskPriority": "NONE", "taskType": "CALL", "subject": one.name}
        return step | dates | {"actionType": "TASK", "taskPattern": task}
    return step | dates | {"actionType": "EMAIL", "emailPattern": pattern | {"templateId": "7"}}


FAMILY = Family(
    name="sequences",
    limit="burst",
    routes=(
        Route("GET", TEMPLATES, list_sequences, SCOPES),
        Route("GET", tuple(f"{one}/{{sequenceId}}" for one in TEMPLATES), get_sequence, SCOPES),
        Route("GET", OF_EVERYBODY, list_sequences_of_everybody, SCOPES),
    ),
)
