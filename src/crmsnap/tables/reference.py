"""The reference page of the tables, made from the catalogue: `docs/reference/tables.md`."""

from collections.abc import Iterator, Sequence

from crmsnap.tables.table import Column, Table, TableFamily

_HEAD = """\
# Tables

<!-- Made from src/crmsnap/tables by `make docs`: change the table's own file instead. -->

A snapshot holds these tables, each as a folder of gzipped CSV files. Rows are in the order of the key
unless the table says otherwise: ids by value, text by code point. Only live records are copied: what was
archived, merged away or deleted is absent.

Read and write columns by name, never by position: a column may be added on any day.

`null` says whether a cell can be NULL, which is not the empty text. `name` says how sure the column's name
is, because HubSpot publishes no list of its export's columns: **published** in HubSpot's own pages or SQL,
**seen** in public queries of customers on HubSpot's share, **ours** recalled, inferred from the API or
decided by this project.

| kind | written as |
|---|---|
| ID | bare when all digits, else quoted |
| VARCHAR | quoted |
| NUMBER | bare plain decimal |
| BOOLEAN | bare `true` or `false` |
| TIMESTAMP | bare `YYYY-MM-DD HH:MM:SS.mmm`, UTC |
| DATE | bare `YYYY-MM-DD` |
| JSON | quoted, compact, keys ascending |
"""


def reference_page(catalogue: Sequence[Table | TableFamily]) -> str:
    """The page as Markdown: every table, in the order of the catalogue."""
    return "\n".join([_HEAD, *_contents(catalogue), *map(_section, catalogue)])


def _contents(catalogue: Sequence[Table | TableFamily]) -> Iterator[str]:
    yield "| table | one row is |"
    yield "|---|---|"
    for table in catalogue:
        yield f"| [`{table.name}`](#{_anchor(table.name)}) | {_cell(table.grain)} |"
    yield ""


def _section(table: Table | TableFamily) -> str:
    lines = [f"## `{table.name}`", "", f"One row is {table.grain}. Key: {_names(table.key)}."]
    if table.order:
        lines.append(f"Sorted by {_names(table.order)}.")
    if table.optional:
        lines.append("Optional: it has a switch of its own.")
    if isinstance(table, TableFamily):
        lines.append(f"There is one such table for {table.for_each}, with the columns below and")
        lines.append(table.own_columns)
    lines += ["", "| column | kind | null | name | meaning |", "|---|---|---|---|---|"]
    lines += map(_column, table.columns)
    lines += ["", "Read from:", ""]
    for stream in table.streams:
        scopes = f", scope {' or '.join(f'`{s}`' for s in stream.scopes)}" if stream.scopes else ""
        lines.append(f"- `{stream.name}`: {stream.description} `{stream.endpoint}`{scopes}")
    return "\n".join([*lines, ""])


def _column(column: Column) -> str:
    null = "null" if column.nullable else "-"
    return (
        f"| `{column.name}` | {column.kind} | {null} | {column.certainty} |"
        f" {_cell(column.description)} |"
    )


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _names(columns: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in columns)


def _anchor(name: str) -> str:
    # As GitHub makes it from a heading: lower case, without other signs than letters, digits, `-` and `_`.
    return "".join(sign for sign in name.lower() if sign.isalnum() or sign in "-_")
