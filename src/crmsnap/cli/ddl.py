"""`crmsnap ddl`: statements that make the tables readable in DuckDB, Athena, Snowflake, Redshift, ClickHouse."""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from crmsnap.cli import options
from crmsnap.cli.chosen import words
from crmsnap.cli.snapshots import What, destination_at, manifest_at
from crmsnap.errors import UsageError
from crmsnap.redaction.output import behind
from crmsnap.redaction.redactor import Redactor

if TYPE_CHECKING:
    from crmsnap.destinations.interface import Destination
    from crmsnap.tables.ddl.described import Described, Engine, Place, Statement

NO_PLACE = "s3://BUCKET/PREFIX"
"""Stands in the statements when nobody said where the snapshots are."""


def ddl(
    context: typer.Context,
    what: What = None,
    *,
    engine: Annotated[
        str,
        typer.Option(
            "--for", metavar="ENGINE", help="duckdb, athena, snowflake, redshift or clickhouse."
        ),
    ],
    tables: Annotated[
        str | None,
        typer.Option("--tables", metavar="TABLES", help="Only these: OWNERS,EVENTS_*."),
    ] = None,
    day: Annotated[
        str | None,
        typer.Option(
            "--day",
            metavar="YYYY-MM-DD",
            help="This day alone; else every day, with the columns of the newest complete one.",
        ),
    ] = None,
    location: Annotated[
        str | None,
        typer.Option(
            "--location", metavar="URL", help="Where the engine finds the snapshots, if elsewhere."
        ),
    ] = None,
    schema: Annotated[
        str | None,
        typer.Option(
            "--schema",
            metavar="NAME",
            help="Where the tables go; else crmsnap, in DuckDB the current one.",
        ),
    ] = None,
    config: options.Config = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Print the statements with which an engine reads snapshots: types, comments, days, the NULL rule.

    For a connection, folder or URL from its manifest, with the tables and columns that the account has;
    without one from the catalogue. Nothing is run.

    Example: crmsnap ddl acme --for athena > acme.sql
    """
    from crmsnap.tables.ddl.described import Place

    context.obj.json = as_json
    known = _engine(engine)
    if what is None:
        described, url = _of_catalogue(), location or NO_PLACE
        read = None if day is None else options.checked_day(day)
    else:
        destination = destination_at(what, config, home, context.obj.redactor)
        described, url, read = _of_snapshot(destination, known, day)
        url = location or url
    if known.one_day and read is None:
        raise UsageError(
            f"{known.name} loads one day: which?",
            remedy="name a snapshot, or give --day YYYY-MM-DD",
        )
    where = Place(url.rstrip("/"), read, schema)
    _check_place(known, where)
    picked = _without_told(_picked(described, words(tables)), context.obj.redactor)
    statements = [*known.before(where), *_of_tables(known, where, picked)]
    out = behind(sys.stdout)
    if as_json:
        answer = {
            "engine": known.name,
            "location": where.url,
            "day": read,
            "statements": [asdict(statement) for statement in statements],
        }
        print(json.dumps(answer, indent=2), file=out)
    else:
        _print_script(known, where, statements, out)


def _engine(name: str) -> "Engine":
    from crmsnap.tables.ddl import ENGINES

    found = ENGINES.get(name.lower())
    if found is None:
        raise UsageError(
            f"there are no statements for {name!r}", remedy=f"one of: {', '.join(ENGINES)}"
        )
    return found


def _of_catalogue() -> "Sequence[Described]":
    """Tables whose columns are known without an account; what a family has only a manifest tells."""
    from crmsnap.tables import CATALOGUE
    from crmsnap.tables.ddl.described import Described
    from crmsnap.tables.table import Table

    return [
        Described(table.name, table.grain, table.columns)
        for table in CATALOGUE
        if isinstance(table, Table)
    ]


def _of_snapshot(
    destination: "Destination", engine: "Engine", day: str | None
) -> "tuple[Sequence[Described], str, str | None]":
    """The tables of a snapshot, where it is, and the one day that is to be read, if it is one."""
    from crmsnap.publish.descriptions import descriptions, with_first_days

    manifest = manifest_at(destination, day)
    described = descriptions(manifest)
    read = manifest.facts.day if engine.one_day else day
    if engine.by_position and read is None:
        described = with_first_days(described, destination, manifest)
    return described, destination.url, read


def _picked(
    described: "Sequence[Described]", names: tuple[str, ...] | None
) -> "Sequence[Described]":
    from crmsnap.model import fits, is_pattern
    from crmsnap.tables.chosen import no_such_table

    if names is None:
        return described
    for name in names:
        if not any(fits((name,), (table.name,)) for table in described) and not is_pattern(name):
            raise no_such_table(
                name, [table.name for table in described], "it is not among those described"
            )
    picked = [table for table in described if fits(names, (table.name,))]
    if not picked:
        raise UsageError(f"no table fits {', '.join(names)}", remedy="see `crmsnap tables`")
    return picked


def _without_told(described: "Sequence[Described]", redactor: Redactor) -> "list[Described]":
    """The tables, with no secret of this process in a comment; it is taken out before it is quoted."""
    return [
        replace(
            table,
            columns=tuple(
                replace(column, description=redactor.without_told(column.description))
                for column in table.columns
            ),
        )
        for table in described
    ]


def _of_tables(
    engine: "Engine", where: "Place", described: "Sequence[Described]"
) -> "Iterator[Statement]":
    for table in described:
        yield from engine.of_table(where, table)


def _check_place(engine: "Engine", where: "Place") -> None:
    is_folder = "://" not in where.url
    if not any(where.url.startswith(start) if start else is_folder for start in engine.places):
        raise UsageError(
            f"{engine.name} cannot read {where.url}",
            cause="it reads buckets only" if is_folder else "it reads AWS S3",
            remedy="say where the same snapshots are in S3: --location s3://bucket/prefix",
        )
    if found := sorted({letter for letter in where.url if letter in engine.patterns}):
        raise UsageError(
            f"{engine.name} cannot be told to read {where.url}",
            cause=f"it takes {' '.join(found)} in a path for a pattern, and may read other folders",
            remedy="say where the same snapshots are under another name: --location URL",
        )


def _print_script(
    engine: "Engine", where: "Place", statements: "Sequence[Statement]", out: TextIO
) -> None:
    from crmsnap import __version__
    from crmsnap.tables.ddl.script import script

    days = f"the snapshot of {where.day}" if where.day else "every day's snapshot"
    about = (
        f"crmsnap {__version__} for {engine.name}: {days} at {where.url}",
        'In the files nothing is NULL, and "" is the empty string.',
    )
    for piece in script(about, statements):
        print(piece, end="", file=out)
