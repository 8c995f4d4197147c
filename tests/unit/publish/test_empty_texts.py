"""NULL and the empty text in tables of properties: read apart, and compared."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmsnap.destinations.folder import Folder
from crmsnap.publish.empty_texts import EMPTY, told_apart
from crmsnap.publish.verify import verify
from crmsnap.tables.table import Kind
from tests.unit.publish.forgery import rewrite
from tests.unit.publish.made_up_account import Account
from tests.unit.publish.made_up_tables import events, ignore, publish_into

CELLS = st.none() | st.text(st.sampled_from('a",\n\r ü'), max_size=6)


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3)))
def test_what_is_told_apart_is_what_was_written(rows: list[list[str | None]]) -> None:
    """Whatever the texts beside hold: quotes, commas, line breaks."""
    lines = [
        ",".join("" if cell is None else '"' + cell.replace('"', '""') + '"' for cell in row)
        for row in rows
    ]
    text = "".join(line + "\n" for line in lines)
    read = list(told_apart(io.StringIO(text, newline="\n")))
    assert [[None if cell == "" else str(cell) for cell in row] for row in read] == rows
    plain = csv.reader(io.StringIO(text, newline="\n"), strict=True)
    assert [list(map(str, row)) for row in read] == list(plain)


def test_an_empty_text_is_no_null() -> None:
    """It is a text without a sign, and differs from the '' that stands for NULL."""
    assert (str(EMPTY), len(EMPTY), bool(EMPTY)) == ("", 0, False)
    assert {EMPTY, ""} == {"", EMPTY}
    assert len({EMPTY, ""}) == 2
    assert ["", EMPTY] != [EMPTY, ""]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('02:00:00.000,,,,,\n"', '02:00:00.000,,,,"",\n"'),
        ('quoted""",""\n', 'quoted""",\n'),
    ],
    ids=["null became empty", "empty became null"],
)
def test_null_and_the_empty_text_do_not_stand_for_each_other(
    tmp_path: Path, old: str, new: str
) -> None:
    """A loader that tells them apart would load another value."""
    publish_into(Folder(tmp_path), Account().tables())
    rewrite(tmp_path, "OBJECTS_0_1", old, new)
    (problem,) = verify(Folder(tmp_path), None, ignore).problems
    assert problem.code == "values-disagree"
    assert "the table of its type differs in" in problem.sentence


@pytest.mark.parametrize("kind", ["NUMBER", "TIMESTAMP", "DATE"])
def test_a_quoted_nothing_is_of_no_kind_but_text(tmp_path: Path, kind: Kind) -> None:
    """Written so, it would be a number of no digits."""
    occurred = [("a", {}), ("b", {})]
    publish_into(Folder(tmp_path), [events("6-1", {"x": kind}, occurred)])
    rewrite(
        tmp_path, "EVENTS_6_1", '"b",2026-11-22 02:00:01.000,,', '"b",2026-11-22 02:00:01.000,"",'
    )
    assert "kind" in {problem.code for problem in verify(Folder(tmp_path), None, ignore).problems}
