"""What people read about the tables, made from the catalogue: an index, a page each, and the scopes.

Beside the pages lies what is written by hand: an example row and a query for every table
(`examples.py`).
"""

from collections.abc import Iterator, Sequence

from crmsnap.tables.examples import EXAMPLES
from crmsnap.tables.markdown import cell, file_name, table_of
from crmsnap.tables.reference_scopes import scopes_page
from crmsnap.tables.reference_table import table_page
from crmsnap.tables.table import Table, TableFamily

FOLDER = "tables"
"""Where the pages of single tables lie, below the index."""

_HEAD = """\
# Tables

<!-- Made from src/crmsnap/tables by `make docs`: change the table's own file instead. -->

A snapshot holds these tables, each as a folder of gzipped CSV files. Rows are in the order of the key
unless the table says otherwise: ids by value, text by code point. Only live records are copied: what was
archived, merged away or deleted is absent.

A name with `<...>` stands for several tables, whose names follow from what the account has.
"""

_REST = """\
Read and write columns by name, never by position: a column may be added on any day.

## What the pages say of a column

`null` says whether a cell can be NULL, which is not the empty text. `name` says how sure the column's name
is, because HubSpot publishes no list of its export's columns: **published** in HubSpot's own pages or SQL,
**seen** in public queries of customers on HubSpot's share, **ours** recalled, inferred from the API or
decided by this project. What that means for SQL that runs on HubSpot's share today:
[differences](../explanation/differences-from-hubspots-export.md).

| kind | written as |
|---|---|
| ID | bare when all digits, else quoted |
| VARCHAR | quoted |
| NUMBER | bare plain decimal |
| BOOLEAN | bare `true` or `false` |
| TIMESTAMP | bare `YYYY-MM-DD HH:MM:SS.mmm`, UTC |
| DATE | bare `YYYY-MM-DD` |
| JSON | quoted, compact, keys ascending |

## The queries on the pages

They are DuckDB's SQL and take every table for a view of its name, all of whose columns are text:
[how to make the views](../how-to/load-into-duckdb.md#a-view-for-each-table). They are run on a real snapshot by the tests.

What a table needs to be read: [which scopes for what](scopes.md). What no table has:
[what HubSpot does not give](../explanation/what-hubspot-does-not-give.md).
"""


def pages(catalogue: Sequence[Table | TableFamily]) -> dict[str, str]:
    """Every page: file name below `docs/reference` -> Markdown."""
    return {
        "tables.md": reference_page(catalogue),
        "scopes.md": scopes_page(catalogue),
        **{
            f"{FOLDER}/{file_name(table.name)}": table_page(table, EXAMPLES.get(table.name))
            for table in catalogue
        },
    }


def reference_page(catalogue: Sequence[Table | TableFamily]) -> str:
    """The index: every table in the order of the catalogue, and how to read its page."""
    return "\n".join([_HEAD, table_of(("table", "one row is"), _rows(catalogue)), "", _REST])


def _rows(catalogue: Sequence[Table | TableFamily]) -> Iterator[tuple[str, str]]:
    for table in catalogue:
        optional = " (optional)" if table.optional else ""
        link = f"[`{table.name}`]({FOLDER}/{file_name(table.name)})"
        yield link, cell(table.grain) + optional
