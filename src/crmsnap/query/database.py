"""DuckDB in a cell: it may read the fetched parts, and spill to their folder; nothing else.

SQL comes from a user, and values from whoever could type into a CRM. So no other file, no network, no
extension (none is downloaded, none is loaded), no Python variable, and settings that cannot be changed.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import duckdb
from duckdb import StatementType

from crmsnap.errors import CrmsnapError, UsageError
from crmsnap.publish.manifest import Manifest, PublishedTable
from crmsnap.tables.chosen import no_such_table
from crmsnap.tables.ddl.duckdb import (
    READ_OPTIONS,
    files_of,
    identifier,
    literal,
    pattern_of,
    typed_columns,
)

_ALLOWED = frozenset(
    {
        StatementType.SELECT,
        StatementType.EXPLAIN,
        StatementType.CREATE,
        StatementType.INSERT,
        StatementType.SET,
        StatementType.MULTI,  # PIVOT
    }
)
"""INSTALL is not among them: it reaches for the network even when external access is off (tried with 2.0.0)."""

_ROWS_AT_ONCE = 1000
_TELL_SECONDS = 0.05
_WORD = re.compile(r"\w+")
_UNKNOWN_TABLE = re.compile(r"Table with name (.+?) does not exist")

Result = TypeVar("Result")


class Database:
    """An empty database in memory, whose views read parts."""

    def __init__(self, folder: Path) -> None:
        # A thread that waits for DuckDB gets a signal late or as a RuntimeError: so DuckDB has one of its own.
        self._thread = ThreadPoolExecutor(1)
        self._working: Future[Any] = self._thread.submit(lambda: None)
        self._connection = duckdb.connect(":memory:", config=_settings(folder))
        self._do(self._connection.execute, "set TimeZone = 'UTC'")
        # In this order: the last one makes all of them final.
        # DuckDB asks for a file by its pattern first, and then by its name.
        allowed = ", ".join(literal(name) for name in (str(folder), pattern_of(str(folder))))
        self._do(self._connection.execute, f"set allowed_directories = [{allowed}]")
        self._do(self._connection.execute, "set enable_external_access = false")
        self._do(self._connection.execute, "set lock_configuration = true")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)
        # A statement that has not begun yet is not stopped by this: so it is told again until it ends.
        while wait([self._working], timeout=_TELL_SECONDS).not_done:
            self._connection.interrupt()
        self._connection.close()

    def parsed(self, sql: str) -> list[str]:
        """The statements of a text. Raise `UsageError` if it is no SQL, or does more than ask."""
        with _told():
            statements = self._do(self._connection.extract_statements, sql)
        if not statements:
            raise UsageError("there is no SQL in the query")
        for statement in statements:
            if statement.type not in _ALLOWED:
                raise UsageError(
                    f"{statement.type.name} cannot be asked of a snapshot",
                    cause="a query reads the tables of one snapshot, and nothing else",
                    remedy="use DuckDB itself with the views of `crmsnap ddl --for duckdb`",
                )
        return [statement.query for statement in statements]

    def used(
        self, statements: Iterable[str], tables: Sequence[PublishedTable]
    ) -> list[PublishedTable]:
        """Those of the tables that the statements name."""
        named: set[str] = set()
        for statement in statements:
            try:
                names = self._do(self._connection.get_table_names, statement)
            except duckdb.Error:
                # PIVOT, and what uses a table of an earlier statement. Running it says what is wrong, if anything.
                names = set(_WORD.findall(statement))
            named |= {name.upper() for name in names}
        return [table for table in tables if table.name in named]

    def make_view(self, table: PublishedTable, files: Sequence[Path]) -> None:
        """A typed view over the parts of a table."""
        texts = ", ".join(f"{literal(column.name)}: 'VARCHAR'" for column in table.columns)
        self._do(
            self._connection.execute,
            f"create view {identifier(table.name)} as select\n"
            + ",\n".join(typed_columns(table.columns))
            + f"\nfrom read_csv({files_of(map(str, files))}, auto_detect = false,"
            f" columns = {{{texts}}}, {READ_OPTIONS})",
        )

    def run(self, statements: Sequence[str], manifest: Manifest) -> tuple[str, ...]:
        """Run the statements; the columns of what the last one gives."""
        with _told(manifest):
            for statement in statements:
                self._do(self._connection.execute, statement)
        return tuple(column[0] for column in self._connection.description or ())

    def batches(self) -> Iterator[list[tuple[Any, ...]]]:
        """The rows of the last statement, some at a time."""
        if not self._connection.description:
            return
        while True:
            with _told():
                rows = self._do(self._connection.fetchmany, _ROWS_AT_ONCE)
            if not rows:
                return
            yield rows

    def _do(self, work: Callable[[Any], Result], argument: Any) -> Result:
        working: Future[Result] = self._thread.submit(work, argument)
        self._working = working
        return working.result()


def _settings(folder: Path) -> dict[str, str | bool | int | float | list[str]]:
    return {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
        "allow_persistent_secrets": False,
        "python_enable_replacements": False,
        "extension_directory": str(folder / "extensions"),
        "custom_extension_repository": str(folder / "extensions"),
        "secret_directory": str(folder / "secrets"),
        "home_directory": str(folder),
        "temp_directory": str(folder / "spilled"),
    }


@contextmanager
def _told(manifest: Manifest | None = None) -> Iterator[None]:
    """DuckDB's errors in the words of ours; `manifest` tells which tables there are."""
    try:
        yield
    except (duckdb.OutOfMemoryException, duckdb.IOException) as error:
        message, cause = _message(error)
        raise CrmsnapError(
            f"the query could not be finished: {message}",
            cause=cause,
            remedy="ask for less, or set TMPDIR to a folder with more room",
        ) from error
    except duckdb.Error as error:
        message, cause = _message(error)
        unknown = _UNKNOWN_TABLE.search(message)
        if unknown and manifest is not None:
            names = [table.name for table in manifest.tables]
            raise no_such_table(
                unknown[1], names, f"the snapshot of {manifest.facts.day} does not hold it"
            ) from error
        raise UsageError(
            message, cause=cause, remedy="without SQL `crmsnap query` lists the tables"
        ) from error


def _message(error: duckdb.Error) -> tuple[str, str]:
    """What DuckDB says first, and what it adds, without its picture of the line."""
    said = str(error).partition("\nLINE ")[0]
    first, *more = [line.strip() for line in said.splitlines() if line.strip()]
    return first, " ".join(more)
