"""The reader of Markdown pages, on which the other tests of the documentation rely."""

from pathlib import Path

import pytest

from tests.house.markdown import (
    Fence,
    anchors,
    code_spans,
    commands,
    fences,
    links,
    ragged_rows,
    rows,
)

PAGE = """\
# A *first* page

See [that](other.md#there), ![this](picture.png) and `code`, not ``[no](link.md)``.

| word | meaning |
|---|---|
| **run** | one `sync` |

```sh
make demo     # [not](a-link.md)
```

## Notes & signs

## Notes & signs
"""


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A page with one of everything."""
    path = tmp_path / "page.md"
    path.write_text(PAGE)
    return path


def test_links_in_code_are_no_links(page: Path) -> None:
    """Only what a reader can click."""
    assert list(links(page)) == ["other.md#there", "picture.png"]


def test_anchors_are_those_of_github(page: Path) -> None:
    """Marks and signs go, blanks become hyphens, a repeated heading is numbered."""
    assert anchors(page) == {"a-first-page", "notes--signs", "notes--signs-1"}


def test_blocks_and_spans_of_code_are_told_apart(page: Path) -> None:
    """A block has a language and a line, a span stands within text."""
    assert fences(page) == [Fence("sh", "make demo     # [not](a-link.md)\n", 9)]
    assert code_spans(page) == {"code", "[no](link.md)", "sync"}


def test_rows_of_tables_come_without_their_header(page: Path) -> None:
    """As texts, marks included."""
    assert list(rows(page)) == [["**run**", "one `sync`"]]


def test_a_bar_that_splits_a_cell_is_found(tmp_path: Path) -> None:
    """GitHub splits even code at it, and drops what is too much."""
    page = tmp_path / "page.md"
    page.write_text("| a | b |\n|---|---|\n| `x\\|y` | 1 |\n| `x|y` | 1 |\n")
    assert ragged_rows(page) == [4]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("make setup && . .venv/bin/activate", [["make", "setup"], [".", ".venv/bin/activate"]]),
        ("A=b crmsnap sync  # don't ask", [["crmsnap", "sync"]]),
        ("crmsnap config schema > schema.json", [["crmsnap", "config", "schema"]]),
        ("crmsnap sync \\\n  --to ./x", [["crmsnap", "sync", "--to", "./x"]]),
        ("duckdb -c '\nselect 1;\n'\nmake", [["duckdb", "-c", "\nselect 1;\n"], ["make"]]),
    ],
)
def test_a_script_is_read_as_its_commands(text: str, expected: list[list[str]]) -> None:
    """As a shell would split it."""
    assert list(commands(Fence("sh", text, 1))) == expected


def test_the_answers_in_a_session_are_no_commands() -> None:
    """In a `console` block only lines behind a `$` are typed."""
    assert list(commands(Fence("console", "$ make\nmake: nothing\n", 1))) == [["make"]]


def test_other_languages_hold_no_commands() -> None:
    """A Makefile or YAML block is no script."""
    assert not list(commands(Fence("yaml", "crmsnap: sync", 1)))
