"""Days on which properties drift in any order, while records change and people choose otherwise.

After each day the copy that knows the earlier ones is compared with a first copy of that moment.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crmsnap.model import Choice, Selection
from tests.builders.sandbox_process import sandbox
from tests.oracle.days import Copying, differences

pytestmark = (
    pytest.mark.full
)  # minutes of CPU together; what they find is also looked at by smaller tests

EVERY_SEED = (1, *(pytest.param(seed, marks=pytest.mark.full) for seed in range(2, 16)))
DAYS = 4
DATES = ("closedate", "notes_last_contacted")
"""Properties that there are, with values that are kept otherwise as dates than as texts."""
NAMES = (*DATES, *(f"size_{number}" for number in range(4)))
TYPES = ("string", "number", "date", "datetime", "bool", "enumeration")
TABLES = (
    "OBJECTS_*",
    "OBJECT_PROPERTIES*",
    "OBJECT_WITH_OBJECT_PROPERTIES",
    "PROPERTY_DEFINITIONS",
)


class Drifts:
    """What somebody may do to the properties of contacts and deals, by what they are now."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.known = {("contacts", name) for name in DATES} | {("deals", "closedate")}

    def of_a_day(self) -> Iterator[Mapping[str, Any]]:
        """Up to four definitions, each of another property."""
        pairs = [(object_type, name) for object_type in ("contacts", "deals") for name in NAMES]
        for object_type, name in self.chance.sample(pairs, self.chance.randrange(5)):
            yield {"objectType": object_type, "name": name, **self._how((object_type, name))}

    def _how(self, which: tuple[str, str]) -> Mapping[str, Any]:
        if which not in self.known:
            self.known.add(which)
            return {"type": self.chance.choice(TYPES)}
        what = self.chance.randrange(5)
        if what == 0:
            self.known.discard(which)
            return {"purged": True}
        if what == 1:
            return {"archived": True}
        if what == 2:
            return {"dataSensitivity": self.chance.choice(("sensitive", "non_sensitive"))}
        return {"type": self.chance.choice(TYPES)}


def a_day(chance: random.Random, drifts: Drifts) -> Mapping[str, Any]:
    """What happens to records and properties on one day."""
    shares = {
        name: chance.choice((0.0, 0.0, 0.03))
        for name in ("changed", "created", "archived", "merged", "gdpr_deleted", "restored")
    }
    return {"days": 1, **shares, "definitions": list(drifts.of_a_day())}


def knobs(chance: random.Random) -> Mapping[str, Any]:
    """What HubSpot may do to a reader, the same for every copy."""
    return {
        "search_id_order": chance.choice(("number", "text")),
        "search_cap": chance.choice((20, 10_000)),
        "short_pages": chance.random() < 0.5,
    }


def selection_of(chance: random.Random) -> Selection:
    """What somebody chooses that day: mostly the same, else other properties, histories or dates."""
    return Selection(
        types=("0-1", "0-3"),
        tables=TABLES,
        properties=chance.choice((Choice(), Choice(), Choice(never=("size_1*", "city", "amount")))),
        histories=chance.choice((Choice(), Choice(), Choice(never=("0-1",)))),
        calculated_histories=chance.random() < 0.8,
        iso_dates=chance.random() < 0.2,
    )


@pytest.mark.parametrize("seed", EVERY_SEED)
def test_any_drift_equals_a_first_day(seed: int, tmp_path: Path):
    """Whatever rows were read for before, and whatever search makes of ids."""
    chance = random.Random(seed)
    with sandbox("--frozen", "--seed", str(seed), contacts=80) as account:
        account.post("/_sandbox/knobs", knobs(chance))
        copying, drifts = Copying(account, tmp_path / "copy"), Drifts(chance)
        for day in range(DAYS):
            copying = replace(copying, selection=selection_of(chance))
            report = copying.sync()
            first = replace(copying, folder=tmp_path / f"first-{day}")
            assert differences(copying.day(report), first.day(first.sync())) == [], f"day {day}"
            account.post("/_sandbox/advance", a_day(chance, drifts))
