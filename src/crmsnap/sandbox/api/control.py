"""The chassis' own control endpoints under `/_sandbox/`: statistics, faults and the clock.

They belong to whoever runs the sandbox, not to the account: loopback only, no token, never counted,
limited or made to fail.
"""

from collections.abc import Callable
from typing import Any

import msgspec
import orjson

from crmsnap.sandbox.account.account import Account
from crmsnap.sandbox.api import errors
from crmsnap.sandbox.api.faults.plan import Plan, Rule, rules_of
from crmsnap.sandbox.api.faults.seeded import fault_plan
from crmsnap.sandbox.api.route import Call, Family, Reply, Route
from crmsnap.sandbox.api.stats import Stats
from crmsnap.sandbox.clock import Clock, iso_text

CONTROL = "_sandbox"
"""The name of every family that is exempt from tokens, limits, statistics and faults."""


def control_family(stats: Stats, plan: Plan, clock: Clock, families: frozenset[str]) -> Family:
    """The endpoints that look into this chassis; `families` are the names a fault rule may use."""

    def read_stats(_: Account, __: Call) -> Reply:
        return _reply(stats.as_dict())

    def reset_stats(_: Account, __: Call) -> Reply:
        stats.reset()
        return _reply(stats.as_dict())

    def read_faults(_: Account, __: Call) -> Reply:
        return _reply({"rules": plan.as_list()})

    def set_faults(_: Account, call: Call) -> Reply:
        plan.replace(_rules(call.body, families))
        return _reply({"rules": plan.as_list()})

    def clear_faults(_: Account, __: Call) -> Reply:
        plan.replace(())
        return _reply({"rules": []})

    def read_clock(_: Account, __: Call) -> Reply:
        return _reply({"now": iso_text(clock.now_ms())})

    def set_clock(_: Account, call: Call) -> Reply:
        clock.advance(_milliseconds(call.body))
        return _reply({"now": iso_text(clock.now_ms())})

    return Family(
        CONTROL,
        "burst",
        (
            _route("GET", "stats", read_stats),
            _route("POST", "stats/reset", reset_stats),
            _route("GET", "faults", read_faults),
            _route("POST", "faults", set_faults),
            _route("DELETE", "faults", clear_faults),
            _route("GET", "clock", read_clock),
            _route("POST", "clock", set_clock),
        ),
    )


def _route(method: str, path: str, handler: Callable[[Account, Call], Reply]) -> Route:
    return Route(method, (f"/{CONTROL}/{path}",), handler)


def _reply(value: Any) -> Reply:
    return Reply(orjson.dumps(value))


def _rules(body: Any, families: frozenset[str]) -> list[Rule]:
    """The plan of a request: `{"seed": 7}`, `{"rules": [...]}`, or the bare list of rules."""
    if isinstance(body, dict):
        if isinstance(body.get("seed"), int):
            return fault_plan(body["seed"])
        body = body.get("rules")
    try:
        rules = rules_of(body)
    except msgspec.ValidationError as refused:
        raise errors.bad_request(f"not a fault plan: {refused}") from refused
    for rule in rules:
        if rule.family not in families | {"*"}:
            named = ", ".join(sorted(families - {CONTROL}))
            raise errors.bad_request(f"there is no family {rule.family}; there are {named}")
    return rules


def _milliseconds(body: Any) -> int:
    ahead = body.get("advance_ms") if isinstance(body, dict) else None
    if not isinstance(ahead, int) or ahead < 0:
        raise errors.bad_request('expected {"advance_ms": n}, n not negative')
    return ahead
