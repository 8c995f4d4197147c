"""The statements for DuckDB on a real snapshot: every row, every NULL and every text of every table.

What a cell holds is read a second time by pyarrow, as text.
"""

import shutil
from collections import Counter
from collections.abc import Iterator
from typing import Any

import duckdb
import pyarrow as pa
import pytest
import sqlglot
from pyarrow import csv as arrow_csv

from crmsnap.tables.ddl import ENGINES
from tests.builders.command import Crmsnap
from tests.builders.sandbox_process import DAY
from tests.builders.snapshot import manifest as manifest_of

TEXT_KINDS = ("ID", "VARCHAR", "JSON")
NARROW = 100
"""Columns up to which a table's statements are parsed: sqlglot takes seconds for wider ones."""

Json = dict[str, Any]


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory, copied_once: Crmsnap) -> Crmsnap:
    """A whole account, and a later day whose run broke off."""
    crmsnap = Crmsnap(tmp_path_factory.mktemp("ddl"), copied_once.account)
    shutil.copytree(copied_once.snapshots, crmsnap.snapshots)
    owners = crmsnap.snapshots / DAY / "OWNERS"
    shutil.copytree(owners, crmsnap.snapshots / "2099-01-01" / "OWNERS")
    return crmsnap


@pytest.fixture(scope="module")
def tables(copied: Crmsnap) -> list[Json]:
    """The resources of the manifest."""
    found: list[Json] = manifest_of(copied.snapshots / DAY)["resources"]
    return found


@pytest.fixture(
    scope="module", params=[pytest.param("every day", marks=pytest.mark.full), "one day"]
)
def database(
    request: pytest.FixtureRequest, copied: Crmsnap
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database with the views, made as a user makes it: the script is run as it was printed."""
    day = ("--day", DAY) if request.param == "one day" else ()
    ended = copied("ddl", str(copied.snapshots), "--for", "duckdb", *day)
    assert ended.exit_code == 0, ended.stderr
    with duckdb.connect() as connection:
        connection.execute(ended.stdout)
        yield connection


def names(table: Json) -> list[str]:
    """The columns of a table."""
    return [field["name"] for field in table["schema"]["fields"]]


def cells(copied: Crmsnap, table: Json) -> list[dict[str, str | None]]:
    """The rows of a table as texts, NULL apart from the empty string."""
    read = [
        arrow_csv.read_csv(
            pa.input_stream(copied.snapshots / DAY / path),
            read_options=arrow_csv.ReadOptions(block_size=16 << 20),
            parse_options=arrow_csv.ParseOptions(newlines_in_values=True),
            convert_options=arrow_csv.ConvertOptions(
                column_types={name: pa.string() for name in names(table)},
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
            ),
        )
        for path in table["path"]
    ]
    rows: list[dict[str, str | None]] = pa.concat_tables(read).to_pylist()
    return rows


def test_every_table_has_the_rows_of_the_manifest(
    database: duckdb.DuckDBPyConnection, tables: list[Json]
) -> None:
    """All of the complete day, none of the one that broke off."""
    assert len(tables) > 100
    for table in tables:
        counted = database.execute(
            f'select count(*), count(*) filter ("DAY" = $day) from "{table["title"]}"', {"day": DAY}
        ).fetchone()
        assert counted == (table["crmsnap"]["rows"],) * 2, table["title"]


def test_every_text_and_every_null_is_as_it_was_written(
    database: duckdb.DuckDBPyConnection, copied: Crmsnap, tables: list[Json]
) -> None:
    """A NULL is no empty string, and a line break is no end of a row."""
    seen: Counter[str] = Counter()
    for table in tables:
        fields = table["schema"]["fields"]
        selected = ", ".join(
            f'"{field["name"]}"'
            if field["crmsnap"]["kind"] in TEXT_KINDS
            else f'"{field["name"]}" is not null'
            for field in fields
        )
        read = database.execute(f'select {selected} from "{table["title"]}"').fetchall()
        written = cells(copied, table)
        assert len(read) == len(written)
        for row, cells_of_row in zip(read, written, strict=True):
            for field, value in zip(fields, row, strict=True):
                cell = cells_of_row[field["name"]]
                if field["crmsnap"]["kind"] in TEXT_KINDS:
                    assert value == cell, (table["title"], field["name"])
                    seen["null"] += cell is None
                    seen["empty"] += cell == ""
                    seen["line break"] += "\n" in (cell or "")
                else:
                    assert value == (cell is not None), (table["title"], field["name"])
    assert min(seen["null"], seen["empty"], seen["line break"]) > 100


def test_typed_values_are_those_of_the_files(
    database: duckdb.DuckDBPyConnection, copied: Crmsnap, tables: list[Json]
) -> None:
    """Written out again they are the texts of the files, for every kind but property numbers: those are floats."""
    forms = {
        "BOOLEAN": 'cast("{}" as varchar)',
        "TIMESTAMP": "strftime(\"{}\", '%Y-%m-%d %H:%M:%S.%g')",
        "DATE": 'cast("{}" as varchar)',
        "NUMBER": 'cast("{}" as varchar)',
    }
    seen: Counter[str] = Counter()
    for table in tables:
        fields = [
            field
            for field in table["schema"]["fields"]
            if field["crmsnap"]["kind"] in forms
            and (field["crmsnap"]["kind"] != "NUMBER" or "property" not in field["crmsnap"])
        ]
        if not fields:
            continue
        selected = ", ".join(forms[one["crmsnap"]["kind"]].format(one["name"]) for one in fields)
        read = database.execute(f'select {selected} from "{table["title"]}"').fetchall()
        for row, written in zip(read, cells(copied, table), strict=True):
            assert list(row) == [written[field["name"]] for field in fields], table["title"]
        seen.update(field["crmsnap"]["kind"] for field in fields)
    assert set(seen) == set(forms)


def test_columns_tell_what_they_hold(database: duckdb.DuckDBPyConnection) -> None:
    """Comments are where a BI tool looks."""
    said = database.execute(
        "select comment from duckdb_columns() where table_name = 'OWNERS' and column_name = 'OWNERID'"
    ).fetchone()
    assert said is not None
    assert said[0].startswith("Id of the owner")


@pytest.mark.parametrize("engine", ["athena", "snowflake", "redshift", "clickhouse"])
def test_statements_for_other_engines_parse(
    engine: str, copied: Crmsnap, tables: list[Json]
) -> None:
    """With the names and labels of an account that has many odd ones."""
    narrow = [table["title"] for table in tables if len(names(table)) <= NARROW]
    answer = copied(
        *("ddl", str(copied.snapshots), "--for", engine, "--tables", ",".join(narrow)),
        *("--location", "s3://acme-lake/crm", "--json"),
    ).json
    assert answer["location"] == "s3://acme-lake/crm"
    assert {one["table"] for one in answer["statements"]} >= set(narrow)
    for statement in answer["statements"]:
        assert len(sqlglot.parse(statement["sql"], read=engine)) == 1


def test_every_engine_is_tried_here() -> None:
    """A new one must not be left out."""
    assert set(ENGINES) == {"duckdb", "athena", "snowflake", "redshift", "clickhouse"}
