"""The files read back exactly, by four readers, with the options that the format page gives.

Each reader gets every hostile value as the only text of a row, in a column that also holds NULL.
"""

import csv
import gzip
import re
from collections.abc import Callable
from pathlib import Path

import duckdb
import polars
import pyarrow as pa
import pytest
from pyarrow import csv as arrow_csv

from crmsnap.destinations.folder import Folder
from crmsnap.publish.publish import publish
from tests.unit.publish.made_up_tables import (
    FACTS,
    READER,
    StandStill,
    a_table,
    column,
    forget,
    ignore,
    threads,
)

HOSTILE = [
    *("", None, "plain", "x" * 65_536, "ü" * 65_536, "\0", "a\0b", "\r", "a\rb", "\r\n", "a\r\nb"),
    *("\n", "\n\n", "a\nb", "\x85", "\u2028", "\u2029", "\x0b", "\x0c", "\x1c", '"', '""', '"a"'),
    *('a"b', '",', '"\n', "\\", "a\\", '\\"', "\ufeff", "\ufeffa", "\\N", "NULL", "null", "NA"),
    *("N/A", "nan", "None", "007", "1e5", "1.0", "-0", "true", "=1+1", "+1", "-1", "@x", "\tx"),
    *(
        "\rx",
        " x",
        "x ",
        " ",
        ",",
        ",,",
        ";",
        "|",
        "'",
        "#",
        "a#b",
        "%s",
        "日本語",
        "😀",
        "e\u0301",
    ),
    *(
        "é",
        "עברית",
        "\u202eabc",
        "9007199254740993",
        "2026-11-22",
        "{}",
        "[]",
        "a,b",
        "\x7f",
        "\x1a",
    ),
]
COLUMNS = (
    column("N", "NUMBER"),
    column("BEFORE", nullable=True),
    column("ID", "ID", nullable=True),
    column("VALUE", nullable=True),
)
ROWS = [
    (number, value, None if number % 3 else 2**60 + number, HOSTILE[-number])
    for number, value in enumerate(HOSTILE)
]
Text = str | None
Read = Callable[[str], list[tuple[Text, ...]]]


@pytest.fixture(scope="module")
def part(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The one part of a table with all hostile values."""
    root = tmp_path_factory.mktemp("snapshots")
    manifest = publish(
        [a_table("HOSTILE", COLUMNS, ROWS, key=("N",))],
        READER,
        Folder(root),
        facts=FACTS,
        remember=forget,
        open_executor=threads,
        observe=ignore,
        stop=StandStill(),
    )
    return str(root / manifest.parts[0].key)


def with_duckdb(path: str) -> list[tuple[Text, ...]]:
    relation = duckdb.sql(
        "select * from read_csv($path, header = true, all_varchar = true, delim = ',', "
        """quote = '"', escape = '"', allow_quoted_nulls = false, max_line_size = 10000000)""",
        params={"path": path},
    )
    return relation.fetchall()


def with_polars(path: str) -> list[tuple[Text, ...]]:
    return polars.read_csv(path, infer_schema=False).rows()


def with_pyarrow(path: str) -> list[tuple[Text, ...]]:
    with pa.input_stream(path) as stream:
        table = arrow_csv.read_csv(
            stream,
            read_options=arrow_csv.ReadOptions(block_size=16 << 20),
            parse_options=arrow_csv.ParseOptions(newlines_in_values=True),
            convert_options=arrow_csv.ConvertOptions(
                column_types={one.name: pa.string() for one in COLUMNS},
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
            ),
        )
    return [tuple(row.values()) for row in table.to_pylist()]


def with_csv(path: str) -> list[tuple[Text, ...]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as text:
        csv.field_size_limit(1 << 30)
        header, *rows = csv.reader(text, strict=True)
    assert header == [one.name for one in COLUMNS]
    return [tuple(row) for row in rows]


def texts(null: Text) -> list[tuple[Text, ...]]:
    return [tuple(null if value is None else str(value) for value in row) for row in ROWS]


@pytest.mark.parametrize("read", [with_duckdb, with_polars, with_pyarrow])
def test_hostile_values_and_null_come_back_exactly(read: Read, part: str) -> None:
    """Every character, and NULL apart from the empty string."""
    for got, written in zip(read(part), texts(None), strict=True):
        assert got == written


def test_pythons_csv_gives_every_value_with_null_as_empty(part: str) -> None:
    """The one thing that it cannot tell."""
    for got, written in zip(with_csv(part), texts(""), strict=True):
        assert got == written


def test_the_format_page_gives_the_options_that_were_tried() -> None:
    """What people copy from it has been run here."""
    page = (Path(__file__).parents[3] / "docs/reference/snapshot-format.md").read_text()
    for option in (
        *("all_varchar = true", "allow_quoted_nulls = false", "infer_schema=False"),
        *("newlines_in_values=True", "strings_can_be_null=True"),
        *("quoted_strings_can_be_null=False", 'newline=""', "strict=True"),
    ):
        assert re.search(re.escape(option), page), option
