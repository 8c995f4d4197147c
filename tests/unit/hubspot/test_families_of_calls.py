"""What calls were for, as reports say it."""

from crmsnap.hubspot import paths
from crmsnap.hubspot.families import FAMILIES, SET_APART, SWEEPS, family_of
from crmsnap.hubspot.usage import UsageCounter


def test_every_endpoint_has_a_family_that_people_are_told_of():
    """A call in a family that nobody names would be missing from the sum."""
    endpoints = [one for one in vars(paths).values() if isinstance(one, paths.Endpoint)]
    assert len(endpoints) > 20
    assert {family_of(one.name) for one in endpoints} | {SWEEPS} == FAMILIES.keys()
    assert FAMILIES.keys() > SET_APART


def test_families_sum_up_their_endpoints_in_the_order_in_which_they_are_shown():
    """Retries and refusals are calls too."""
    counter = UsageCounter()
    for name, status in [("teams", 200), ("owners", 200), ("owners", 502), ("pipelines", 200)]:
        counter.sent(name, status)
    usage = counter.snapshot(waited_seconds=0, daily_limit=None, daily_remaining=None)
    assert list(usage.by_family.items()) == [("catalogue", 1), ("owners", 3)]
    assert sum(usage.by_family.values()) == usage.total_calls
