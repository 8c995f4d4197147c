"""Which request a rule of a fault plan means."""

import msgspec
import pytest

from crmsnap.sandbox.api.families import FAMILIES
from crmsnap.sandbox.api.faults.plan import Plan, rules_of
from crmsnap.sandbox.api.faults.seeded import fault_plan

OOPS = {"kind": "status", "status": 500}


def hits(requests: list[tuple[str, str]], **rule: object) -> list[int]:
    """The numbers of the requests, from 1, that a rule fires for."""
    plan = Plan()
    plan.replace(rules_of([{"effect": OOPS} | rule]))
    return [
        number
        for number, (family, path) in enumerate(requests, 1)
        if plan.pick(family, path) is not None
    ]


def test_a_rule_can_mean_requests_by_their_query():
    """Sensitive definitions have the path of all others."""
    plan = Plan()
    plan.replace(rules_of([{"effect": OOPS, "query": "dataSensitivity=sensitive"}]))
    path = "/crm/v3/properties/contacts"
    queries = ("", "archived=true", "archived=true&dataSensitivity=sensitive")
    assert [plan.pick("properties", path, query) is not None for query in queries] == [
        False,
        False,
        True,
    ]


SIX = [("objects", "/crm/v3/objects/contacts")] * 6


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({}, [1, 2, 3, 4, 5, 6]),
        ({"nth": 3}, [3]),
        ({"every": 2}, [2, 4, 6]),
        ({"from": 5}, [5, 6]),
        ({"to": 2}, [1, 2]),
        ({"from": 2, "to": 4}, [2, 3, 4]),
        ({"family": "owners"}, []),
        ({"path": "/deals"}, []),
        ({"nth": 5, "effect": {"kind": "forbid"}}, [5, 6]),
    ],
)
def test_a_rule_says_which_requests_it_means(rule: dict[str, object], expected: list[int]) -> None:
    """By number, by distance or by range; a lasting effect goes on."""
    assert hits(SIX, **rule) == expected


def test_requests_are_counted_among_those_the_rule_concerns() -> None:
    """ "The second request for deals" does not depend on how many contacts were read before."""
    mixed = [("objects", "/objects/contacts"), ("objects", "/objects/deals")] * 3
    assert hits(mixed, path="/deals", nth=2) == [4]
    assert hits([("owners", "/owners"), *SIX], family="objects", nth=1) == [2]


def test_a_request_meets_the_first_rule_that_fits() -> None:
    """Later rules count it, and wait."""
    plan = Plan()
    plan.replace(rules_of([{"effect": OOPS, "nth": 1}, {"effect": OOPS}]))
    picked = [plan.pick("objects", "/"), plan.pick("objects", "/")]
    assert [active is not None and active.rule.nth for active in picked] == [1, None]
    assert [rule["seen"] for rule in plan.as_list()] == [2, 2]


@pytest.mark.parametrize(
    "rule",
    [
        {"effect": {"kind": "no such effect"}},
        {"effect": {"kind": "status"}},
        {"effect": {"kind": "hang", "typo": 1}},
        {"effect": OOPS, "nht": 1},
        {"effect": OOPS, "nth": 1, "every": 2},
        {"effect": OOPS, "nth": 0},
        {"effect": {"kind": "slow", "bytes_per_second": 0}},
        {"effect": {"kind": "reset", "at": 2}},
        {"nth": 1},
        "text",
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(rule: object) -> None:
    """A typo must not become a fault that never happens."""
    with pytest.raises(msgspec.ValidationError):
        rules_of([rule])


def test_a_refused_plan_names_the_place(client) -> None:
    """Over HTTP it is a 400, and the old plan stays."""
    client.faults({"effect": OOPS, "nth": 7})
    refused = client.post("/_sandbox/faults", [{"effect": OOPS}, {"effect": OOPS, "nht": 1}])
    assert refused.status == 400
    assert "unknown field `nht` - at `$[1]`" in refused.json()["message"]
    assert [rule["nth"] for rule in client.get("/_sandbox/faults").json()["rules"]] == [7]


def test_a_family_that_does_not_exist_is_refused(client) -> None:
    """Its rule would wait for ever."""
    refused = client.post("/_sandbox/faults", [{"family": "contacts", "effect": OOPS}])
    assert refused.status == 400
    assert "there are associations, objects, properties, search" in refused.json()["message"]


def test_a_plan_is_shown_as_it_was_given(client) -> None:
    """With what it saw and did."""
    rule = {"family": "objects", "from": 2, "to": 3, "effect": OOPS}
    client.post("/_sandbox/faults", {"rules": [rule]})
    client.get("/crm/v3/objects/contacts")
    assert client.get("/_sandbox/faults").json() == {"rules": [rule | {"seen": 1, "fired": 0}]}


def test_a_seed_is_a_plan(client) -> None:
    """Bad days can be told by number."""
    shown = client.post("/_sandbox/faults", {"seed": 7}).json()["rules"]
    assert len(shown) == 12
    again = client.post("/_sandbox/faults", {"seed": 7}).json()["rules"]
    other = client.post("/_sandbox/faults", {"seed": 8}).json()["rules"]
    assert shown == again != other


def test_seeded_plans_meet_every_kind_of_transient_fault() -> None:
    """Over a hundred seeds nothing is left out, and nothing lasts that a reader cannot survive."""
    kinds = {type(rule.effect).__name__ for seed in range(100) for rule in fault_plan(seed)}
    assert kinds == {"Status", "Reset", "Truncate", "ShortPage", "Duplicate"}


def test_seeded_plans_name_families_that_exist() -> None:
    """Otherwise their faults never happened."""
    named = {rule.family for seed in range(100) for rule in fault_plan(seed)}
    assert named - {"*"} <= {family.name for family in FAMILIES}
