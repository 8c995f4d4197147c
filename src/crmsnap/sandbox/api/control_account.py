"""The account's control endpoints under `/_sandbox/`: what is true, what changed, and change itself."""

from dataclasses import asdict
from typing import Any

import orjson

from crmsnap.sandbox.account.account import Account
from crmsnap.sandbox.account.advance import advance
from crmsnap.sandbox.account.times import DAY_MS, iso
from crmsnap.sandbox.account.truth import truth
from crmsnap.sandbox.api import errors, pages
from crmsnap.sandbox.api.control_plan import plan_of
from crmsnap.sandbox.api.number import whole_number
from crmsnap.sandbox.api.route import Call, Family, Reply, Route

JOURNAL_PAGE, JOURNAL_PAGE_MAX = 10_000, 100_000


def read_truth(account: Account, call: Call) -> Reply:
    """The live counts of everything that a complete copy must hold."""
    return _reply(truth(account, call.now_ms))


def read_journal(account: Account, call: Call) -> Reply:
    """The changes after an entry, oldest first; `next` is null when these were the last."""
    after = whole_number(call.first("after", "0") or "0")
    if after is None:
        raise errors.bad_request("after has to be the number of an entry")
    entries = account.journal.after(after, pages.limit(call, JOURNAL_PAGE, JOURNAL_PAGE_MAX))
    last = entries[-1].sequence if entries else after
    body = {
        "entries": [entry.as_dict() for entry in entries],
        "next": last if last < len(account.journal) else None,
        "last": len(account.journal),
    }
    return _reply(body)


def post_advance(account: Account, call: Call) -> Reply:
    """Let days pass: change the account as asked, then move the clock."""
    plan = plan_of(account, call.body or {})
    gained = advance(account, plan, call.now_ms)
    ahead_ms = round(plan.days * DAY_MS)
    account.move_clock(ahead_ms)
    return _reply(
        {"entries": gained, "last": len(account.journal), "now": iso(call.now_ms + ahead_ms)}
    )


def post_churn(account: Account, call: Call) -> Reply:
    """Set how many records change before each request from now on."""
    return _set_knobs(
        account, {"changes_per_request": (call.body or {}).get("changes_per_request")}
    )


def post_knobs(account: Account, call: Call) -> Reply:
    """Change how the account misbehaves."""
    return _set_knobs(account, call.body or {})


def read_knobs(account: Account, call: Call) -> Reply:
    """How the account misbehaves."""
    return _reply(asdict(account.knobs))


def _set_knobs(account: Account, values: dict[str, Any]) -> Reply:
    problem = account.knobs.set(values)
    if problem is not None:
        raise errors.bad_request(problem)
    return _reply(asdict(account.knobs))


def _reply(value: Any) -> Reply:
    return Reply(orjson.dumps(value))


FAMILY = Family(
    name="_sandbox",
    limit="burst",
    routes=(
        Route("GET", ("/_sandbox/truth",), read_truth),
        Route("GET", ("/_sandbox/journal",), read_journal),
        Route("POST", ("/_sandbox/advance",), post_advance),
        Route("POST", ("/_sandbox/churn",), post_churn),
        Route("GET", ("/_sandbox/knobs",), read_knobs),
        Route("POST", ("/_sandbox/knobs",), post_knobs),
    ),
)
