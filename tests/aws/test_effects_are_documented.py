"""The page on the test server names every effect that a rule may have."""

from tests.aws.front.effects import EFFECTS
from tests.aws.server import ROOT

PAGE = ROOT / "docs" / "explanation" / "how-the-aws-side-is-tested.md"


def test_every_effect_of_the_plan_is_on_the_page() -> None:
    """Who writes a test looks there for what can go wrong on purpose."""
    page = PAGE.read_text()
    assert sorted(name for name in EFFECTS if f"`{name}`" not in page) == []
