"""Every row of a table about one type says that it is of this type."""

from pathlib import Path

import pytest

from crmsnap.destinations.folder import Folder
from crmsnap.publish.verify import verify
from tests.unit.publish.forgery import rewrite
from tests.unit.publish.made_up_account import Account
from tests.unit.publish.made_up_tables import events, ignore, publish_into


@pytest.mark.parametrize("wrong", ["0-1", "0-2", "9-9"])
def test_a_row_of_another_type_is_one_problem(tmp_path: Path, wrong: str) -> None:
    """Also where that type has a table with other columns; what follows from it is not told."""
    publish_into(Folder(tmp_path), Account().tables())
    rewrite(tmp_path, "OBJECTS_0_3", '"0-3",9,', f'"{wrong}",9,')
    (problem,) = verify(Folder(tmp_path), None, ignore).problems
    assert problem.code == "type"
    assert "OBJECTS_0_3/" in problem.key
    assert "has rows that are not of type 0-3" in problem.sentence


def test_an_event_of_another_type_is_found(tmp_path: Path) -> None:
    """Nothing else says which type the rows of a table of events are of."""
    publish_into(Folder(tmp_path), [events("6-1", {}, [("a", {}), ("b", {})])])
    assert verify(Folder(tmp_path), None, ignore).ok
    rewrite(tmp_path, "EVENTS_6_1", '"6-1","b"', '"6-2","b"')
    (problem,) = verify(Folder(tmp_path), None, ignore).problems
    assert problem.code == "type"
