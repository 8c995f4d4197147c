"""What the pages of the tables show is true: their rows can be written, and their queries answer.

On a snapshot with every table that there is, through the views that the how-to page makes.
"""

import json
import re
from pathlib import Path
from typing import Any

import duckdb
import pytest

from crmsnap.publish.csv_text import batches, header
from crmsnap.tables import CATALOGUE
from crmsnap.tables.examples import EXAMPLES
from crmsnap.tables.markdown import file_name
from crmsnap.tables.reference import FOLDER
from crmsnap.tables.table import Column, Table, TableFamily, Value
from tests.builders.command import Crmsnap
from tests.builders.sandbox_process import SandboxAccount
from tests.house.markdown import fences
from tests.house.repository import ROOT

PAGES = ROOT / "docs" / "reference" / FOLDER
HOW_TO = ROOT / "docs" / "how-to" / "load-into-duckdb.md"
CELL = re.compile(r'("(?:[^"]|"")*"|[^,"]*)(?:,|$)')

EVERY_TABLE = pytest.mark.parametrize("declared", CATALOGUE, ids=lambda table: table.name)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, account: SandboxAccount) -> Path:
    """A folder with what a demo leaves, optional tables and the views of the how-to page included."""
    folder = tmp_path_factory.mktemp("examples")
    tables = ",".join(table.name for table in CATALOGUE)
    ended = Crmsnap(folder, account).sync("--tables", tables, "--to", "./demo/snapshots")
    assert ended.exit_code == 0, ended.stderr
    (script,) = (
        fence.text
        for fence in fences(HOW_TO)
        if fence.language == "python" and "import duckdb" in fence.text
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)  # the page's paths start where the demo was made
        exec(script, {})  # noqa: S102 - a page of this project
    return folder


@pytest.fixture
def fields(demo: Path) -> dict[str, list[dict[str, Any]]]:
    """The fields of every table in the snapshot, by the table's name."""
    (file,) = demo.glob("demo/snapshots/*/_MANIFEST.json")
    manifest = json.loads(file.read_text(encoding="utf-8"))
    return {table["title"]: table["schema"]["fields"] for table in manifest["resources"]}


@EVERY_TABLE
def test_the_query_on_the_page_of_a_table_has_an_answer(
    declared: Table | TableFamily, demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a reader types it, from the page and not from the code."""
    monkeypatch.chdir(demo)
    (query,) = (
        fence.text for fence in fences(PAGES / file_name(declared.name)) if fence.language == "sql"
    )
    with duckdb.connect("demo/views.duckdb", read_only=True) as database:
        assert database.execute(query).fetchall()


@EVERY_TABLE
def test_the_row_on_the_page_of_a_table_is_as_a_part_has_it(
    declared: Table | TableFamily, fields: dict[str, list[dict[str, Any]]]
) -> None:
    """Header and row, written by what writes the parts, with the kinds that the manifest tells."""
    example = EXAMPLES[declared.name]
    kinds = {field["name"]: field["crmsnap"]["kind"] for field in fields[example.table]}
    nullable = {field["name"]: field["crmsnap"]["nullable"] for field in fields[example.table]}
    names = example.columns or tuple(kinds)
    columns = tuple(Column(name, kinds[name], "", nullable[name]) for name in names)
    if isinstance(declared, TableFamily):
        assert example.table.startswith(declared.name.partition("<")[0])
    else:
        assert names == tuple(column.name for column in declared.columns)
    written = [found[1] for found in CELL.finditer(example.row + ",") if found[0]]
    row = tuple(value(column.kind, cell) for column, cell in zip(columns, written, strict=True))
    assert not [
        c.name for c, cell in zip(columns, row, strict=True) if cell is None and not c.nullable
    ]
    table = Table(
        name=example.table,
        grain="",
        columns=columns,
        key=names[:1],
        streams=(),
        spans=lambda _: iter(()),
        rows=lambda _, __: iter(()),
    )
    (batch,) = batches(table, [row])
    said = header(columns) + batch.data
    assert said.decode() == f"{','.join(names)}\n{example.row}\n"


def value(kind: str, cell: str) -> Value:
    """A cell of a part as tables give it."""
    if not cell:
        return None
    if cell.startswith('"'):
        return cell[1:-1].replace('""', '"')
    return cell == "true" if kind == "BOOLEAN" else cell
