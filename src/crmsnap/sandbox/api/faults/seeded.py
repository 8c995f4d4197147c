"""Bad days by number: a plan of transient faults that a careful reader survives without a trace.

The same seed gives the same plan, so a failing run can be run again.
"""

from collections.abc import Callable
from random import Random

from crmsnap.sandbox.api.faults.cuts import Reset, Truncate
from crmsnap.sandbox.api.faults.pages import Duplicate, ShortPage
from crmsnap.sandbox.api.faults.plan import AnyEffect, Rule
from crmsnap.sandbox.api.faults.refusals import Status

FAMILIES = ("*", "objects", "associations", "properties", "search", "lists", "owners", "events")
RULES = 12
LATEST_REQUEST = 30

CHOICES: tuple[Callable[[Random], AnyEffect], ...] = (
    lambda random: Status(random.choice((500, 502, 503, 504, 521, 523, 524, 530))),
    lambda random: Status(random.choice((502, 503, 504)), html=True),
    lambda _: Status(429),
    lambda _: Status(429, headers={"Retry-After": "1"}),
    lambda _: Status(423),
    lambda random: Reset(at=random.random()),
    lambda random: Truncate(
        random.choice(("length", "chunk", "gzip", "gzip_trailer", "crc", "json", "garbage"))
    ),
    lambda random: ShortPage(limit=random.randint(1, 20)),
    lambda _: Duplicate(),
)


def fault_plan(seed: int) -> list[Rule]:
    """The plan with this number: a dozen faults among the first requests of each family."""
    random = Random(seed)  # noqa: S311 - repeatable on purpose, nothing secret
    return [
        Rule(
            effect=random.choice(CHOICES)(random),
            family=random.choice(FAMILIES),
            nth=random.randint(1, LATEST_REQUEST),
        )
        for _ in range(RULES)
    ]
