"""What statements are made of: a table and its columns, the place of the files, and the statements."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from crmsnap.tables.table import Column


@dataclass(frozen=True, slots=True)
class Described:
    """A table that is to be read, as a manifest or the catalogue describes it."""

    name: str
    grain: str
    columns: tuple[Column, ...]
    paths: tuple[str, ...] = ()
    """Its parts in the one day that is read, below the day's folder; empty: whatever lies there."""
    since: str | None = None
    """The first day of an unbroken row of days that have these columns; None: not known."""
    until: str | None = None
    """The last day that surely has these columns; None: they are the same on days to come."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the files are, and where the reader keeps what it knows of them."""

    url: str
    """`s3://bucket/prefix` or a folder, without a slash at its end."""
    day: str | None = None
    """The one day that is read; None: every day."""
    schema: str | None = None
    """The schema (database) for what is made; None: the engine's default."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement for a reader."""

    sql: str
    """Without a semicolon at its end."""
    table: str | None = None
    """The table that it is about; None: all of them."""
    limits: tuple[str, ...] = ()
    """What this reader cannot do with these files, a sentence each."""


@dataclass(frozen=True, slots=True)
class Engine:
    """A reader, and how its statements are made."""

    name: str
    places: tuple[str, ...]
    """How the URLs of places that it can read begin; '' is a folder."""
    before: Callable[[Place], Iterator[Statement]]
    """What has to be there before the first table."""
    of_table: Callable[[Place, Described], Iterator[Statement]]
    by_position: bool = False
    """Whether it takes columns by their position, so that all days must have the same ones."""
    patterns: str = ""
    """Letters that it takes for a pattern in a path, and that cannot be escaped there."""
    one_day: bool = False
    """Whether it loads one day at a time, which has to be named."""


DAY = "DAY"
"""The column that every table gets besides: the sync day, from the name of the folder."""


def is_lenient(column: Column) -> bool:
    """Whether a value that the engine's type cannot hold becomes NULL instead of an error.

    A user of HubSpot may have typed anything into a property: 1e400, the year 0001. In all other
    columns such a value would be damage, and is to be noticed.
    """
    return column.property is not None
