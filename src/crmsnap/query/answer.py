"""From SQL to rows: find the tables that it uses, fetch their parts, run it.

The files are checked before DuckDB sees them, and it sees nothing but them (`database.py`).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from shutil import rmtree
from typing import Any

from crmsnap.destinations.interface import Destination
from crmsnap.publish.manifest import Manifest, PublishedTable
from crmsnap.publish.published import newer_revision
from crmsnap.query.database import Database
from crmsnap.query.fetch import Observe, PartMissing, fetch

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
        used = partial(database.used, statements)
        manifest, files = _fetched(destination, manifest, used, folder, observe)
        for table, parts in files:
            database.make_view(table, parts)
        columns = database.run(statements, manifest)
        yield Answer(columns, database.batches())


def _fetched(
    destination: Destination,
    manifest: Manifest,
    used: Callable[[Sequence[PublishedTable]], Iterable[PublishedTable]],
    folder: Path,
    observe: Observe,
) -> tuple[Manifest, list[tuple[PublishedTable, list[Path]]]]:
    """The tables that are used with their files, of the revision that the day has when all have arrived."""
    into = folder / f"revision-{manifest.facts.revision}"
    try:
        tables = used(manifest.tables)
        return manifest, [(one, fetch(destination, one, into, observe)) for one in tables]
    except PartMissing:
        newer = newer_revision(destination, manifest)
        if newer is None:
            raise
    rmtree(into)
    return _fetched(destination, newer, used, folder, observe)
