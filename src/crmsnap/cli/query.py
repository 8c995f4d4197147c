"""`crmsnap query`: ask a snapshot in SQL, wherever it lies."""

import json
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crmsnap.cli import options
from crmsnap.cli.chosen import complete
from crmsnap.cli.snapshots import destination_at, manifest_at
from crmsnap.cli.text import columns, count, size
from crmsnap.errors import ConfigError, Interrupted, UsageError
from crmsnap.redaction.output import behind
from crmsnap.redaction.redactor import Redactor
from crmsnap.redaction.values import redacted_values

if TYPE_CHECKING:
    from crmsnap.destinations.interface import Destination
    from crmsnap.model import Part
    from crmsnap.publish.manifest import Manifest, PublishedTable
    from crmsnap.query.answer import Answer


def query(
    context: typer.Context,
    sql: Annotated[
        str | None,
        typer.Argument(
            metavar="[SQL]", help="What is asked; without it the tables that there are are listed."
        ),
    ] = None,
    what: Annotated[
        str | None,
        typer.Argument(
            metavar="[CONNECTION|FOLDER|URL]",
            help="A connection's name, or where its snapshots are.",
            autocompletion=complete,
        ),
    ] = None,
    *,
    day: Annotated[
        str | None,
        typer.Option("--day", metavar="YYYY-MM-DD", help="The day; else the newest complete one."),
    ] = None,
    as_csv: Annotated[
        bool, typer.Option("--csv", help="Answer in CSV: NULL is nothing, text is quoted.")
    ] = False,
    config: options.Config = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    r"""Ask a snapshot in DuckDB's SQL; its tables go by their names, in any case.

    Only the tables that the SQL names are fetched, into a temporary folder, and checked against the
    manifest. Needs the extra: pip install 'crmsnap\[query]'.

    Example: crmsnap query "select type, count(*) from owners group by all" ./snapshots
    """
    context.obj.json = as_json
    if as_json and as_csv:
        raise UsageError("--json and --csv exclude each other")
    if sql is not None and what is None and not any(map(str.isspace, sql.strip())):
        sql, what = None, sql  # one word is no SQL
    destination = destination_at(what, config, home, context.obj.redactor)
    manifest = manifest_at(destination, day)
    if sql is None:
        _print_tables(manifest, as_json=as_json)
        return
    _check_duckdb()
    with _stoppable(), tempfile.TemporaryDirectory(prefix="crmsnap-query-") as folder:
        show = partial(_print_rows, context.obj.redactor, as_json=as_json, as_csv=as_csv)
        _ask(destination, manifest, sql, Path(folder), show)


def _ask(
    destination: "Destination",
    manifest: "Manifest",
    sql: str,
    folder: Path,
    show: "Callable[[Answer], None]",
) -> None:
    from crmsnap.query.answer import answer

    with answer(destination, manifest, sql, folder, _Fetched()) as found:
        show(found)


def _print_rows(redactor: Redactor, found: "Answer", *, as_json: bool, as_csv: bool) -> None:
    """Print the rows as they are, but for secrets of this process: a note about a key is a note."""
    from crmsnap.cli.rows import csv_lines, json_lines, table_lines

    names = redacted_values(found.columns, redactor.without_told)
    rows = (
        redacted_values(row, redactor.without_told) for row in chain.from_iterable(found.batches)
    )
    out = behind(sys.stdout)
    if as_json or as_csv:
        lines = json_lines if as_json else csv_lines
        out.writelines(lines(names, rows))
        return
    if not names:
        return
    table, is_cut = table_lines(names, rows)
    print(table, file=out)
    if is_cut:
        typer.echo("there are more rows: --csv and --json give all of them", err=True)


def _print_tables(manifest: "Manifest", *, as_json: bool) -> None:
    if as_json:
        listed = [
            {
                "name": table.name,
                "grain": table.grain,
                "rows": table.rows,
                "bytes": table.bytes,
                "columns": [
                    {"name": column.name, "kind": column.kind, "nullable": column.nullable}
                    for column in table.columns
                ],
            }
            for table in manifest.tables
        ]
        print(json.dumps({"day": manifest.facts.day, "tables": listed}, indent=2))
        return
    rows = [("TABLE", "ROWS", "SIZE", "COLUMNS")]
    rows += [
        (table.name.lower(), f"{table.rows:,}", size(table.bytes), str(len(table.columns)))
        for table in manifest.tables
    ]
    print(columns(rows, right=(1, 2, 3)))


class _Fetched:
    """Says on stderr which table has arrived."""

    def __init__(self) -> None:
        self._parts = 0

    def __call__(self, table: "PublishedTable", part: "Part") -> None:
        self._parts += 1
        is_whole = self._parts == len(table.parts)
        if sys.stderr.isatty():
            share = f"{self._parts} of {count(len(table.parts), 'part')}"
            sys.stderr.write(f"\r\x1b[Kfetching {table.name}: {share}" + "\r\x1b[K" * is_whole)
            sys.stderr.flush()
        elif is_whole:
            typer.echo(f"fetched {table.name}: {size(table.bytes)}", err=True)
        if is_whole:
            self._parts = 0


def _check_duckdb() -> None:
    from importlib.util import find_spec

    if find_spec("duckdb") is None:
        raise ConfigError(
            "queries need DuckDB, which is not installed",
            cause="it is an extra, since copying needs none",
            remedy="pip install 'crmsnap[query]'",
        )


@contextmanager
def _stoppable() -> Iterator[None]:
    """Ctrl-C, SIGTERM and SIGHUP end the query, and what was fetched is removed."""
    from crmsnap.bootstrap.clock import heard

    try:
        with heard(signal.default_int_handler):
            yield
    except KeyboardInterrupt:
        raise Interrupted(
            "the query was stopped",
            cause="Ctrl-C, SIGTERM or SIGHUP",
            remedy="ask again; nothing was changed",
        ) from None
