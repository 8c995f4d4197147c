"""What becomes of properties from one day to the next: the copy equals a first one, and reads what it must.

Every test has a connection of its own to one account, which goes on from test to test.
"""

from collections.abc import Iterator
from dataclasses import replace
from math import ceil
from pathlib import Path
from typing import Any

import orjson
import pytest

from crmsnap.errors import Interrupted
from crmsnap.model import Choice, Progress, Refresh, Selection, StreamAdvanced
from tests.builders.sandbox_process import SandboxAccount, sandbox
from tests.builders.snapshot import rows
from tests.oracle.days import Copying, differences

CONTACTS = 300
STILL = {
    "days": 1,
    **dict.fromkeys(("changed", "created", "archived", "merged", "gdpr_deleted", "restored"), 0),
}
TABLES = ("OBJECTS_CONTACTS", "OBJECT_PROPERTIES*", "PROPERTY_DEFINITIONS")
EVERYTHING = Selection(types=("0-1",), tables=TABLES)
SOURCES = replace(EVERYTHING, tables=(*TABLES, "OBJECT_PROPERTIES_HISTORY_SOURCES"))
NO_HISTORIES = replace(EVERYTHING, tables=("OBJECTS_CONTACTS", "OBJECT_PROPERTIES"))
A_BATCH = 50
"""So many records come with one call where their histories are read."""


@pytest.fixture(scope="module")
def account() -> Iterator[SandboxAccount]:
    with sandbox("--frozen", contacts=CONTACTS) as account:
        yield account


class Drifting:
    """A copy that is a day old when something drifts."""

    def __init__(self, account: SandboxAccount, folder: Path) -> None:
        self.account = account
        self.folder = folder
        self.copying = Copying(
            account, folder / "copy", EVERYTHING, Refresh(overlap_minutes=15, sweep_days=3_650)
        )
        self.days: list[Path] = []

    def sync(self, selection: Selection = EVERYTHING) -> int:
        """Make a day of the copy, and return how often records were asked for."""
        self.copying = replace(self.copying, selection=selection)
        self.account.post("/_sandbox/stats/reset", {})
        report = self.copying.sync()
        asked = self.account.get("/_sandbox/stats")["requests"]
        self.days.append(self.copying.day(report))
        return sum(sum(asked.get(family, {}).values()) for family in ("objects", "search"))

    def next_day(self, selection: Selection = EVERYTHING) -> int:
        """The same, of a copy that has to equal a first one of its moment."""
        calls = self.sync(selection)
        first = Copying(self.account, self.folder / f"first-{len(self.days)}", selection)
        assert differences(self.days[-1], first.day(first.sync())) == []
        return calls

    def define(self, name: str, **how: Any) -> None:
        """Have a day pass, and a property of contacts made or changed."""
        definition = {"objectType": "contacts", "name": name, **how}
        self.account.post("/_sandbox/advance", {**STILL, "definitions": [definition]})

    def ingested(self, day: int, table: str = "OBJECTS_CONTACTS") -> dict[str, str]:
        """Record -> INGESTEDAT."""
        return {row["OBJECTID"]: row["INGESTEDAT"] for row in rows(self.days[day], table)}

    def stopped(self) -> bool:
        """Begin or go on with a day, and stop it behind the first page of contacts; False: there was none left."""

        def observe(event: Progress) -> None:
            if isinstance(event, StreamAdvanced) and event.stream == "objects/0-1":
                raise Interrupted("stopped", cause="a test", remedy="sync again")

        try:
            replace(self.copying, observe=observe).sync()
        except Interrupted:
            return True
        return False

    def holders(self, day: int, name: str) -> set[str]:
        """The records that have a value of a property."""
        found = rows(self.days[day], "OBJECT_PROPERTIES")
        return {row["OBJECTID"] for row in found if row["NAME"] == name}

    def in_the_state(self, values: set[bytes]) -> set[bytes]:
        """Those of these texts that stand in any file of the state."""
        files = [path for path in (self.folder / "copy" / "home").rglob("*") if path.is_file()]
        everything = b"".join(path.read_bytes() for path in files)
        return {value for value in values if value in everything}

    def pass_a_day(self) -> None:
        """Have a day pass on which nothing happens."""
        self.account.post("/_sandbox/advance", STILL)

    def rewritten(self) -> set[str]:
        """The records whose rows the last day wrote anew."""
        before, now = self.ingested(-2), self.ingested(-1)
        return {id_ for id_, at in now.items() if at != before.get(id_)}


@pytest.fixture(scope="module")
def still(account: SandboxAccount, tmp_path_factory: pytest.TempPathFactory) -> int:
    """How often records are asked for on a day on which nothing happens."""
    standing = Drifting(account, tmp_path_factory.mktemp("still"))
    standing.sync()
    standing.pass_a_day()
    return standing.next_day()


@pytest.fixture
def drifting(account: SandboxAccount, tmp_path: Path) -> Drifting:
    return Drifting(account, tmp_path)


def test_a_property_that_is_added_is_read_for_the_records_that_have_it(
    drifting: Drifting, still: int
):
    """The others keep their rows, and are not asked for."""
    drifting.sync()
    drifting.define("shoe_size")
    calls = drifting.next_day()
    having = drifting.holders(-1, "shoe_size")
    assert 0 < len(having) < CONTACTS / 2
    assert drifting.rewritten() == having
    assert calls == still + 1 + ceil(len(having) / A_BATCH), (
        "one search, and batches of those found"
    )


def test_a_property_that_goes_leaves_without_a_call(drifting: Drifting, still: int):
    """Archived, then gone for good, of which the state sees nothing more."""
    drifting.define("hat_size")
    drifting.define("ring_size")
    drifting.sync()
    having = drifting.holders(-1, "hat_size") | drifting.holders(-1, "ring_size")
    drifting.define("hat_size", archived=True)
    drifting.define("ring_size", purged=True)
    assert drifting.next_day() == still
    assert drifting.rewritten() == having


def test_what_became_sensitive_leaves_the_state_that_day(drifting: Drifting):
    """No file holds a byte of a value any more, nor what SQLite keeps of what was deleted."""
    # A row with so little in it is not compressed, so that its values can be looked for.
    chosen = replace(NO_HISTORIES, properties=Choice(only=("diagnosis",)))
    drifting.define("diagnosis")
    drifting.sync(chosen)
    found = rows(drifting.days[-1], "OBJECT_PROPERTIES")
    values = {orjson.dumps(row["VALUE"])[1:-1] for row in found}  # as the state has them
    assert values == drifting.in_the_state(values) != set()
    drifting.define("diagnosis", dataSensitivity="sensitive")
    drifting.next_day(chosen)
    assert drifting.in_the_state(values) == set()


@pytest.mark.parametrize(
    "back",
    [True, pytest.param(False, marks=pytest.mark.full)],
    ids=["text to date", "date to text"],
)
def test_a_property_of_another_type_is_read_again_where_it_has_a_value(
    drifting: Drifting, still: int, back: bool
):
    """A date is kept as milliseconds, a text as it is: the state cannot tell what HubSpot says of it now."""
    types = ("string", "datetime") if back else ("datetime", "string")
    drifting.define("closedate", type=types[0])
    drifting.sync()
    having = drifting.holders(-1, "closedate")
    drifting.define("closedate", type=types[1])
    calls = drifting.next_day()
    # A record whose value was taken away has it in its history.
    assert len(having) / A_BATCH < calls - still <= ceil(len(having) / A_BATCH) + 1
    assert set() < drifting.rewritten() <= having


def test_a_label_costs_no_record(drifting: Drifting, still: int):
    """It is in PROPERTY_DEFINITIONS alone."""
    drifting.sync()
    label = {"objectType": "contacts", "name": "city", "label": "Ort"}
    drifting.account.post("/_sandbox/advance", {**STILL, "relabelled": [label]})
    assert drifting.next_day() == still
    assert drifting.rewritten() == set()


def test_a_choice_of_properties_is_followed(drifting: Drifting, still: int):
    """What is left out goes without a call; what is taken in again comes back with its whole history."""
    without = replace(EVERYTHING, properties=Choice(never=("city", "hs_lead_status")))
    drifting.sync()
    having = drifting.holders(-1, "city") | drifting.holders(-1, "hs_lead_status")
    drifting.pass_a_day()
    assert drifting.next_day(without) == still
    assert drifting.rewritten() <= having
    drifting.pass_a_day()
    drifting.next_day()
    assert drifting.rewritten() <= having, "whoever has neither keeps the row"


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (NO_HISTORIES, EVERYTHING),
        (EVERYTHING, NO_HISTORIES),
        (SOURCES, EVERYTHING),
        *(
            pytest.param(before, now, marks=pytest.mark.full)
            for before, now in (
                (EVERYTHING, SOURCES),
                (replace(EVERYTHING, calculated_histories=False), EVERYTHING),
                (EVERYTHING, replace(EVERYTHING, calculated_histories=False)),
                (EVERYTHING, replace(EVERYTHING, iso_dates=True)),
            )
        ),
    ],
    ids=["on", "off", "sources off", "sources on", "calculated on", "calculated off", "dates"],
)
def test_histories_are_switched_on_and_off(drifting: Drifting, before: Selection, now: Selection):
    """The second day equals a first one, whatever the first one had read."""
    drifting.sync(before)
    drifting.pass_a_day()
    drifting.next_day(now)


def test_a_run_that_is_stopped_behind_every_page_comes_to_the_same(drifting: Drifting):
    """Whatever it was about to do: strip rows, read what was retyped or added, or what changed."""
    for name, kind in (("closedate", "datetime"), ("shoe_size", "string"), ("hat_size", "string")):
        drifting.define(name, type=kind)
    drifting.sync()
    drifting.define("hat_size", archived=True)
    drifting.define("closedate", type="string")
    drifting.define("ring_size")
    drifting.account.post("/_sandbox/advance", {**STILL, "changed": 0.1})
    stops = 0
    while drifting.stopped():
        stops += 1
        assert stops < 50, "each of them goes on behind the one before"
    assert stops > 4
    drifting.next_day()
