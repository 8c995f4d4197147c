"""A day gets another revision while somebody queries it: what is answered is one revision, never half of each."""

from pathlib import Path

import pytest

from crmsnap.destinations.folder import Folder
from crmsnap.publish.erase import Erasing, rewrite
from crmsnap.publish.prune_days import OurDays, Owner
from crmsnap.query.answer import answer
from crmsnap.query.fetch import PartMissing
from crmsnap.state.written import Written
from tests.unit.publish.made_up_account import Account
from tests.unit.publish.made_up_days import alone
from tests.unit.publish.made_up_tables import StandStill, ignore, publish_into

COUNTS = (
    "select (select count(*) from objects where objectid = '7'), (select count(*) from objects)"
)


def test_a_part_that_went_with_a_newer_revision_is_asked_of_that_one(tmp_path: Path):
    """The query was begun with the manifest of the first."""
    destination = Folder(tmp_path / "snapshots")
    old = publish_into(destination, Account().tables())

    def ask(name: str) -> tuple[int, int]:
        (tmp_path / name).mkdir()
        with answer(destination, old, COUNTS, tmp_path / name, ignore_both) as found:
            ((row,),) = list(found.batches)
        return row[0], row[1]

    own, everything = ask("before")
    assert own > 0
    with Written(tmp_path / "home", destination.url) as written:
        days = OurDays(destination, Owner("acme", "4711"), None)
        tools = Erasing(days, written, StandStill(), alone, "0123abcd")
        (day,) = rewrite({("0-1", "7")}, tools)
    assert day.revision == 2
    assert {part.key for part in old.parts} - {found.key for found in destination.list("")}
    assert ask("behind") == (0, everything - own)


def test_a_part_that_is_missing_from_the_newest_revision_is_said(tmp_path: Path):
    """It is damage, and asking again would not end."""
    destination = Folder(tmp_path / "snapshots")
    manifest = publish_into(destination, Account().tables())
    (objects,) = (table for table in manifest.tables if table.name == "OBJECTS")
    destination.delete(objects.parts[0].key)
    (tmp_path / "query").mkdir()
    with (
        pytest.raises(PartMissing, match="is missing"),
        answer(destination, manifest, COUNTS, tmp_path / "query", ignore_both),
    ):
        pass


def ignore_both(table: object, part: object) -> None:
    ignore(part)
