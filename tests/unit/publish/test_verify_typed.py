"""A typed cell says what the text beside it says, also in a table whose values stand nowhere else."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from crmsnap.destinations.folder import Folder
from crmsnap.publish.problems import Problem
from crmsnap.publish.verify import verify
from crmsnap.tables.table import UNPARSED, Kind, Table, Value
from tests.unit.publish.forgery import reseal, rewrite
from tests.unit.publish.made_up_account import Account
from tests.unit.publish.made_up_tables import events, ignore, publish_into

KINDS: dict[str, Kind] = {"at": "TIMESTAMP", "day": "DATE", "name": "VARCHAR", "size": "NUMBER"}
SEEN: dict[str, Value] = {
    "AT": "2026-12-31 00:00:00.000",
    "UNPARSED_AT": "1798675200000",
    "DAY": "2026-12-31",
    "UNPARSED_DAY": "2026-12-31T00:00:00Z",
    "NAME": "x",
    "SIZE": "1000",
    "UNPARSED_SIZE": "1e3",
}
EVENTS = events(
    "6-1",
    KINDS,
    [("a", SEEN), ("b", {"SIZE": UNPARSED, "UNPARSED_SIZE": "big"}), ("c", {"UNPARSED_SIZE": ""})],
)
DEALS = next(table for table in Account().tables() if table.name == "OBJECTS_0_3")


def problems_of(folder: Path) -> tuple[Problem, ...]:
    return verify(Folder(folder), None, ignore).problems


@pytest.mark.parametrize("table", [EVENTS, DEALS], ids=lambda table: table.name)
def test_typed_cells_that_follow_from_their_texts_pass(tmp_path: Path, table: Table) -> None:
    """Written out, in another zone, empty, or no number at all."""
    publish_into(Folder(tmp_path), [table])
    assert problems_of(tmp_path) == ()


@pytest.mark.parametrize(
    ("table", "old", "new", "words"),
    [
        (EVENTS, '1000,"1e3"', '1001,"1e3"', "PROPERTY_SIZE is not what .* first at a"),
        (EVENTS, '1000,"1e3"', ',"1e3"', "PROPERTY_SIZE is not what .* first at a"),
        (EVENTS, '1000,"1e3"', '1000,"1e4"', "PROPERTY_SIZE is not what .* first at a"),
        (EVENTS, ',"big"', ',"7"', "PROPERTY_SIZE is not what .* first at b"),
        (EVENTS, ',""', '0,""', "PROPERTY_SIZE is not what .* first at c"),
        (EVENTS, "00:00:00.000,", "00:00:00.001,", "PROPERTY_AT is not what .* first at a"),
        (EVENTS, ",2026-12-31,", ",2026-12-30,", "PROPERTY_DAY is not what .* first at a"),
        (DEALS, "1500.50,", "1500.51,", "PROPERTY_AMOUNT is not what .* first at 9"),
        (DEALS, ',"big"', '5,"big"', "PROPERTY_SIZE is not what .* first at 9"),
    ],
)
def test_a_typed_cell_that_does_not_follow_is_found(
    tmp_path: Path, table: Table, old: str, new: str, words: str
) -> None:
    """Each form of the value explains the other; the sentence shows neither."""
    publish_into(Folder(tmp_path), [table])
    rewrite(tmp_path, table.name, old, new)
    (problem,) = [one for one in problems_of(tmp_path) if one.code == "values-disagree"]
    assert re.search(words, problem.sentence)


@pytest.mark.parametrize("table", [EVENTS, DEALS], ids=lambda table: table.name)
@pytest.mark.parametrize("said", [0, 2])
def test_another_number_of_texts_that_did_not_parse_is_found(
    tmp_path: Path, table: Table, said: int
) -> None:
    """The manifest promises it for events too. That of a boolean can be counted beside its texts only."""
    publish_into(Folder(tmp_path), [table])
    reseal(
        tmp_path,
        lambda manifest: replace(
            manifest,
            tables=tuple(
                replace(one, unparsed={**one.unparsed, "PROPERTY_SIZE": said})
                for one in manifest.tables
            ),
        ),
    )
    (problem,) = problems_of(tmp_path)
    assert problem.code == "unparsed-disagrees"
    assert problem.sentence.startswith(f"{table.name} has another number of texts that are no PROP")


def test_a_damaged_table_of_events_is_one_problem(tmp_path: Path) -> None:
    """What it holds is not known."""
    publish_into(Folder(tmp_path), [EVENTS])
    (part,) = (tmp_path).rglob("*.csv.gz")
    part.unlink()
    assert [problem.code for problem in problems_of(tmp_path)] == ["part-missing"]


def test_an_event_that_comes_twice_is_found(tmp_path: Path) -> None:
    """At another time, so that its neighbours say nothing."""
    publish_into(Folder(tmp_path), [EVENTS])
    rewrite(tmp_path, EVENTS.name, '"6-1","c"', '"6-1","a"')
    assert {problem.code for problem in problems_of(tmp_path)} == {"key-twice", "key-range"}
