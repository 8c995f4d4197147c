"""What the report of a run says of counts: the sentence behind a verdict must not contradict it."""

import pytest

from crmsnap.cli.report import counted
from crmsnap.publish.manifest import TypeCount

HUBSPOT, OURS = 205, 200


REPAIRED = f"repaired: {OURS - 3:,} at first, 3 were missing"


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (TypeCount("0-1", HUBSPOT, OURS, "different"), "different: nothing explains it"),
        (
            TypeCount("0-1", HUBSPOT, OURS, "different", came=2),
            "different: 2 came while it was read, nothing explains the rest",
        ),
        (
            TypeCount("0-1", HUBSPOT, OURS, "explained", came=5),
            "explained: 5 came while it was read",
        ),
        (
            TypeCount("0-45", HUBSPOT, OURS, "explained"),
            "explained: HubSpot's own count moved meanwhile",
        ),
        (TypeCount("0-1", OURS, OURS, "repaired", missing=3), REPAIRED),
        (
            TypeCount("0-72", HUBSPOT, OURS, "not comparable", reason="others count there"),
            "not comparable: others count there",
        ),
    ],
)
def test_a_verdict_is_followed_by_what_was_found(count: TypeCount, said: str):
    """A difference that nothing explains was once said to be that of a count that moved."""
    assert counted(count) == said
