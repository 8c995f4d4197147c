"""The reference page of one table: its columns, an example, a query, and where it is read from."""

from collections.abc import Iterator

from crmsnap.streams.stream import Stream
from crmsnap.tables.examples import Example
from crmsnap.tables.markdown import cell, codes, table_of
from crmsnap.tables.table import Column, Table, TableFamily

MADE = "<!-- Made from src/crmsnap/tables by `make docs`: change the table's own file, or examples.py. -->"


def table_page(table: Table | TableFamily, example: Example | None) -> str:
    """The page as Markdown."""
    return "\n".join(
        [
            f"# `{table.name}`\n",
            f"{MADE}\n",
            *_facts(table),
            "## Columns\n",
            "[What `kind`, `null` and `name` mean](../tables.md#what-the-pages-say-of-a-column)\n",
            table_of(("column", "kind", "null", "name", "meaning"), map(_column, table.columns)),
            "",
            *(_shown(table, example) if example else ()),
            "## Read from\n",
            table_of(("what", "HubSpot's endpoint", "scope"), map(_stream, table.streams)),
            "",
            "Where several scopes are named, one of them is enough."
            " [Which scopes for what](../scopes.md) · [All tables](../tables.md)",
            "",
        ]
    )


def _facts(table: Table | TableFamily) -> Iterator[str]:
    yield f"One row is {table.grain}."
    if isinstance(table, TableFamily):
        yield f"There is one such table for {table.for_each}, with the columns below and"
        yield table.own_columns
    yield ""
    yield f"- Key: {codes(table.key)}"
    if table.order:
        yield f"- Sorted by: {codes(table.order)}"
    if table.optional:
        yield "- Optional: it is written when `tables` names it; patterns do not take it."
    yield ""


def _shown(table: Table | TableFamily, example: Example) -> Iterator[str]:
    yield "## Example\n"
    if isinstance(table, TableFamily):
        yield f"`{example.table}`, a header and a row:\n"
    else:
        yield "A header and a row:\n"
    header = ",".join(example.columns or [column.name for column in table.columns])
    yield f"```csv\n{header}\n{example.row}\n```\n"
    yield f"{example.question}\n"
    yield f"```sql\n{example.query}\n```\n"


def _column(column: Column) -> tuple[str, ...]:
    null = "null" if column.nullable else "-"
    name, meaning = f"`{column.name}`", cell(column.description)
    return name, column.kind, null, column.certainty, meaning


def _stream(stream: Stream) -> tuple[str, ...]:
    scopes = codes(stream.scopes, " or ") if stream.scopes else "any token"
    return cell(stream.description), f"`{stream.endpoint}`", scopes
