"""Properties that somebody changes in the middle of a run: rows and definitions of a day fit together."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from crmsnap.errors import Interrupted
from crmsnap.model import Progress, Selection, StreamBegan, StreamEnded
from crmsnap.report import Report
from tests.builders.sandbox_process import SandboxAccount, sandbox
from tests.builders.snapshot import manifest, rows
from tests.oracle.days import Copying, differences

STILL = {
    "days": 0.001,
    **dict.fromkeys(("changed", "created", "archived", "merged", "gdpr_deleted", "restored"), 0),
}
SELECTION = Selection(
    types=("0-1",), tables=("OBJECTS_CONTACTS", "OBJECT_PROPERTIES", "PROPERTY_DEFINITIONS")
)
CONTACTS = "objects/0-1"


@pytest.fixture
def account() -> Iterator[SandboxAccount]:
    with sandbox("--frozen", contacts=60) as account:
        yield account


@dataclass
class Meanwhile:
    """A copy during which something happens whenever its contacts have been read."""

    copying: Copying
    happens: Callable[[int], None]
    """Told how often they were read."""
    stops_before: int | None = None
    """The reading of them before which the run is stopped."""
    times: int = 0

    def observe(self, event: Progress) -> None:
        begins = isinstance(event, StreamBegan) and event.stream == CONTACTS
        if begins and self.times + 1 == self.stops_before:
            raise Interrupted("stopped", cause="a test", remedy="sync again")
        if isinstance(event, StreamEnded) and event.stream == CONTACTS:
            self.times += 1
            self.happens(self.times)

    def sync(self) -> Report:
        return replace(self.copying, observe=self.observe).sync()


def define(account: SandboxAccount, name: str, **how: Any) -> None:
    definition = {"objectType": "contacts", "name": name, **how}
    account.post("/_sandbox/advance", {**STILL, "definitions": [definition]})


def equals_a_first_copy(copying: Copying, report: Report, folder: Path) -> None:
    first = replace(copying, folder=folder / "first")
    assert differences(copying.day(report), first.day(first.sync())) == []


def test_a_property_that_is_made_while_records_are_read_has_its_values(
    account: SandboxAccount, tmp_path: Path
):
    """In a first run: the records that have it are read once more, by the definitions of the end."""

    def happens(times: int) -> None:
        if times == 1:
            define(account, "shoe_size")
            define(account, "city", archived=True)

    copying = Copying(account, tmp_path / "copy", SELECTION)
    report = Meanwhile(copying, happens).sync()
    names = {row["NAME"] for row in rows(copying.day(report), "OBJECT_PROPERTIES")}
    assert "shoe_size" in names
    assert "city" not in names
    assert report.gaps == ()
    equals_a_first_copy(copying, report, tmp_path)


def test_a_run_that_is_stopped_between_the_two_readings_goes_on_with_the_second(
    account: SandboxAccount, tmp_path: Path
):
    """It has new definitions by then, and rows of the old ones."""

    copying = Copying(account, tmp_path / "copy", SELECTION)
    meanwhile = Meanwhile(copying, lambda _: define(account, "shoe_size"), stops_before=2)
    with pytest.raises(Interrupted):
        meanwhile.sync()
    report = copying.sync()
    assert report.resumed
    equals_a_first_copy(copying, report, tmp_path)


def test_definitions_that_move_again_and_again_are_said(account: SandboxAccount, tmp_path: Path):
    """A run has to end: the type is as it was in between, and the next day reads what came after."""
    copying = Copying(account, tmp_path / "copy", SELECTION)
    report = Meanwhile(copying, lambda times: define(account, f"size_{times}")).sync()
    (gap,) = manifest(copying.day(report))["crmsnap"]["gaps"]
    assert (gap["stream"], gap["reason"]) == ("properties/0-1/moving", "not-available")
    names = {row["NAME"] for row in rows(copying.day(report), "OBJECT_PROPERTIES")}
    assert "size_1" in names
    assert "size_2" not in names
    account.post("/_sandbox/advance", {**STILL, "days": 1})
    report = copying.sync()
    assert report.gaps == ()
    equals_a_first_copy(copying, report, tmp_path)
