"""From SQL to rows: find the tables that it uses, fetch their parts, run it.

The files are checked before DuckDB sees them, and it sees nothing but them (`database.py`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crmsnap.destinations.interface import Destination
from crmsnap.publish.manifest import Manifest
from crmsnap.query.database import Database
from crmsnap.query.fetch import Observe, fetch

Values = tuple[Any, ...]
"""A row, in Python's types: str, int, float, bool, datetime, date, Decimal, list, dict, None."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query gives."""

    columns: tuple[str, ...]
    batches: Iterator[list[Values]]
    """The rows, some at a time, for as long as the block of `answer` lasts."""


@contextmanager
def answer(
    destination: Destination, manifest: Manifest, sql: str, folder: Path, observe: Observe
) -> Iterator[Answer]:
    """The rows of the last statement over the tables of a snapshot, which go by their names in any case.

    `folder` takes the parts and what DuckDB spills; it is the caller's to remove. Raise `UsageError`
    when the SQL is wrong, `SnapshotError` when a part is not what the manifest says.
    """
    with Database(folder) as database:
        statements = database.parsed(sql)
        for table in database.used(statements, manifest.tables):
            database.make_view(table, fetch(destination, table, folder, observe))
        columns = database.run(statements, manifest)
        yield Answer(columns, database.batches())
