"""The reference pages: what people read about a table, and about scopes."""

import re

import pytest

from crmsnap.streams import STREAMS
from crmsnap.streams.owners import OWNERS
from crmsnap.streams.stream import Stream
from crmsnap.tables import CATALOGUE
from crmsnap.tables.examples import EXAMPLES, Example
from crmsnap.tables.markdown import file_name
from crmsnap.tables.reference import pages, reference_page
from crmsnap.tables.reference_scopes import WITHOUT, scopes_page
from crmsnap.tables.reference_table import table_page
from crmsnap.tables.table import Column, Table


def planets(*streams: Stream) -> Table:
    """A table that no account has."""
    return Table(
        name="PLANETS",
        grain="one planet | star",
        columns=(Column("ID", "ID", "Either `a` | `b`.", nullable=True),),
        key=("ID",),
        streams=streams,
        spans=lambda _: iter(()),
        rows=lambda _, __: iter(()),
    )


def test_a_sign_of_markdown_in_a_description_does_not_break_its_table() -> None:
    """A bare `|` would start a new cell."""
    assert "| [`PLANETS`](tables/planets.md) | one planet \\| star |" in reference_page([planets()])
    assert "| `ID` | ID | null | ours | Either `a` \\| `b`. |" in table_page(planets(), None)


def test_a_table_without_an_example_has_a_page() -> None:
    """Whoever adds a table sees its page before the example is written."""
    assert "## Example" not in table_page(planets(), None)
    assert "## Example" in table_page(planets(), Example("PLANETS", "3", "All:", "select 1"))


@pytest.mark.parametrize(
    ("table", "file"),
    [
        ("OBJECT_PROPERTIES", "object-properties.md"),
        ("OBJECTS_<PLURAL>", "objects-plural.md"),
        ("ASSOCIATIONS_<X>_TO_<Y>", "associations-x-to-y.md"),
    ],
)
def test_a_page_has_a_name_that_every_file_system_takes(table: str, file: str) -> None:
    """`<` and `>` are forbidden on some, and break links on others."""
    assert file_name(table) == file


def test_no_two_tables_share_a_page() -> None:
    """The second would overwrite the first."""
    assert len({file_name(table.name) for table in CATALOGUE}) == len(CATALOGUE)
    assert set(pages(CATALOGUE)) > {f"tables/{file_name(table.name)}" for table in CATALOGUE}


def test_every_table_has_an_example() -> None:
    """And no example is left of a table that is gone."""
    assert set(EXAMPLES) == {table.name for table in CATALOGUE}


def list_to_copy(page: str) -> list[str]:
    """The lines of the first block of code."""
    found = re.search(r"```text\n(.*?)\n```", page, re.DOTALL)
    assert found
    return found[1].splitlines()


def test_the_list_to_copy_only_reads() -> None:
    """A key that can write may do harm in the wrong hands."""
    scopes = list_to_copy(scopes_page(CATALOGUE))
    assert "crm.objects.contacts.read" in scopes
    assert "crm.objects.custom.read" in scopes
    assert all(scope.endswith(".read") for scope in scopes)


def test_a_scope_that_may_write_is_set_apart() -> None:
    """Deal splits have no other."""
    page = scopes_page(CATALOGUE)
    assert "crm.dealsplits.read_write" not in list_to_copy(page)
    assert "| `crm.dealsplits.read_write` | deal splits |" in page


def test_of_two_scopes_the_one_that_only_reads_is_taken() -> None:
    """Whichever is named first: `content` also opens pages for writing."""
    scopes = list_to_copy(scopes_page(CATALOGUE))
    assert "content.landing_pages.read" in scopes
    assert "content" not in scopes


def test_what_is_lost_without_a_scope_is_said() -> None:
    """All that it opens: contacts' scope is that of most engagements, too."""
    (row,) = re.findall(
        r"^\| `crm\.objects\.contacts\.read` \| (contacts, .*) \|$",
        scopes_page(CATALOGUE),
        re.MULTILINE,
    )
    assert {"contacts", "notes", "meetings", "emails"} <= set(row.split(", "))


def test_a_new_stream_brings_its_scope() -> None:
    """The page follows from the tables that there are."""
    new = Stream(
        name="moons",
        description="Moons of planets.",
        endpoint="GET /moons",
        scopes=("astronomy.moons.read",),
        tasks=lambda _: iter(()),
    )
    page = scopes_page([planets(OWNERS, new)])
    assert "astronomy.moons.read" in list_to_copy(page)
    assert "| `astronomy.moons.read` | Moons of planets |" in page
    assert "`crm.objects.owners.read`; `astronomy.moons.read` |" in page


def test_what_is_said_of_a_stream_is_said_of_one_that_exists() -> None:
    """A sentence about a stream that was renamed would vanish without a word."""
    assert not set(WITHOUT) - {stream.name for stream in STREAMS}
